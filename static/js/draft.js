/* Words that are half written stay when another form of their page is sent: textarea[data-draft], until the page is back.
 * In this tab alone, for an hour, and for this place alone: under the address to which its own form is sent.
 */
const LIVES_MS = 60 * 60 * 1000;
const field = document.querySelector('textarea[data-draft]');
const key = `draft:${field?.form.getAttribute('action')}`;

const kept = () => {
  try {
    const { text, at } = JSON.parse(sessionStorage.getItem(key) ?? '{}');
    sessionStorage.removeItem(key);
    return Date.now() - at < LIVES_MS ? text : '';
  } catch { return ''; /* private window: is typed again */ }
};
const keep = (text) => {
  try {
    if (text) sessionStorage.setItem(key, JSON.stringify({ text, at: Date.now() }));
    else sessionStorage.removeItem(key);
  } catch { /* as above */ }
};

if (field) {
  const text = kept();
  if (text && !field.value) field.value = text;
  document.addEventListener('submit', (event) => keep(event.target === field.form ? '' : field.value.trim()));
}
