// Millimetres of a page into pixels of its pane and back, boxes into distances, a ruler into ticks. Pure functions.

import { PX_PER_MM, moved, zoomAbout } from "view";

export { moved, zoomAbout };

/**
 * @typedef {{page: number, x: number, y: number, scale: number}} View  the point of a page, in mm, in the middle of the
 *   pane; px for a mm
 * @typedef {{width: number, height: number}} Pane  in px
 * @typedef {{x: number, y: number, w: number, h: number}} Place  in mm of its page
 * @typedef {{axis: "x" | "y", mm: number, from: [number, number], to: [number, number]}} Gap
 */

/** Where a point of the page stands in the pane. @param {View} view @param {Pane} pane @param {[number, number]} mm */
export const toPx = (view, pane, [x, y]) => [pane.width / 2 + (x - view.x) * view.scale, pane.height / 2 + (y - view.y) * view.scale];

/** Which point of the page stands there in the pane. @param {View} view @param {Pane} pane @param {[number, number]} px */
export const toMm = (view, pane, [x, y]) => [view.x + (x - pane.width / 2) / view.scale, view.y + (y - pane.height / 2) / view.scale];

/**
 * The same view of other pages: only a person moves it; a page that is there no longer gives way to the last one.
 * @param {View} view @param {{number: number}[]} pages
 */
export function keepView(view, pages) {
  const last = Math.max(1, ...pages.map(({ number }) => number));
  return view.page <= last ? view : { ...view, page: last };
}

/**
 * A part of a page, grown to whole dots: its picture is as large as its place.
 * @param {Place} part @param {number} dpi @param {{width: number, height: number}} page  mm @returns {number[]} x, y, w, h in mm
 */
export function wholeDots({ x, y, w, h }, dpi, { width, height }) {
  const dot = 25.4 / dpi;
  const [left, top] = [Math.floor(x / dot) * dot, Math.floor(y / dot) * dot];
  return [left, top, Math.min(Math.ceil((x + w) / dot) * dot, width) - left, Math.min(Math.ceil((y + h) / dot) * dot, height) - top];
}

const GUTTERS = { left: 118, right: 215, above: 10 }; // px beside the paper for notes, and over and under it
const LEAST = 0.1 * PX_PER_MM;

/**
 * The view of a whole page with room for what stands beside it, as far as the pane has it.
 * @param {Pane} pane @returns {{x: number, y: number, scale: number}}
 */
export function wholePage({ width, height }, pane) {
  const share = Math.min(1, (0.45 * pane.width) / (GUTTERS.left + GUTTERS.right));
  const [left, right] = [GUTTERS.left * share, GUTTERS.right * share];
  const scale = Math.max(LEAST, Math.min((pane.width - left - right) / width, (pane.height - 2 * GUTTERS.above) / height));
  return { x: width / 2 + (right - left) / 2 / scale, y: height / 2, scale };
}

/** What of a page can be seen, in mm; null where nothing can. @param {View} view @param {Pane} pane */
export function inSight(view, pane, { width, height }) {
  const [left, top] = toMm(view, pane, [0, 0]);
  const [right, bottom] = toMm(view, pane, [pane.width, pane.height]);
  const x = Math.max(0, left);
  const y = Math.max(0, top);
  const [w, h] = [Math.min(width, right) - x, Math.min(height, bottom) - y];
  return w > 0 && h > 0 ? { x, y, w, h } : null;
}

/**
 * How far two boxes are apart, edge to edge, across and down; of boxes that overlap there, how far each edge of the
 * other is from that of the first.
 * @param {Place} one @param {Place} other @returns {Gap[]}
 */
export function gaps(one, other) {
  return [...along("x", one, other), ...along("y", one, other)];
}

function along(axis, one, other) {
  const [at, size, cross, crossSize] = axis === "x" ? ["x", "w", "y", "h"] : ["y", "h", "x", "w"];
  const height = middleOfShared(one, other, cross, crossSize);
  const gap = (from, to) => {
    const ends = [[from, height], [to, height]].map(([a, c]) => (axis === "x" ? [a, c] : [c, a]));
    return { axis, mm: hundredths(Math.abs(to - from)), from: ends[0], to: ends[1] };
  };
  const [end, otherEnd] = [one[at] + one[size], other[at] + other[size]];
  if (end <= other[at]) return [gap(end, other[at])];
  if (otherEnd <= one[at]) return [gap(otherEnd, one[at])];
  return [gap(one[at], other[at]), gap(end, otherEnd)].filter(({ mm }) => mm > 0);
}

function middleOfShared(one, other, at, size) {
  const first = Math.max(one[at], other[at]);
  const last = Math.min(one[at] + one[size], other[at] + other[size]);
  return first < last ? (first + last) / 2 : one[at] + one[size] / 2;
}

/** mm without what arithmetic adds to them. */
export const hundredths = (mm) => Math.round(mm * 100) / 100;

/** mm as people write them: one digit, a second where there is one. */
export const written = (mm) => hundredths(mm).toFixed(2).replace(/0$/, "");

const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];
const LEAST_PX = 4; // between ticks
const LEAST_LABEL_PX = 36;

/**
 * The ticks of a ruler.
 * @param {number} origin px at which 0 mm stands @param {number} scale px for a mm @param {number} length of the ruler, px
 * @returns {{at: number, mm: number, isLong: boolean, label: string}[]} from left to right
 */
export function rulerTicks(origin, scale, length) {
  const step = STEPS.find((mm) => mm * scale >= LEAST_PX) ?? STEPS.at(-1);
  const labelled = STEPS.find((mm) => mm * scale >= LEAST_LABEL_PX && isMultiple(mm, step)) ?? 100;
  const first = Math.ceil(-origin / scale / step);
  const last = Math.floor((length - origin) / scale / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, number) => {
    const mm = hundredths((first + number) * step);
    const isLabelled = isMultiple(mm, labelled);
    return { at: origin + mm * scale, mm, isLong: isLabelled || isMultiple(mm, labelled / 2), label: isLabelled ? String(mm) : "" };
  });
}

const isMultiple = (mm, step) => Math.abs(mm / step - Math.round(mm / step)) < 1e-6;

/**
 * Place notes beside the sheet, from the top down near the heights they ask for, in order, and so far apart; the last
 * not below the lowest as long as there is room above. As the wall does on paper.
 * @param {number[]} heights @param {number} apart @param {number} lowest @returns {number[]}
 */
export function spreadNotes(heights, apart, lowest) {
  const places = [];
  for (const height of heights) places.push(places.length ? Math.max(height, places.at(-1) + apart) : height);
  let limit = lowest;
  for (let at = places.length - 1; at >= 0; at -= 1) {
    places[at] = Math.min(places[at], limit);
    limit = places[at] - apart;
  }
  return places;
}
