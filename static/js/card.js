/* The live card: its rotating QR, the stamp that lands, the screen that stays awake while waiting.
 *
 * Stub: [data-card] with data-ref, data-shop (id), data-name (the shop's), data-key (url), data-key-version, data-encoder (url), data-picture (url of the
 * server-made QR). The code is D1.<ref>.<10 characters>, HMAC-SHA256 of "<shop>.<ref>.<step>", step = 30 s of server time.
 * The key is imported non-extractable and kept in IndexedDB, so the card shows a fresh QR offline. Without crypto.subtle
 * (plain http) the server draws the picture, fetched again every 25 s.
 */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const STEP_S = 30;
const PICTURE_MS = 25_000;
const find = (selector) => document.querySelector(selector);

const store = (mode, work) => new Promise((resolve, reject) => {
  const opening = indexedDB.open('dangol', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('keys', { keyPath: 'ref' });
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const request = work(opening.result.transaction('keys', mode).objectStore('keys'));
    request.onsuccess = () => { resolve(request.result); opening.result.close(); };
    request.onerror = () => { reject(request.error); opening.result.close(); };
  };
});

const provision = async (card) => {
  const asked = Date.now();
  const answer = await fetch(card.key, { headers: { Accept: 'application/json' }, cache: 'no-store' });
  if (!answer.ok) throw new Error(`key ${answer.status}`);
  const given = await answer.json();
  const raw = Uint8Array.from(atob(given.key), (c) => c.charCodeAt(0));
  const kept = {
    ref: given.ref, shop: String(given.shop), version: String(given.version),
    offset: given.server_time - (asked + Date.now()) / 2000, at: Date.now(),
    key: await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']),
  };
  raw.fill(0);
  await store('readwrite', (keys) => keys.put(kept)).catch(() => {}); // private windows keep nothing: this visit still works
  return kept;
};

const keyOf = async (card) => {
  const kept = await store('readonly', (keys) => keys.get(card.ref)).catch(() => undefined);
  const fits = kept && kept.version === card.keyVersion && kept.shop === card.shop;
  if (!fits) return provision(card);
  if (Date.now() - kept.at > 3_600_000) return provision(card).catch(() => kept); // clocks drift
  return kept;
};

// A coupon's page names its coupon: the same key, and its reference among the words.
const codeAt = async (kept, step) => {
  const coupon = find('[data-card]').dataset.coupon ?? '';
  const words = new TextEncoder().encode(`${kept.shop}.${kept.ref}.${coupon && `${coupon}.`}${step}`);
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', kept.key, words));
  let bits = 0n;
  for (const byte of mac.subarray(0, 7)) bits = (bits << 8n) | BigInt(byte);
  bits >>= 6n;
  let text = '';
  for (let i = 9n; i >= 0n; i--) text += ALPHABET[Number((bits >> (5n * i)) & 31n)];
  return coupon ? `C1.${coupon}.${text}` : `D1.${kept.ref}.${text}`;
};

let kept = null;
let drawn = { step: -1, matrix: null, text: '' };
let encoder = null;
let pictureAt = 0;

const paint = () => {
  if (!drawn.matrix) return;
  for (const canvas of document.querySelectorAll('[data-qr] canvas')) {
    drawn.matrix.toCanvas(canvas, { pad: 0, on: [0, 0, 0, 255], off: [255, 255, 255, 255] });
    canvas.hidden = false;
    canvas.dataset.code = drawn.text;
  }
  for (const said of document.querySelectorAll('[data-qr] .missing')) said.hidden = true;
};
const missing = () => {
  for (const said of document.querySelectorAll('[data-qr] .missing')) said.hidden = false;
};

const drawOwn = async () => {
  const seconds = Date.now() / 1000 + kept.offset;
  const step = Math.floor(seconds / STEP_S);
  for (const frame of document.querySelectorAll('[data-qr]')) frame.style.setProperty('--left', (1 - (seconds % STEP_S) / STEP_S).toFixed(3));
  if (step === drawn.step) return;
  const text = await codeAt(kept, step);
  drawn = { step, text, matrix: encoder.generate(text, { minCorrectionLevel: encoder.correction.M }) };
  paint();
};

