/* A file comes while its page stays.
 *   data-stays       on a plain form that answers a file: its button can be pressed again after a while
 */
document.addEventListener('submit', ({target: form}) => {
  if (form.hasAttribute('data-stays')) setTimeout(() => {
    document.dispatchEvent(new Event('again'));
    // What was wrong the time before is not wrong any more.
    for (const said of [...document.querySelectorAll('.summary'), ...form.querySelectorAll('.error')]) said.remove();
    for (const field of form.querySelectorAll('[aria-invalid]')) field.removeAttribute('aria-invalid');
  }, 4000);
});
