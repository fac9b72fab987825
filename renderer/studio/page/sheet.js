// 版面: the sheet as it will be printed, with what is chosen at its left and what is selected at its right.

import { made } from "elements";
import { PX_PER_MM, say } from "view";
import { Choices, OVERLAYS } from "./choices.js";
import { SHEET_KEYS, nudge } from "./commands.js";
import { drawn } from "./drawing.js";
import { written } from "./geometry.js";
import { Inspector, clock, editorLink, labelOf } from "./inspector.js";
import { Loupe } from "./loupe.js";
import { drawGaps, drawGhost, drawProblemBoxes, drawSelected } from "./marks.js";
import { counts, fitState, standing } from "./news.js";
import { notesOf } from "./notes.js";
import { Nudging } from "./nudging.js";
import { Paper } from "./paper.js";
import { Problems } from "./problems.js";
import { redraw } from "./redraw.js";
import { boxOf, boxesAt, changedBoxes, clicked, inReading, isSame, nextInReading, reselect } from "./selection.js";
import { trueScale } from "./truesize.js";

export const mount = (panel, studio) => new Sheet(panel, studio);

const DISMISSED = "hint_dismissed";
const PAN_PX = 60;

class Sheet {
  keys = SHEET_KEYS;

  constructor(panel, studio) {
    Object.assign(this, { studio, panel, selected: null, hovered: null, side: "box", problem: 0, changes: [], isMeasuring: false, isLoupe: true });
    this.on = new Set(Object.keys(OVERLAYS).filter((name) => OVERLAYS[name].isOn));
    this.build();
    this.paper = new Paper(this.centre, studio.picture, {
      looked: () => this.looked(),
      clicked: (mm) => this.click(mm),
      hovered: (mm) => this.hover(mm),
    });
    this.paper.placeMarks = () => this.drawMarks();
    this.nudging = new Nudging(studio, () => this.drawMoved());
    this.choices = new Choices(this.left, studio, { on: this.on, toggle: (overlay) => this.toggle(overlay) }, { select: (box) => this.goTo(box), leave: () => this.sheet.focus() });
    this.inspector = new Inspector(this.box, studio, this.nudging, { select: (id) => this.select(id), type: (box, place) => this.nudging.moveTo(box, place), undo: () => this.nudging.undo() });
    this.problems = new Problems(this.list, studio, { choose: (number) => this.chooseProblem(number) });
    this.loupe = new Loupe(this.glass, studio);
    this.commands = this.allCommands();
    this.listen();
    this.takeAll();
  }

  build() {
    this.left = made("div.left", {});
    this.row = made("div.row", {});
    this.hint = made("p.hint", { hidden: localStorage.getItem(DISMISSED) !== null });
    this.sheet = made("div.pane", { id: "sheet", role: "application", tabIndex: 0 });
    this.sheet.dataset.keys = "sheet";
    this.bare = made("p.nothing", {});
    this.sheet.append(this.bare);
    this.centre = made("div.centre", {}, this.row, this.hint, made("div.corner"), drawn("svg.ruler.x", { "aria-hidden": "true" }), drawn("svg.ruler.y", { "aria-hidden": "true" }), this.sheet);
    this.read = made("ol.unseen", {});
    this.sides = made("div.sides-of", { role: "group" });
    this.box = made("div.inspector", {});
    this.list = made("div.list", {});
    this.list.dataset.keys = "list";
    this.glass = made("section.loupe", {});
    this.right = made("div.right", { tabIndex: -1 }, this.sides, this.box, this.list, this.glass);
    this.zooms = made("div.zooms", { role: "group" });
    this.percent = made("span.percent", {});
    this.told = made("span.keys-told", {});
    this.position = made("span.position", {});
    this.tallies = made("button.tallies", { type: "button", onclick: () => this.turnTo("problems") });
    this.panel.append(this.left, this.centre, this.right, this.read);
  }

  listen() {
    for (const kind of ["snapshot", "change"]) this.studio.on(kind, () => this.takeAll());
    this.studio.on("failed", () => this.failed());
    this.studio.on("not_shown", ({ why }) => this.studio.alarm(this.studio.told(why)));
    window.addEventListener("keydown", (event) => this.hold(event, true));
    window.addEventListener("keyup", (event) => this.hold(event, false));
    window.addEventListener("blur", () => this.letGo());
  }

