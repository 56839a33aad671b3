/* A link one may hand on: the phone's own sheet where it has one, the clipboard otherwise. Without scripts the link itself
 * stands in a field that can be selected and copied.
 *   data-share="address" data-share-text="words before it"   on a button; data-share-said="id": where the answer is told
 */
document.addEventListener('click', async (event) => {
  const button = event.target instanceof Element ? event.target.closest('[data-share]') : null;
  if (!button) return;
  const { share: url, shareText: text, shareSaid } = button.dataset;
  const said = (words) => {
    const place = document.getElementById(shareSaid);
    if (place) place.textContent = words;
  };
  if (navigator.share && button.dataset.shareCopy === undefined) {
    try {
      await navigator.share({ text, url });
      return;
    } catch (fault) {
      if (fault.name === 'AbortError') return; // they closed the sheet
    }
  }
  try {
    await navigator.clipboard.writeText(url);
    said(`${url.startsWith('http') ? '링크를 복사했어요' : '복사했어요'}. 보낼 곳에 붙여 넣어 주세요.`);
  } catch { // plain http, or an old browser: nothing may write to the clipboard
    const field = document.getElementById('invite-link');
    if (field) { field.focus(); field.select(); }
    said(field && field.offsetParent ? '링크를 길게 눌러 복사해 주세요.' : `이 주소를 길게 눌러 복사해 주세요. ${url}`);
  }
});
