/* Words and a picture for the shop's own page elsewhere. Without scripts the words stand in a field that can be selected, and the
 * picture is a link that saves it.
 *   data-copy="#field" data-said="#place"      copies what stands in the field, as it was typed there
 *   data-share-picture="address" data-name     the phone's own sheet with the picture and the words of data-copy-too; hidden
 *                                              where the phone gives no picture to its sheet
 */
const copier = document.querySelector('[data-copy]');
const sharer = document.querySelector('[data-share-picture]');

copier?.addEventListener('click', async () => {
  const field = document.querySelector(copier.dataset.copy);
  const said = document.querySelector(copier.dataset.said);
  try {
    await navigator.clipboard.writeText(field.value);
    said.textContent = '글을 복사했어요. 올릴 곳에 붙여 넣어 주세요.';
  } catch { // plain http, or an old browser: nothing may write to the clipboard
    field.focus();
    field.select();
    said.textContent = '글을 길게 눌러 복사해 주세요.';
  }
});

if (sharer && navigator.canShare) {
  // Fetched beforehand: the sheet opens only in the moment of the press.
  const answer = await fetch(sharer.dataset.sharePicture).catch(() => null);
  const blob = answer?.ok ? await answer.blob() : null;
  const file = blob && new File([blob], sharer.dataset.name, { type: blob.type });
  if (file && navigator.canShare({ files: [file] })) {
    sharer.hidden = false;
    sharer.addEventListener('click', async () => {
      const text = document.querySelector(sharer.dataset.copyToo).value;
      try {
        await navigator.share({ files: [file], text });
      } catch { /* they closed the sheet */ }
    });
  }
}
