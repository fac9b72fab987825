// Which box is meant: at a point, after another, the same one after a compile. Pure functions.

/**
 * @typedef {{page: number, kind: "slot" | "fixed" | "region", name: string, ordinal: number}} BoxId
 * @typedef {{id: BoxId, label: string, x: number, y: number, w: number, h: number, parent: BoxId | null}} Box
 */

const KINDS = ["slot", "fixed", "region"];
const ROW_MM = 1.5; // what begins no lower than that below the first of a row stands in it

/** @param {BoxId | null} one @param {BoxId | null} other */
export const isSame = (one, other) =>
  Boolean(one && other) && one.page === other.page && one.kind === other.kind && one.name === other.name && one.ordinal === other.ordinal;

/** @param {Box[]} boxes @param {BoxId | null} id */
export const boxOf = (boxes, id) => boxes.find((box) => isSame(box.id, id)) ?? null;

/**
 * The boxes at a point of a page, in mm, what a click takes first: slots, fixed boxes, regions; the smaller one first.
 * What fills what it stands in, as a frame does, comes after it.
 */
export function boxesAt(boxes, page, [x, y]) {
  const hit = boxes.filter((box) => box.id.page === page && box.x <= x && x <= box.x + box.w && box.y <= y && y <= box.y + box.h);
  const rank = (box) => (fills(box, boxOf(boxes, box.parent)) ? KINDS.length : KINDS.indexOf(box.id.kind));
  return hit.sort((one, other) => rank(one) - rank(other) || one.w * one.h - other.w * other.h);
}

const fills = (box, parent) => parent !== null && ["x", "y", "w", "h"].every((side) => Math.abs(box[side] - parent[side]) < 0.05);

/** What a click on these boxes takes: the innermost, and clicked again the one below it, once around. */
export function clicked(hit, selected) {
  const at = hit.findIndex((box) => isSame(box.id, selected));
  return hit.length ? hit[(at + 1) % hit.length] : null;
}

/** The boxes of a page as they are read: row after row, what stands in a box after it. @returns {Box[]} */
export function inReading(boxes, page) {
  const here = boxes.filter((box) => box.id.page === page);
  const within = (parent) => rows(here.filter((box) => (boxOf(here, box.parent) ?? null) === parent)).flatMap((box) => [box, ...within(box)]);
  return within(null);
}

function rows(boxes) {
  const found = [];
  for (const box of boxes.toSorted((one, other) => one.y - other.y)) {
    const row = found.at(-1);
    if (row && box.y <= row[0].y + ROW_MM) row.push(box);
    else found.push([box]);
  }
  return found.flatMap((row) => row.sort((one, other) => one.x - other.x));
}

/** The box after this one as they are read, or before it (by -1); null after the last. */
export function nextInReading(boxes, page, selected, by = 1) {
  const order = inReading(boxes, page);
  const at = order.findIndex((box) => isSame(box.id, selected));
  if (at < 0) return order.at(by > 0 ? 0 : -1) ?? null;
  return order[at + by] ?? null;
}

/** What was selected, among the boxes of another compile: the same one, or another of its name; null where none is. */
export function reselect(boxes, selected) {
  if (!selected) return null;
  const alike = boxes.filter(({ id }) => id.page === selected.page && id.kind === selected.kind && id.name === selected.name);
  const best = boxOf(alike, selected) ?? alike.toSorted((one, other) => other.id.ordinal - one.id.ordinal)[0];
  return best?.id ?? null;
}

/** The boxes that moved or have another size, and are not within another that moved by as much. */
export function changedBoxes(before, after) {
  const vectors = new Map();
  for (const box of after) {
    const old = boxOf(before, box.id);
    const vector = old && [box.x - old.x, box.y - old.y, box.w - old.w, box.h - old.h];
    if (vector?.some((mm) => Math.abs(mm) >= 0.005)) vectors.set(box, vector);
  }
  const isCarried = (box, vector) => {
    const parent = vectors.get(boxOf(after, box.parent));
    return parent && Math.hypot(parent[0] - vector[0], parent[1] - vector[1]) < 0.005 && vector[2] === 0 && vector[3] === 0;
  };
  return [...vectors].filter(([box, vector]) => !isCarried(box, vector)).map(([box]) => box);
}
