// What changed of an item, in words, each with its place at 600 dpi; and the places of all items of its group.

import { made } from "elements";
import { mark } from "list";
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

/**
 * The places of an item that have to be on the screen before it may be approved with its group: the picture of each
 * change that counts, the page where none has a place; null where a change has a place and no picture of it.
 */
export function placesOf(item) {
  const placed = item.changes.filter((change) => change.box && !change.ignored_by);
  if (placed.some((change) => !change.crop)) return null;
  const pictures = placed.map(({ crop }) => crop.new ?? crop.golden);
  const page = item.new ?? item.golden;
  return pictures.length || !page ? pictures : [page];
}

/** Draw the changed places of each item of a group, and tell which items a person has had on the screen. */
export class Strip {
  /** @param {HTMLElement} root @param {(item: number) => void} saw  all places of an item were on the screen */
  constructor(root, saw) {
    this.root = root;
    this.saw = saw;
    this.observer = new IntersectionObserver((entries) => entries.forEach((entry) => this.watch(entry)), { root, threshold: 0.9 });
  }

  draw({ report, group, words, verdicts, current, choose }) {
    this.observer.disconnect();
    this.thumbs = group.flatMap(drawThumbs);
    this.unseen = new Map([...Map.groupBy(this.thumbs, ({ number }) => number)].map(([item, thumbs]) => [item, new Set(thumbs)]));
    this.root.replaceChildren(...this.thumbs);
    for (const thumb of this.thumbs) this.observer.observe(thumb);
    this.marks({ verdicts, words, current });

    function drawThumbs(number) {
      const item = report.items[number];
      const name = nameOf(item, report, words);
      const places = placesOf(item);
      const shown = places?.length ? places : [item.new ?? item.golden];
      return shown.map((picture) => {
        const inside = picture ? made("img", { src: picture.file, loading: "lazy", alt: name }) : made("span", {}, words.no_picture);
        const thumb = made("button.thumb", { type: "button", onclick: () => choose(number), title: name }, inside);
        return Object.assign(thumb, { number, isPlace: Boolean(places?.length) });
      });
    }
  }

  /** Only the verdicts changed, or which item is shown. */
  marks({ verdicts, words, current }) {
    for (const thumb of this.thumbs) {
      thumb.querySelector(".mark")?.remove();
      thumb.append(mark(verdicts.get(thumb.number), words));
      if (thumb.number === current) thumb.setAttribute("aria-current", "true");
      else thumb.removeAttribute("aria-current");
    }
  }

  watch({ isIntersecting, target }) {
    target.onScreen = isIntersecting;
    if (!isIntersecting || !target.isPlace) return;
    target.querySelector("img").decode().then(() => target.onScreen && this.tick(target), () => {});
  }

  tick(thumb) {
    const unseen = this.unseen.get(thumb.number);
    if (unseen?.delete(thumb) && unseen.size === 0) this.saw(thumb.number);
  }
}
