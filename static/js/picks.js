/* 여러 분 고르기: how many are picked is said as soon as a box is ticked; without this, with the next page.
 *
 *   form[data-elsewhere="<n>"]   its boxes, and how many were picked on other pages
 *   [data-picked]                says it
 */
const form = document.querySelector('form[data-elsewhere]');
const count = () => {
  const here = form.querySelectorAll('input[name=who]:checked').length;
  for (const at of form.querySelectorAll('[data-picked]')) at.textContent = `고른 손님 ${Number(form.dataset.elsewhere) + here}명`;
};
form.addEventListener('change', count);
window.addEventListener('pageshow', count); // a page one comes back to has its ticks, but an old number
