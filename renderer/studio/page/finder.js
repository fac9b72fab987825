// What is looked for: a box of the sheet by its name or by how its value sits, a person by name or 整理番号.

import { isComposing } from "keys";
import { made } from "elements";
import { say } from "view";
import { labelOf } from "./inspector.js";
import { fitState } from "./news.js";

const MOST = 7; // that are listed

const plain = (text) => text.normalize("NFKC").toLowerCase();

/**
 * What is called so, wholly or in part: people of the list, then the slots and regions of the sheet. A slot is also found
 * by how its value sits. Pure. @returns {{key: string, text: string, more: string, box: object | null, member: string | null}[]}
 */
export function found(typed, { members, boxes }, words, told) {
  const asked = plain(typed.trim());
  if (!asked) return [];
  const people = members.map(({ key, label }) => ({ key: `member ${key}`, text: told(label), more: "", names: [told(label)], box: null, member: key }));
  const places = boxes.filter(({ id }) => id.kind !== "fixed").map((box) => {
    const { id } = box;
    const look = box.fit ? fitState(box.fit) : null;
    const sits = !look ? "" : look.look === "condensed" ? say(words.percent, { percent: look.percent }) : words.looks[look.look];
    const text = labelOf(box, words);
    return { key: `box ${id.page} ${id.kind} ${id.name} ${id.ordinal}`, text, more: sits || words[id.kind], names: [text, id.name, sits], box, member: null };
  });
  return [...people, ...places].filter(({ names }) => names.some((name) => plain(name).includes(asked)));
}

export class Finder {
  /** @param {object} studio @param {{select: (box: object) => void, show: (member: string) => void, leave: () => void}} does */
  constructor(studio, does) {
    Object.assign(this, { studio, does });
    this.field = made("input", { type: "text", autocomplete: "off", spellcheck: false, oninput: () => this.suggest(), onkeydown: (event) => this.onKey(event) });
    this.record = made("button", { type: "button", onclick: () => this.showRecord() });
    this.list = made("ul.found", { onkeydown: (event) => this.onKey(event) });
  }

  /** They stay while all around them is drawn anew: somebody may be composing a character in the field. */
  get elements() {
    return [this.field, this.record, this.list];
  }

  draw(words) {
    this.field.placeholder = words.find_what;
    this.field.setAttribute("aria-label", words.find);
    this.record.textContent = words.look;
  }

  /** What was looked for last is written over. */
  begin() {
    this.field.focus();
    this.field.select();
  }

  suggest() {
    const words = this.studio.words();
    const all = found(this.field.value, this.studio.known, words, (label) => this.studio.told(label));
    const rows = all.slice(0, MOST).map((one) => made("li", {}, made("button", { type: "button", onclick: () => this.choose(one) }, made("span", {}, one.text), made("span.soft", {}, one.more))));
    if (all.length > MOST) rows.push(made("li.soft", {}, say(words.more_found, { count: all.length - MOST })));
    this.list.replaceChildren(...rows);
    if (this.field.value.trim()) this.studio.tell(say(words.found, { count: all.length }));
  }

  choose({ box, member }) {
    this.clear();
    if (member) this.does.show(member);
    else this.does.select(box);
  }

  showRecord() {
    const record = this.field.value.trim();
    if (record) this.does.show(`record:${record}`);
  }

  clear() {
    this.field.value = "";
    this.list.replaceChildren();
  }

  /** Arrows lead from the field through what is found and back; Esc leaves it. */
  onKey(event) {
    if (isComposing(event)) return;
    const stops = [this.field, ...this.list.querySelectorAll("button")];
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) stops[stops.indexOf(document.activeElement) + by]?.focus();
    else if (event.key === "Escape") {
      this.clear();
      this.does.leave();
    } else return;
    event.preventDefault();
  }
}
