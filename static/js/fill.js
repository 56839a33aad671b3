/* An answer at hand goes into the field that is being written, behind what stands there: a[data-fill], #text. Without
 * scripts the link opens the page with the answer in it.
 */
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-fill]');
  const field = document.getElementById('text');
  if (!link || !field) return;
  event.preventDefault();
  const before = field.value.trimEnd();
  field.value = before ? `${before}\n${link.dataset.fill}` : link.dataset.fill;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.focus();
});