  // ---- what was told

  /** Another compile, or another choice, is there: the view stays, and what was selected. */
  takeAll() {
    const { known } = this.studio;
    if (known.revision !== this.revision) this.tellNews(known);
    Object.assign(this, { revision: known.revision, saved: known.saved, boxes: known.boxes, facts: known.facts });
    this.selected = reselect(known.boxes, this.selected);
    this.paper.take(known.pages);
  }

  /** Say that another sheet is shown: what a save moved, or that a person has another 版. */
  tellNews(known) {
    const words = this.studio.words();
    this.changes = known.saved === this.saved ? [] : changedBoxes(this.boxes ?? [], known.boxes);
    this.forced = this.choices.forced(this.facts);
    if (known.failing !== null) return;
    if (this.wasFailing && this.side === "problems") this.side = "box";
    this.wasFailing = false;
    const changes = this.changes.length ? say(words.changed_places, { names: this.changedNames() }) : "";
    this.studio.tell([say(words.fresh_now, { revision: known.revision }), changes, this.forced].filter(Boolean).join("　"));
  }

  failed() {
    const { problems, failing } = this.studio.known;
    const words = this.studio.words();
    this.wasFailing = true;
    this.problem = 0;
    this.side = "problems";
    const first = problems[0] ? this.studio.told(problems[0].sentence) : "";
    this.studio.alarm(say(words.failed_now, { revision: failing, count: problems.length, first }));
  }

  // ---- drawing

  draw() {
    const words = this.studio.words();
    const { known } = this.studio;
    this.panel.dataset.standing = standing(known, this.studio.isConnected);
    this.sheet.setAttribute("aria-label", words.sheet_label);
    this.sides.setAttribute("aria-label", words.right_side);
    this.choices.draw();
    this.drawRow();
    this.drawHint();
    this.bare.textContent = known.revision ? "" : known.failing ? words.never_compiled : words.compiling_first;
    this.paper.cover(known.shapes, notesOf(known, this.paper.view?.page ?? 1, words), (overlay) => this.isOn(overlay));
    this.drawSelection();
    this.drawBottom();
    this.drawList();
  }

  /** Whether an overlay is to be seen; what is wrong always is, but on bare paper. */
  isOn(overlay) {
    return !this.isBare && (this.on.has(overlay) || overlay === "problems");
  }

  /** The ghost at once; what is told of it when it was drawn. */
  drawMoved() {
    this.drawMeasured();
    this.isToTell ??= requestAnimationFrame(() => setTimeout(() => {
      this.isToTell = null;
      this.drawSelection();
    }));
  }

  drawMeasured() {
    const box = this.selectedBox();
    this.paper.measure(box && box.id.page === this.paper.view?.page ? this.nudging.placeOf(box) : null);
  }

  drawSelection() {
    this.drawSides();
    this.box.hidden = this.side !== "box";
    this.list.hidden = this.side !== "problems";
    if (this.side === "box") this.inspector.draw(this.selected);
    else this.problems.draw(this.problem);
    this.drawMeasured();
    this.lookThrough();
  }

  drawSides() {
    const words = this.studio.words();
    const { problems } = this.studio.known;
    const button = (side, text) => {
      const choice = made("button", { type: "button", "aria-pressed": String(this.side === side), onclick: () => this.turnTo(side) }, text);
      choice.dataset.key = `side-of ${side}`;
      return choice;
    };
    redraw(this.sides, button("box", words.box), button("problems", `${words.problems} ${problems.length}`));
  }

  drawMarks() {
    const { known } = this.studio;
    const px = (mm) => this.paper.px(mm);
    const page = this.paper.view.page;
    const wrong = known.problems.map((problem, number) => ({ box: boxOf(known.boxes, problem.box), number, severity: problem.severity })).filter(({ box, severity }) => box?.id.page === page && severity !== "advice");
    const box = this.selectedBox();
    const isHere = box?.id.page === page;
    const place = isHere && this.nudging.placeOf(box);
    const other = this.isMeasuring && this.hoveredBox();
    if (isHere) drawGhost(this.paper.sheet, box, place, this.paper.boxOf());
    else this.paper.sheet.querySelector(".ghost")?.remove();
    this.paper.marks.replaceChildren(
      ...(this.isBare ? [] : drawProblemBoxes(wrong, this.side === "problems" ? this.problem : -1, px)),
      ...(isHere && !this.isBare ? drawSelected(box, place, this.isMeasuring && other ? { ...known, pages: [], shapes: [] } : known, px) : []),
      ...(isHere && other && !isSame(other.id, box.id) ? drawGaps({ ...box, ...place }, other, px) : []),
    );
  }

