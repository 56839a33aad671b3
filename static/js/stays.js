/* A form one comes back to with the browser still holds what was sent: pressing again is the same press, not a new one.
 *
 *   data-stays   hidden input: its key stays with this place in the browser's history (a page kept whole has it anyway)
 */
for (const input of document.querySelectorAll('input[data-stays]')) {
  if (history.state?.once) input.value = history.state.once;
  else history.replaceState({ ...history.state, once: input.value }, '');
}
