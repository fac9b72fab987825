// What changed of an item, in words, each with its place at 600 dpi; and the places of all items of its group.

import { made, mark } from "list";
import { becoming, nameOf, parts, say, titleOf } from "view";

/** Draw the changes of an item. */
export function drawChanges(root, { item, words, language, chosen, enlarge }) {
  root.replaceChildren(...item.changes.map((change, number) => drawChange(change, number)));

  function drawChange(change, number) {
    const button = made(
      "button.change",
      { type: "button", onclick: () => enlarge(number) },
      made("span.number", {}, String(number + 1)),
      made("span.title", {}, titleOf(change, words)),
    );
    if (number === chosen) button.setAttribute("aria-current", "true");
    const told = becoming(change, words);
    const sentences = language === "en" || !told ? change.sentences : [told];
    const ignored = change.ignored_by && made("p.ignored", {}, say(words.ignored_by, { rule: change.ignored_by }));
    return made(
      change.ignored_by ? "li.passed" : "li",
      {},
      button,
      ...sentences.map((sentence) => made("p.words", {}, sentence)),
      ignored || null,
      change.crop ? drawCrop(change) : null,
      !change.crop && change.box ? made("p.ignored", {}, words.no_crop) : null,
    );
  }

  function drawCrop(change) {
    const sides = ["golden", "new"].filter((side) => change.crop[side]);
    return made("div.crops", {}, ...sides.map((side) => {
      const { file, box, dpi } = change.crop[side];
      const lines = change.boxes[side].map((each) => made("span.box", { style: parts(each, box) }));
      return made(
        "figure",
        {},
        made("div.crop", { style: { aspectRatio: `${box[2]} / ${box[3]}` } },
          made("img", { src: file, loading: "lazy", alt: say(words.crop_of, { side: words[side], what: titleOf(change, words) }) }), ...lines),
        made("figcaption", {}, say(words.crop, { side: words[side], dpi })),
      );
    }));
  }
}

/** Draw the changed place of each item of a group, and tell which of them a person has had on the screen. */
export class Strip {
  /** @param {HTMLElement} root @param {(item: number) => void} saw */
  constructor(root, saw) {
    this.root = root;
    this.saw = saw;
    this.observer = new IntersectionObserver((entries) => entries.forEach((entry) => this.watch(entry)), { root, threshold: 0.9 });
  }

  draw({ report, group, words, verdicts, current, choose }) {
    this.observer.disconnect();
    this.thumbs = new Map(group.map((item) => [item, drawThumb(item)]));
    this.root.replaceChildren(...this.thumbs.values());
    for (const thumb of this.thumbs.values()) this.observer.observe(thumb);
    this.marks({ group, verdicts, words, current });

    function drawThumb(number) {
      const item = report.items[number];
      const crop = item.changes.find((change) => change.crop)?.crop;
      const picture = crop?.new ?? crop?.golden ?? item.new ?? item.golden;
      const thumb = made(
        "button.thumb",
        { type: "button", onclick: () => choose(number), title: nameOf(item, report, words) },
        picture ? made("img", { src: picture.file, loading: "lazy", alt: nameOf(item, report, words) }) : made("span", {}, words.no_picture),
      );
      thumb.number = number;
      return thumb;
    }
  }

  /** Only the verdicts changed, or which item is shown. */
  marks({ group, verdicts, words, current }) {
    for (const item of group) {
      const thumb = this.thumbs.get(item);
      thumb.querySelector(".mark")?.remove();
      thumb.append(mark(verdicts.get(item), words));
      if (item === current) thumb.setAttribute("aria-current", "true");
      else thumb.removeAttribute("aria-current");
    }
  }

  watch({ isIntersecting, target }) {
    const picture = target.querySelector("img");
    target.onScreen = isIntersecting;
    if (!isIntersecting || !picture) return;
    picture.decode().then(() => target.onScreen && this.saw(target.number), () => {});
  }
}
