// Millimetres of a page into pixels of a pane and back, and changes into words. Pure functions.

/**
 * @typedef {{x: number, y: number, scale: number}} View  the point of the page, in mm, in the middle of a pane; px for a mm
 * @typedef {[number, number, number, number]} Box  x, y, width, height in mm
 */

export const PX_PER_MM = 96 / 25.4; // at 100 %
const LEAST = 0.1 * PX_PER_MM;
const MOST = 32 * PX_PER_MM;
const MARGIN = 1.06;

/** Show a box whole, in the middle. @param {Box} box @param {{width: number, height: number}} pane in px @returns {View} */
export function showing([x, y, w, h], pane, most = MOST) {
  const scale = Math.min(pane.width / (w * MARGIN), pane.height / (h * MARGIN), most);
  return { x: x + w / 2, y: y + h / 2, scale: Math.max(scale, LEAST) };
}

/** Zoom by a factor; the point of the page under the pointer, in px from the middle of the pane, stays. */
export function zoomAbout(view, factor, [px, py] = [0, 0]) {
  const scale = Math.min(Math.max(view.scale * factor, LEAST), MOST);
  return { x: view.x + px / view.scale - px / scale, y: view.y + py / view.scale - py / scale, scale };
}

/** Move the page by so many px. */
export const moved = (view, dx, dy) => ({ ...view, x: view.x - dx / view.scale, y: view.y - dy / view.scale });

/** Where a page of this size stands in a pane, in px. */
export function placed(view, [, , w, h], pane) {
  return {
    left: pane.width / 2 - view.x * view.scale,
    top: pane.height / 2 - view.y * view.scale,
    width: w * view.scale,
    height: h * view.scale,
  };
}

/** A place on a page, in parts of a hundred of what is shown. @param {Box} part @param {Box} whole */
export function parts([x, y, w, h], [left, top, width, height]) {
  return {
    left: `${((x - left) / width) * 100}%`,
    top: `${((y - top) / height) * 100}%`,
    width: `${(w / width) * 100}%`,
    height: `${(h / height) * 100}%`,
  };
}

/** How far something moved: "↑ 1.00 mm". @param {[number, number] | null} vector in mm, to the right and down */
export function arrow(vector) {
  const [across, down] = vector ?? [0, 0];
  const told = [[across, "→", "←"], [down, "↓", "↑"]].filter(([length]) => Math.abs(length) >= 0.005);
  return told.map(([length, more, less]) => `${length > 0 ? more : less} ${Math.abs(length).toFixed(2)} mm`).join(" ");
}

/** A text with its values in braces. */
export const say = (text, values = {}) => text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));

/** What changed, in a line: "card ↑ 1.00 mm：文字 14・罫線 9 が動いた". An unknown kind is told by its own sentence. */
export function titleOf(change, words) {
  const kinds = Object.entries(change.kinds).map(([kind, count]) => [...apart(kind, words), count]);
  if (kinds.some(([thing, verb]) => !thing || !verb)) return change.sentences[0];
  const verbs = new Set(kinds.map(([, verb]) => verb));
  const things = kinds.map(([thing, , count]) => (count > 1 ? say(words.counted, { thing, count }) : thing));
  const verb = verbs.size === 1 ? [...verbs][0] : words.verbs.changed;
  const told = say(verb, { thing: things.join(words.and) });
  return [[change.region, change.slot].filter(Boolean).join(" "), arrow(change.vector), told].filter(Boolean).join("　");
}

function apart(kind, words) {
  const [, thing, verb] = /^(.+)-(\w+)$/.exec(kind) ?? [null, kind, "differ"];
  return [words.things[thing], words.verbs[verb]];
}

/** From what to what, or what it is; the first few where there are several. */
export function becoming({ words: told, more }, words) {
  const each = told.map(([before, after]) => (before === null || after === null || before === after ? (after ?? before) : `${before} → ${after}`));
  const listed = each.join(words.comma);
  return more ? say(words.and_others, { told: listed, count: more }) : listed;
}

/** Whether files are told apart by their names: cases always, and where there are several. */
export const hasNames = (report) => report.of === "cases" || report.pairs.length > 1;

/** What an item is called, with the file's name where it is told apart by it, or it is asked for. */
export function nameOf(item, report, words, isWithFile = hasNames(report)) {
  return [isWithFile ? report.pairs[item.pair].name : "", item.record, placeOf(item, words)].filter(Boolean).join("　");
}

export function placeOf(item, words) {
  const page = item.page ?? item.golden_page;
  return page === null ? words.whole_file : say(words.page, { page });
}
