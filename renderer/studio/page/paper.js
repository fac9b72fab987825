// The sheet in the middle: its picture, sharp where it is looked at, with what is drawn over it; only a person moves it.

import { made } from "elements";
import { PX_PER_MM, parts, placed, showing } from "view";
import { drawOverlays, drawn, rect } from "./drawing.js";
import { inSight, keepView, moved, rulerTicks, toMm, toPx, wholeDots, wholePage, zoomAbout } from "./geometry.js";
import { drawNotes } from "./notes.js";

const WHOLE_DPI = 100;
const MOST_DPI = 1200;
const MM_PER_INCH = 25.4;
const MOST_PX = 12e6; // of a tile
const SHARP_AFTER_MS = 120;
const CLICK_PX = 4; // what moves less is a click
const A4 = { number: 1, width: 210, height: 297 };

export class Paper {
  /**
   * @param {HTMLElement} desk  with the pane of the sheet and its two rulers
   * @param {(name: string, part: object) => string} picture  where pictures are
   * @param {{looked: () => void, clicked: (mm: [number, number]) => void, hovered: (mm: [number, number] | null) => void}} tell
   */
  constructor(desk, picture, tell) {
    Object.assign(this, { picture, tell, view: null, pages: [], notes: [], isOn: () => true, edges: { left: 0, top: 0, right: 0, bottom: 0 }, asked: 0, isMoved: false });
    this.pane = desk.querySelector("#sheet");
    this.rulers = { x: desk.querySelector(".ruler.x"), y: desk.querySelector(".ruler.y") };
    this.sheet = made("div.paper");
    this.world = drawn("g.world");
    this.marks = drawn("g.marks");
    this.gutters = drawn("g.notes");
    this.hatch = drawn("pattern", { id: "hatch", width: 4, height: 4, patternUnits: "userSpaceOnUse" }, drawn("path", { d: "M0 4L4 0M-1 1L1 -1M3 5L5 3" }));
    this.over = drawn("svg.over", { "aria-hidden": "true" }, drawn("defs", {}, this.hatch), this.world, this.gutters, this.marks);
    this.pane.prepend(this.sheet, this.over);
    new ResizeObserver(() => this.resized()).observe(this.pane);
    this.pane.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    this.pane.addEventListener("pointerdown", (event) => this.onPress(event));
    this.pane.addEventListener("pointermove", (event) => this.tell.hovered(this.mmOf(event)));
    this.pane.addEventListener("pointerleave", () => this.tell.hovered(null));
  }

  get page() {
    return this.pages.find(({ number }) => number === this.view?.page) ?? null;
  }

  /** Take the pages of another compile; what is shown changes when their pictures can be drawn. */
  take(pages) {
    this.pages = pages;
    if (!pages.length) return;
    this.view = this.view ? keepView(this.view, pages) : { page: 1, ...wholePage(pages[0], this.size()) };
    this.place();
    this.load();
  }

  /** Another size of the pane: the view stays, unless nobody has chosen it yet. */
  resized() {
    if (!this.isMoved && this.page) this.view = { ...this.view, ...wholePage(this.page, this.size()) };
    this.place();
    this.sharpenSoon();
  }

  /** Draw these overlays and notes, and show those that are on. @param {(overlay: string) => boolean} isOn */
  cover(shapes, notes, isOn) {
    this.world.replaceChildren(...drawOverlays(shapes, this.view?.page ?? 1));
    this.notes = notes;
    this.uncover(isOn);
    this.place();
  }

  /** Show the overlays that are on. @param {(overlay: string) => boolean} isOn */
  uncover(isOn) {
    this.isOn = isOn;
    for (const group of this.world.children) group.style.display = isOn(group.dataset.overlay) ? "" : "none";
    if (!this.view) return;
    this.placeNotes();
    this.placeOver();
  }

  size() {
    return { width: this.pane.clientWidth, height: this.pane.clientHeight };
  }

