/* An answer at hand goes into the field that is being written, behind what stands there: a[data-answer], #text. Without
 * scripts the link opens the page with the answer in it.
 */
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-answer]');
  const field = document.getElementById('text');
  if (!link || !field) return;
  event.preventDefault();
  const before = field.value.trimEnd();
  field.value = before ? `${before}\n${link.dataset.answer}` : link.dataset.answer;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.focus();
});
