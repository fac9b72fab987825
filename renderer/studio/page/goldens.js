// 検版: what was approved beside what its sheets are now. The review itself is that of the report (viewer/reviewer.js); it
// stands in a shadow root, so that neither its names nor its looks meet those of the studio.

import { made } from "elements";
import { Reviewer } from "reviewer";
import { say } from "view";

const STYLES = ["viewer/base.css", "viewer/viewer.css"];

const review = await (await fetch("viewer/review.html")).text();

export const mount = (panel, studio) => new Goldens(panel, studio);

class Goldens {
  keys = {};

  constructor(panel, studio) {
    Object.assign(this, { studio, told: null, whole: null, asked: null, language: null, left: 0, answer: null });
    this.bar = made("div.bar", {}, (this.note = made("p", {})), (this.progress = made("progress", {})));
    this.nothing = made("div.nothing", {});
    this.host = made("div.review", {});
    panel.append(this.bar, this.nothing, this.host);
    this.root = this.host.attachShadow({ mode: "open" });
    this.root.append(...STYLES.map((href) => made("link", { rel: "stylesheet", href })));
    const template = made("template", { innerHTML: review });
    this.root.append(template.content);
    this.reviewer = new Reviewer(this.root, {
      language: () => studio.language,
      words: () => studio.words().review,
      tell: studio.tell,
      refuse: studio.alarm,
      left: (count) => this.tally(count),
      plan: (judged) => this.commit(judged, false),
      write: (judged) => this.write(judged),
    });
    this.commands = Object.fromEntries(["write", "undo", "keys"].map((name) => [name, () => this.isInside() ? false : this.reviewer.does[name]()]));
    studio.on("goldens", (message) => this.hear(message));
    for (const kind of ["listed", "committed"]) studio.on(kind, (message) => this.answered(message));
    studio.on("not_committed", ({ why }) => {
      studio.alarm(studio.told(why));
      this.answered(null);
    });
  }

  get home() {
    return this.root.getElementById("stage");
  }

  panes() {
    return [this.home];
  }

  /** The review hears its own keys; the shell has those that are pressed outside of it. */
  isInside() {
    return this.root.activeElement !== null;
  }

  bottom() {
    const words = this.studio.words().review;
    const keys = [["K J", `${words.previous}${words.and}${words.next}`], ["N", words.next_undecided], ["Ctrl Z", words.undo], ["Ctrl S", words.write]];
    this.leftTold = made("span", {}, say(words.left, { count: this.left }));
    return [...keys.map(([key, does]) => made("span", {}, made("kbd", {}, key), ` ${does}`)), this.leftTold];
  }

  draw() {
    const { studio } = this;
    if (!studio.isConnected) this.asked = null;
    else if (this.asked !== studio.known.revision && studio.send({ kind: "goldens" })) this.asked = studio.known.revision;
    if (this.language !== studio.language) {
      this.language = studio.language;
      this.reviewer.draw();
    }
    this.drawBar();
  }

  /** A report of all cases takes the place of the one before; one of some of them only where there is none yet. */
  hear(message) {
    this.told = message;
    const isWhole = message.done === message.of;
    if (message.report && (isWhole || !this.whole)) this.reviewer.show(message.report);
    if (isWhole) this.whole = message.report;
    if (isWhole && !message.report) this.tally(0);
    if (this.studio.tab === "goldens") this.studio.changed();
  }

  drawBar() {
    const { told, whole, studio } = this;
    const words = studio.words();
    const { command, why, done = 0, of = 0 } = told ?? {};
    const isDrawing = !told || done < of;
    const isOld = told !== null && told.revision !== studio.known.revision;
    const signatures = told?.signatures > 1 ? say(words.goldens_signatures, { count: told.signatures }) : "";
    const drawing = say(words.goldens_drawing, { done, of: of || "…" });
    this.note.textContent = [isDrawing ? drawing : "", isOld && !isDrawing ? words.goldens_old : "", signatures].filter(Boolean).join("　");
    this.bar.hidden = !this.note.textContent;
    Object.assign(this.progress, { max: of || 1, value: done, hidden: !isDrawing });
    this.progress.setAttribute("aria-label", drawing);
    const isNothing = Boolean(command || why) || !(whole || told?.report?.items.length);
    this.host.hidden = isNothing;
    this.nothing.hidden = !isNothing;
    if (command) this.nothing.replaceChildren(made("p.large", {}, words.goldens_none), made("p", {}, words.goldens_make), made("code", {}, command));
    else if (why) this.nothing.replaceChildren(made("p.large", {}, words.goldens_failed), made("p", {}, studio.told(why)));
    else this.nothing.replaceChildren(made("p.large", {}, isNothing ? words.goldens_first : ""));
  }

  tally(count) {
    this.left = count;
    this.studio.tally("goldens", count ? String(count) : "");
    if (this.leftTold) this.leftTold.textContent = say(this.studio.words().review.left, { count });
  }

  /** Ask what would be written, or have it written; null where nothing is. */
  commit(judged, confirmed) {
    this.answered(null);
    if (!this.studio.send({ kind: "commit", review: judged, confirmed })) {
      this.studio.alarm(this.studio.words().goldens_cut);
      return Promise.resolve(null);
    }
    return new Promise((resolve) => (this.answer = resolve));
  }

  async write(judged) {
    const written = await this.commit(judged, true);
    if (written) this.reviewer.drop(new Set(written.cases));
    return written !== null;
  }

  answered(message) {
    this.answer?.(message);
    this.answer = null;
  }
}
