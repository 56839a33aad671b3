/* A screen that must not fall asleep: while [data-awake] is on the page and looked at, it is kept awake.
 * Where a browser can't do that, the element's own sentence is shown: nothing is promised that does not hold.
 */
const told = document.querySelector('[data-awake]');
let lock = null;

const keep = async () => {
  if (document.visibilityState !== 'visible' || (lock && !lock.released)) return;
  try { lock = await navigator.wakeLock.request('screen'); } catch { lock = null; }
  told.hidden = Boolean(lock);
};

if (told) {
  if (navigator.wakeLock) {
    keep();
    document.addEventListener('visibilitychange', keep); // the browser lets go when the page is hidden
    document.addEventListener('pointerdown', keep, { passive: true }); // some give it only after a touch
  } else told.hidden = false;
}

document.addEventListener('click', (event) => {
  if (event.target instanceof Element && event.target.closest('[data-full]')) document.documentElement.requestFullscreen?.().catch(() => {});
});
