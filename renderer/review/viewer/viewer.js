// Wires the page: what the reviewer does to what is known, and that to what is shown.

import { drawChanges, Strip } from "changes";
import { askReason, askSitting, askWrite, prepare, showKeys } from "dialogs";
import { drawList, headline } from "list";
import { INKS, MODES, approvable, command, inOrder, judged, mayApprove, nextUndecided, sittingNow, taken, tally, written } from "review";
import { Stage } from "stage";
import { PX_PER_MM, nameOf, say } from "view";

const at = (id) => document.getElementById(id);
const given = (id) => JSON.parse(at(id).textContent);
const report = given("report");
const allWords = given("words");
const order = inOrder(report.groups);
const AHEAD = 2; // items whose pictures are fetched before they are asked for

const state = {
  language: "ja", current: order[0] ?? null, mode: "side", inks: "all", verdicts: new Map(), seen: new Map(),
  sitting: null, before: [], isWritten: true,
};
const words = () => allWords[state.language];
const item = () => report.items[state.current];
const group = () => report.groups.find((each) => each.includes(state.current)) ?? [];

const stage = new Stage(at("stage"), drawScale);
const strip = new Strip(at("strip"), (number) => {
  if (state.seen.has(number)) return;
  state.seen.set(number, "crop");
  drawTogether();
});
const dialogs = ["sitting", "reason", "write", "keys"];

// ---- what is shown

function drawAll() {
  document.documentElement.lang = state.language;
  document.title = `${words().review}　${report.title}`;
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = words()[element.dataset.say];
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", words()[element.dataset.label]);
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === state.language));
  at("same").textContent = say(words()[`same_${report.of}`], { count: report.looked_at.toLocaleString() });
  at("others").textContent = say(words()[`others_${report.of}`], { count: report.looked_at.toLocaleString(), same: report.same.toLocaleString() });
  const passed = report.pairs.flatMap(({ ignored }) => Object.entries(ignored));
  const notes = [...report.notes, ...passed.map(([rule, count]) => say(words().passed_over, { rule, count }))];
  at("notes").replaceChildren(...notes.map((note) => Object.assign(document.createElement("li"), { textContent: note })));
  document.body.classList.toggle("nothing", order.length === 0);
  if (order.length === 0) return;
  setMode(state.mode);
  drawInks();
  drawStrip();
  drawItem();
  drawVerdicts();
}

function drawItem() {
  at("caption-golden").textContent = caption("golden", item().golden_page);
  at("caption-new").textContent = caption("new", item().page);
  at("headline").textContent = headline(item(), words());
  at("item-name").textContent = nameOf(item(), report, words());
  at("remark").value = state.verdicts.get(state.current)?.remark ?? "";
  drawChanges(at("changes"), { item: item(), words: words(), language: state.language, chosen: stage.chosen, enlarge: (number) => enlarge(number, false) });
}

function caption(side, page) {
  const shown = page ?? (item().kind === "file" ? 1 : null);
  return [words()[side], shown === null ? words().none : say(words().page, { page: shown })].join("　");
}

function drawStrip() {
  strip.draw({ report, group: group(), words: words(), verdicts: state.verdicts, current: state.current, choose });
  at("centre").classList.toggle("alone", group().length === 1);
  at("strip-title").textContent = say(words().strip, { count: group().length });
}

function drawVerdicts() {
  const { verdicts, current } = state;
  drawList(at("items"), { report, words: words(), verdicts, current, choose });
  strip.marks({ verdicts, words: words(), current });
  const counts = tally(order, verdicts);
  for (const verdict of ["approved", "rejected", "later", "open"]) at(`count-${verdict}`).textContent = `${words()[verdict]} ${counts[verdict]}`;
  at("progress").max = order.length;
  at("progress").value = counts.approved + counts.rejected;
  at("progress-text").textContent = `${counts.approved + counts.rejected} / ${order.length}`;
  drawTogether();
  for (const button of document.querySelectorAll("[data-verdict]")) button.setAttribute("aria-pressed", String(verdicts.get(current)?.verdict === button.dataset.verdict));
  at("write").disabled = verdicts.size === 0;
  at("write-text").textContent = say(words().write_count, { count: verdicts.size });
  at("sitting-now").textContent = state.sitting ? say(words().sitting_now, state.sitting) : words().nobody;
  at("left").textContent = say(words().left, { count: counts.open + counts.later });
}

