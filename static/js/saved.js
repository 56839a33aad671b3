/* How old is what you see? navigator.onLine lies, so the page carries the time it was made (body data-rendered, ms)
 * and every answered poll renews it. Older than 90 s: "저장해 둔 카드예요 · 오후 2:49 확인".
 */
const line = document.getElementById('saved');
if (line) {
  const OLD_MS = 90_000;
  let made = Number(document.body.dataset.rendered);
  const time = (ms) => new Intl.DateTimeFormat('ko-KR', { hour: 'numeric', minute: '2-digit', timeZone: 'Asia/Seoul' }).format(ms);
  const show = () => {
    const old = Date.now() - made > OLD_MS;
    line.hidden = !old;
    document.documentElement.classList.toggle('is-saved', old);
    if (old) line.querySelector('[data-saved-text]').textContent = `저장해 둔 카드예요 · ${time(made)} 확인`;
  };
  document.addEventListener('htmx:afterRequest', (event) => {
    if (event.detail.successful) { made = Date.now(); show(); }
  });
  document.addEventListener('visibilitychange', show);
  setInterval(show, 5000);
  show();
}
