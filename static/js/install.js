/* 홈 화면에 두기, asked only after value (second visit) and never twice: [data-install] holds the offer, [data-install-yes|no] answer it.
 * Android gives us the prompt; on an iPhone a sheet with two pictures says how.
 */
const standalone = matchMedia('(display-mode: standalone)').matches || navigator.standalone === true;
const apple = /iPhone|iPad|iPod/.test(navigator.userAgent) && !/CriOS|FxiOS|KAKAOTALK|NAVER/.test(navigator.userAgent);
const remembered = () => { try { return localStorage.getItem('install') === 'no'; } catch { return true; } };
const remember = () => { try { localStorage.setItem('install', 'no'); } catch { /* private window: asks again, no harm */ } };
let prompt = null;

const offer = () => {
  const box = document.querySelector('[data-install]');
  if (box) box.hidden = standalone || remembered() || !(prompt || apple);
};
window.addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  prompt = event;
  offer();
});
document.addEventListener('htmx:load', offer);
document.addEventListener('click', async (event) => {
  const at = event.target instanceof Element ? event.target : null;
  if (at?.closest('[data-install-no]')) { remember(); offer(); }
  if (!at?.closest('[data-install-yes]')) return;
  if (!prompt) return document.getElementById('install-ios')?.showModal();
  await prompt.prompt();
  prompt = null;
  remember();
  offer();
});
offer();
