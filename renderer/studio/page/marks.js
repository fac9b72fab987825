// What a person points at, drawn over the sheet: the selected box, its ghost while it moves, gaps between two boxes, numbers of problems.

import { made } from "elements";
import { parts } from "view";
import { drawn, line, rect } from "./drawing.js";
import { gaps, written } from "./geometry.js";
import { distances } from "./inspector.js";

const HANDLE = 6; // px
const SIDES = ["x", "y", "w", "h"];

/** A rectangle of the page in px of the pane. */
const onScreen = ({ x, y, w, h }, px) => {
  const [left, top] = px([x, y]);
  const [right, bottom] = px([x + w, y + h]);
  return { x: left, y: top, w: right - left, h: bottom - top };
};

/** Mark the selected box, at its place or where it is moved to. */
export function drawSelected(box, place, known, px) {
  const at = onScreen(place, px);
  const corners = [[at.x, at.y], [at.x + at.w, at.y], [at.x, at.y + at.h], [at.x + at.w, at.y + at.h]];
  const isMoved = SIDES.some((side) => place[side] !== box[side]);
  const lengths = box.id.kind === "slot" ? [] : distances({ ...box, ...place }, known).filter(({ name }) => name.startsWith("to_") || name === "from_fold");
  return [
    isMoved ? rect(onScreen(box, px), "rect.before") : null,
    rect(at, "rect.selected"),
    ...corners.map(([x, y]) => rect({ x: x - HANDLE / 2, y: y - HANDLE / 2, w: HANDLE, h: HANDLE }, "rect.handle")),
    ...lengths.filter(({ mm }) => mm > 0).map(({ mm, ends }) => drawLength(ends, mm, px)),
  ].filter(Boolean);
}

/** The gaps from one box to another. */
export const drawGaps = (one, other, px) => [rect(onScreen(other, px), "rect.other"), ...gaps(one, other).map(({ from, to, mm }) => drawLength([from, to], mm, px, true))];

function drawLength([from, to], mm, px, isAsked = false) {
  const [[x1, y1], [x2, y2]] = [px(from), px(to)];
  const isAcross = Math.abs(x2 - x1) > Math.abs(y2 - y1);
  const end = (x, y) => (isAcross ? line(x, y - 4, x, y + 4) : line(x - 4, y, x + 4, y));
  const text = written(mm);
  const width = 8 + 6.6 * text.length;
  const [x, y] = isAcross ? [(x1 + x2) / 2, y1 - 13] : [x1 + 6 + width / 2, (y1 + y2) / 2];
  const label = [rect({ x: x - width / 2, y: y - 8, w: width, h: 16 }, "rect.label", { rx: 3 }), drawn("text", { x, y: y + 4, "text-anchor": "middle" }, text)];
  return drawn(isAsked ? "g.length.asked" : "g.length", {}, line(x1, y1, x2, y2), end(x1, y1), end(x2, y2), ...label);
}

/** Boxes with problems: hatched where they were last good. */
export const drawProblemBoxes = (boxes, current, px) =>
  boxes.map(({ box, number, severity }) => drawn(`g.wrong.${severity}${number === current ? ".current" : ""}`, {}, rect(onScreen(box, px), "rect.hatched"), rect(onScreen(box, px))));

/** A copy of what is printed in a box, where it is moved to. */
export function drawGhost(sheet, box, place, [, , width, height]) {
  const old = sheet.querySelector(".ghost");
  const whole = sheet.querySelector("img.whole");
  if (!whole || SIDES.every((side) => place[side] === box[side])) return old?.remove();
  const ghost = old ?? made("div.ghost", {}, made("img", { src: whole.src, alt: "" }));
  Object.assign(ghost.style, parts([place.x, place.y, box.w, box.h], [0, 0, width, height]));
  Object.assign(ghost.firstChild.style, parts([0, 0, width, height], [box.x, box.y, box.w, box.h]));
  if (!old) sheet.append(ghost);
}
