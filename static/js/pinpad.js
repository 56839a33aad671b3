/* The number pad of a shared device: [data-pad="#field"] holds buttons with data-digit ("0"–"9", "clear").
 * Without scripts the field's own numeric keyboard does the same. What is typed is never shown.
 */
for (const pad of document.querySelectorAll('[data-pad]')) {
  const field = document.querySelector(pad.dataset.pad);
  field.inputMode = 'none'; // the pad is the keyboard; a second one would cover it
  pad.addEventListener('click', (event) => {
    const digit = event.target instanceof Element ? event.target.closest('[data-digit]')?.dataset.digit : undefined;
    if (digit === undefined) return;
    if (digit === 'clear') field.value = '';
    else if (field.value.length < field.maxLength) field.value += digit;
  });
}
