/* 내 휴대폰으로 보내기: the message app opens with everything filled, and on coming back we ask once whether it went out.
 *
 *   a[data-hand-open="id"]           opens the message app
 *   button[data-hand-share="id"]     data-text, data-photo: the phone's share sheet; shown where the phone has one
 *   [data-hand-apart="id"]           how to send the photo without it
 *   form[data-hand-sent="id"]        says that it went out; data-who: whose name we ask with
 *   #hand-asks                       the question, [data-hand-yes], [data-hand-no]
 * Which one was opened is kept by this tab, its number alone: the page may be thrown away while the message app is in front.
 * No answer (the back button, a tap beside it) is 아직이에요: the line keeps its own button.
 */
const KEY = 'dangol:hand';
const KEPT_MS = 12 * 60 * 60 * 1000;
const AWAY_MS = 800; // a shorter loss of focus is the browser's own business
const asks = document.getElementById('hand-asks');
const photos = new Map(); // address → the picture, ready before the press: a share sheet opens from a press alone
let leftAt = 0;

const opened = () => {
  try {
    const { id, at } = JSON.parse(sessionStorage.getItem(KEY) ?? '{}');
    return id && Date.now() - at < KEPT_MS ? id : '';
  } catch {
    return '';
  }
};
const note = (id) => {
  try {
    if (id) sessionStorage.setItem(KEY, JSON.stringify({ id, at: Date.now() }));
    else sessionStorage.removeItem(KEY);
  } catch { /* no storage: the line's own button still says it */ }
};
const formOf = (id) => document.querySelector(`form[data-hand-sent="${CSS.escape(id)}"]`);

const ask = () => {
  const id = opened();
  if (!id || asks.open) return;
  const form = formOf(id);
  if (!form) return note('');
  asks.querySelector('[data-hand-who]').textContent = `${form.dataset.who}께 보낼 말이에요`;
  asks.dataset.id = id;
  asks.showModal();
};
const answer = (isSent) => {
  const form = formOf(asks.dataset.id ?? '');
  delete asks.dataset.id; // a second tap finds nothing to say
  asks.close();
  if (isSent) form?.requestSubmit();
};
asks.addEventListener('close', () => note(''));

const isBack = () => {
  if (document.visibilityState !== 'visible' || !leftAt || Date.now() - leftAt < AWAY_MS) return;
  leftAt = 0;
  ask();
};
const leaves = () => { if (opened()) leftAt ||= Date.now(); };
document.addEventListener('visibilitychange', () => (document.visibilityState === 'hidden' ? leaves() : isBack()));
window.addEventListener('pagehide', leaves);
window.addEventListener('blur', leaves);
window.addEventListener('focus', isBack);
window.addEventListener('pageshow', (event) => { if (event.persisted) isBack(); });

const ready = async () => {
  for (const button of document.querySelectorAll('[data-hand-share]')) {
    if (!navigator.share) continue;
    const { photo, handShare: id } = button.dataset;
    if (!photo) { button.hidden = false; continue; }
    if (!photos.has(photo)) {
      photos.set(photo, null);
      try {
        const got = await fetch(photo);
        if (got.ok) photos.set(photo, new File([await got.blob()], 'photo.jpg', { type: 'image/jpeg' }));
      } catch { photos.delete(photo); }
    }
    const file = photos.get(photo);
    if (!file || !navigator.canShare?.({ files: [file] })) continue;
    button.hidden = false;
    const apart = document.querySelector(`[data-hand-apart="${CSS.escape(id)}"]`);
    if (apart) apart.hidden = true;
  }
};

document.addEventListener('click', async (event) => {
  const at = event.target instanceof Element ? event.target : null;
  const link = at?.closest('[data-hand-open]');
  if (link) { leftAt = 0; note(link.dataset.handOpen); }
  if (at?.closest('[data-hand-yes]')) answer(true);
  if (at?.closest('[data-hand-no]')) answer(false);
  const button = at?.closest('[data-hand-share]');
  if (!button) return;
  const { text, photo, handShare: id } = button.dataset;
  const file = photos.get(photo);
  try {
    await navigator.share(file ? { text, files: [file] } : { text });
  } catch {
    return; // they closed the sheet, or the phone would not: the other way is still there
  }
  note(id);
  ask();
});
document.addEventListener('htmx:load', ready);
ready();
if (opened()) ask(); // the page was thrown away meanwhile, or the phone was locked over it
