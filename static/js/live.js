/* The heartbeat of a page that is being looked at: `dangol:tick` on <body> every 4 s while visible, and at once
 * when the person comes back or the network does. Elements use hx-trigger="dangol:tick from:body".
 */
const EVERY_MS = 4000;
let beat = 0;

const tick = () => document.body.dispatchEvent(new CustomEvent('dangol:tick'));
const start = () => {
  clearInterval(beat);
  if (document.visibilityState === 'visible') beat = setInterval(tick, EVERY_MS);
};
document.addEventListener('visibilitychange', () => {
  start();
  if (document.visibilityState === 'visible') tick();
});
window.addEventListener('online', tick);
start();
