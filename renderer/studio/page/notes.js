// Shapes, folds, boxes with problems into the notes that stand beside the sheet, on leaders. Pure but for the drawing.

import { say } from "view";
import { drawn } from "./drawing.js";
import { written, spreadNotes } from "./geometry.js";
import { boxOf } from "./selection.js";

const PAPER_MIDDLE = 105; // mm
const APART = 19; // px from one note to the next
const ROOM = { right: 180, left: 64 }; // px that a gutter needs to have words
const OUT = { right: 24, left: 20 }; // px from the paper to the words

/**
 * @typedef {{look: string, overlay: string, text: string, more: string, side: "left" | "right", x: number, y: number, number: number | null}} Note
 *   x and y in mm, where its leader ends
 */

/** What is to be told of a page. @returns {Note[]} */
export function notesOf(known, page, words) {
  const shapes = known.shapes.filter((shape) => shape.page === page);
  return [...shapes.map((shape) => noteOf(shape, known, words)).filter(Boolean), ...problemNotes(known, page)];
}

function noteOf(shape, known, words) {
  const told = textOf(shape, known, words);
  if (!told) return null;
  const isSlot = shape.overlay === "slots";
  const isRight = isSlot || shape.x > PAPER_MIDDLE; // what is as wide as the page is named at its left
  const side = isRight ? "right" : "left";
  const x = isRight ? shape.x + shape.w : shape.x;
  return { look: shape.look, overlay: shape.overlay, text: told[0], more: told[1] ?? "", side, x, y: isSlot ? shape.y + shape.h / 2 : shape.y + (shape.h ? 2 : 0), number: null };
}

function textOf({ look, name, condense, size, lines }, { layout }, words) {
  switch (look) {
    case "condensed":
      return [say(words.note_condensed, { name, percent: Math.floor(condense * 1000 + 1e-6) / 10 })];
    case "shrunk":
      return [say(words.note_shrunk, { name, size: Number(size.toFixed(2)), lines })];
    case "held":
      return [say(words.note_held, { name })];
    case "fold":
      return [say(words.note_fold, { mm: name })];
    case "window":
      return [say(words.note_window, { envelope: name }), `±${layout.travel.map((mm) => Number(written(mm))).join("・±")}`];
    case "region":
      return [words.regions[name] ?? name];
    default:
      return null;
  }
}

/** Problems have the numbers of their list. */
function problemNotes({ problems, boxes }, page) {
  return problems.flatMap((problem, at) => {
    const box = boxOf(boxes, problem.box);
    if (!box || box.id.page !== page || problem.severity === "advice") return [];
    return [{ look: problem.severity, overlay: "problems", text: box.label, more: "", side: "right", x: box.x + box.w, y: box.y + box.h / 2, number: at + 1 }];
  });
}

/**
 * Draw notes in the gutters that have room for them.
 * @param {Note[]} notes @param {{left: number, right: number, top: number, bottom: number}} paper  its edges in the pane, px
 * @param {(point: [number, number]) => [number, number]} px @param {{width: number, height: number}} pane
 */
export function drawNotes(notes, paper, px, pane) {
  const room = { left: paper.left, right: pane.width - paper.right };
  return ["left", "right"].filter((side) => room[side] >= ROOM[side]).flatMap((side) => {
    const here = notes.filter((note) => note.side === side).map((note) => ({ note, at: px([note.x, note.y]) }));
    const seen = here.filter(({ at }) => at[1] >= 0 && at[1] <= pane.height).sort((one, other) => one.at[1] - other.at[1]);
    const places = spreadNotes(seen.map(({ at }) => at[1]), APART, pane.height - 12);
    return seen.map(({ note, at }, number) => drawNote(note, at, places[number], paper[side]));
  });
}

function drawNote(note, [x, y], place, edge) {
  const way = note.side === "right" ? 1 : -1;
  const end = edge + way * (OUT[note.side] - 6);
  const text = edge + way * OUT[note.side];
  const isMarked = note.side === "right";
  const parts = [drawn("polyline", { points: `${x},${y} ${edge + way * 6},${y} ${end},${place}` })];
  if (note.number !== null) parts.push(drawn("circle", { cx: text + 9, cy: place, r: 9 }), drawn("text.number", { x: text + 9, y: place + 4, "text-anchor": "middle" }, note.look === "held" ? "止" : String(note.number)));
  else if (isMarked) parts.push(drawn("rect.mark", { x: text, y: place - 4, width: 8, height: 8 }));
  const start = note.number !== null ? text + 24 : isMarked ? text + 14 : text;
  parts.push(drawn("text", { x: start, y: place + 4, "text-anchor": isMarked ? "start" : "end" }, note.text));
  if (note.more) parts.push(drawn("text", { x: start, y: place + 19, "text-anchor": isMarked ? "start" : "end" }, note.more));
  return drawn(`g.note.${note.look}.${note.overlay}`, {}, ...parts);
}
