// The right side: the box that is selected: where it is and how far from what, which rules place it, what was written, how its values sit.

import { made } from "elements";
import { say } from "view";
import { written } from "./geometry.js";
import { fitState } from "./news.js";
import { redraw } from "./redraw.js";
import { boxOf, isSame } from "./selection.js";

const SIDES = [["x", "x"], ["y", "y"], ["w", "w"], ["h", "h"]];

/** Where a line of a file is opened: in an editor that knows such links. */
export const editorLink = ({ path, line }) => `vscode://file${encodeURI(path)}:${line}`;

/** A link to a line of a file. */
export function lineLink(source, isWithFolder = false) {
  const name = isWithFolder ? source.file : source.file.split("/").at(-1);
  return made("a.line", { href: editorLink(source), title: `${source.path}:${source.line}` }, `${name}:${source.line}`);
}

/** What people call a box. */
export const labelOf = (box, words) => (box.id.kind === "region" ? (words.regions[box.id.name] ?? box.label) : box.label);

/** The distances of a box: to the edges of the paper, to the folds beside it. */
export function distances(box, { pages, shapes }) {
  const page = pages.find(({ number }) => number === box.id.page);
  const folds = shapes.filter(({ look, page: on }) => look === "fold" && on === box.id.page);
  const above = folds.filter(({ y }) => y <= box.y).toSorted((one, other) => other.y - one.y)[0];
  const below = folds.filter(({ y }) => y >= box.y + box.h).toSorted((one, other) => one.y - other.y)[0];
  return [
    page && { name: "to_right", mm: page.width - box.x - box.w, ends: [[box.x + box.w, box.y + box.h / 2], [page.width, box.y + box.h / 2]] },
    page && { name: "to_bottom", mm: page.height - box.y - box.h, ends: [[box.x + box.w / 2, box.y + box.h], [box.x + box.w / 2, page.height]] },
    above && { name: "from_fold", fold: above.name, mm: box.y - above.y, ends: [[box.x + box.w, above.y], [box.x + box.w, box.y]] },
    below && { name: "to_fold", fold: below.name, mm: below.y - box.y - box.h, ends: [[box.x + box.w, box.y + box.h], [box.x + box.w, below.y]] },
  ].filter(Boolean);
}

/** How far the edges of a box are from those of what it stands in, inwards. */
function within(box, parent) {
  const edges = { "←": box.x - parent.x, "↑": box.y - parent.y, "→": parent.x + parent.w - box.x - box.w, "↓": parent.y + parent.h - box.y - box.h };
  return Object.entries(edges).map(([edge, mm]) => `${edge} ${written(mm)}`).join("  ");
}

/** The rules of a box, those of a line together, and what each decides. */
function byLine(rules) {
  const lines = Map.groupBy(rules, ({ source, selector }) => `${source.path}:${source.line} ${selector}`);
  return [...lines.values()].map((each) => ({ source: each[0].source, selector: each[0].selector, names: each.map(({ name, value }) => `${name}: ${value}`), decides: each.flatMap(({ decides }) => decides) }));
}

export class Inspector {
  /** @param {{select: (id: object | null) => void, type: (box: object, place: object) => void, preview: (box: object, place: object) => void, undo: () => void}} does */
  constructor(root, studio, nudging, does) {
    Object.assign(this, { root, studio, nudging, does });
  }

  draw(selected) {
    this.words = this.studio.words();
    const box = boxOf(this.studio.known.boxes, selected);
    redraw(this.root, ...(box ? this.drawBox(box) : [made("section", {}, made("p.soft", {}, this.words.nothing_selected)), this.drawWrites(), this.drawInks()]));
  }

  drawBox(box) {
    return [this.drawPlace(box), this.drawPlan(), this.drawWrites(), this.drawDistances(box), this.drawRules(box), this.drawFits(box), this.drawInks(box.id.page)];
  }

  // ---- where it is

  drawPlace(box) {
    const { boxes, pages } = this.studio.known;
    const parent = boxOf(boxes, box.parent);
    const way = [pages.length > 1 || !parent ? say(this.words.page, { page: box.id.page }) : null, parent && made("button.way", { type: "button", onclick: () => this.does.select(parent.id) }, labelOf(parent, this.words))].filter(Boolean);
    const name = this.words[box.id.kind] + " " + box.id.name;
    return made(
      "section.place",
      {},
      made("h2", {}, made("span.way", {}, ...way.flatMap((each) => [each, " › "])), labelOf(box, this.words), made("small", {}, name), made("kbd", {}, "Esc")),
      made("div.sides", {}, ...SIDES.map(([side]) => this.drawSide(box, side))),
      made("p.soft.ghosted", {}, this.nudging.isMoving(box.id) ? say(this.words.was_at, { x: written(box.x), y: written(box.y) }) : ""),
    );
  }