const drawPicture = (card, force = false) => {
  if (!force && Date.now() - pictureAt < PICTURE_MS) return;
  pictureAt = Date.now();
  for (const image of document.querySelectorAll('[data-qr] img')) {
    image.onload = () => { image.hidden = false; for (const said of document.querySelectorAll('[data-qr] .missing')) said.hidden = true; };
    image.onerror = () => { image.hidden = true; missing(); };
    image.src = `${card.picture}?at=${pictureAt}`;
  }
};

const begin = async () => {
  const card = find('[data-card]')?.dataset;
  if (!card) return;
  const visible = () => document.visibilityState === 'visible';
  let own = false;
  try {
    if (globalThis.crypto?.subtle && globalThis.indexedDB) {
      [encoder, kept] = await Promise.all([import(card.encoder), keyOf(card)]);
      await drawOwn();
      own = true;
    }
  } catch { own = false; }
  const again = (force) => (own ? drawOwn().catch(missing) : drawPicture(card, force));
  again(true);
  setInterval(() => { if (visible()) again(false); }, 1000);
  document.addEventListener('visibilitychange', () => { if (visible()) again(true); });
  document.addEventListener('htmx:afterSwap', () => { if (own) paint(); else drawPicture(card, true); });
};

// Without a touch before it a browser refuses, loudly.
const buzz = (pattern) => { if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(pattern); };

let lock = null;
const stayAwake = async () => {
  const wanted = document.visibilityState === 'visible' && find('[data-waiting], dialog.qr-large[open]');
  if (wanted && !lock) lock = await navigator.wakeLock?.request('screen').catch(() => null) ?? null;
  if (!wanted && lock) { await lock.release(); lock = null; }
  if (lock?.released) lock = null;
};

if (find('[data-card]')) {
  const say = (text) => document.dispatchEvent(new CustomEvent('dangol:say', { detail: text }));
  // What the counter did is the card's newest line: numbers alone can't tell a stamp from a filled card that was taken back.
  const QUIET = { reverse: '가게에서 적립을 취소했어요', use: '혜택을 사용했어요', use_back: '혜택을 다시 쓸 수 있어요' };
  const count = () => ({
    stamps: Number(find('[data-stamps]')?.dataset.stamps ?? 0),
    rewards: Number(find('[data-rewards]')?.dataset.rewards ?? 0),
    last: find('[data-last]')?.dataset.last ?? '',
  });
  // What has just come lies above, for whoever has scrolled down to the button.
  const bringIntoView = (at) => {
    const { top, bottom } = at?.getBoundingClientRect() ?? {};
    const under = find('.thumb')?.getBoundingClientRect().top ?? innerHeight;
    if (!at || (top >= 0 && bottom <= under)) return;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    at.scrollIntoView({ block: at.offsetHeight < under ? 'center' : 'start', behavior: calm ? 'auto' : 'smooth' });
  };
  let before = count();
  const tell = (after) => {
    const landed = after.stamps - before.stamps;
    if (!landed && after.rewards === before.rewards) return;
    if (QUIET[after.last]) return say(QUIET[after.last]);
    if (after.rewards > before.rewards) {
      bringIntoView(find('.voucher'));
      say('카드를 다 채웠어요! 혜택이 생겼어요');
      buzz([40, 60, 40, 60, 120]);
    } else if (landed > 0) {
      const seals = Array.from(document.querySelectorAll('[data-stamps] > span')).slice(before.stamps, after.stamps);
      seals.forEach((seal, i) => { seal.classList.add('new'); seal.style.setProperty('--i', i); });
      bringIntoView(find('[data-stamps]'));
      say(landed === 1 ? '도장이 찍혔어요' : `도장 ${landed}개가 찍혔어요`);
      buzz(60);
    }
  };
  document.addEventListener('htmx:beforeSwap', () => { before = count(); });
  document.addEventListener('htmx:afterSettle', () => {
    tell(count());
    document.title = `${find('h1').textContent.trim()} · ${find('[data-card]').dataset.name}`;
    stayAwake();
  });
  document.addEventListener('visibilitychange', stayAwake);
  document.addEventListener('click', () => setTimeout(stayAwake));
  find('dialog.qr-large')?.addEventListener('close', stayAwake);
  stayAwake();
  begin();
  // The saved card comes after the card itself: nothing waits for it.
  const later = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 800));
  window.addEventListener('load', () => later(() => navigator.serviceWorker?.register('/sw.js').catch(() => {})));
  if (document.readyState === 'complete') later(() => navigator.serviceWorker?.register('/sw.js').catch(() => {}));
}
