// A part of the page drawn anew, while a person goes on in it: the focus and what is being typed stay.

/** Put children in place of those that are there. Who has the focus keeps it, by its data-key; a field with data-typed its text. */
export function redraw(root, ...children) {
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.dataset.key;
  const { value, selectionStart, selectionEnd } = focused ?? {};
  const isTyped = focused?.dataset.typed !== undefined;
  root.replaceChildren(...children.flat().filter(Boolean));
  if (!key) return;
  const now = root.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (isTyped && now) {
    Object.assign(now, { value }).dataset.typed = "";
    now.setSelectionRange(selectionStart, selectionEnd);
  }
  now?.focus({ preventScroll: true });
}
