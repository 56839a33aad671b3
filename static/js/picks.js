/* 여러 분 고르기: how many are picked is said as soon as a box is ticked; without this, with the next page.
 *
 *   form[data-elsewhere="<n>"]   its boxes, and how many were picked on other pages
 *   [data-picked] says it, the button [data-picked-tag] too; [data-picked-off] is there when somebody is picked
 */
const form = document.querySelector('form[data-elsewhere]');
const count = () => {
  const here = form.querySelectorAll('input[name=who]:checked').length;
  const all = Number(form.dataset.elsewhere) + here;
  for (const at of form.querySelectorAll('[data-picked]')) at.textContent = `고른 손님 ${all}명`;
  for (const at of form.querySelectorAll('[data-picked-off]')) at.hidden = !all;
  for (const at of document.querySelectorAll('[data-picked-tag] span')) at.textContent = all ? `${all}명에게 태그 붙이기` : '태그 붙이기';
};
form.addEventListener('change', count);
window.addEventListener('pageshow', count); // a page one comes back to has its ticks, but an old number