  drawRow() {
    const words = this.studio.words();
    const { known, isConnected } = this.studio;
    const now = standing(known, isConnected);
    const time = known.saved ? clock(known.saved * 1000) : "";
    const told = {
      cut: () => [made("b", {}, words.row_cut), words.row_read_only],
      refused: () => [made("b", {}, say(words.row_failed, { revision: known.failing })), known.revision ? say(words.row_last_good, { time, revision: known.revision }) : words.never_compiled],
      building: () => [say(words.row_building, { revision: known.compiling })],
      waiting: () => [words.compiling_first],
    }[now]?.() ?? [
      `#${known.revision}`,
      time && say(words.row_saved, { time }),
      say(words.row_shown, { seconds: known.seconds.toFixed(2) }),
      this.changes.length ? made("span", {}, `${words.row_changed} `, made("b", {}, this.changedNames())) : "",
      known.reference ? words.row_reference : "",
      this.forced,
    ];
    this.row.className = `row ${now}`;
    redraw(this.row, made("span.told", {}, ...told.filter(Boolean).flatMap((each) => [each, " "])), this.drawPages(), this.drawProgress(now));
  }

  changedNames() {
    const words = this.studio.words();
    const names = [...new Set(this.changes.map((box) => labelOf(box, words)))];
    const some = names.slice(0, 3).join(words.and);
    return names.length > 3 ? say(words.and_more, { names: some, count: names.length - 3 }) : some;
  }

  drawPages() {
    const { pages } = this.studio.known;
    if (pages.length < 2) return null;
    const words = this.studio.words();
    const buttons = pages.map(({ number }) => {
      const button = made("button", { type: "button", onclick: () => this.turnPage(number) }, say(words.page, { page: number }));
      button.setAttribute("aria-pressed", String(number === this.paper.view?.page));
      button.dataset.key = `page ${number}`;
      return button;
    });
    return made("span.pages", { role: "group", "aria-label": words.pages }, ...buttons);
  }

  drawProgress(now) {
    const words = this.studio.words();
    const { variants } = this.studio.known;
    if (now === "refused") return made("span.progress", {}, words.next_problem, " ", made("kbd", {}, "N"));
    const fresh = variants.filter(({ state }) => state === "fresh" || state === "held").length;
    return made("span.progress", {}, variants.length > 1 ? say(words.row_variants, { count: variants.length, fresh }) : "");
  }

  drawHint() {
    const words = this.studio.words();
    const dismiss = made("button", { type: "button", onclick: () => this.dismiss() }, words.understood);
    dismiss.dataset.key = "dismiss";
    redraw(this.hint, words.first_hint, dismiss);
  }

  dismiss() {
    localStorage.setItem(DISMISSED, "");
    this.hint.hidden = true;
    this.sheet.focus();
  }

  bottom() {
    return [this.zooms, this.percent, this.told, this.position, this.tallies];
  }

  drawBottom() {
    const words = this.studio.words();
    const { known, isConnected } = this.studio;
    const buttons = [["page", "0"], ["width", "1"], ["true-size", "2"], ["selection", "3"]].map(([name, key]) => {
      const button = made("button", { type: "button" }, words[`zoom_${name.replace("-", "_")}`], " ", made("kbd", {}, key));
      button.dataset.do = name;
      button.dataset.key = `zoom ${name}`;
      button.setAttribute("aria-pressed", String(this.fitted === name));
      return button;
    });
    this.zooms.setAttribute("aria-label", words.zoom);
    redraw(this.zooms, ...buttons);
    this.drawPercent();
    const isStopped = known.failing !== null || !isConnected;
    const told = isStopped ? [words.arrows_stopped] : [["↑↓←→", "0.1 mm"], ["Shift", "1 mm"], ["Alt", words.measures], ["Tab", words.next_box], ["L", words.loupe]].flatMap(([key, does]) => [made("kbd", {}, key), ` ${does}　`]);
    this.told.replaceChildren(...told);
    const found = counts(known.problems);
    this.tallies.replaceChildren(...["refused", "held", "advice"].filter((severity) => found[severity]).map((severity) => made(`span.${severity}`, {}, `${words[`severity_${severity}`]} ${found[severity]}`)));
    this.tallies.hidden = known.problems.length === 0;
  }

