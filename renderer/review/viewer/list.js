// The list of what is to be judged: groups of the same change, the items of the open one below it.

import { made } from "elements";
import { tally } from "review";
import { becoming, hasNames, nameOf, placeOf, say, titleOf } from "view";

const MARKS = { approved: "✓", rejected: "✕", later: "…", open: "" };

export function mark(judged, words) {
  const verdict = judged?.verdict ?? "open";
  return made(`span.mark.${verdict}`, { role: "img", "aria-label": words[verdict] }, MARKS[verdict]);
}

/** Why there is something to judge: the first change, or what kind of item it is. */
export function headline(item, words) {
  const [first, ...others] = item.changes.filter((change) => !change.ignored_by);
  if (!first) return words[`kind_${item.kind.replaceAll("-", "_")}`];
  const isMove = Object.keys(first.kinds).every((kind) => kind.endsWith("-moved")); // what moved may be another text on each
  const told = [titleOf(first, words), isMove ? "" : becoming(first, words)].filter(Boolean).join("　");
  return others.length ? say(words.and_others, { told, count: others.length }) : told;
}

/** The name of an item's file, without the folder that all of them have. */
function shortName({ pairs, items }, item) {
  const { name } = pairs[items[item].pair];
  const folder = name.slice(0, name.lastIndexOf("/") + 1);
  return pairs.every((pair) => pair.name.startsWith(folder)) ? name.slice(folder.length) : name;
}

/** Draw the list anew. */
export function drawList(root, { report, words, verdicts, current, focused, choose }) {
  const rows = report.groups.map((group) => {
    const isOpen = group.includes(current);
    return isOpen ? drawOpen(group, current) : drawGroup(group);
  });
  const hadFocus = root.contains(focused);
  root.replaceChildren(...rows.flat());
  if (hadFocus) root.querySelector("[aria-current]")?.focus({ preventScroll: true });

  function drawGroup(group, isOpen = false) {
    const item = report.items[group[0]];
    const counts = tally(group, verdicts);
    const decided = group.length - counts.open - counts.later;
    const isAlone = group.length === 1;
    const row = made(
      "button.group",
      { type: "button", tabIndex: isOpen ? -1 : 0, onclick: () => choose(group.find((one) => !verdicts.has(one)) ?? group[0]) },
      made("span.title", {}, headline(item, words)),
      isAlone ? mark(verdicts.get(group[0]), words) : made("span.count", {}, `${decided} / ${group.length}`),
      made("span.detail", {}, isAlone ? detail(group[0]) : say(words.same_change, { count: group.length })),
    );
    if (isAlone && isOpen) row.setAttribute("aria-current", "true");
    if (!isAlone) row.setAttribute("aria-expanded", String(isOpen));
    if (isAlone && isOpen) row.tabIndex = 0;
    return [made(isOpen ? "li.open" : "li", {}, row)];
  }

  function drawOpen(group) {
    const [head] = drawGroup(group, true);
    if (group.length > 1) head.append(made("ul", {}, ...group.map(drawItem)));
    return [head];
  }

  function drawItem(item) {
    const row = made(
      "button.item",
      { type: "button", tabIndex: item === current ? 0 : -1, onclick: () => choose(item) },
      mark(verdicts.get(item), words),
      made("span.name", {}, [hasNames(report) && shortName(report, item), report.items[item].record, remark(item)].filter(Boolean).join("　")),
      made("span.place", {}, placeOf(report.items[item], words)),
    );
    if (item === current) row.setAttribute("aria-current", "true");
    return made("li", {}, row);
  }

  function detail(item) {
    return [nameOf(report.items[item], report, words), remark(item)].filter(Boolean).join("　");
  }

  function remark(item) {
    const judged = verdicts.get(item);
    return judged?.remark ? say(words.quoted, { text: judged.remark }) : "";
  }
}
