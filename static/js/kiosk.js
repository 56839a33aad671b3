/* The customers' tablet: the number pad, and a board that clears itself. Nothing typed outlives the person.
 *
 *   [data-kiosk="<url>"]       the board; the url is the empty pad
 *   [data-key]                 a key: a digit, "back" or "clear"
 *   [data-clear-after="<s>"]   what is shown goes by itself, and a touch of 처음으로 ([data-home]) takes it away at once
 */
const IDLE_MS = 25_000;
const PATTERN = /[^0-9]/g;
const board = document.querySelector('[data-kiosk]');
let timer = 0;

// No entry in the history: the way back shows nobody.
const home = () => location.replace(board.dataset.kiosk);
const field = () => document.getElementById('number');
const show = (digits) => { field().value = digits.length > 4 ? `${digits.slice(0, 4)} ${digits.slice(4, 8)}` : digits; };

const rest = () => {
  clearTimeout(timer);
  const said = board.querySelector('[data-clear-after]');
  if (said) timer = setTimeout(home, Number(said.dataset.clearAfter) * 1000);
  else if (field()?.value) timer = setTimeout(() => { show(''); field().removeAttribute('aria-invalid'); }, IDLE_MS);
};

if (board) {
  document.addEventListener('click', (event) => {
    const at = event.target instanceof Element ? event.target : null;
    if (at?.closest('[data-home]')) { event.preventDefault(); return home(); }
    const key = at?.closest('[data-key]')?.dataset.key;
    if (key === undefined) return;
    const digits = field().value.replace(PATTERN, '');
    show(key === 'clear' ? '' : key === 'back' ? digits.slice(0, -1) : digits + key);
    rest();
  });
  document.addEventListener('input', (event) => {
    if (event.target === field()) { show(field().value.replace(PATTERN, '')); rest(); }
  });
  document.addEventListener('htmx:afterSettle', rest);
  // A touch keyboard would cover the pad; a real one types all the same.
  const quiet = () => { if (field()) field().inputMode = 'none'; };
  document.addEventListener('htmx:afterSettle', quiet);
  quiet();
  window.addEventListener('pageshow', (event) => { if (event.persisted) home(); });
  rest();
}
