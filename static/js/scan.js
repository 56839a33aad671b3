/* The shop's camera reads a customer's QR. Load as a module on the page that has:
 *
 *   {{ card.scanner('scan-form') }}                      the square with camera, torch and words (templates/components/card.html)
 *   {{ card.scan_photo() }}                              photo instead: works without camera rights and on plain http
 *   <form id="scan-form" method="post" action="/owner/stamps" hx-post="/owner/stamps" hx-target="…" hx-swap="…">
 *     {{ ui.csrf() }} {{ ui.once(key) }} <input type="hidden" name="code"> <input type="hidden" name="how" value="scan"></form>
 *
 * A code read is put into the form's `code`, `once` gets a fresh key, and the form is sent (htmx takes it when it has hx-post).
 *   [data-scan-hold]  anywhere on the page: reading rests while it is there (the person's panel); it goes on by itself after
 *                     data-scan-hold="<seconds>" or when the element leaves.
 *   The same card is ignored until it has been out of sight for 5 s, unless its stamp did not come through.
 *   `dangol:scanned` on document tells others ({detail: code}).
 */
const box = document.querySelector('[data-scan]');
const photo = document.querySelector('[data-scan-photo]');
const SIDE = 480; // a centre crop of 480 px reads fastest on cheap phones
const EVERY_MS = 110;
const FORGET_MS = 5000;
const RETRY_MS = 3000;
const NOBODY = { card: '', code: '', seen: 0, refused: false };

const crop = document.createElement('canvas');
crop.width = crop.height = SIDE;
const pen = crop.getContext('2d', { willReadFrequently: true });
const say = (text) => { const line = box?.querySelector('[data-scan-say]'); if (line && line.textContent !== text) line.textContent = text; };

let reader = null;
const makeReader = async (engineUrl) => {
  try {
    if (globalThis.BarcodeDetector && (await BarcodeDetector.getSupportedFormats()).includes('qr_code')) {
      const detector = new BarcodeDetector({ formats: ['qr_code'] });
      return async () => (await detector.detect(crop))[0]?.rawValue ?? null;
    }
  } catch { /* a browser that promises the detector and has none */ }
  const worker = new Worker(engineUrl);
  worker.postMessage({ type: 'inversionMode', data: 'original' });
  let id = 0;
  return () => new Promise((resolve) => {
    const mine = ++id;
    const image = pen.getImageData(0, 0, SIDE, SIDE);
    const done = (event) => {
      if (event.data.id !== mine) return;
      worker.removeEventListener('message', done);
      resolve(event.data.data ?? null);
    };
    worker.addEventListener('message', done);
    worker.postMessage({ id: mine, type: 'decode', data: image }, [image.data.buffer]);
  });
};
const read = async () => (reader ??= await makeReader((box ?? photo).dataset.engine))();

let sound = null;
const signal = () => {
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(70);
  try {
    sound ??= new AudioContext();
    const tone = sound.createOscillator();
    const level = sound.createGain();
    level.gain.setValueAtTime(0.12, sound.currentTime);
    level.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 0.16);
    tone.frequency.value = 1180;
    tone.connect(level).connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + 0.17);
  } catch { /* no sound, no harm */ }
};

const give = (code) => {
  const form = document.getElementById((box ?? photo).dataset.form);
  form.elements.code.value = code;
  const once = form.querySelector('[data-once]');
  if (once) once.value = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
  document.dispatchEvent(new CustomEvent('dangol:scanned', { detail: code }));
  form.requestSubmit();
};

let stream = null;
let timer = 0;
let last = { ...NOBODY };
let holdUntil = new WeakMap();
const held = () => {
  for (const panel of document.querySelectorAll('[data-scan-hold]')) {
    const seconds = Number(panel.dataset.scanHold || 0);
    if (!holdUntil.has(panel)) holdUntil.set(panel, seconds ? Date.now() + seconds * 1000 : Infinity);
    if (Date.now() < holdUntil.get(panel)) return true;
  }
  return false;
};

const look = async () => {
  const video = box.querySelector('video');
  const resting = held();
  if (resting) last.seen = Date.now(); // whoever is still in front of the camera was already read
  if (stream && video.readyState >= 2 && !resting) {
    const side = Math.min(video.videoWidth, video.videoHeight);
    pen.drawImage(video, (video.videoWidth - side) / 2, (video.videoHeight - side) / 2, side, side, 0, 0, SIDE, SIDE);
    const code = await read().catch(() => null);
    if (code) {
      const card = code.split('.').slice(0, 2).join('.');
      const fresh = card !== last.card || Date.now() - last.seen > FORGET_MS || (last.refused && code !== last.code);
      last = fresh ? { card, code, seen: Date.now(), refused: false } : { ...last, seen: Date.now() };
      if (fresh) {
        box.dataset.state = 'found';
        signal();
        say('읽었어요');
        give(code);
        setTimeout(() => { box.dataset.state = 'on'; say('손님 카드의 QR을 비춰 주세요'); }, 1400);
      }
    }
  }
  if (stream) timer = setTimeout(look, EVERY_MS);
};

