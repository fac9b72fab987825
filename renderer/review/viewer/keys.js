// What a key is, whatever keyboard wrote it. Pure functions.

/** Whether a character is being composed: then no key is a command. @param {KeyboardEvent} event */
export const isComposing = (event) => Boolean(event.isComposing) || event.keyCode === 229;

/** A letter by what it is where the keyboard writes ASCII, else by its place; in small letters. */
export function letter(event) {
  if (/^[\x20-\x7e]$/.test(event.key)) return event.key.toLowerCase();
  return (/^(?:Key|Digit)(.)$/.exec(event.code)?.[1] ?? event.key).toLowerCase();
}
