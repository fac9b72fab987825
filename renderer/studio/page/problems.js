// The right side when something is wrong: all of it, each with its line and what to write there.

import { made } from "elements";
import { say } from "view";
import { lineLink } from "./inspector.js";
import { counts } from "./news.js";
import { redraw } from "./redraw.js";

const SIGNS = { held: "sign_held", advice: "sign_advice" };

export class Problems {
  /** @param {{choose: (number: number) => void}} does */
  constructor(root, studio, does) {
    Object.assign(this, { root, studio, does });
  }

  /** @param {number} current  of the problem that is looked at */
  draw(current) {
    const words = this.studio.words();
    const { problems, linted, failing } = this.studio.known;
    const found = counts(problems);
    const isLooking = !linted && failing === null;
    const told = ["refused", "held", "advice"].filter((severity) => found[severity]).map((severity) => `${words[`severity_${severity}`]} ${found[severity]}`).join(words.and);
    const items = problems.map((problem, number) => this.drawProblem(problem, number, number === current));
    redraw(this.root, made("h2", {}, words.problems, made("small", {}, told)), made("ol.problems", {}, ...items), isLooking ? made("p.soft", {}, words.still_looking) : problems.length ? null : made("p.soft", {}, words.no_problems));
  }

  drawProblem(problem, number, isCurrent) {
    const words = this.studio.words();
    const { severity, sentence, source, selector, code, write, record } = problem;
    const sign = made(`span.sign.${severity}`, { role: "img", "aria-label": words[`severity_${severity}`] }, SIGNS[severity] ? words[SIGNS[severity]] : String(number + 1));
    const button = made("button.sentence", { type: "button", onclick: () => this.does.choose(number) }, this.studio.told(sentence));
    button.dataset.key = `problem ${number}`;
    const item = made(
      `li.${severity}`,
      {},
      sign,
      button,
      source ? made("p", {}, lineLink(source, true), made("code", {}, selector || code)) : null,
      write ? this.drawWrite(write, number) : null,
      record ? this.drawPerson(record) : null,
    );
    if (isCurrent) item.setAttribute("aria-current", "true");
    return item;
  }

  drawWrite(write, number) {
    const words = this.studio.words();
    const copy = made("button", { type: "button", onclick: () => this.copy(number) }, words.copy, " ", made("kbd", {}, "Y"));
    copy.dataset.key = `copy ${number}`;
    return made("div.write", {}, made("span", {}, words.to_write), made("code", {}, write), copy);
  }

  drawPerson(record) {
    const words = this.studio.words();
    return made("p", {}, `${words.record} ${record} `, made("button.link", { type: "button", onclick: () => this.studio.send({ kind: "show", member: `realistic:${record}` }) }, words.see_person));
  }

  /** Copy what is to be written. */
  async copy(number) {
    const { write } = this.studio.known.problems[number] ?? {};
    if (!write) return;
    await navigator.clipboard.writeText(write);
    this.studio.tell(say(this.studio.words().copied, { text: write }));
  }
}