/** How many of the group may be approved together: those that were on the screen. */
function drawTogether() {
  const together = approvable(group(), state.verdicts, state.seen, report.is_single);
  at("approve-group").hidden = group().length < 2 || report.is_single;
  at("approve-group-text").textContent = say(words().approve_group, { count: together.length });
  at("approve-group").disabled = together.length === 0;
}

function drawScale() {
  at("scale").textContent = stage.view ? `${Math.round((stage.view.scale / PX_PER_MM) * 100)} %` : "";
}

function tell(text) {
  at("status").textContent = text;
}

function refuse(text) {
  at("alert").textContent = "";
  at("alert").textContent = text;
}

// ---- what the reviewer does

async function choose(number) {
  if (number === null || number === undefined) return;
  const isOtherGroup = !group().includes(number);
  state.current = number;
  if (isOtherGroup) drawStrip();
  at("alert").textContent = "";
  stage.choose(0);
  drawItem();
  drawVerdicts();
  at("items").querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  at("strip").querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  const isShown = await stage.show(item());
  if (state.current !== number) return;
  drawScale();
  if (!isShown) return;
  state.seen.set(number, "single");
  drawTogether();
  tell([nameOf(item(), report, words()), headline(item(), words())].join("　"));
  for (const ahead of order.slice(order.indexOf(number) + 1).slice(0, AHEAD)) prefetch(report.items[ahead]);
}

function prefetch(ahead) {
  for (const side of ["golden", "new"]) if (ahead[side]) new Image().src = ahead[side].file;
}

function step(by) {
  const place = order.indexOf(state.current) + by;
  if (place >= 0 && place < order.length) choose(order[place]);
}

function setMode(mode) {
  const isAgain = state.mode === mode && mode === "blink" && at("stage").dataset.mode === mode;
  state.mode = mode;
  stage.setMode(mode);
  at("centre").dataset.mode = mode;
  at("stage").classList.toggle("held", isAgain && !at("stage").classList.contains("held"));
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const isChosen = tab.dataset.mode === mode;
    tab.setAttribute("aria-selected", String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
  }
  at("share-label").textContent = words()[mode === "onion" ? "strength" : "border"];
  at("hold").textContent = words()[at("stage").classList.contains("held") ? "go_on" : "hold"];
}

/** All that is printed, what has no colour, or what has one: as it is seen. The inks themselves are told in words. */
function nextInks() {
  state.inks = INKS[(INKS.indexOf(state.inks) + 1) % INKS.length];
  drawInks();
}

function drawInks() {
  at("stage").dataset.inks = state.inks;
  at("inks-text").textContent = words()[`inks_${state.inks}`];
}

function enlarge(number, isToggle = true) {
  stage.enlarge(number, isToggle);
  drawItem();
}

async function sitting() {
  state.sitting = sittingNow(state.sitting, Date.now());
  if (!state.sitting) {
    const said = await askSitting(at("dialog-sitting"));
    state.sitting = said && { ...said, at: Date.now() };
  }
  return state.sitting;
}

async function judge(verdict, items = [state.current]) {
  if (verdict === "approved" && !items.every((one) => mayApprove(one, state.seen))) return refuse(words().not_seen);
  const who = await sitting();
  if (!who) return;
  let remark = at("remark").value.trim();
  if (verdict === "rejected") {
    const said = await askReason(at("dialog-reason"), remark);
    if (!said) return;
    remark = said.reason;
  }
  const remarkOf = (one) => (one === state.current ? remark : "");
  settle(judged(state.verdicts, items, verdict, who, remarkOf, state.seen));
  tell(say(words().told, { verdict: words()[verdict], count: items.length }));
  drawItem();
  if (items.length === 1) choose(nextUndecided(report.groups, state.verdicts, state.current));
}

function judgeGroup() {
  const together = approvable(group(), state.verdicts, state.seen, report.is_single);
  if (together.length) judge("approved", together);
  else refuse(words().not_seen);
}

function settle(verdicts) {
  state.before.push(state.verdicts);
  state.verdicts = verdicts;
  state.isWritten = false;
  drawVerdicts();
}

