// Wires a review: what the reviewer does to what is known, and that to what is shown. It stands in a page of its own, or
// in a tab of another; what differs between them is its host.

import { drawChanges, Strip } from "changes";
import { askReason, askSitting, askWrite, prepare, showKeys } from "dialogs";
import { drawList, headline } from "list";
import { INKS, MODES, approvable, carried, command, inOrder, judged, mayApprove, nextUndecided, sittingNow, tally, written } from "review";
import { Stage } from "stage";
import { PX_PER_MM, nameOf, say } from "view";

const AHEAD = 2; // items whose pictures are fetched before they are asked for
const DIALOGS = ["sitting", "reason", "write", "keys"];
const NOTHING = { title: "", looked_at: 0, same: 0, of: "cases", notes: [], is_single: false, pairs: [], items: [], groups: [] };
const PAN = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };

/**
 * @typedef {object} Host
 * @property {() => string} language  "ja" or "en"
 * @property {(language: string) => object} words
 * @property {(text: string) => void} tell  for who does not see the page
 * @property {(text: string) => void} refuse  at once, and where everybody sees it
 * @property {(review: object) => Promise<{files: string[], left: string[]} | null>} plan  what these verdicts would write;
 *   null where nothing can be written now
 * @property {(review: object) => Promise<boolean>} write  whether they are written
 * @property {(count: number) => void} left  how many items have no verdict that decides
 */

export class Reviewer {
  /** @param {Document | ShadowRoot} root  with the elements of review.html @param {Host} host */
  constructor(root, host) {
    Object.assign(this, { root, host, report: NOTHING, current: null, mode: "side", inks: "all", verdicts: new Map(), seen: new Map() });
    Object.assign(this, { sitting: null, before: [], isWritten: true });
    this.stage = new Stage(this.at("stage"), () => this.drawScale());
    this.strip = new Strip(this.at("strip"), (item) => this.saw(item, "crop"));
    this.does = {
      next: () => this.step(1),
      previous: () => this.step(-1),
      "next-undecided": () => this.choose(nextUndecided(this.report.groups, this.verdicts, this.current)),
      approve: () => this.judge("approved"),
      reject: () => this.judge("rejected"),
      later: () => this.judge("later"),
      "approve-group": () => this.judgeGroup(),
      inks: () => this.nextInks(),
      boxes: () => this.at("stage").classList.toggle("bare"),
      fit: () => this.stage.fit(),
      enlarge: () => this.enlarge(),
      closer: () => this.stage.zoom(1.25),
      farther: () => this.stage.zoom(0.8),
      keys: () => showKeys(this.at("dialog-keys"), this.words),
      write: () => this.write(),
      undo: () => this.undo(),
      "next-pane": () => this.nextPane(),
      ...Object.fromEntries(MODES.map((mode) => [mode, () => this.setMode(mode)])),
    };
    this.listen();
    this.stage.setShare(this.at("share").valueAsNumber);
  }

  at(id) {
    return this.root.getElementById(id);
  }

  get words() {
    return this.host.words(this.host.language());
  }

  get item() {
    return this.report.items[this.current];
  }

  get group() {
    return this.report.groups.find((each) => each.includes(this.current)) ?? [];
  }

  // ---- what is shown

  /** Show a report. Of an older one, verdicts stay on sheets that are the same, and the place in it; the others are void. */
  show(report) {
    const { verdicts, seen, stale, moved } = carried(this.report, report, this.verdicts, this.seen);
    const order = inOrder(report.groups);
    const current = moved.get(this.current) ?? order[0] ?? null;
    Object.assign(this, { report, verdicts, seen, before: [], current, isWritten: this.isWritten || verdicts.size === 0 });
    this.draw();
    this.choose(current);
    if (stale.length) this.host.refuse(say(this.words.stale, { names: [...new Set(stale)].join(this.words.comma) }));
  }

