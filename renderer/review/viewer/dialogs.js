// What is asked of the reviewer: who sits here and why, the reason of a rejection, whether to write; and the list of keys.

import { made } from "list";
import { nameOf, say } from "view";

/** Open a dialog and wait for what is said in it: its fields by name, or null where it was left. */
function asked(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const fields = [...dialog.querySelectorAll("input, textarea")];
      resolve(dialog.returnValue === "yes" ? Object.fromEntries(fields.map(({ name, value }) => [name, value.trim()])) : null);
    }, { once: true });
  });
}

/** Let a button answer, once every field that has to be filled is; Enter in a field never does. */
export function prepare(dialog) {
  const fields = [...dialog.querySelectorAll("[required]")];
  dialog.querySelector("[data-answer=yes]").addEventListener("click", () => {
    const blank = fields.find(({ value }) => !value.trim());
    for (const field of fields) field.setAttribute("aria-invalid", String(field === blank));
    if (blank) blank.focus();
    else dialog.close("yes");
  });
  dialog.querySelector("[data-answer=no]")?.addEventListener("click", () => dialog.close("no"));
}

/** Ask who judges, and why; nothing is filled in. */
export function askSitting(dialog) {
  for (const field of dialog.querySelectorAll("input")) field.value = "";
  return asked(dialog);
}

export function askReason(dialog, remark) {
  dialog.querySelector("textarea").value = remark;
  return asked(dialog);
}

/** List what would be written, and ask once. */
export function askWrite(dialog, { report, verdicts, words }) {
  const lines = [...verdicts].sort(([one], [other]) => one - other).map(([item, judged]) =>
    made("li", {}, [words[judged.verdict], nameOf(report.items[item], report, words, true), judged.by, judged.remark].filter(Boolean).join("　")),
  );
  dialog.querySelector("p").textContent = say(words.will_write, { count: lines.length });
  dialog.querySelector("ul").replaceChildren(...lines);
  return asked(dialog);
}

/** Show the keys. */
export function showKeys(dialog, words) {
  const rows = Object.entries(words.keys).flatMap(([keys, does]) => [made("dt", {}, ...keys.split(" ").map((key) => made("kbd", {}, key))), made("dd", {}, does)]);
  dialog.querySelector("dl").replaceChildren(...rows);
  return asked(dialog);
}
