// The left side: whose data, which 版, how the job is, who would be held, what is drawn over the sheet.

import { made } from "elements";
import { say } from "view";
import { swatch } from "./drawing.js";
import { Finder } from "./finder.js";
import { redraw } from "./redraw.js";

const THUMB_DPI = 16;
const ENVELOPE = "envelope"; // of what is switched: chosen beside the window that it moves

/** What can be drawn over the sheet: its key, its looks with a line each, whether it is there from the beginning. */
export const OVERLAYS = {
  regions: { key: "R", looks: ["region"], isOn: true },
  slots: { key: "S", looks: ["full-size", "condensed", "shrunk", "held"], isOn: true },
  window: { key: "W", looks: ["window"], isOn: true },
  folds: { key: "F", looks: ["fold"], isOn: true },
  margin: { key: "M", looks: ["margin"], isOn: true },
  cut: { key: "C", looks: ["cut"], isOn: true },
  grid: { key: "B", looks: ["baseline"], isOn: false },
  ink: { key: "K", looks: ["other-ink"], isOn: false },
};

const MOST_WIDE = { whole: 30, beside: 18 }; // of all choices side by side, in letters of half width

/** Whether choices do not stand side by side. @param {string[]} texts */
const isLong = (texts, most) => texts.join("").replace(/[^\x20-\x7e]/g, "..").length > most;

const keyOf = (facts) => facts.map(({ name, value }) => `${name}=${value}`).join(" ");

export class Choices {
  /**
   * @param {HTMLElement} root @param {object} studio @param {{on: Set<string>, toggle: (overlay: string) => void}} overlays
   * @param {{select: (box: object) => void, leave: () => void}} does
   */
  constructor(root, studio, overlays, does) {
    Object.assign(this, { root, studio, overlays });
    this.finder = new Finder(studio, { ...does, show: (member) => this.show({ member }) });
    this.sections = Object.fromEntries(["data", "variants", "job", "held", "overlays"].map((name) => [name, made(`section.${name}`, {})]));
    this.people = made("div.people", {});
    this.hard = made("div.hard", {});
    this.sections.data.append(this.people, made("div.find", {}, this.hard, ...this.finder.elements));
    root.append(...Object.values(this.sections));
  }

  draw() {
    this.words = this.studio.words();
    const { variants, job, held } = this.sections;
    redraw(this.people, ...this.drawPeople());
    redraw(this.hard, this.drawHard());
    this.finder.draw(this.words);
    redraw(variants, ...this.drawVariants());
    redraw(job, ...this.drawJob());
    redraw(held, ...this.drawHeld());
    this.drawOverlays();
  }

  show(asked) {
    this.asked = asked;
    this.studio.send({ kind: "show", ...asked });
  }

  /** What is to be said of the sheet that came: that the person who was asked for has another 版. */
  forced(before) {
    const { facts, variants } = this.studio.known;
    const isForced = this.asked?.member && before && keyOf(facts) !== keyOf(before);
    const shown = variants.find((each) => this.isShown(each));
    return isForced && shown ? say(this.studio.words().variant_forced, { variant: this.studio.told(shown.label) }) : "";
  }

  heading(name, ...more) {
    return made("h2", {}, this.words[name], ...more);
  }

  // ---- data

  drawPeople() {
    const { members, member } = this.studio.known;
    const plain = members.filter(({ hard }) => !hard).map(({ key, label }) => ({ value: key, label }));
    return [
      this.heading("data", made("kbd", {}, "D")),
      this.segments("member", this.words.data, plain, member, (value) => this.show({ member: value }), MOST_WIDE.whole),
    ];
  }

  drawHard() {
    const { members, member } = this.studio.known;
    const hard = members.filter((each) => each.hard);
    if (!hard.length) return null;
    const options = hard.map(({ key, label }) => made("option", { value: key, selected: key === member }, this.studio.told(label)));
    const select = made("select", { onchange: ({ target }) => target.value && this.show({ member: target.value }) }, made("option", { value: "" }, say(this.words.hard_members, { count: hard.length })), ...options);
    select.setAttribute("aria-label", say(this.words.hard_members, { count: hard.length }));
    select.dataset.key = "hard";
    return select;
  }

  // ---- 版 and job

  drawVariants() {
    const { facts, variants } = this.studio.known;
    const at = variants.findIndex((each) => this.isShown(each));
    const counted = Map.groupBy(variants, ({ state }) => state);
    const told = [...counted].map(([state, each]) => made(`span.${state}`, {}, made("i.state", {}), say(this.words[`state_${state}`], {}), ` ${each.length}`));
    return [
      this.heading("plate", made("span.count", {}, `${at + 1} / ${variants.length}`), made("kbd", {}, ","), made("kbd", {}, ".")),
      ...facts.map((fact) => this.drawFact(fact, (value) => this.show({ variant: `${fact.name}=${value}` }))),
      made(variants.length > 12 ? "div.thumbs.many" : "div.thumbs", { role: "group", "aria-label": this.words.plate }, ...variants.map((each) => this.drawThumb(each))),
      made("p.states", {}, ...told),
    ];
  }

