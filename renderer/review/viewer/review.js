// What a review knows of verdicts, groups, keys and its file. Pure functions: no DOM, no clock.

import { isComposing, letter } from "keys";

/**
 * @typedef {"approved" | "rejected" | "later"} Verdict
 * @typedef {"single" | "crop"} Seen  a page of its own, or the place of the change among those of its group
 * @typedef {{verdict: Verdict, by: string, reason: string, remark: string, seen: Seen | null}} Judged
 * @typedef {{by: string, reason: string, at: number}} Sitting  at: ms of the last thing that the reviewer did
 */

export const MODES = ["side", "blink", "slider", "onion", "heat"];
export const INKS = ["all", "neutral", "coloured"];
export const IDLE_MS = 30 * 60 * 1000;
const FORMAT = 1;

const SINGLE = {
  j: "next", k: "previous", n: "next-undecided", a: "approve", r: "reject", s: "later", b: "boxes", i: "inks",
  1: "side", 2: "blink", 3: "slider", 4: "onion", 5: "heat", 0: "fit", " ": "enlarge", "?": "keys", "+": "closer", "-": "farther",
};

/**
 * What a key asks for, or null. Single keys act only where the sheet or the list has the focus, and none of them while
 * a character is being composed.
 * @param {KeyboardEvent} event
 * @param {"sheet" | "list" | "text" | "dialog" | "other"} focus
 */
export function command(event, focus) {
  if (isComposing(event) || focus === "dialog") return null;
  const key = letter(event);
  if (event.key === "F6") return "next-pane";
  if ((event.ctrlKey || event.metaKey) && !event.altKey) {
    if (key === "s") return "write";
    return key === "z" && focus !== "text" ? "undo" : null;
  }
  if (event.altKey || !(focus === "sheet" || focus === "list")) return null;
  if (event.shiftKey && key === "a") return "approve-group";
  if (event.shiftKey && /^[a-z0-9]$/.test(key)) return null;
  return SINGLE[key] ?? null;
}

/** Items in the order of the list: group after group. @param {number[][]} groups */
export const inOrder = (groups) => groups.flat();

/** The item after this one without a verdict that decides, once around; null where all have one. */
export function nextUndecided(groups, verdicts, current) {
  const order = inOrder(groups);
  const at = order.indexOf(current);
  return [...order.slice(at + 1), ...order.slice(0, at + 1)].find((item) => !isDecided(verdicts.get(item))) ?? null;
}

export const isDecided = (judged) => judged?.verdict === "approved" || judged?.verdict === "rejected";

/** How many items are approved, rejected, put off, open. @returns {Record<Verdict | "open", number>} */
export function tally(items, verdicts) {
  const counts = { approved: 0, rejected: 0, later: 0, open: 0 };
  for (const item of items) counts[verdicts.get(item)?.verdict ?? "open"] += 1;
  return counts;
}

/** Nobody approves what was not on the screen. */
export const mayApprove = (item, seen) => seen.has(item);

/** The items of a group that may be approved together: seen, and without a verdict. */
export function approvable(group, verdicts, seen, isSingle) {
  return isSingle ? [] : group.filter((item) => mayApprove(item, seen) && !verdicts.has(item));
}

/** Give items one verdict. @returns {Map<number, Judged>} */
export function judged(verdicts, items, verdict, sitting, remarkOf, seen) {
  const after = new Map(verdicts);
  for (const item of items) {
    const { by, reason } = sitting;
    after.set(item, { verdict, by, reason, remark: remarkOf(item), seen: seen.get(item) ?? null });
  }
  return after;
}

/** The sitting, unless the reviewer was away for too long: then it is asked anew who sits there. */
export const sittingNow = (sitting, now) => (sitting && now - sitting.at < IDLE_MS ? sitting : null);

/** The file that holds the verdicts, each bound to the sums of what was judged. */
export function written(report, verdicts) {
  const lines = [...verdicts].sort(([one], [other]) => one - other);
  return { format: FORMAT, report: report.title, verdicts: lines.map(([item, judged]) => ({ ...bound(report, item), ...judged })) };
}

function bound(report, item) {
  const { pair, kind, golden_page, page, record } = report.items[item];
  const { name, golden, new: fresh } = report.pairs[pair];
  return { name, kind, golden_page, page, record, golden, new: fresh };
}

/** Items by what a verdict binds to. @returns {Map<string, number>} */
const places = (report) => new Map(report.items.map((_, item) => [JSON.stringify(bound(report, item)), item]));

/**
 * Take a file of verdicts back. Those whose sheets are others by now are void.
 * @returns {{verdicts: Map<number, Judged>, stale: string[]}}
 */
export function taken(report, file) {
  if (file?.format !== FORMAT || !Array.isArray(file.verdicts)) throw new TypeError("not a file of verdicts");
  const there = places(report);
  const verdicts = new Map();
  const stale = [];
  for (const { name, kind, golden_page, page, record, golden, new: fresh, ...judged } of file.verdicts) {
    const item = there.get(JSON.stringify({ name, kind, golden_page, page, record, golden, new: fresh }));
    if (item === undefined) stale.push(name);
    else verdicts.set(item, judged);
  }
  return { verdicts, stale };
}

/**
 * Take verdicts, and what was seen, from an older report into a newer one: as far as the sheets are the same.
 * @returns {{verdicts: Map<number, Judged>, seen: Map<number, Seen>, stale: string[], moved: Map<number, number>}}
 *   moved: where the items of the older one are in the newer
 */
export function carried(older, newer, verdicts, seen) {
  const there = places(newer);
  const moved = new Map([...places(older)].filter(([key]) => there.has(key)).map(([key, item]) => [item, there.get(key)]));
  const stillSeen = new Map([...seen].filter(([item]) => moved.has(item)).map(([item, how]) => [moved.get(item), how]));
  return { ...taken(newer, written(older, verdicts)), seen: stillSeen, moved };
}