// Where the camera can't be used a photo is the way: it becomes the one thing to press.
const photoFirst = () => {
  photo?.closest('.button').classList.remove('quiet');
  box.querySelector('[data-scan-start]').classList.add('quiet');
};

// What did not come through is no stamp: lost on the way, the same code is tried again; refused, the card's next code is.
document.addEventListener('htmx:afterRequest', (event) => {
  const { elt, xhr } = event.detail;
  if (elt?.id !== box?.dataset.form || (xhr.status >= 200 && xhr.status < 400)) return;
  if (xhr.status >= 400 && xhr.status < 500) last.refused = true;
  else setTimeout(() => { if (elt.dataset.kept !== elt.elements.code.value) last = { ...NOBODY }; }, RETRY_MS); // offline.js may have kept it
});

const off = (why) => {
  clearTimeout(timer);
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  box.dataset.state = 'off';
  const cover = box.querySelector('[data-scan-off]');
  cover.hidden = false;
  if (why) cover.querySelector('[data-scan-why]').textContent = why;
};

const on = async () => {
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 720 } }, audio: false });
  } catch (error) {
    photoFirst();
    const denied = error.name === 'NotAllowedError';
    return off(`${denied ? '카메라가 꺼져 있어요.' : '카메라를 켜지 못했어요.'} 아래에서 사진으로 찍거나 카드 번호로 찾아 주세요.`);
  }
  const video = box.querySelector('video');
  video.srcObject = stream;
  await video.play().catch(() => {});
  box.querySelector('[data-scan-off]').hidden = true;
  box.dataset.state = 'on';
  say('손님 카드의 QR을 비춰 주세요');
  const track = stream.getVideoTracks()[0];
  const torch = box.querySelector('[data-scan-torch]');
  torch.hidden = !track.getCapabilities?.().torch;
  navigator.wakeLock?.request('screen').catch(() => {});
  look();
};

if (box) {
  const possible = Boolean(navigator.mediaDevices?.getUserMedia);
  if (!possible) {
    photoFirst();
    off('이 주소에서는 카메라 대신 사진으로 찍어요. 아래에서 사진으로 찍거나 카드 번호로 찾아 주세요.');
    box.querySelector('[data-scan-start]').hidden = true;
  } else {
    box.querySelector('[data-scan-start]').addEventListener('click', on);
    box.querySelector('[data-scan-stop]').addEventListener('click', () => off());
    box.querySelector('[data-scan-torch]').addEventListener('click', async (event) => {
      const button = event.currentTarget;
      const lit = button.getAttribute('aria-pressed') !== 'true';
      await stream?.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: lit }] }).catch(() => {});
      button.setAttribute('aria-pressed', String(lit));
    });
    // Rights given before: the camera is simply there; for a queue it is asked for at once.
    if (document.querySelector('[data-queue]')) on();
    else navigator.permissions?.query({ name: 'camera' }).then((right) => { if (right.state === 'granted') on(); }).catch(() => {});
    let resume = false;
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') { resume = Boolean(stream); if (resume) off(); } else if (resume) on();
    });
  }
}

if (photo) {
  photo.addEventListener('change', async () => {
    const file = photo.files[0];
    if (!file) return;
    const tell = (text) => document.dispatchEvent(new CustomEvent('dangol:say', { detail: text }));
    try {
      const image = await createImageBitmap(file);
      let code = null;
      // The whole picture first, then closer and closer to its centre.
      for (const part of [1, 0.7, 0.5, 0.35]) {
        const side = Math.max(image.width, image.height) * part;
        pen.fillStyle = '#fff';
        pen.fillRect(0, 0, SIDE, SIDE);
        pen.drawImage(image, (image.width - side) / 2, (image.height - side) / 2, side, side, 0, 0, SIDE, SIDE);
        code = await read();
        if (code) break;
      }
      if (code) { signal(); give(code); } else tell('사진에서 QR을 찾지 못했어요. 조금 더 가까이에서 다시 찍어 주세요.');
    } catch { tell('사진을 열지 못했어요. 다시 찍어 주세요.'); }
    photo.value = '';
  });
}
