// 一覧: every 版 with the members of the examples, filling while it is drawn; a click shows that sheet in the tab 版面.

import { made } from "elements";
import { say } from "view";
import { columns, failing, hung, nextFailing, replaced, rows, stepped } from "./cells.js";

const DPI = 72;
const SIGNS = { held: "止", refused: "✕" };
const SIZES = ["small", "middle", "large"];

export const mount = (panel, studio) => new Wall(panel, studio);

class Wall {
  keys = { n: "next-failing", arrowleft: "left", arrowright: "right", arrowup: "up", arrowdown: "down", 1: "small", 2: "middle", 3: "large", "?": "keys" };

  constructor(panel, studio) {
    Object.assign(this, { studio, panel, revision: 0, members: [], cells: [], at: null, visible: new Set(), size: "small", shown: "" });
    this.told = made("p.told", {});
    this.sizes = made("div.sizes", { role: "group" });
    this.wall = made("div.wall", {});
    this.scroller = made("div.scroller", { tabIndex: -1 }, this.wall);
    this.scroller.dataset.keys = "list";
    this.panel.append(made("div.bar", {}, this.told, this.sizes), this.scroller);
    this.observer = new IntersectionObserver((entries) => this.see(entries), { root: this.scroller, threshold: 0.2 });
    this.commands = {
      "next-failing": () => this.go(nextFailing(this.cells, this.at)),
      ...Object.fromEntries(["left", "right", "up", "down"].map((way) => [way, () => this.go(stepped(this.cells, this.at, way))])),
      ...Object.fromEntries(SIZES.map((size) => [size, () => this.resize(size)])),
    };
    studio.on("wall", ({ revision, members, cells }) => this.hang({ revision, members, cells }));
    studio.on("cells", ({ revision, variant, cells }) => this.hang({ revision, cells: replaced(this.cells, variant, cells) }));
    this.isAsked = false;
  }

  get home() {
    return this.wall.querySelector("[tabindex='0']") ?? this.scroller;
  }

  panes() {
    return [this.scroller];
  }

  bottom() {
    const words = this.studio.words();
    const keys = [["↑ ↓ ← →", words.cell_step], ["Enter", words.cell_open], ["N", words.cell_next]];
    return keys.map(([key, does]) => made("span", {}, made("kbd", {}, key), ` ${does}`));
  }

  leave() {
    this.isAsked = false;
  }

  draw() {
    if (!this.isAsked && this.studio.isConnected) this.isAsked = this.ask();
    if (!this.studio.isConnected) this.isAsked = false;
    this.redraw();
  }

  ask() {
    return this.studio.send({ kind: "wall", visible: [...this.visible] });
  }

  hang(news) {
    Object.assign(this, news);
    this.studio.tally("wall", this.cells.length ? String(this.cells.length) : "");
    if (this.studio.tab === "wall") this.redraw();
  }

  /** Which variants are on the screen: they are drawn first. */
  see(entries) {
    const before = this.visible.size;
    for (const { isIntersecting, target } of entries) this.visible[isIntersecting ? "add" : "delete"](target.dataset.variant);
    if (this.isAsked && this.visible.size !== before && this.cells.some(({ state }) => state === "building" || state === "stale")) this.ask();
  }

  redraw() {
    const words = this.studio.words();
    const wrong = failing(this.cells);
    this.told.textContent = say(words.wall_told, { variants: rows(this.cells).length, sheets: this.cells.length, held: wrong.length, open: this.cells.filter(({ state }) => state === "building" || state === "stale").length });
    this.sizes.setAttribute("aria-label", words.wall_size);
    this.sizes.replaceChildren(...SIZES.map((size, number) => this.drawSize(size, number, words)));
    const shown = JSON.stringify([this.studio.language, this.size, this.revision, this.at, this.cells]);
    if (shown === this.shown) return;
    this.shown = shown;
    const hadFocus = this.wall.contains(document.activeElement);
    this.observer.disconnect();
    const parts = columns(rows(this.cells), this.size === "small");
    this.wall.className = `wall ${this.size}${parts.length > 1 ? " halves" : ""}`;
    this.wall.replaceChildren(...parts.map((part) => this.drawTable(part, words)));
    for (const row of this.wall.querySelectorAll("tr[data-variant]")) this.observer.observe(row);
    if (hadFocus) this.wall.querySelector("[tabindex='0']")?.focus({ preventScroll: true });
  }

  drawTable(part, words) {
    return made("table", { "aria-label": words.wall }, this.drawHead(), made("tbody", {}, ...part.map((row) => this.drawRow(row, words))));
  }

  drawSize(size, number, words) {
    return made("button", { type: "button", "aria-pressed": String(size === this.size), onclick: () => this.resize(size) }, words.sizes[size], " ", made("kbd", {}, String(number + 1)));
  }

  drawHead() {
    const heads = this.members.map(({ label }) => made("th", { scope: "col" }, this.studio.told(label)));
    return made("thead", {}, made("tr", {}, made("td", {}), ...heads));
  }

  drawRow({ variant, cells }, words) {
    const row = made("tr", {}, made("th", { scope: "row" }, this.labelOf(variant)));
    row.dataset.variant = variant;
    for (const { key } of this.members) row.append(this.drawCell(cells.get(key), words));
    return row;
  }

  labelOf(variant) {
    const known = this.studio.known.variants.find(({ key }) => key === variant);
    return known ? this.studio.told(known.label) : variant;
  }

  drawCell(cell, words) {
    if (!cell) return made("td.none", {}, made("span", { title: words.cell_none, role: "img", "aria-label": words.cell_none }, "―"));
    const member = this.studio.told(this.members.find(({ key }) => key === cell.member).label);
    const label = [member, this.labelOf(cell.variant), words.cells[cell.state], ...cell.codes].join("　");
    const isHere = hung(this.at) === hung(cell) || (this.at === null && cell === this.cells[0]);
    const pages = cell.pictures.map((name) => made("img", { src: this.studio.picture(name, { dpi: DPI }), alt: "", loading: "lazy" }));
    const button = made(
      `button.cell.${cell.state}`,
      { type: "button", tabIndex: isHere ? 0 : -1, "aria-label": label, title: label, onclick: () => this.open(cell) },
      made("span.pages", {}, ...(pages.length ? pages : [made("span.blank", {})])),
      SIGNS[cell.state] ? made("span.sign", { "aria-hidden": "true" }, SIGNS[cell.state]) : null,
      cell.codes.length ? made("span.codes", {}, cell.codes.join(words.comma)) : null,
    );
    button.dataset.cell = hung(cell);
    return made("td", {}, button);
  }

  go(cell) {
    if (!cell) return;
    this.at = cell;
    this.redraw();
    this.wall.querySelector(`[data-cell="${CSS.escape(hung(cell))}"]`)?.focus();
  }

  resize(size) {
    this.size = size;
    this.redraw();
  }

  open(cell) {
    this.at = cell;
    this.studio.send({ kind: "show", variant: cell.variant, member: cell.member });
    this.studio.open("sheet");
  }
}