  /** Drop the verdicts on these sheets: they are written, and hold whatever is drawn. @param {Set<string>} names */
  drop(names) {
    const { items, pairs } = this.report;
    this.verdicts = new Map([...this.verdicts].filter(([item]) => !names.has(pairs[items[item].pair].name)));
    Object.assign(this, { before: [], isWritten: this.verdicts.size === 0 });
    this.drawVerdicts();
  }

  /** Draw all of it anew: another report, another language. */
  draw() {
    const { words, report } = this;
    for (const element of this.root.querySelectorAll("[data-say]")) element.textContent = words[element.dataset.say];
    for (const element of this.root.querySelectorAll("[data-label]")) element.setAttribute("aria-label", words[element.dataset.label]);
    this.at("same").textContent = say(words[`same_${report.of}`], { count: report.looked_at.toLocaleString() });
    this.at("others").textContent = say(words[`others_${report.of}`], { count: report.looked_at.toLocaleString(), same: report.same.toLocaleString() });
    const passed = report.pairs.flatMap(({ ignored }) => Object.entries(ignored));
    const notes = [...report.notes, ...passed.map(([rule, count]) => say(words.passed_over, { rule, count }))];
    this.at("notes").replaceChildren(...notes.map((note) => Object.assign(document.createElement("li"), { textContent: note })));
    this.at("review").classList.toggle("nothing", this.current === null);
    if (this.current === null) return;
    this.drawMode();
    this.drawInks();
    this.drawStrip();
    this.drawItem();
    this.drawVerdicts();
  }

  drawItem() {
    const { item, words } = this;
    const { approved_by } = this.report.pairs[item.pair];
    this.at("caption-golden").textContent = [this.caption("golden", item.golden_page), ...approved_by].join("　");
    this.at("caption-new").textContent = this.caption("new", item.page);
    this.at("headline").textContent = headline(item, words);
    this.at("item-name").textContent = nameOf(item, this.report, words);
    this.at("outside").textContent = item.changes.length && item.outside !== null ? say(words.outside, { count: item.outside.toLocaleString() }) : "";
    this.at("remark").value = this.verdicts.get(this.current)?.remark ?? "";
    drawChanges(this.at("changes"), { item, words, language: this.host.language(), chosen: this.stage.chosen, enlarge: (number) => this.enlarge(number, false) });
  }

  caption(side, page) {
    const shown = page ?? (this.item.kind === "file" ? 1 : null);
    return [this.words[side], shown === null ? this.words.none : say(this.words.page, { page: shown })].join("　");
  }

  drawStrip() {
    const { report, group, words, verdicts, current } = this;
    this.strip.draw({ report, group, words, verdicts, current, choose: (item) => this.choose(item) });
    this.at("centre").classList.toggle("alone", group.length === 1);
    this.at("strip-title").textContent = say(words.strip, { count: group.length });
  }

  drawVerdicts() {
    const { report, words, verdicts, current } = this;
    const order = inOrder(report.groups);
    drawList(this.at("items"), { report, words, verdicts, current, focused: this.root.activeElement, choose: (item) => this.choose(item) });
    this.strip.marks({ verdicts, words, current });
    const counts = tally(order, verdicts);
    for (const verdict of ["approved", "rejected", "later", "open"]) this.at(`count-${verdict}`).textContent = `${words[verdict]} ${counts[verdict]}`;
    this.at("progress").max = order.length;
    this.at("progress").value = counts.approved + counts.rejected;
    this.at("progress-text").textContent = `${counts.approved + counts.rejected} / ${order.length}`;
    this.drawTogether();
    for (const button of this.root.querySelectorAll("[data-verdict]")) button.setAttribute("aria-pressed", String(verdicts.get(current)?.verdict === button.dataset.verdict));
    this.at("write").disabled = verdicts.size === 0;
    this.at("write-text").textContent = say(words.write_count, { count: verdicts.size });
    this.at("sitting-now").textContent = this.sitting ? say(words.sitting_now, this.sitting) : words.nobody;
    this.host.left(counts.open + counts.later);
  }

