/* The saved card. Pages come from the network first; after 2.5 s, or without one, the card as it was last seen.
 * Every other page of ours that a customer opens without a network is answered by one that leads back to the card.
 *
 * - Only card pages themselves (/c/<code>, one for each shop) are saved, in a cache of its own that survives deploys, named by
 *   the person the server names in X-Dangol-Person. Another person, or "none" (left, erased, logged out), drops every saved card
 *   (S23); X-Dangol-Gone drops the one of a shop somebody left.
 * - Styles and scripts carry their hash in the address: once here, always right. Fragments and data never.
 * - What is pushed is shown under the letter's own key, so that a repeat takes its place, and opens pages of ours alone. Shown letters
 *   go with the card they were for, and so does the right to ring (S23).
 * - Who works in a shop is rung on their own phone: that right and what stands on the lock screen (tags "staff-…") outlive a card that
 *   goes, and end with their sign-in. A thread that is open before somebody's eyes does not ring: it shows the words by itself.
 * - Of the owner's side only the page that scans without a network (/owner/offline, put here by offline.js), which shows
 *   nobody's data. It answers every owner's page that can't be opened, and is dropped when somebody logs out.
 */
const WAIT_MS = 2500;
const CARD = /^\/c\/[^/]+$/;
const OURS = /^\/[cs]\/([^/]+)/;
const OWNER = /^\/owner(\/|$)/;
const FILES = 'files-1';
const STAFF = 'push-staff'; // an empty cache: this browser rings for who works in a shop
// What our own answer below loads: it asks until the network is back, then opens the page that was wanted, or says what to press.
const BACK = '/sw/back.js';
const BACK_TEXT = `const look = async () => {
  if (!(await fetch('/healthz', { cache: 'no-store' }).then((answer) => answer.ok, () => false))) return;
  const told = document.querySelector('[data-unsent]');
  if (!told) return location.reload();
  told.textContent = '인터넷이 다시 연결됐어요. 뒤로 가서 다시 눌러 주세요. 적립한 도장은 그대로 있어요.';
  clearInterval(again);
};
const again = setInterval(look, 4000);
window.addEventListener('online', look);`;

const forget = async (keep = '') => {
  for (const name of await caches.keys()) if (name.startsWith('card-') && name !== keep) await caches.delete(name);
};
const remember = async (request, answer) => {
  const person = answer.headers.get('X-Dangol-Person');
  if (!person) return;
  if (person === 'none') { await quiet(); return forget(); }
  const name = `card-${person}`;
  if (!(await caches.has(name)) && (await caches.keys()).some((kept) => kept.startsWith('card-'))) await quiet();
  await forget(name);
  const gone = answer.headers.get('X-Dangol-Gone');
  if (gone) await (await caches.open(name)).delete(gone);
  const html = (answer.headers.get('Content-Type') ?? '').startsWith('text/html');
  if (answer.ok && html && !answer.redirected && CARD.test(new URL(request.url).pathname)) {
    await (await caches.open(name)).put(new URL(request.url).pathname, answer); // the one opened last lies last
  }
};
// Nobody holds a card here any more, or somebody else does: no letter stays on the lock screen, and none comes.
const quiet = async () => {
  const works = await caches.has(STAFF);
  for (const shown of await self.registration.getNotifications()) if (!works || !shown.tag.startsWith('staff-')) shown.close();
  if (works) return;
  await (await self.registration.pushManager?.getSubscription())?.unsubscribe();
  await caches.delete('push-1');
};
const sheet = async (heading, inside, status = 200) => {
  const files = await (await caches.open(FILES)).keys();
  const style = files.find((file) => file.url.endsWith('/app.css'));
  const html = '<!doctype html><html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    + `<title>${heading}</title>${style ? `<link rel="stylesheet" href="${new URL(style.url).pathname}">` : ''}</head>`
    + `<body><main class="page"><h1>${heading}</h1>${inside}</main><script type="module" src="${BACK}"></script></body></html>`;
  return new Response(html, { status, headers: { 'Content-Type': 'text/html; charset=utf-8' } });
};
// 내 카드 without a network: the saved cards by their shops' names, which stand last in their titles (written by us, escaped).
const choice = async (cache, cards) => {
  const rows = await Promise.all(cards.map(async (card) => {
    const title = /<title>([^<]*)<\/title>/.exec(await (await cache.match(card)).text())?.[1] ?? '';
    return `<li><a href="${new URL(card.url).pathname}"><span class="two voice">${title.split(' · ').pop()}</span></a></li>`;
  }));
  return sheet('내 카드', `<p>인터넷이 잠깐 끊겼어요. 저장해 둔 카드를 열 수 있어요.</p><ul class="list">${rows.join('')}</ul>`);
};
const saved = async (path) => {
  for (const name of await caches.keys()) {
    if (!name.startsWith('card-')) continue;
    const cache = await caches.open(name);
    if (CARD.test(path)) { const page = await cache.match(path); if (page) return page; }
    else if (path === '/') {
      const cards = (await cache.keys()).reverse();
      if (cards.length === 1) return Response.redirect(cards[0].url);
      if (cards.length) return choice(cache, cards);
    }
  }
  return null;
};
const offline = async (path, again = path) => {
  const code = OURS.exec(path)?.[1];
  const card = code && !CARD.test(path) && await saved(`/c/${code}`) ? `/c/${code}` : '';
  return sheet('인터넷이 잠깐 끊겼어요', `<p role="status"${again ? '' : ' data-unsent'}>${again === path ? '연결되면 다시 열어 주세요.' : '연결되면 뒤로 가서 다시 눌러 주세요.'} 적립한 도장은 그대로 있어요.</p>`
    + `<div class="thumb"><div class="stack tight">${card ? `<a class="button" href="${card}">카드로 돌아가기</a>` : ''}`
    + `${again ? `<a class="button${card ? ' quiet' : ''}" href="${again}">다시 열기</a>` : ''}</div></div>`, 503);
};

