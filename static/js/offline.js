/* Stamps without a network. What was scanned is kept on this phone, signed, and sent when the network is back.
 *
 *   body[data-staff]       own | shared | shell, absent when nobody is signed in: then key and kept page are dropped, what waits is not
 *   form[data-offline-form] on the kept page (/owner/offline): scans go straight into the queue
 *   #scan-form (htmx)      on 적립: what could not be sent goes into the queue, with the same once-key, so it can't count twice
 *   [data-offline-queue]   "확인 중 3건": time and the last letters of the card, never more
 *   [data-offline-said]    what became of them
 *   [data-offline-back]    on the kept page: the network is back, and the way on; [data-offline-away] stands there until then
 *
 * The key is the session's own, given by the server, imported non-extractable and kept in IndexedDB with the server's
 * time offset. Without crypto.subtle or a service worker (plain http) nothing is kept, and the page says so.
 */
const KEY = '/owner/offline/key';
const SHELL = '/owner/offline';
const SEND = '/owner/offline-stamps';
const RENEW_MS = 3_600_000;
const AGAIN_MS = 20_000;
const LOOK_MS = 5_000;
const MOST = 50;
const DAY_MS = 86_400_000;
const whose = document.body.dataset.staff ?? '';
const can = Boolean(globalThis.crypto?.subtle && globalThis.indexedDB && navigator.serviceWorker);
const NOT_HERE = '이 주소에서는 인터넷 없이 적립할 수 없어요. https로 시작하는 주소로 열어 주세요.';
const piece = (name) => document.querySelector(`[data-offline-${name}]`);
const toast = (text) => document.dispatchEvent(new CustomEvent('dangol:say', { detail: text }));

const store = (room, mode, work) => new Promise((resolve, reject) => {
  const opening = indexedDB.open('dangol-owner', 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore('keys', { keyPath: 'name' });
    opening.result.createObjectStore('scans', { keyPath: 'id' });
  };
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const turn = opening.result.transaction(room, mode, { durability: 'strict' });
    const asked = work(turn.objectStore(room));
    turn.oncomplete = () => { opening.result.close(); resolve(asked.result); };
    turn.onabort = () => { opening.result.close(); reject(turn.error); };
  };
});
const waitingScans = () => store('scans', 'readonly', (scans) => scans.getAll());
const myKey = () => store('keys', 'readonly', (keys) => keys.get('mine'));

// Who is signed in: the key renewed, and the token a POST needs. null: nobody is. Throws without a network.
const greet = async () => {
  const asked = Date.now();
  const answer = await fetch(KEY, { headers: { Accept: 'application/json' }, cache: 'no-store' });
  if (answer.redirected || answer.status === 401) return null;
  if (!answer.ok) throw new Error(`key ${answer.status}`);
  const given = await answer.json();
  const raw = Uint8Array.from(atob(given.key), (c) => c.charCodeAt(0));
  const key = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  raw.fill(0);
  const offset = given.server_time * 1000 - (asked + Date.now()) / 2;
  await store('keys', 'readwrite', (keys) => keys.put({ name: 'mine', key, session: given.session, shop: given.shop, offset, at: Date.now() }));
  return given;
};