  /** How many of the group may be approved together: those that were on the screen. */
  drawTogether() {
    const together = approvable(this.group, this.verdicts, this.seen, this.report.is_single);
    this.at("approve-group").hidden = this.group.length < 2 || this.report.is_single;
    this.at("approve-group-text").textContent = say(this.words.approve_group, { count: together.length });
    this.at("approve-group").disabled = together.length === 0;
  }

  drawScale() {
    this.at("scale").textContent = this.stage.view ? `${Math.round((this.stage.view.scale / PX_PER_MM) * 100)} %` : "";
  }

  drawMode() {
    const isHeld = this.at("stage").classList.contains("held");
    this.stage.setMode(this.mode);
    this.at("centre").dataset.mode = this.mode;
    for (const tab of this.root.querySelectorAll("[role=tab]")) {
      const isChosen = tab.dataset.mode === this.mode;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
    }
    this.at("share-label").textContent = this.words[this.mode === "onion" ? "strength" : "border"];
    this.at("hold").textContent = this.words[isHeld ? "go_on" : "hold"];
  }

  drawInks() {
    this.at("stage").dataset.inks = this.inks;
    this.at("inks-text").textContent = this.words[`inks_${this.inks}`];
  }

  // ---- what the reviewer does

  async choose(number) {
    if (number === null || number === undefined) return;
    const isOtherGroup = !this.group.includes(number);
    this.current = number;
    if (isOtherGroup) this.drawStrip();
    this.host.refuse("");
    this.stage.choose(0);
    this.drawItem();
    this.drawVerdicts();
    this.at("items").querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
    this.at("strip").querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
    const { item } = this;
    const isShown = await this.stage.show(item);
    if (this.item !== item) return;
    this.drawScale();
    if (!isShown) return;
    this.saw(number, "single");
    this.host.tell([nameOf(item, this.report, this.words), headline(item, this.words)].join("　"));
    const order = inOrder(this.report.groups);
    for (const ahead of order.slice(order.indexOf(number) + 1).slice(0, AHEAD)) this.prefetch(this.report.items[ahead]);
  }

  /** What was on the screen by itself stays so. */
  saw(number, how) {
    if (how === "single" || !this.seen.has(number)) this.seen.set(number, how);
    this.drawTogether();
  }

  prefetch(ahead) {
    for (const side of ["golden", "new"]) if (ahead[side]) new Image().src = ahead[side].file;
  }

  step(by) {
    const order = inOrder(this.report.groups);
    const place = order.indexOf(this.current) + by;
    if (place >= 0 && place < order.length) this.choose(order[place]);
  }

  /** Compare in another way; blinking, asked for again, stands still. */
  setMode(mode) {
    const { classList } = this.at("stage");
    classList.toggle("held", mode === "blink" && this.mode === "blink" && !classList.contains("held"));
    this.mode = mode;
    this.drawMode();
  }

  /** All that is printed, what has no colour, or what has one: as it is seen. The inks themselves are told in words. */
  nextInks() {
    this.inks = INKS[(INKS.indexOf(this.inks) + 1) % INKS.length];
    this.drawInks();
  }

  enlarge(number, isToggle = true) {
    this.stage.enlarge(number, isToggle);
    this.drawItem();
  }

  async sits() {
    this.sitting = sittingNow(this.sitting, Date.now());
    if (!this.sitting) {
      const said = await askSitting(this.at("dialog-sitting"));
      this.sitting = said && { ...said, at: Date.now() };
    }
    return this.sitting;
  }

  async judge(verdict, items = [this.current]) {
    const { report } = this;
    if (verdict === "approved" && !items.every((one) => mayApprove(one, this.seen))) return this.host.refuse(this.words.not_seen);
    const who = await this.sits();
    if (!who) return;
    let remark = this.at("remark").value.trim();
    if (verdict === "rejected") {
      const said = await askReason(this.at("dialog-reason"), remark);
      if (!said) return;
      remark = said.reason;
    }
    if (this.report !== report) return this.host.refuse(this.words.drawn_anew);
    const remarkOf = (one) => (one === this.current ? remark : "");
    this.settle(judged(this.verdicts, items, verdict, who, remarkOf, this.seen));
    this.host.tell(say(this.words.told, { verdict: this.words[verdict], count: items.length }));
    this.drawItem();
    if (items.length === 1) this.choose(nextUndecided(this.report.groups, this.verdicts, this.current));
  }

