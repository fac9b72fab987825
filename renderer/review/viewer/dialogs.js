// What is asked of the reviewer: who sits here and why, the reason of a rejection, whether to write; and the list of keys.

import { made } from "elements";
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

const line = (text) => made("li", {}, text);

/** List what would be written, and ask once. */
export function askWrite(dialog, { report, verdicts, words, files, left }) {
  const lines = [...verdicts].sort(([one], [other]) => one - other).map(([item, judged]) =>
    made("li", {}, [words[judged.verdict], nameOf(report.items[item], report, words, true), judged.by, judged.remark].filter(Boolean).join("　")),
  );
  dialog.querySelector("#write-count").textContent = say(words.will_write, { count: lines.length });
  for (const [id, found] of [["verdicts", lines], ["files", files.map(line)], ["left", left.map(line)]]) {
    const list = dialog.querySelector(`#write-${id}`);
    list.replaceChildren(...found);
    list.hidden = found.length === 0;
    if (id !== "verdicts") list.previousElementSibling.hidden = found.length === 0;
  }
  dialog.querySelector("[data-answer=yes]").disabled = files.length === 0;
  return asked(dialog);
}

/** Show the keys. */
export function showKeys(dialog, words) {
  const rows = Object.entries(words.keys).flatMap(([keys, does]) => [made("dt", {}, ...keys.split(" ").map((key) => made("kbd", {}, key))), made("dd", {}, does)]);
  dialog.querySelector("dl").replaceChildren(...rows);
  return asked(dialog);
}
