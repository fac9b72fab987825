// A move under way: shown at once, planned at once, written a little after the last press; what was written.

/**
 * @typedef {{x: number, y: number, w: number, h: number}} Place  mm
 * @typedef {{edits: object[], reach: {boxes: object[], variants: string[], layouts: string[]}}} Plan
 */

import { hundredths } from "./geometry.js";
import { mayWrite } from "./news.js";
import { isSame } from "./selection.js";

const WRITE_AFTER_MS = 300;
const SIDES = ["x", "y", "w", "h"];
const STILL = Object.freeze({ x: 0, y: 0, w: 0, h: 0 });
const sum = (one, other) => Object.fromEntries(SIDES.map((side) => [side, hundredths(one[side] + other[side])]));
const isStill = (by) => SIDES.every((side) => by[side] === 0);

export class Nudging {
  /** @param {object} studio @param {() => void} changed  called at once after each press, too */
  constructor(studio, changed) {
    Object.assign(this, { studio, changed, number: 0, writes: [] });
    this.forget();
    studio.on("planned", (message) => this.planned(message));
    studio.on("wrote", (message) => this.wrote(message));
    studio.on("refused", (message) => this.refused(message));
    studio.on("undone", ({ write_id }) => {
      this.writes = this.writes.filter((write) => write.write_id !== write_id);
      this.changed();
    });
    for (const kind of ["change", "snapshot", "failed"]) studio.on(kind, ({ revision, kind: told }) => this.compiled(revision, told));
  }

  /** Nothing is under way. */
  forget() {
    clearTimeout(this.timer);
    Object.assign(this, { id: null, by: STILL, sent: STILL, plan: null, isWaiting: false, isDue: false, base: null, refusal: null });
  }

  isMoving(id) {
    return isSame(this.id, id) && !isStill(sum(this.by, this.sent));
  }

  /** Where a box is, with the move that is under way. @returns {Place} */
  placeOf(box) {
    const { x, y, w, h } = box;
    return isSame(this.id, box.id) ? sum({ x, y, w, h }, sum(this.by, this.sent)) : { x, y, w, h };
  }

  /** Move a box by so much more. @param {Partial<Place>} by */
  move(box, by) {
    if (!mayWrite(this.studio.known, this.studio.isConnected)) return this.studio.alarm(this.studio.words().arrows_stopped);
    if (!isSame(this.id, box.id)) {
      this.forget();
      this.id = box.id;
    }
    this.refusal = null;
    this.by = sum(this.by, { ...STILL, ...by });
    this.changed();
    this.ask();
  }

  /** Move a box to a place. @param {Place} place */
  moveTo(box, place) {
    const now = this.placeOf(box);
    const by = Object.fromEntries(SIDES.map((side) => [side, hundredths(place[side] - now[side])]));
    if (!isStill(by)) this.move(box, by);
  }

  /** Ask what it would write; it is written when nothing was pressed for a while. While another is on its way, later. */
  ask() {
    if (this.base !== null) return;
    clearTimeout(this.timer);
    Object.assign(this, { isDue: false, isWaiting: false });
    if (isStill(this.by)) return this.cancel();
    this.send(false);
    this.timer = setTimeout(() => {
      this.isDue = true;
      this.writeWhenPlanned();
    }, WRITE_AFTER_MS);
  }

  send(write) {
    this.number += 1;
    const { x, y, w, h } = this.by;
    this.studio.send({ kind: "move", move: this.number, base: this.studio.known.revision, box: this.id, dx: x, dy: y, dw: w, dh: h, confirmed_reach: write, write });
  }

  planned({ move, edits, reach }) {
    if (move !== this.number || this.base !== null) return;
    this.plan = { edits, reach };
    this.plannedMove = move;
    this.writeWhenPlanned();
    this.changed();
  }

  /** What reaches other boxes or layouts waits until a person has read the list. */
  writeWhenPlanned() {
    if (!this.isDue || !this.plan || this.plannedMove !== this.number) return;
    const { boxes, layouts } = this.plan.reach;
    if (boxes.length || layouts.length) {
      this.isWaiting = true;
      this.changed();
    } else this.write();
  }

  write() {
    this.base = this.studio.known.revision;
    this.isWaiting = false;
    this.send(true);
    Object.assign(this, { sent: this.by, by: STILL });
  }

  confirm() {
    if (this.isWaiting) this.write();
    this.changed();
  }

  cancel() {
    this.forget();
    this.changed();
  }

  wrote({ write_id, edits, reach }) {
    this.writes.unshift({ write_id, edits, reach, at: Date.now() });
    this.plan = null;
    this.studio.tell(edits.map(({ name, before, after }) => `${name}: ${before} → ${after}`).join("、"));
    this.changed();
  }

  refused({ why, rules, move }) {
    if (move === this.number || move === null || move === undefined) this.forget();
    this.refusal = { why, rules };
    this.studio.alarm(this.studio.told(why));
    this.changed();
  }

  /** The sheet with the move in it is there, or cannot be: what was pressed since goes on from there. */
  compiled(revision, told) {
    if (this.base === null || (told !== "snapshot" && revision <= this.base)) return;
    Object.assign(this, { base: null, sent: STILL });
    if (told === "change" && !isStill(this.by)) this.ask();
    else this.forget();
  }

  /** Take the last write back. */
  undo() {
    const [last] = this.writes;
    if (!last) return this.studio.tell(this.studio.words().nothing_to_undo);
    this.forget();
    this.studio.send({ kind: "undo", write_id: last.write_id });
  }
}