  isShown({ key }) {
    return key === keyOf(this.studio.known.facts);
  }

  drawThumb(variant) {
    const label = [this.studio.told(variant.label), this.words[`state_${variant.state}`]].join("　");
    const image = variant.pictures[0] ? made("img", { src: this.studio.picture(variant.pictures[0], { dpi: THUMB_DPI * Math.ceil(window.devicePixelRatio) }), alt: "", loading: "lazy" }) : null;
    const button = made(`button.thumb.${variant.state}`, { type: "button", title: label, onclick: () => this.show({ variant: variant.key }) }, image, made("i.state", {}));
    button.setAttribute("aria-label", label);
    button.setAttribute("aria-pressed", String(this.isShown(variant)));
    button.dataset.key = `variant ${variant.key}`;
    return button;
  }

  /** The variant so many after the one that is shown, once around. */
  step(by) {
    const { variants } = this.studio.known;
    const at = variants.findIndex((each) => this.isShown(each));
    if (variants.length) this.show({ variant: variants.at((at + by) % variants.length).key });
  }

  drawJob() {
    const facts = this.studio.known.job.filter(({ name }) => name !== ENVELOPE);
    return facts.length ? [this.heading("job"), ...facts.map((fact) => this.drawSwitch(fact))] : [];
  }

  drawSwitch(fact) {
    return this.drawFact(fact, (value) => this.show({ job: { [fact.name]: value } }));
  }

  drawFact({ name, label, choices, value }, choose) {
    const told = this.studio.told(label);
    return made("div.fact", {}, made("span.name", {}, told), this.segments(name, told, choices, value, choose));
  }

  /** Few choices, side by side. */
  segments(name, label, choices, value, choose, most = MOST_WIDE.beside) {
    if (isLong(choices.map((each) => this.studio.told(each.label)), most)) {
      const options = choices.map((each) => made("option", { value: each.value, selected: each.value === value }, this.studio.told(each.label)));
      const select = made("select", { onchange: ({ target }) => choose(target.value) }, ...options);
      select.setAttribute("aria-label", label);
      select.dataset.key = name;
      return select;
    }
    const radios = choices.map((each) => {
      const radio = made("input", { type: "radio", name, checked: each.value === value, onchange: () => choose(each.value) });
      radio.dataset.key = `${name} ${each.value}`;
      return made("label", {}, radio, made("span", {}, this.studio.told(each.label)));
    });
    return made("div.segments", { role: "radiogroup", "aria-label": label }, ...radios);
  }

  // ---- who would be held

  drawHeld() {
    const { held, revision } = this.studio.known;
    if (!held) return [this.heading("would_be_held"), made("p.soft", {}, this.words.counting)];
    const { count, of, reasons, narrowest, seconds } = held;
    const since = held.revision === revision ? say(this.words.in_seconds, { seconds: seconds.toFixed(1) }) : say(this.words.of_revision, { revision: held.revision });
    return [
      this.heading("would_be_held"),
      made("p.figure", {}, made("b", {}, `${count.toLocaleString()} / ${of.toLocaleString()}`), made(count ? "span.bad" : "span.good", {}, since)),
      ...reasons.map((reason) => this.person(this.studio.told(reason.sentence), String(reason.count), reason.record)),
      narrowest ? this.person(say(this.words.narrowest, { label: narrowest.label, percent: Math.floor(narrowest.condense * 1000 + 1e-6) / 10, floor: Math.round(narrowest.floor * 100) }), "", narrowest.record) : null,
    ];
  }

  person(text, count, record) {
    const button = made("button.person", { type: "button", title: this.words.see_person, onclick: () => this.show({ member: `realistic:${record}` }) }, made("span", {}, text), made("span", {}, count));
    button.dataset.key = `person ${record} ${text}`;
    return button;
  }

  // ---- overlays

  drawOverlays() {
    const all = made("span.count", {}, this.words.bare);
    const envelope = this.studio.known.job.find(({ name }) => name === ENVELOPE);
    const rows = Object.entries(OVERLAYS).flatMap(([name, { key, looks }]) => [this.drawOverlay(name, key, looks), name === "window" && envelope ? this.drawSwitch(envelope) : null]);
    redraw(this.sections.overlays, this.heading("overlays", all, made("kbd", {}, "V")), ...rows);
  }

  /** Only whether an overlay is on has changed. */
  check(name, isOn) {
    this.sections.overlays.querySelector(`[data-key="overlay ${name}"]`).checked = isOn;
  }

  drawOverlay(name, key, looks) {
    const box = made("input", { type: "checkbox", checked: this.overlays.on.has(name), onchange: () => this.overlays.toggle(name) });
    box.dataset.key = `overlay ${name}`;
    const [first, ...others] = looks.map((look) => made("span.look", {}, swatch(look), made("span", {}, this.words.looks[look])));
    first.lastChild.textContent = this.words.overlay[name];
    return made("label.overlay-choice", {}, box, made("span.looks", {}, first, others.length ? made("span.others", {}, ...others) : ""), made("kbd", {}, key));
  }
}
