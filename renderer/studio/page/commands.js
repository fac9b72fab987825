// What a key asks for. Pure functions; which command does what, main.js and the tabs know.

import { isComposing, letter } from "keys";

/** @typedef {"sheet" | "list" | "text" | "dialog" | "other"} Focus  where the keys go */

const ANYWHERE = { F6: "next-pane" };

const WITH_CONTROL = { z: "undo", s: "write" };

/** Single keys of the tab 版面. */
export const SHEET_KEYS = {
  0: "page", 1: "width", 2: "true-size", 3: "selection", "+": "closer", "-": "farther",
  ",": "previous-variant", ".": "next-variant", d: "data", "/": "find", n: "next-problem", enter: "open-line", y: "copy-fix", "?": "keys",
  r: "regions", s: "slots", w: "window", f: "folds", m: "margin", c: "cut", b: "grid", k: "ink", v: "bare", l: "loupe",
  escape: "parent", tab: "next-box", "shift+tab": "previous-box", pagedown: "next-page", pageup: "previous-page",
  arrowleft: "left", arrowright: "right", arrowup: "up", arrowdown: "down",
  "shift+arrowleft": "left-1", "shift+arrowright": "right-1", "shift+arrowup": "up-1", "shift+arrowdown": "down-1",
};

/**
 * What a key asks for, or null. Single keys act only where the sheet or a list has the focus (WCAG 2.1.4), and none of
 * them while a character is being composed. Brackets are never bound: Japanese keyboards have them elsewhere.
 * @param {KeyboardEvent} event @param {Focus} focus @param {Record<string, string>} single  keys of the tab that is open
 */
export function command(event, focus, single = SHEET_KEYS) {
  if (isComposing(event) || focus === "dialog") return null;
  if (ANYWHERE[event.key]) return ANYWHERE[event.key];
  const key = letter(event);
  if (event.ctrlKey || event.metaKey) return event.altKey || event.shiftKey || (key === "z" && focus === "text") ? null : (WITH_CONTROL[key] ?? null);
  if (event.altKey || !(focus === "sheet" || focus === "list")) return null;
  const isShifted = event.shiftKey && !/^[!-/:-@[-`{-~]$/.test(key); // shift writes signs, it does not change them
  return single[isShifted ? `shift+${key}` : key] ?? null;
}

/** The mm, to the right and down, that an arrow moves a box by; null for another command. */
export function nudge(asked) {
  const [, way, isLong] = /^(left|right|up|down)(-1)?$/.exec(asked ?? "") ?? [];
  if (!way) return null;
  const mm = isLong ? 1 : 0.1;
  return { left: [-mm, 0], right: [mm, 0], up: [0, -mm], down: [0, mm] }[way];
}