  drawPercent() {
    this.percent.textContent = `${this.paper.percent()} %`;
  }

  /** The boxes of the page for who does not see it: name, place, fit. */
  drawList() {
    const words = this.studio.words();
    this.read.setAttribute("aria-label", words.boxes_of_page);
    this.read.replaceChildren(...inReading(this.studio.known.boxes, this.paper.view?.page ?? 1).map((box) => made("li", {}, this.describe(box))));
  }

  describe(box) {
    const words = this.studio.words();
    const fit = box.fit && fitState(box.fit);
    const sits = fit && { condensed: say(words.percent, { percent: fit.percent }), shrunk: say(words.points, { size: fit.size, lines: fit.lines }), held: words.looks.held, "full-size": words.looks["full-size"] }[fit.look];
    const place = this.nudging.placeOf(box);
    const at = Object.fromEntries(Object.entries(place).map(([side, mm]) => [side, written(mm)]));
    return [labelOf(box, words), words[box.id.kind], say(words.place_told, at), sits].filter(Boolean).join("　");
  }

  // ---- looking

  looked() {
    this.fitted = null;
    this.drawPercent();
    for (const button of this.zooms.children) button.setAttribute("aria-pressed", "false");
  }

  fit(name, does) {
    if (!this.paper.view) return;
    does();
    this.fitted = name;
    this.drawBottom();
  }

  async trueSize() {
    const scale = await trueScale(this.studio.words());
    if (scale) this.fit("true-size", () => this.paper.showScale(scale));
  }

  turnPage(number) {
    this.paper.turn(number);
    this.draw();
  }

  hover(mm) {
    this.hovered = mm;
    this.position.textContent = mm ? `x ${written(mm[0])}　y ${written(mm[1])}` : "";
    if (this.isMeasuring) this.drawMarks();
    this.lookThrough();
  }

  lookThrough() {
    this.glass.hidden = !this.isLoupe || this.side !== "box";
    if (this.glass.hidden) return;
    const box = this.selectedBox();
    const place = box && this.nudging.placeOf(box);
    const point = this.hovered ?? (place ? [place.x, place.y] : null);
    if (point && this.paper.page) this.loupe.look(this.paper.page, point, box ? [{ ...box, ...place }] : []);
  }

  hoveredBox() {
    return this.hovered && boxesAt(this.studio.known.boxes, this.paper.view.page, this.hovered).find((box) => !isSame(box.id, this.selected));
  }

  /** Keys that act as long as they are held: V shows bare paper, Alt measures. */
  hold({ key, code, repeat }, isDown) {
    if (repeat || (isDown && document.activeElement !== this.sheet)) return;
    if (key === "Alt") this.isMeasuring = isDown;
    else if (key.toLowerCase() === "v" || code === "KeyV") this.isBare = isDown;
    else return;
    this.drawOver();
  }

  letGo() {
    if (!this.isMeasuring && !this.isBare) return;
    Object.assign(this, { isMeasuring: false, isBare: false });
    this.drawOver();
  }

  drawOver() {
    this.paper.uncover((overlay) => this.isOn(overlay));
  }

  toggle(overlay) {
    if (!this.on.delete(overlay)) this.on.add(overlay);
    this.drawOver();
    this.choices.check(overlay, this.on.has(overlay));
    this.studio.tell(say(this.studio.words()[this.on.has(overlay) ? "overlay_on" : "overlay_off"], { name: this.studio.words().overlay[overlay] }));
  }

  // ---- selecting and moving

  selectedBox() {
    return boxOf(this.studio.known.boxes, this.selected);
  }

  click(mm) {
    const hit = boxesAt(this.studio.known.boxes, this.paper.view.page, mm);
    this.select(clicked(hit, this.selected)?.id ?? null);
  }