  boxOf({ width, height } = this.page ?? A4) {
    return [0, 0, width, height];
  }

  px(mm) {
    return toPx(this.view, this.size(), mm);
  }

  mmOf({ clientX, clientY }) {
    const { left, top } = this.pane.getBoundingClientRect();
    return this.view && toMm(this.view, this.size(), [clientX - left, clientY - top]);
  }

  // ---- the view

  look(view) {
    this.view = { ...this.view, ...view };
    this.isMoved = true;
    this.place();
    this.sharpenSoon();
    this.tell.looked();
  }

  turn(page) {
    if (page === this.view?.page || !this.pages.some(({ number }) => number === page)) return;
    this.view = { ...this.view, page };
    this.load();
    this.tell.looked();
  }

  showPage() {
    this.look(wholePage(this.page ?? A4, this.size()));
  }

  showWidth() {
    const scale = this.size().width / (this.boxOf()[2] * 1.06);
    this.look({ x: this.boxOf()[2] / 2, y: Math.min(this.view.y, this.boxOf()[3]), scale });
  }

  /** @param {{x: number, y: number, w: number, h: number}} place in mm */
  showPlace({ x, y, w, h }) {
    const margin = Math.max(6, 0.2 * Math.max(w, h));
    this.look(showing([x - margin, y - margin, w + 2 * margin, h + 2 * margin], this.size()));
  }

  /** @param {number} scale px for a mm */
  showScale(scale) {
    this.look({ scale });
  }

  zoom(factor, point) {
    this.look(zoomAbout(this.view, factor, point));
  }

  /** Bring a place into sight, if it is not. */
  reveal({ x, y, w, h }) {
    const seen = this.page && inSight(this.view, this.size(), this.page);
    const isSeen = seen && x >= seen.x - 1 && y >= seen.y - 1 && x + w <= seen.x + seen.w + 1 && y + h <= seen.y + seen.h + 1;
    if (!isSeen) this.look({ x: x + w / 2, y: y + h / 2 });
  }

  onWheel(event) {
    if (!this.view) return;
    event.preventDefault();
    if (!event.ctrlKey) return this.look(moved(this.view, -event.deltaX, -event.deltaY));
    const { left, top } = this.pane.getBoundingClientRect();
    const { width, height } = this.size();
    this.zoom(Math.exp(-event.deltaY / 300), [event.clientX - left - width / 2, event.clientY - top - height / 2]);
  }

  onPress(event) {
    if (!this.view || event.button > 1) return;
    this.pane.focus({ preventScroll: true });
    let far = 0;
    const drag = ({ movementX, movementY }) => {
      far += Math.abs(movementX) + Math.abs(movementY);
      if (far > CLICK_PX) this.look(moved(this.view, movementX, movementY));
    };
    const end = (up) => {
      for (const [name, does] of [["pointermove", drag], ["pointerup", end], ["pointercancel", end]]) this.pane.removeEventListener(name, does);
      if (up.type === "pointerup" && far <= CLICK_PX && event.button === 0) this.tell.clicked(this.mmOf(event));
    };
    this.pane.setPointerCapture(event.pointerId);
    for (const [name, does] of [["pointermove", drag], ["pointerup", end], ["pointercancel", end]]) this.pane.addEventListener(name, does);
  }

  // ---- pictures

  /** Load the picture of the page and what of it is in sight; show both at once when they can be drawn. */
  async load() {
    const page = this.page;
    if (!page) return;
    const asked = (this.asked += 1);
    const images = [this.wholeOf(page), this.sharpOf(page)].filter(Boolean);
    await Promise.allSettled(images.map((image) => image.decode()));
    if (asked !== this.asked) return;
    this.sheet.replaceChildren(...images, ...this.sheet.querySelectorAll(".ghost"));
    this.shown = page.picture;
    this.sheet.dataset.picture = page.picture;
    this.place();
    this.sharpenSoon();
  }

  wholeOf(page) {
    return made("img.whole", { src: this.picture(page.picture, { dpi: WHOLE_DPI }), alt: "" });
  }