// What was sent can't be opened again. Going back to its answer sends nothing: the form itself opens, empty.
const unsent = (request) => request.isHistoryNavigation ? Response.redirect(request.url, 303) : offline(new URL(request.url).pathname, '');

// That way back asks only for what the browser already holds, which is nothing: the form is fetched anew.
const asked = (request) => request.method === 'GET' && request.cache === 'only-if-cached' ? fetch(request.url, { redirect: 'manual' }) : fetch(request);

const page = async (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.method !== 'GET') return fetch(request).catch(() => unsent(request));
  const fresh = asked(request).then((answer) => {
    event.waitUntil(remember(request, answer.clone()).catch(() => {}));
    return answer;
  });
  fresh.catch(() => {});
  const late = new Promise((resolve) => setTimeout(resolve, WAIT_MS, 'late'));
  const first = await Promise.race([fresh.catch(() => 'none'), late]);
  if (first instanceof Response) return first;
  return (await saved(path)) ?? (first === 'late' ? fresh.catch(() => offline(path)) : offline(path));
};
// The counter goes on without a network: the page that scans, instead of any page of the owner's side.
const counterPage = async () => {
  for (const name of await caches.keys()) {
    const page = name.startsWith('owner-') && await (await caches.open(name)).match('/owner/offline');
    if (page) return page;
  }
  return null;
};
const ownerPage = async (request) => {
  const path = new URL(request.url).pathname;
  if (request.method === 'POST' && path === '/owner/more/notifications') await caches.open(STAFF);
  if (request.method === 'POST' && path === '/owner/logout') {
    for (const name of await caches.keys()) if (name.startsWith('owner-')) await caches.delete(name);
    await caches.delete(STAFF);
    for (const shown of await self.registration.getNotifications()) if (shown.tag.startsWith('staff-')) shown.close();
    if (!(await caches.keys()).some((name) => name.startsWith('card-'))) await quiet();
  }
  return asked(request).catch(async () => {
    const page = request.method === 'GET' && await counterPage();
    return page || (request.method === 'GET' ? offline(path) : unsent(request));
  });
};
const replace = async (cache, request, answer) => {
  const name = (url) => new URL(url).pathname.split('/').slice(3).join('/');
  for (const old of await cache.keys()) if (name(old.url) === name(request.url)) await cache.delete(old);
  await cache.put(request, answer);
};
// The very first visit is kept too: the worker wakes after the page was loaded, so it fetches the card and its files once more.
const catchUp = async () => {
  for (const client of await self.clients.matchAll({ type: 'window', includeUncontrolled: true })) {
    const url = new URL(client.url);
    if (!CARD.test(url.pathname)) continue;
    const answer = await fetch(url.pathname);
    const html = await answer.clone().text();
    await remember(new Request(url), answer);
    const files = Array.from(new Set(html.match(/\/assets\/[0-9a-f]+\/[^"]+/g) ?? []));
    await (await caches.open(FILES)).addAll(files);
  }
};
const file = async (event) => {
  const cache = await caches.open(FILES);
  const kept = await caches.match(event.request);
  if (kept) return kept;
  const answer = await fetch(event.request);
  if (answer.ok) event.waitUntil(replace(cache, event.request, answer.clone()));
  return answer;
};

const ours = (address) => {
  try { const url = new URL(address, location.origin); return url.origin === location.origin ? url.href : ''; } catch { return ''; }
};
// A thread that is open and seen shows what was said by itself (browsers let a page in sight do without a notification).
const THREAD = /^\/(owner|c\/[^/]+)\/voices\/\d+$/;
const isSeen = async (address) => {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return windows.some((each) => each.visibilityState === 'visible' && each.url.split('#')[0] === address);
};
const ring = async (data) => {
  const told = await Promise.resolve().then(() => data.json().notification).catch(() => null);
  const { title = '내 단골 카드', body = '', tag = '', navigate = '/', actions = [], renotify = false } = told ?? {};
  const ways = Object.fromEntries(actions.map((each) => [each.action, each.navigate]));
  const there = ours(navigate);
  if (there && THREAD.test(new URL(there).pathname) && await isSeen(there)) return;
  // A push that shows nothing costs us the right to ring: what can't be read leads to the card.
  await self.registration.showNotification(title, {
    body, tag, lang: 'ko', renotify: renotify && tag !== '', icon: '/static/img/icon-192.png', badge: '/static/img/icon-monochrome-512.png',
    data: { navigate, ways }, actions: actions.map(({ action, title: words }) => ({ action, title: words })),
  });
};
// 수신거부 on the notification is the refusal itself: one tap. Without a network its page opens instead.
const refused = async (address) => {
  const form = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
  const answer = await fetch(address, { method: 'POST', body: form }).catch(() => null);
  if (!answer?.ok) return self.clients.openWindow(address);
  return self.registration.showNotification('수신거부했어요', { body: '이제 광고를 보내지 않아요. 도장과 혜택은 그대로 있어요.', tag: 'refused', lang: 'ko' });
};
const opened = async (address) => {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const there = windows.find((each) => each.url === address);
  return there ? there.focus() : self.clients.openWindow(address);
};
// The push service gave this browser another address: ring there (the old one proves that it was this browser).
const moved = async (event) => {
  const kept = await (await caches.open('push-1')).match('/sw/push');
  const was = event.oldSubscription?.endpoint ?? (kept && (await kept.json()).endpoint);
  const key = event.oldSubscription?.options.applicationServerKey;
  const next = event.newSubscription ?? (key && await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  if (!was || !next) return;
  const { endpoint, keys } = next.toJSON();
  const body = JSON.stringify({ was, endpoint, p256dh: keys.p256dh, auth: keys.auth });
  const answer = await fetch('/push/renewals', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
  if (answer.ok) await (await caches.open('push-1')).put('/sw/push', new Response(JSON.stringify({ endpoint })));
};

self.addEventListener('push', (event) => event.waitUntil(ring(event.data)));
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { navigate = '/', ways = {} } = event.notification.data ?? {};
  const refuse = event.action && ours(ways[event.action] ?? '');
  event.waitUntil(refuse ? refused(refuse) : opened(ours(navigate) || location.origin));
});
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(moved(event).catch(() => {})));
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim().then(() => catchUp().catch(() => {}))));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === 'navigate') {
    if (url.pathname === '/' || OURS.test(url.pathname)) event.respondWith(page(event));
    else if (OWNER.test(url.pathname)) event.respondWith(ownerPage(request));
  } else if (url.pathname === BACK) event.respondWith(new Response(BACK_TEXT, { headers: { 'Content-Type': 'text/javascript' } }));
  else if (request.method === 'GET' && url.pathname.startsWith('/assets/')) event.respondWith(file(event));
});