  drawSide(box, side) {
    const { isConnected, known } = this.studio;
    const now = this.nudging.placeOf(box);
    const field = made("input", { type: "text", inputMode: "decimal", autocomplete: "off", value: written(now[side]), readOnly: !isConnected || known.failing !== null });
    field.dataset.key = `side ${side}`;
    field.addEventListener("input", () => (field.dataset.typed = ""));
    field.addEventListener("change", () => this.typed(box, side, field));
    field.addEventListener("keydown", (event) => this.onKey(event, box, side, field));
    return made("label", {}, this.words[`side_${side}`], field);
  }

  /** Up and down move by a tenth, with Shift by a whole mm; Enter in a field never submits. */
  onKey(event, box, side, field) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter") return event.preventDefault();
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    const by = (event.shiftKey ? 1 : 0.1) * (event.key === "ArrowUp" ? 1 : -1);
    field.value = written((parsed(field.value) ?? this.nudging.placeOf(box)[side]) + by);
    this.typed(box, side, field);
  }

  typed(box, side, field) {
    delete field.dataset.typed;
    const mm = parsed(field.value);
    field.setAttribute("aria-invalid", String(mm === null));
    if (mm === null) return this.studio.alarm(this.words.not_a_length);
    this.does.type(box, { ...this.nudging.placeOf(box), [side]: mm });
  }

  // ---- how far from what

  drawDistances(box) {
    const { known } = this.studio;
    const moved = { ...box, ...this.nudging.placeOf(box) };
    const rows = distances(moved, known).map(({ name, mm, fold }) => made("li", {}, made("span", {}, say(this.words[name], { fold })), made("span.mm", {}, written(mm))));
    const parent = boxOf(known.boxes, box.parent);
    if (parent) rows.push(made("li", {}, made("span", {}, say(this.words.within, { parent: labelOf(parent, this.words) })), made("span.mm", {}, within(moved, parent))));
    const advice = known.problems.filter((problem) => problem.severity === "advice" && isSame(problem.box, box.id)).map((problem) => made("li.advice", {}, made("span", {}, this.studio.told(problem.sentence))));
    return made("section", {}, made("h2", {}, this.words.distance, made("small", {}, "mm")), made("ul.rows", {}, ...rows, ...advice));
  }

  // ---- what places it

  drawRules(box) {
    const rows = byLine(box.rules).map(({ source, selector, names, decides }) => {
      const sides = Object.keys(this.words.sides).filter((side) => decides.includes(side)).map((side) => this.words.sides[side]).join(this.words.and);
      return made(sides ? "li" : "li.passed", {}, lineLink(source), made("code", { title: names.join("; ") }, selector), made("span.mm", {}, sides));
    });
    const template = box.template ? [made("li", {}, lineLink(box.template), made("span.soft", {}, this.words.in_template))] : [];
    return made("section.rules", {}, made("h2", {}, this.words.placed_by, made("small", {}, made("kbd", {}, "Enter"), this.words.opens)), made("ul.rows", {}, ...rows, ...template));
  }

  // ---- what is written

  /** What would be written by the move that is under way, before it is. */
  drawPlan() {
    const { plan, isWaiting, refusal } = this.nudging;
    if (refusal) return made("section.refused", {}, made("h2", {}, this.words.not_moved), made("p", {}, this.studio.told(refusal.why)), made("ul.rows", {}, ...refusal.rules.map((rule) => made("li", {}, lineLink(rule.source), made("code", {}, `${rule.name}: ${rule.value}`)))));
    if (!plan) return null;
    const asks = isWaiting ? made("p.asks", {}, made("b", {}, this.words.reaches), this.reachTold(plan.reach), made("span.buttons", {}, made("button", { type: "button", onclick: () => this.nudging.confirm() }, this.words.write_it, " ", made("kbd", {}, "Enter")), made("button", { type: "button", onclick: () => this.nudging.cancel() }, this.words.leave, " ", made("kbd", {}, "Esc")))) : null;
    return made("section.plan", {}, made("h2", {}, this.words.will_write), this.drawEdits(plan.edits), asks ?? this.drawReach(plan.reach));
  }

  drawWrites() {
    const [last, ...before] = this.nudging.writes;
    if (!last) return null;
    const undo = made("button", { type: "button", onclick: this.does.undo }, made("kbd", {}, "Ctrl Z"), ` ${this.words.undo}`);
    undo.dataset.key = "undo";
    return made("section.writes", {}, made("h2", {}, this.words.written, made("small", {}, clock(last.at)), undo), this.drawEdits(last.edits), this.drawReach(last.reach), before.length ? made("p.soft", {}, say(this.words.more_writes, { count: before.length })) : null);
  }

  /** Files of the same name are told apart by their folders. */
  drawEdits(edits) {
    const paths = new Set(edits.map(({ source }) => source.path));
    const names = new Set([...paths].map((path) => path.split("/").at(-1)));
    return made("ul.edits", {}, ...edits.map(({ source, name, before, after }) => made("li", {}, lineLink(source, names.size < paths.size), made("span", {}, `${name}: `, made("del", {}, before), " ", made("ins", {}, after)))));
  }

  drawReach(reach) {
    const told = this.reachTold(reach);
    return told ? made("p.reach", {}, told) : null;
  }

  /** What else is moved by what is written. */
  reachTold({ boxes, variants, layouts }) {
    const named = boxes.map((id) => labelOf(boxOf(this.studio.known.boxes, id) ?? { id, label: id.name }, this.words));
    return [
      named.length ? say(this.words.also_boxes, { names: shortened(named, this.words) }) : "",
      layouts.length ? say(this.words.also_layouts, { names: shortened(layouts, this.words) }) : "",
      variants.length ? say(this.words.also_variants, { count: variants.length }) : "",
    ].filter(Boolean).join(" ");
  }

  /** What is not printed in K alone, as the file has it. */
  drawInks(page = 1) {
    const inks = this.studio.known.shapes.filter((shape) => shape.overlay === "ink" && shape.page === page);
    const counted = Map.groupBy(inks, ({ name }) => name);
    const rows = [...counted].map(([name, each]) => made("li", {}, made("span", {}, name), made("span.mm", {}, String(each.length))));
    return rows.length ? made("section", {}, made("h2", {}, this.words.other_inks), made("ul.rows", {}, ...rows)) : null;
  }

  // ---- how values sit

  drawFits(box) {
    const { boxes } = this.studio.known;
    const isIn = (each) => each !== null && (isSame(each.id, box.id) || isIn(boxOf(boxes, each.parent)));
    const rows = boxes.filter((each) => each.fit && isIn(each)).map((each) => this.drawFit(each));
    return rows.length ? made("section", {}, made("h2", {}, this.words.fit, made("small", {}, this.words.floor_line)), made("ul.fits", {}, ...rows), box.fit ? this.drawWhy(box) : null) : null;
  }

  /** Why the value of a slot is not set at its full size, and where the rule for that is written. */
  drawWhy({ fit, w, fit_rule: rule }) {
    const { look, percent } = fitState(fit);
    const given = written(w);
    const told = {
      condensed: () => say(this.words.why_condensed, { needed: written(fit.full_width), given, percent, floor: Math.round(fit.floor * 100) }),
      shrunk: () => say(this.words.why_shrunk, { full: fit.full_size, size: Number(fit.size.toFixed(2)), lines: fit.lines, floor: fit.floor, most: fit.most_lines }),
      held: () => (fit.needed ? say(this.words.why_held, { needed: written(fit.needed), given }) : ""),
    }[look]?.();
    return made("p.why", {}, told ? `${told} ` : "", rule ? made("span", {}, `${this.words.fit_rule} `, lineLink(rule), made("code", {}, ` fit = "${fit.rule}"`)) : "");
  }

  drawFit(box) {
    const { look, share, floor, percent, size, lines } = fitState(box.fit);
    const bar = made(`span.bar.${look}`, {}, made("i", { style: { width: `${share * 100}%` } }), floor === null ? null : made("b", { style: { left: `${floor * 100}%` } }));
    const told = { condensed: say(this.words.percent, { percent }), shrunk: say(this.words.points, { size: size && Number(size.toFixed(2)), lines }), held: box.fit.needed ? say(this.words.needs, { needed: written(box.fit.needed) }) : this.words.looks.held, "full-size": this.words.looks["full-size"] }[look];
    return made("li", {}, made("button.slot", { type: "button", onclick: () => this.does.select(box.id) }, box.label), made("span.mm", {}, written(box.w)), bar, made(`span.told.${look}`, {}, told));
  }
}

const MOST_NAMED = 4;

function shortened(names, words) {
  const some = names.slice(0, MOST_NAMED).join(words.and);
  return names.length > MOST_NAMED ? say(words.and_more, { names: some, count: names.length - MOST_NAMED }) : some;
}

/** A length as people type it: with full-width digits, too. */
export function parsed(text) {
  const plain = text.normalize("NFKC").trim().replace(/\s*mm$/i, "");
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}

/** Hours, minutes, seconds. @param {number} ms */
export const clock = (ms) => new Date(ms).toLocaleTimeString("ja-JP", { hour12: false });
