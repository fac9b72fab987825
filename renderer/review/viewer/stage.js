// The sheet in the middle: both pictures side by side, in turns, by a border, through one another, or where they differ.

import { made } from "elements";
import { moved, parts, placed, showing, zoomAbout } from "view";

const SIDES = ["golden", "new"];

export class Stage {
  /** @param {HTMLElement} root  with a pane for each side and one for the heat @param {() => void} changed  the view did */
  constructor(root, changed) {
    this.root = root;
    this.changed = changed;
    this.panes = Object.fromEntries([...SIDES, "heat"].map((side) => [side, root.querySelector(`.pane.${side}`)]));
    this.view = null;
    this.item = null;
    this.chosen = 0;
    new ResizeObserver(() => this.place()).observe(root);
    root.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    root.addEventListener("pointerdown", (event) => this.onPress(event));
  }

  /** Show an item once its pictures are there; false where another one was asked for meanwhile, or there are none. */
  async show(item) {
    this.asked = item;
    const sheets = Object.fromEntries([...SIDES, "heat"].map((side) => [side, sheetOf(item, side)]));
    const pictures = Object.values(sheets).flatMap((sheet) => [...(sheet?.querySelectorAll("img.whole") ?? [])]);
    const loaded = await Promise.allSettled(pictures.map((picture) => picture.decode()));
    if (this.asked !== item) return false;
    this.item = item;
    for (const [side, pane] of Object.entries(this.panes)) pane.replaceChildren(...(sheets[side] ? [sheets[side]] : []));
    this.root.classList.toggle("empty", pictures.length === 0);
    this.choose(0);
    this.view ??= this.fitted();
    this.place();
    return pictures.length > 0 && loaded.every(({ status }) => status === "fulfilled");
  }

  setMode(mode) {
    this.root.dataset.mode = mode;
    this.place();
  }

  /** The border or the strength, from 0 to 100. */
  setShare(share) {
    this.root.style.setProperty("--share", String(share / 100));
  }

  choose(number) {
    this.chosen = number;
    for (const box of this.root.querySelectorAll(".box")) box.classList.toggle("chosen", box.dataset.change === String(number));
  }

  whole() {
    return (this.item?.new ?? this.item?.golden)?.box ?? [0, 0, 210, 297];
  }

  fitted() {
    return showing(this.whole(), this.pane());
  }

  fit() {
    this.look(this.fitted());
  }

  /** Show a change large; the page again where it is shown already. */
  enlarge(number = this.chosen, isToggle = true) {
    this.choose(number);
    const box = this.item?.changes[number]?.box;
    const there = box ? showing(around(box), this.pane(), 24) : showing(this.whole(), this.pane());
    const isThere = isToggle && JSON.stringify(there) === JSON.stringify(this.view);
    this.look(isThere ? this.fitted() : there);
  }

  zoom(factor, point) {
    this.look(zoomAbout(this.view, factor, point));
  }

  pan(dx, dy) {
    this.look(moved(this.view, dx, dy));
  }

  look(view) {
    this.view = view;
    this.place();
    this.changed();
  }

  pane() {
    const { width, height } = this.panes.golden.getBoundingClientRect();
    return { width, height };
  }

  place() {
    if (!this.view) return;
    for (const [side, pane] of Object.entries(this.panes)) {
      const sheet = pane.firstElementChild;
      if (!sheet) continue;
      const { left, top, width, height } = placed(this.view, sheet.box, this.pane());
      Object.assign(sheet.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
      sheet.dataset.side = side;
    }
  }

  onWheel(event) {
    if (!this.view) return;
    event.preventDefault();
    if (!event.ctrlKey) return this.pan(-event.deltaX, -event.deltaY);
    this.zoom(Math.exp(-event.deltaY / 300), this.fromMiddle(event));
  }

  fromMiddle(event) {
    const at = event.target.closest(".pane") ?? this.panes.golden;
    const { left, top, width, height } = at.getBoundingClientRect();
    return [event.clientX - left - width / 2, event.clientY - top - height / 2];
  }

  onPress(event) {
    if (!this.view || event.button !== 0) return;
    const drag = (move) => this.pan(move.movementX, move.movementY);
    const end = () => {
      this.root.removeEventListener("pointermove", drag);
      this.root.removeEventListener("pointerup", end);
      this.root.removeEventListener("pointercancel", end);
    };
    this.root.setPointerCapture(event.pointerId);
    this.root.addEventListener("pointermove", drag);
    this.root.addEventListener("pointerup", end);
    this.root.addEventListener("pointercancel", end);
  }
}

/** A page as a sheet: its picture, the places of its changes at 600 dpi over it, and a line around each. */
function sheetOf(item, side) {
  const picture = item[side];
  if (!picture) return null;
  const sheet = made("div.sheet", {}, made("img.whole", { src: picture.file, alt: "" }));
  sheet.box = picture.box;
  if (side === "heat") return sheet;
  item.changes.forEach((change, number) => {
    const crop = change.crop?.[side];
    if (crop) sheet.append(made("img.sharp", { src: crop.file, alt: "", style: parts(crop.box, picture.box) }));
  });
  item.changes.forEach((change, number) => {
    for (const box of change.boxes[side]) {
      const line = made("div.box", { style: parts(box, picture.box) });
      line.dataset.change = String(number);
      sheet.append(line);
    }
  });
  return sheet;
}

/** With a little of the page around it. */
function around([x, y, w, h]) {
  const margin = Math.max(4, 0.15 * Math.max(w, h));
  return [x - margin, y - margin, w + 2 * margin, h + 2 * margin];
}