  /** A picture of what is in sight, a dot for each of the screen. */
  sharpOf(page) {
    const seen = this.view && inSight(this.view, this.size(), page);
    if (!seen) return null;
    const dpi = Math.min(this.view.scale * MM_PER_INCH * window.devicePixelRatio, MOST_DPI);
    const [x, y, w, h] = wholeDots(seen, dpi, page);
    if (w * h * (dpi / MM_PER_INCH) ** 2 > MOST_PX) return null;
    return made("img.sharp", { src: this.picture(page.picture, { dpi, x, y, w, h }), alt: "", style: parts([x, y, w, h], this.boxOf(page)) });
  }

  sharpenSoon() {
    clearTimeout(this.sharpening);
    this.sharpening = setTimeout(() => this.sharpen(), SHARP_AFTER_MS);
  }

  async sharpen() {
    const page = this.page;
    const sharp = page && page.picture === this.shown ? this.sharpOf(page) : null;
    const old = this.sheet.querySelector(".sharp");
    if (!sharp || sharp.getAttribute("src") === old?.getAttribute("src")) return;
    const asked = this.asked;
    await sharp.decode().catch(() => null);
    if (asked !== this.asked || !sharp.naturalWidth) return;
    this.sheet.querySelectorAll(".sharp").forEach((image) => image.remove());
    this.sheet.querySelector(".whole").after(sharp);
  }

  // ---- where things stand

  place() {
    if (!this.view) return;
    const size = this.size();
    const { width, height, ...corner } = placed(this.view, this.boxOf(), size);
    const [left, top] = [Math.round(corner.left), Math.round(corner.top)]; // dots of the picture on those of the screen
    Object.assign(this.sheet.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    this.world.setAttribute("transform", `translate(${left} ${top}) scale(${this.view.scale})`);
    this.hatch.setAttribute("patternTransform", `scale(${1.5 / this.view.scale})`);
    this.edges = { left, top, right: left + width, bottom: top + height };
    this.placeNotes();
    this.placeOver();
  }

  placeNotes() {
    const notes = this.notes.filter(({ overlay }) => this.isOn(overlay));
    this.gutters.replaceChildren(...drawNotes(notes, this.edges, (mm) => this.px(mm), this.size()));
  }

  placeOver() {
    const { width, height } = this.size();
    const { left, top } = this.edges;
    this.placeMarks?.();
    this.drawRuler("x", left, width);
    this.drawRuler("y", top, height);
  }

  /** Mark what is selected on the rulers. @param {{x: number, y: number, w: number, h: number} | null} place */
  measure(place) {
    this.measured = place;
    if (this.view) this.placeOver();
  }

  drawRuler(axis, origin, length) {
    const isAcross = axis === "x";
    const ticks = rulerTicks(origin, this.view.scale, length);
    const path = ticks.map(({ at, isLong }) => (isAcross ? `M${at.toFixed(1)} 18v${isLong ? -7 : -4}` : `M18 ${at.toFixed(1)}h${isLong ? -7 : -4}`)).join("");
    const labels = ticks.filter(({ label }) => label).map(({ at, label }) => (isAcross ? drawn("text", { x: at + 2, y: 9 }, label) : drawn("text", { transform: `translate(9 ${at - 2}) rotate(-90)` }, label)));
    const [from, size] = isAcross ? [this.measured?.x, this.measured?.w] : [this.measured?.y, this.measured?.h];
    const mark = from === undefined ? [] : [rect(isAcross ? { x: origin + from * this.view.scale, y: 15, w: size * this.view.scale, h: 3 } : { x: 15, y: origin + from * this.view.scale, w: 3, h: size * this.view.scale }, "rect.measured")];
    this.rulers[axis].replaceChildren(drawn("path", { d: path }), ...labels, ...mark);
  }

  percent() {
    return this.view ? Math.round((this.view.scale / PX_PER_MM) * 100) : 100;
  }
}
