/* The counter's rotating QR: [data-codes="<url>"] with data-encoder, a <canvas> and .missing inside.
 *
 * The server gives the addresses of the next steps (30 s each) and its own time; they are drawn here, so that the
 * code goes on turning while the network is gone. New ones are fetched every two minutes, and at once when it is back.
 */
const STEP_S = 30;
const FETCH_MS = 120_000;
let given = null;
let fetched = 0;
let encoder = null;
let drawn = '';

const frame = () => document.querySelector('[data-codes]');

const fetchCodes = async (box) => {
  fetched = Date.now();
  const asked = Date.now();
  const answer = await fetch(box.dataset.codes, { headers: { Accept: 'application/json' }, cache: 'no-store' });
  if (!answer.ok || answer.redirected) throw new Error(`codes ${answer.status}`);
  const codes = await answer.json();
  given = { ...codes, offset: codes.server_time - (asked + Date.now()) / 2000 };
};

const draw = async () => {
  const box = frame();
  if (!box || document.visibilityState !== 'visible') return;
  if (Date.now() - fetched > (given ? FETCH_MS : 5000)) await fetchCodes(box).catch(() => {});
  encoder ??= await import(box.dataset.encoder);
  const seconds = given ? Date.now() / 1000 + given.offset : 0;
  const address = given?.addresses[Math.floor(seconds / STEP_S) - given.step];
  const canvas = box.querySelector('canvas');
  box.querySelector('.missing').hidden = Boolean(address);
  canvas.hidden = !address;
  box.style.setProperty('--left', (1 - (seconds % STEP_S) / STEP_S).toFixed(3));
  if (!address || (address === drawn && canvas.dataset.code === drawn)) return;
  encoder.generate(address, { minCorrectionLevel: encoder.correction.M }).toCanvas(canvas, { pad: 0, on: [0, 0, 0, 255], off: [255, 255, 255, 255] });
  canvas.dataset.code = drawn = address;
};

const again = () => { draw().catch(() => {}); };
if (frame()) {
  again();
  setInterval(again, 1000);
  document.addEventListener('visibilitychange', again);
  window.addEventListener('online', () => { fetched = 0; again(); });
  document.addEventListener('htmx:afterSwap', again);
}