  judgeGroup() {
    const together = approvable(this.group, this.verdicts, this.seen, this.report.is_single);
    if (together.length) this.judge("approved", together);
    else this.host.refuse(this.words.not_seen);
  }

  settle(verdicts) {
    this.before.push(this.verdicts);
    this.verdicts = verdicts;
    this.isWritten = verdicts.size === 0;
    this.drawVerdicts();
  }

  undo() {
    if (!this.before.length) return;
    this.verdicts = this.before.pop();
    this.isWritten = this.verdicts.size === 0;
    this.drawVerdicts();
    this.drawItem();
    this.host.tell(this.words.undone);
  }

  async write() {
    const { report, verdicts } = this;
    if (!verdicts.size) return;
    const review = written(report, verdicts);
    const planned = await this.host.plan(review);
    if (!planned || !(await askWrite(this.at("dialog-write"), { report, verdicts, words: this.words, ...planned }))) return;
    if (!(await this.host.write(review))) return;
    this.host.tell(say(this.words.has_written, { files: planned.files.join(this.words.comma) }));
  }

  keepRemark() {
    const now = this.verdicts.get(this.current);
    if (!now || now.remark === this.at("remark").value.trim()) return;
    this.settle(new Map(this.verdicts).set(this.current, { ...now, remark: this.at("remark").value.trim() }));
  }

  nextPane() {
    const panes = ["list", "centre", "changes", "judging"].map((id) => this.at(id));
    const here = panes.findIndex((pane) => pane.contains(this.root.activeElement));
    const order = [...panes.slice(here + 1), ...panes.slice(0, here + 1)];
    const wanted = order.map((pane) => pane.querySelector("#items [aria-current], #stage, .change, #remark"));
    wanted.find(Boolean)?.focus();
  }

  // ---- keys and buttons

  focus() {
    const here = this.root.activeElement;
    if (this.root.querySelector("dialog[open]")) return "dialog";
    if (here?.matches("textarea, input:not([type=range])")) return "text";
    if (this.at("centre").contains(here)) return "sheet";
    return this.at("list").contains(here) ? "list" : "other";
  }

  listen() {
    this.root.addEventListener("keydown", (event) => this.onKey(event));
    this.root.addEventListener("click", (event) => this.does[event.target.closest("button")?.dataset.do]?.());
    for (const tab of this.root.querySelectorAll("[role=tab]")) tab.addEventListener("keydown", (event) => this.onTabKey(event));
    for (const name of DIALOGS) prepare(this.at(`dialog-${name}`));
    this.at("share").addEventListener("input", () => this.stage.setShare(this.at("share").valueAsNumber));
    this.at("remark").addEventListener("change", () => this.keepRemark());
    window.addEventListener("beforeunload", (event) => this.isWritten || event.preventDefault());
  }

  onKey(event) {
    if (this.sitting) this.sitting = sittingNow(this.sitting, Date.now()) && { ...this.sitting, at: Date.now() };
    if (this.current === null) return;
    const here = this.root.activeElement;
    const asked = command(event, this.focus());
    const isPressed = event.key === " " && this.focus() !== "list" && here?.matches("button");
    if (asked && !isPressed) {
      event.preventDefault();
      event.stopPropagation();
      this.does[asked]();
    } else if (here === this.at("stage") && PAN[event.key] && this.stage.view) {
      event.preventDefault();
      this.stage.pan(...PAN[event.key]);
    }
  }

  onTabKey({ key }) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!by) return;
    this.setMode(MODES.at((MODES.indexOf(this.mode) + by) % MODES.length));
    this.root.querySelector(`[role=tab][data-mode=${this.mode}]`).focus();
  }
}
