/* What every page does: toasts that leave, focus after a swap, one press = one press, dialogs, printing.
 *
 *   data-autofocus   focused after a swap brought it
 *   data-toast       in #toasts: leaves after 6 s (stays while focused or touched)
 *   data-once        hidden input: gets a fresh random key, so that a repeated press is the same press
 *   data-autosubmit  input: its form is sent when it changes (switches, choices)
 *   data-typed       on a form htmx sends: when the session has ended it is sent plainly, so that what was typed survives signing in
 *   data-print       prints · data-open="id" opens a <dialog> · data-close closes it
 *   data-back        link: one step back, where the browser knows one of ours; else where it leads
 *   data-cut         on a form: what to say when it could not be sent
 *   data-fill="#id"  puts the button's data-text into that field (placeholders)
 */
const root = document.documentElement;
root.classList.add('js');

const newKey = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID is missing on plain http
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
};
const renewKeys = (within) => {
  for (const input of within.querySelectorAll('input[data-once]')) input.value = newKey();
};

const dismissLater = (toast) => {
  let timer = 0;
  const leave = () => {
    if (toast.matches(':hover, :focus-within')) timer = setTimeout(leave, 2000);
    else toast.remove();
  };
  timer = setTimeout(leave, 6000);
  toast.addEventListener('htmx:afterRequest', () => { clearTimeout(timer); toast.remove(); });
};
const say = (text) => {
  const region = document.getElementById('toasts');
  if (!region || !text) return;
  const toast = document.createElement('div');
  toast.className = 'toast';
  toast.dataset.toast = '';
  const words = document.createElement('span');
  words.textContent = text;
  toast.append(words);
  region.replaceChildren(toast);
};
document.addEventListener('dangol:say', (event) => say(event.detail));

const region = document.getElementById('toasts');
if (region) {
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.dataset?.toast !== undefined) dismissLater(node);
  }).observe(region, { childList: true });
}

// A fragment that answers with another page (the card is gone, the session ended): go there, never swap it in.
document.addEventListener('htmx:beforeSwap', (event) => {
  const { xhr, pathInfo } = event.detail;
  const asked = new URL(pathInfo?.requestPath ?? location.href, location.href).pathname;
  if (!xhr.responseURL || new URL(xhr.responseURL).pathname === asked) return;
  event.detail.shouldSwap = false;
  location.assign(xhr.responseURL);
});

// Signed out meanwhile: the plain form leads to the sign-in page, which keeps what was typed.
document.addEventListener('htmx:beforeOnLoad', (event) => {
  const form = event.detail.elt.closest?.('form[data-typed]');
  if (event.detail.xhr.status !== 401 || !form) return;
  event.preventDefault();
  if (event.detail.elt === form) form.submit();
});

// Both events come from the new element itself; forms elsewhere keep their key, so that pressing again after a failure is the same press.
document.addEventListener('htmx:load', (event) => renewKeys(event.detail.elt));
document.addEventListener('htmx:afterSettle', (event) => {
  const at = event.target instanceof Element ? event.target : null;
  (at?.matches('[data-autofocus]') ? at : at?.querySelector('[data-autofocus]'))?.focus();
});
document.addEventListener('htmx:responseError', (event) => {
  const answer = event.detail.xhr;
  if (event.detail.requestConfig?.verb === 'get') return; // polling keeps quiet; saved.js tells how old the page is
  const fits = answer.getResponseHeader('X-Form-Token'); // the page was older than its session: the next press is good
  if (fits) for (const input of document.querySelectorAll('input[name=csrf_token]')) input.value = fits;
  const known = answer.getResponseHeader('X-Sentence');
  say(known ? answer.responseText : '잠깐 문제가 생겼어요. 다시 눌러 주세요.');
});
document.addEventListener('htmx:sendError', (event) => {
  if (event.detail.requestConfig?.verb !== 'get') say(event.detail.elt?.dataset.cut ?? '인터넷이 잠깐 끊겼어요. 다시 눌러 주세요.');
});

// A plain form is sent once: the second press finds the button asleep.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.hasAttribute('hx-post')) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = '1';
  const pressed = event.submitter;
  if (pressed) setTimeout(() => { pressed.setAttribute('aria-disabled', 'true'); pressed.classList.add('busy'); });
});
const wake = () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
  for (const button of document.querySelectorAll('.busy')) { button.classList.remove('busy'); button.removeAttribute('aria-disabled'); }
};
// Back to this page, or a file that came while it stayed (arrived.js): what is pressed now is a new intention.
const again = () => { wake(); renewKeys(document); };
window.addEventListener('pageshow', (event) => { if (event.persisted) again(); });
document.addEventListener('again', again);

document.addEventListener('change', (event) => {
  const input = event.target;
  if (input instanceof Element && input.matches('[data-autosubmit]')) input.form.requestSubmit();
});
document.addEventListener('click', (event) => {
  const at = event.target instanceof Element ? event.target : null;
  if (at?.closest('[data-print]')) window.print();
  const opener = at?.closest('[data-open]');
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
  if (at?.closest('[data-close]') || at?.matches('dialog')) at.closest('dialog')?.close();
  if (at?.closest('a[data-back]') && (globalThis.navigation ? navigation.canGoBack : history.length > 1)) {
    event.preventDefault();
    history.back();
  }
  const filler = at?.closest('[data-fill]');
  if (filler) {
    const field = document.querySelector(filler.dataset.fill);
    field.setRangeText(filler.dataset.text, field.selectionStart, field.selectionEnd, 'end');
    field.focus();
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
});

renewKeys(document);
document.querySelector('[data-autofocus]')?.focus();
