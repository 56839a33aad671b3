/* The counter: a result comes into #result and goes again, so that the next person is one glance away.
 *
 *   [data-result]     what a stamp, a refusal or a use answered; scrolled to the top when it arrives
 *   [data-just]       a stamp has just landed: the phone shakes shortly (a scan has shaken it before)
 *   [data-leave]      leaves by itself after LEAVE_MS, unless somebody touches it
 *   [data-leave-now]  a link that takes the result away at once; without a result in #result it is a plain link
 *   [data-found]      what a look-up found; goes when a result comes
 *   [data-queue]      이어서 적립 is on; it ends by itself when nothing came for QUEUE_MS
 *   [data-step]       a button beside a number: one more or one less
 */
const LEAVE_MS = 25_000;
const QUEUE_MS = 600_000;
const result = document.getElementById('result');
const onCounter = Boolean(document.getElementById('camera'));
let leaving = 0;

const leave = () => {
  clearTimeout(leaving);
  result.replaceChildren();
  window.scrollTo({ top: 0 });
  document.body.dispatchEvent(new CustomEvent('dangol:tick'));
};

document.addEventListener('htmx:afterSwap', (event) => {
  if (event.detail.target !== result) return;
  clearTimeout(leaving);
  const arrived = result.querySelector('[data-result]');
  if (!arrived) return;
  for (const found of document.querySelectorAll('[data-found]')) found.remove();
  window.scrollTo({ top: 0 });
  if (arrived.matches('[data-just]') && navigator.userActivation?.hasBeenActive) navigator.vibrate?.(40);
  if (arrived.matches('[data-leave]') && onCounter) {
    const later = () => { clearTimeout(leaving); leaving = setTimeout(leave, LEAVE_MS); };
    for (const sign of ['pointerdown', 'keydown', 'scroll']) arrived.addEventListener(sign, later, { passive: true });
    window.addEventListener('scroll', later, { passive: true, once: true });
    later();
  }
});

document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('[data-leave-now]') : null;
  if (!link || !onCounter) return;
  event.preventDefault();
  leave();
});

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('[data-step]') : null;
  const number = button?.parentElement.querySelector('input[type=number]');
  if (number) Number(button.dataset.step) > 0 ? number.stepUp() : number.stepDown();
});

if (document.querySelector('[data-queue]')) {
  let over = 0;
  const goOn = () => { clearTimeout(over); over = setTimeout(() => document.getElementById('queue-end').requestSubmit(), QUEUE_MS); };
  document.addEventListener('htmx:afterSwap', (event) => { if (event.detail.target === result) goOn(); });
  goOn();
}
