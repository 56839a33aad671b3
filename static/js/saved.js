/* How old is what you see? navigator.onLine lies, so the page carries the time it was made (body data-rendered, ms)
 * and every answered poll renews it. Older than 90 s: "저장해 둔 카드예요 · 오후 2:49 확인". Cut off, as far as the browser
 * knows or a poll has just found: it says so at once, and an answer takes it back.
 */
const line = document.getElementById('saved');
if (line) {
  const OLD_MS = 90_000;
  let made = Number(document.body.dataset.rendered);
  let cut = !navigator.onLine;
  const time = (ms) => new Intl.DateTimeFormat('ko-KR', { hour: 'numeric', minute: '2-digit', timeZone: 'Asia/Seoul' }).format(ms);
  const show = () => {
    const old = Date.now() - made > OLD_MS;
    line.hidden = !old && !cut;
    const words = [cut && '인터넷이 끊겼어요', '저장해 둔 카드예요', old && `${time(made)} 확인`].filter(Boolean).join(' · ');
    const at = line.querySelector('[data-saved-text]');
    if (!line.hidden && at.textContent !== words) at.textContent = words; // a live region repeats what is written again
  };
  document.addEventListener('htmx:afterRequest', (event) => {
    if (event.detail.successful) { made = Date.now(); cut = false; show(); }
  });
  document.addEventListener('htmx:sendError', () => { cut = true; show(); });
  window.addEventListener('offline', () => { cut = true; show(); });
  window.addEventListener('online', () => { cut = false; show(); });
  document.addEventListener('visibilitychange', show);
  setInterval(show, 5000);
  show();
}
