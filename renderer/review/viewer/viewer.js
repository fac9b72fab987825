// The report as a page of its own: its data stand in it, its verdicts go into a file that the browser saves.

import { say } from "view";
import { taken } from "review";
import { Reviewer } from "reviewer";

const at = (id) => document.getElementById(id);
const given = (id) => JSON.parse(at(id).textContent);
const report = given("report");
const allWords = given("words");
let language = "ja";

const reviewer = new Reviewer(document, {
  language: () => language,
  words: (wanted) => allWords[wanted],
  tell: (text) => (at("status").textContent = text),
  refuse,
  left: (count) => (at("left").textContent = say(allWords[language].left, { count })),
  plan: async () => ({ files: ["review.json"], left: [] }),
  write: async (review) => save(`${JSON.stringify(review, null, 2)}\n`),
});

function refuse(text) {
  at("alert").textContent = "";
  at("alert").textContent = text;
}

function save(text) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  Object.assign(document.createElement("a"), { href: address, download: "review.json" }).click();
  URL.revokeObjectURL(address);
  reviewer.isWritten = true;
  return true;
}

async function take(file) {
  const words = allWords[language];
  try {
    const { verdicts, stale } = taken(report, JSON.parse(await file.text()));
    reviewer.settle(new Map([...reviewer.verdicts, ...verdicts]));
    at("status").textContent = say(words.taken, { count: verdicts.size });
    if (stale.length) refuse(say(words.stale, { names: [...new Set(stale)].join(words.comma) }));
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    refuse(words.not_a_review);
  }
}

function speak(wanted) {
  language = wanted;
  document.documentElement.lang = language;
  document.title = `${allWords[language].review}　${report.title}`;
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === language));
}

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    speak(button.dataset.language);
    reviewer.draw();
  });
}
at("take").addEventListener("change", () => at("take").files.length && take(at("take").files[0]));

speak(language);
reviewer.show(report);
at("stage").focus();
