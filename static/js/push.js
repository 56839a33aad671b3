/* 휴대폰 알림: the browser is asked only after a tap on [data-push-form], never when a page opens.
 *
 *   [data-push]       the part of 내 정보, shown where this browser can be rung; data-push-key is ours (RFC 8292), data-push-on: it is
 *   [data-push-ask]   the quiet question on the card, after value; [data-push-no] answers it for good
 * An iPhone rings only for the card on its home screen: elsewhere [data-push-apple] says how.
 */
const able = 'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis;
const apple = /iPhone|iPad|iPod/.test(navigator.userAgent) && navigator.standalone === false;
const answered = () => { try { return localStorage.getItem('push') === 'no'; } catch { return true; } };
const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));

const ask = () => {
  const box = document.querySelector('[data-push-ask]');
  if (!box) return;
  // One question at a time: the home screen first, an iPhone needs it for this anyway.
  const other = document.querySelector('[data-install]:not([hidden])');
  box.hidden = Boolean(other) || answered() || !able || Notification.permission !== 'default';
};
const show = () => {
  const part = document.querySelector('[data-push]');
  if (!part || part.dataset.pushOn || !(able || apple)) return;
  const which = !able ? 'apple' : Notification.permission === 'denied' ? 'blocked' : 'form';
  const inside = part.querySelector(`[data-push-${which}]`);
  if (inside) { inside.hidden = false; part.hidden = false; }
  if (location.hash === '#push' && !part.hidden) part.scrollIntoView();
};
const subscription = async (key) => {
  await navigator.serviceWorker.register('/sw.js'); // whoever came straight here has none yet
  const worker = await navigator.serviceWorker.ready;
  const wanted = { userVisibleOnly: true, applicationServerKey: bytes(key) };
  // One made with another key of ours (an installation moved without its keys) can't be rung any more.
  return worker.pushManager.subscribe(wanted).catch(async () => {
    await (await worker.pushManager.getSubscription())?.unsubscribe();
    return worker.pushManager.subscribe(wanted);
  });
};
document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches('[data-push-form]') || form.elements.endpoint.value) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const part = form.closest('[data-push]');
  try {
    if (await Notification.requestPermission() !== 'granted') {
      form.hidden = Notification.permission === 'denied';
      part.querySelector('[data-push-blocked]').hidden = !form.hidden;
      return;
    }
    const { endpoint, keys } = (await subscription(part.dataset.pushKey)).toJSON();
    // What the worker needs when the push service gives this browser another address.
    await (await caches.open('push-1')).put('/sw/push', new Response(JSON.stringify({ endpoint })));
    form.elements.endpoint.value = endpoint;
    form.elements.p256dh.value = keys.p256dh;
    form.elements.auth.value = keys.auth;
    form.submit();
  } catch {
    document.dispatchEvent(new CustomEvent('dangol:say', { detail: '알림을 켜지 못했어요. 잠시 뒤 다시 눌러 주세요.' }));
  }
}, true);
document.addEventListener('click', (event) => {
  if (!(event.target instanceof Element) || !event.target.closest('[data-push-no]')) return;
  try { localStorage.setItem('push', 'no'); } catch { /* private window: asks again, no harm */ }
  ask();
});
document.addEventListener('click', () => setTimeout(ask)); // the other question may just have been answered
document.addEventListener('htmx:load', ask);
window.addEventListener('beforeinstallprompt', () => setTimeout(ask));
ask();
show();
