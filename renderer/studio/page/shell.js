// What is known, into the bar on top: what is worked at, tabs, files that Git has not got, how it stands.

import { made } from "elements";
import { say } from "view";
import { counts, standing } from "./news.js";

const SIGNS = { fresh: "✓", building: "…", refused: "!", held: "!", cut: "×", waiting: "…" };

/** Draw the bar on top, and every word that stands in the page as it is. */
export function drawShell(studio) {
  const { known, language, tab } = studio;
  const words = studio.words();
  const at = (id) => document.getElementById(id);
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = words[element.dataset.say];
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", words[element.dataset.label]);
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === language));
  for (const each of document.querySelectorAll("#tabs [role=tab]")) {
    each.setAttribute("aria-selected", String(each.dataset.tab === tab));
    each.tabIndex = each.dataset.tab === tab ? 0 : -1;
  }
  at("title").textContent = known.layout?.title ?? "";
  at("layout-name").textContent = known.layout?.name ?? "";
  document.title = [known.layout?.title, words.studio].filter(Boolean).join("　");
  at("uncommitted").replaceChildren(...drawUncommitted(known.uncommitted, words));
  const pill = drawPill(studio, words);
  if (pill.className !== at("pill").className || pill.textContent !== at("pill").textContent) at("pill").replaceWith(pill);
}

function drawUncommitted(files, words) {
  if (!files.length) return [];
  return [`${words.uncommitted} `, made("b", { title: files.join("\n") }, files.map((file) => file.split("/").at(-1)).join(words.and))];
}

function drawPill({ known, isConnected }, words) {
  const now = standing(known, isConnected);
  const { refused, held } = counts(known.problems);
  const told = say(words[`pill_${now}`], { seconds: (known.seconds ?? 0).toFixed(2), count: now === "held" ? held : refused });
  return made(`p.${now}`, { id: "pill" }, made("span.sign", { "aria-hidden": "true" }, SIGNS[now]), made("span.told", {}, told));
}