  select(id) {
    this.selected = id;
    if (id && this.studio.known.failing === null) this.side = "box";
    const box = this.selectedBox();
    if (box) this.studio.tell(this.describe(box));
    this.drawSelection();
  }

  /** Select a box wherever it is, and look there. */
  goTo(box) {
    this.turnPage(box.id.page);
    this.select(box.id);
    this.paper.reveal(box);
    this.sheet.focus();
  }

  step(by) {
    const next = nextInReading(this.studio.known.boxes, this.paper.view?.page ?? 1, this.selected, by);
    if (!next) {
      this.select(null);
      return false; // the focus goes on
    }
    this.select(next.id);
    this.paper.reveal(next);
    return true;
  }

  parent() {
    if (this.nudging.isWaiting || (this.selected && this.nudging.isMoving(this.selected))) return this.nudging.cancel();
    this.select(this.selectedBox()?.parent ?? null);
  }

  arrow(by) {
    const box = this.selectedBox();
    if (box) this.nudging.move(box, { x: by[0], y: by[1] });
    else if (this.paper.view) this.paper.look({ x: this.paper.view.x + (Math.sign(by[0]) * PAN_PX) / this.paper.view.scale, y: this.paper.view.y + (Math.sign(by[1]) * PAN_PX) / this.paper.view.scale });
  }

  // ---- problems

  turnTo(side) {
    this.side = side;
    this.drawSelection();
  }

  chooseProblem(number) {
    const problem = this.studio.known.problems[number];
    if (!problem) return;
    Object.assign(this, { problem: number, side: "problems" });
    if (problem.page) this.turnPage(problem.page);
    const box = boxOf(this.studio.known.boxes, problem.box);
    if (box) {
      this.selected = box.id;
      this.paper.reveal(box);
    }
    this.studio.tell(this.studio.told(problem.sentence));
    this.drawSelection();
    this.list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  nextProblem() {
    const { problems } = this.studio.known;
    if (!problems.length) return this.studio.tell(this.studio.words()[this.studio.known.linted ? "no_problems" : "still_looking"]);
    this.chooseProblem(this.side === "problems" ? (this.problem + 1) % problems.length : 0);
  }

  openLine() {
    if (this.nudging.isWaiting) return this.nudging.confirm();
    const source = this.side === "problems" ? this.studio.known.problems[this.problem]?.source : (this.selectedBox()?.rules[0]?.source ?? this.selectedBox()?.template);
    if (source) made("a", { href: editorLink(source) }).click();
  }

  // ---- keys

  allCommands() {
    const over = Object.fromEntries(Object.keys(OVERLAYS).map((name) => [name, () => this.toggle(name)]));
    const arrows = ["left", "right", "up", "down"].flatMap((way) => [way, `${way}-1`]).map((name) => [name, () => this.arrow(nudge(name))]);
    return {
      ...over,
      ...Object.fromEntries(arrows),
      page: () => this.fit("page", () => this.paper.showPage()),
      width: () => this.fit("width", () => this.paper.showWidth()),
      "true-size": () => this.trueSize(),
      selection: () => this.selectedBox() && this.fit("selection", () => this.paper.showPlace(this.selectedBox())),
      closer: () => this.paper.view && this.paper.zoom(1.25),
      farther: () => this.paper.view && this.paper.zoom(0.8),
      "previous-variant": () => this.choices.step(-1),
      "next-variant": () => this.choices.step(1),
      data: () => (this.left.querySelector("input[name=member]:checked") ?? this.left.querySelector(".data input, .data select")).focus(),
      find: () => this.choices.finder.begin(),
      "next-problem": () => this.nextProblem(),
      "open-line": () => this.openLine(),
      "copy-fix": () => this.problems.copy(this.problem),
      loupe: () => {
        this.isLoupe = !this.isLoupe;
        this.lookThrough();
      },
      parent: () => this.parent(),
      "next-box": () => this.step(1),
      "previous-box": () => this.step(-1),
      "next-page": () => this.turnPage((this.paper.view?.page ?? 0) + 1),
      "previous-page": () => this.turnPage((this.paper.view?.page ?? 0) - 1),
      undo: () => this.nudging.undo(),
    };
  }

  get home() {
    return this.sheet;
  }

  panes() {
    return [this.left, this.sheet, this.right];
  }
}
