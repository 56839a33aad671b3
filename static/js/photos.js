/* Photos of a review, picked on a phone: made small here, shown at once, sent one after the other.
 *
 *   .picker[data-photos]   where one photo is posted to; #picked inside it is the server's view and is asked for again on `dangol:photos`
 *   [data-uploading]       tiles of this page: on their way, or refused with the server's sentence
 *   [data-photos-said]     one sentence for all (a sixth photo)
 * The form waits until everything picked has arrived. A photo the browser can't open (HEIC) goes as it is.
 */
const LONGEST = 1600;
const MOST_BYTES = 15 * 1024 * 1024;
const TOO_LARGE = '사진이 너무 커요(15MB까지). 조금 작은 사진을 골라 주세요.';
const CUT = '인터넷이 끊겨서 올리지 못했어요.';
const AWHILE = '지금은 올릴 수 없어요. 잠시 뒤에 다시 해 주세요.';

const picker = document.querySelector('.picker[data-photos]');
const previews = new Map(); // ref → the canvas drawn here, until the server's own picture is there
let busy = 0;
let line = Promise.resolve();
let held = null; // what was pressed while photos were on their way

const make = (tag, name, words = '') => {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = words;
  return made;
};
const shrink = async (file) => {
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#fff'; // a JPEG knows nothing transparent
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.86));
  return { blob: blob ?? file, canvas };
};

const post = (blob, progress) => new Promise((done) => {
  const form = new FormData();
  form.append('csrf_token', document.querySelector('input[name=csrf_token]')?.value ?? '');
  form.append('photo', blob, 'photo');
  const asked = new XMLHttpRequest();
  asked.open('POST', picker.dataset.photos);
  asked.setRequestHeader('HX-Request', 'true');
  asked.timeout = 90000;
  asked.upload.onprogress = (event) => progress(event.lengthComputable ? Math.round((event.loaded / event.total) * 100) : 0);
  asked.onload = () => done(asked);
  asked.onerror = asked.ontimeout = () => done(null);
  asked.send(form);
});
// Once more after a break: the same bytes are the same photo to the server, so nothing is there twice.
const send = async (blob, progress) => {
  const answer = await post(blob, progress);
  const fits = answer?.getResponseHeader('X-Form-Token'); // the page was older than its session
  if (fits) for (const input of document.querySelectorAll('input[name=csrf_token]')) input.value = fits;
  return fits || !answer || answer.status >= 500 ? post(blob, progress) : answer;
};

const refresh = () => document.getElementById('picked')?.dispatchEvent(new CustomEvent('dangol:photos'));
const refuse = (tile, sentence, again) => {
  tile.className = 'refused';
  tile.querySelector('.picked-word')?.remove();
  tile.append(make('p', '', sentence));
  const button = make('button', 'button small danger', again ? '다시 올리기' : '알겠어요');
  button.type = 'button';
  button.addEventListener('click', () => { tile.remove(); again?.(); });
  tile.append(button);
};

const upload = async (file) => {
  const tile = make('li', '');
  const word = make('span', 'picked-word', '올리고 있어요');
  tile.append(word);
  picker.querySelector('[data-uploading]').append(tile);
  let blob = file;
  try {
    const small = await shrink(file);
    blob = small.blob;
    tile.prepend(small.canvas);
  } catch { /* not a picture this browser knows: the server looks at it */ }
  if (blob.size > MOST_BYTES) return refuse(tile, TOO_LARGE);
  const answer = await send(blob, (percent) => { word.textContent = percent && percent < 100 ? `올리고 있어요 ${percent}%` : '올리고 있어요'; });
  if (answer?.status === 204) {
    const canvas = tile.querySelector('canvas');
    if (canvas) previews.set(answer.getResponseHeader('X-Photo'), canvas);
    word.textContent = '준비하고 있어요';
    tile.dataset.arrived = answer.getResponseHeader('X-Photo');
    return refresh();
  }
  const said = answer?.getResponseHeader('X-Sentence') ? answer.responseText : answer ? AWHILE : CUT;
  return refuse(tile, said, answer && answer.status < 500 && answer.status !== 429 ? null : () => enqueue([file]));
};

const enqueue = (files) => {
  for (const file of files) {
    busy += 1;
    line = line.then(() => upload(file)).catch(() => refresh()).then(() => {
      busy -= 1;
      if (!busy && held) { const { form, pressed } = held; held = null; form.requestSubmit(pressed); }
    });
  }
};

// The server's view is new: tiles it knows leave, and what it is still making ready shows the picture drawn here.
const settle = () => {
  for (const item of document.querySelectorAll('#picked li[data-ref]')) {
    picker.querySelector(`[data-uploading] [data-arrived="${CSS.escape(item.dataset.ref)}"]`)?.remove();
    const canvas = previews.get(item.dataset.ref);
    if (canvas && item.dataset.state === 'waiting' && !item.contains(canvas)) item.prepend(canvas);
  }
};

if (picker) {
  picker.addEventListener('change', (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || input.type !== 'file') return;
    const { living, most } = document.getElementById('picked').dataset;
    const room = Math.max(0, Number(most) - Number(living) - picker.querySelectorAll('[data-uploading] > li:not(.refused)').length);
    const files = [...input.files];
    picker.querySelector('[data-photos-said]').textContent = files.length > room ? `사진은 ${most}장까지 올릴 수 있어요. 다른 사진을 지우고 다시 골라 주세요.` : '';
    enqueue(files.slice(0, room));
    input.value = ''; // what was taken here is not sent again with the form
  });
  picker.addEventListener('click', (event) => {
    if (event.target.closest('[formaction]')) picker.querySelector('[data-photos-said]').textContent = ''; // there is room again
  });
  document.addEventListener('htmx:load', settle);
  document.addEventListener('submit', (event) => {
    if (!busy || !event.target.contains(picker) || event.submitter?.hasAttribute('formaction')) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held = { form: event.target, pressed: event.submitter };
    document.dispatchEvent(new CustomEvent('dangol:say', { detail: '사진이 다 올라가면 바로 보낼게요.' }));
  }, true);
}