function undo() {
  if (!state.before.length) return;
  state.verdicts = state.before.pop();
  state.isWritten = false;
  drawVerdicts();
  drawItem();
  tell(words().undone);
}

async function write() {
  if (!state.verdicts.size || !(await askWrite(at("dialog-write"), { report, verdicts: state.verdicts, words: words() }))) return;
  const text = `${JSON.stringify(written(report, state.verdicts), null, 2)}\n`;
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  Object.assign(document.createElement("a"), { href: address, download: "review.json" }).click();
  URL.revokeObjectURL(address);
  state.isWritten = true;
  tell(words().has_written);
}

async function take(file) {
  try {
    const { verdicts, stale } = taken(report, JSON.parse(await file.text()));
    settle(new Map([...state.verdicts, ...verdicts]));
    tell(say(words().taken, { count: verdicts.size }));
    if (stale.length) refuse(say(words().stale, { names: [...new Set(stale)].join(words().comma) }));
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    refuse(words().not_a_review);
  }
}

function keepRemark() {
  const now = state.verdicts.get(state.current);
  if (!now || now.remark === at("remark").value.trim()) return;
  settle(new Map(state.verdicts).set(state.current, { ...now, remark: at("remark").value.trim() }));
}

function nextPane() {
  const panes = ["list", "centre", "changes", "judging"].map(at);
  const here = panes.findIndex((pane) => pane.contains(document.activeElement));
  const order = [...panes.slice(here + 1), ...panes.slice(0, here + 1)];
  const wanted = order.map((pane) => pane.querySelector("#items [aria-current], #stage, .change, #remark"));
  wanted.find(Boolean)?.focus();
}

// ---- keys and buttons

function focus() {
  const here = document.activeElement;
  if (document.querySelector("dialog[open]")) return "dialog";
  if (here?.matches("textarea, input:not([type=range])")) return "text";
  if (at("centre").contains(here)) return "sheet";
  return at("list").contains(here) ? "list" : "other";
}

const DOES = {
  next: () => step(1),
  previous: () => step(-1),
  "next-undecided": () => choose(nextUndecided(report.groups, state.verdicts, state.current)),
  approve: () => judge("approved"),
  reject: () => judge("rejected"),
  later: () => judge("later"),
  "approve-group": judgeGroup,
  inks: nextInks,
  boxes: () => at("stage").classList.toggle("bare"),
  fit: () => stage.fit(),
  enlarge: () => enlarge(),
  closer: () => stage.zoom(1.25),
  farther: () => stage.zoom(0.8),
  keys: () => showKeys(at("dialog-keys"), words()),
  write,
  undo,
  "next-pane": nextPane,
  ...Object.fromEntries(MODES.map((mode) => [mode, () => setMode(mode)])),
};

const PAN = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };

document.addEventListener("keydown", (event) => {
  if (state.sitting) state.sitting = sittingNow(state.sitting, Date.now()) && { ...state.sitting, at: Date.now() };
  if (order.length === 0) return;
  const asked = command(event, focus());
  const isPressed = event.key === " " && focus() !== "list" && document.activeElement.matches("button");
  if (asked && !isPressed) {
    event.preventDefault();
    DOES[asked]();
  } else if (document.activeElement === at("stage") && PAN[event.key] && stage.view) {
    event.preventDefault();
    stage.pan(...PAN[event.key]);
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.do) DOES[button.dataset.do]();
  if (button?.dataset.language) {
    state.language = button.dataset.language;
    drawAll();
  }
});

for (const tab of document.querySelectorAll("[role=tab]")) {
  tab.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const mode = MODES.at((MODES.indexOf(state.mode) + by) % MODES.length);
    setMode(mode);
    document.querySelector(`[role=tab][data-mode=${mode}]`).focus();
  });
}

for (const name of dialogs) prepare(at(`dialog-${name}`));
at("share").addEventListener("input", () => stage.setShare(at("share").valueAsNumber));
at("remark").addEventListener("change", keepRemark);
at("take").addEventListener("change", () => at("take").files.length && take(at("take").files[0]));
window.addEventListener("beforeunload", (event) => state.isWritten || event.preventDefault());

stage.setShare(at("share").valueAsNumber);
drawAll();
if (order.length) {
  at("stage").focus();
  choose(order[0]);
}