// The page that scans, with its own files, in a cache of its own: whole or not at all.
const keepShell = async () => {
  const answer = await fetch(SHELL, { cache: 'no-store' });
  if (!answer.ok || answer.redirected) return;
  const files = new Set((await answer.clone().text()).match(/\/assets\/[0-9a-f]+\/[^"]+/g) ?? []);
  const name = `owner-${Date.now()}`;
  const cache = await caches.open(name);
  await cache.addAll(files);
  await cache.put(SHELL, answer);
  for (const old of await caches.keys()) if (old.startsWith('owner-') && old !== name) await caches.delete(old);
};
const drop = async () => {
  for (const name of await caches.keys()) if (name.startsWith('owner-')) await caches.delete(name);
  await store('keys', 'readwrite', (keys) => keys.clear());
};

const add = async (text, id) => {
  const code = text.trim();
  if (!/^[DP]1\.[0-9A-Z]+\.[0-9A-Z]+$/i.test(code)) return '카드의 QR이 아니에요. 손님 화면의 QR을 찍어 주세요.';
  const scans = await waitingScans();
  if (scans.some((scan) => scan.text === code)) return '이미 모아 둔 도장이에요.';
  if (scans.length >= MOST) return `${MOST}건까지 모아 둘 수 있어요. 인터넷이 연결되면 이어서 찍어 주세요.`;
  const mine = await myKey();
  if (!mine) return '이 휴대폰은 아직 준비되지 않았어요. 인터넷이 연결되면 적립 화면을 한 번 열어 주세요.';
  const at = Math.round(Date.now() + mine.offset);
  const signed = await crypto.subtle.sign('HMAC', mine.key, new TextEncoder().encode(`${id}.${at}.${code}`));
  const mac = Array.from(new Uint8Array(signed), (byte) => byte.toString(16).padStart(2, '0')).join('');
  await store('scans', 'readwrite', (kept) => kept.put({ id, session: mine.session, shop: mine.shop, text: code, at, mac }));
  return '';
};

let signedOut = false;
const show = async () => {
  const box = piece('queue');
  if (!box) return;
  const scans = (await waitingScans()).sort((a, b) => a.at - b.at);
  box.hidden = !scans.length;
  if (!scans.length) return;
  const count = `확인 중 ${scans.length}건`;
  if (piece('count').textContent !== count) piece('count').textContent = count; // a live region repeats what is written again
  const late = scans.some((scan) => Date.now() - scan.at > DAY_MS) ? ' 하루가 지난 것은 사장님이 확인해요.' : '';
  piece('next').textContent = `${signedOut ? '로그인하면' : '인터넷이 연결되면'} 저절로 보내요. 찍은 도장은 그대로 있어요.${late}`;
  piece('login').hidden = !signedOut || location.pathname === '/owner/login';
  const time = new Intl.DateTimeFormat('ko-KR', { hour: 'numeric', minute: '2-digit', timeZone: 'Asia/Seoul' });
  piece('list').replaceChildren(...scans.map((scan) => {
    const line = document.createElement('li');
    line.textContent = `${time.format(scan.at)} · 카드 끝자리 ${scan.text.split('.')[1].slice(-4).toUpperCase()}`;
    return line;
  }));
};
const tell = (done) => {
  const stamped = done.filter((scan) => scan.state === 'stamped').length;
  const left = done.filter((scan) => scan.state === 'listed');
  const words = [
    stamped && `모아 둔 도장 ${stamped}개를 찍었어요.`,
    left.length && `${left.length}개는 사장님이 확인해요 (${Array.from(new Set(left.map((scan) => scan.why))).join(', ')}).`,
  ].filter(Boolean).join(' ');
  const said = piece('said');
  if (said) { said.textContent = words; said.hidden = !words; } else toast(words);
  document.body.dispatchEvent(new CustomEvent('dangol:tick'));
};

let sending = false;
const flush = async () => {
  if (sending || whose === 'shared') return;
  sending = true;
  try {
    const scans = await waitingScans();
    if (scans.length) {
      const given = await greet();
      signedOut = given === null;
      const mine = given ? scans.filter((scan) => scan.shop === given.shop) : []; // another shop's wait for its own sign-in
      if (mine.length) {
        const answer = await fetch(SEND, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', 'X-CSRFToken': given.token },
          body: JSON.stringify({ scans: mine.slice(0, MOST) }),
        });
        signedOut = answer.status === 401;
        if (answer.ok) {
          const done = (await answer.json()).scans;
          await store('scans', 'readwrite', (kept) => done.map((scan) => kept.delete(scan.id)).at(-1));
          tell(done);
        }
      }
    }
  } catch { /* no network yet, or the answer was lost: what was kept is still there */ } finally { sending = false; }
  await show();
};

const keep = async (text, id) => {
  const wrong = await add(text, id).catch(() => '휴대폰에 모아 두지 못했어요. 다시 찍어 주세요.');
  toast(wrong || '모아 두었어요');
  await show();
  return !wrong;
};

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('[data-offline-form]')) return;
  event.preventDefault();
  if (can) keep(form.elements.code.value, form.elements.once.value).then((kept) => kept && flush());
}, true);
const unsent = (event) => {
  const form = event.detail.elt;
  if (form?.id !== 'scan-form') return;
  if (!can || whose !== 'own') return toast(whose === 'shared' ? '인터넷이 끊겼어요. 연결되면 다시 찍어 주세요.' : NOT_HERE);
  form.dataset.kept = form.elements.code.value; // scan.js reads this card no second time
  keep(form.elements.code.value, form.elements.once.value);
};
document.addEventListener('htmx:sendError', unsent);
document.addEventListener('htmx:timeout', unsent);

// Is the network back? navigator.onLine lies, so an answer of ours decides. Whoever opens the page online is told nothing.
let cut = whose === 'shell' && (!navigator.onLine || location.pathname !== SHELL);
const look = async () => {
  const back = piece('back');
  if (!back) return;
  const answers = await fetch('/healthz', { cache: 'no-store' }).then((answer) => answer.ok, () => false);
  cut ||= !answers;
  const show = answers && cut;
  if (back.hidden === show) { back.hidden = !show; piece('away').hidden = show; }
};

const settle = async () => {
  if (!whose) return drop();
  if (whose !== 'own') return;
  if (!(await navigator.serviceWorker.register('/sw.js'))) return;
  const mine = await myKey();
  const shells = (await caches.keys()).filter((name) => name.startsWith('owner-'));
  if (mine && shells.length && Date.now() - mine.at < RENEW_MS) return;
  if (await greet()) await keepShell();
};
const begin = async () => {
  if (whose === 'shell' && !(await myKey())) await greet().catch(() => {});
  await flush();
  await settle();
};
if (can) {
  const quietly = () => begin().catch(() => {});
  if (document.readyState === 'complete') quietly(); else window.addEventListener('load', quietly);
  window.addEventListener('online', () => { flush().catch(() => {}); look(); });
  window.addEventListener('offline', look);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') flush().catch(() => {}); });
  if (piece('back')) { look(); setInterval(() => { if (document.visibilityState === 'visible') look(); }, LOOK_MS); }
  setInterval(() => { if (document.visibilityState === 'visible' && !piece('queue')?.hidden) flush().catch(() => {}); }, AGAIN_MS);
} else if (whose === 'shell') {
  piece('camera').hidden = true;
  piece('said').textContent = NOT_HERE;
  piece('said').hidden = false;
}
