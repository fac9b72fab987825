// The loupe: what lies under the pointer, or the selected box, six times as large as on paper, with its edges.

import { made } from "elements";
import { PX_PER_MM } from "view";
import { drawn, line, rect } from "./drawing.js";
import { written } from "./geometry.js";
import { redraw } from "./redraw.js";

export const TIMES = 6;
const SCALE = TIMES * PX_PER_MM; // px for a mm
const TILE_MM = 20;

export class Loupe {
  constructor(root, studio) {
    Object.assign(this, { root, studio });
    this.glass = made("div.glass", {});
    this.told = made("h2", {});
    this.tiles = new Map();
    root.append(this.told, this.glass);
  }

  /** Look at a point of a page. @param {{picture: string, width: number, height: number}} page @param {[number, number]} mm */
  look(page, [x, y], boxes) {
    const words = this.studio.words();
    redraw(this.told, words.loupe, made("small", {}, `${TIMES}×`), made("span.count", {}, `x ${written(x)}　y ${written(y)}`));
    if (!page) return;
    const { clientWidth: width, clientHeight: height } = this.glass;
    const left = x - width / SCALE / 2;
    const top = y - height / SCALE / 2;
    const px = (mm, from) => (mm - from) * SCALE;
    const tiles = this.tilesOf(page, left, top, width / SCALE, height / SCALE).map(({ image, at }) => {
      Object.assign(image.style, { left: `${px(at[0], left)}px`, top: `${px(at[1], top)}px`, width: `${at[2] * SCALE}px`, height: `${at[3] * SCALE}px` });
      return image;
    });
    const places = boxes.map((box) => rect({ x: px(box.x, left), y: px(box.y, top), w: box.w * SCALE, h: box.h * SCALE }));
    const cross = [line(width / 2, 0, width / 2, height), line(0, height / 2, width, height / 2)];
    this.glass.replaceChildren(...tiles, drawn("svg", { "aria-hidden": "true" }, drawn("g.boxes", {}, ...places), drawn("g.cross", {}, ...cross)));
  }

  tilesOf(page, left, top, w, h) {
    if (page.picture !== this.shown) this.tiles.clear();
    this.shown = page.picture;
    const found = [];
    for (let x = Math.max(0, Math.floor(left / TILE_MM) * TILE_MM); x < Math.min(left + w, page.width); x += TILE_MM) {
      for (let y = Math.max(0, Math.floor(top / TILE_MM) * TILE_MM); y < Math.min(top + h, page.height); y += TILE_MM) found.push(this.tile(page, x, y));
    }
    return found;
  }

  tile(page, x, y) {
    const key = `${x} ${y}`;
    if (!this.tiles.has(key)) {
      const at = [x, y, Math.min(TILE_MM, page.width - x), Math.min(TILE_MM, page.height - y)];
      const dpi = Math.round(SCALE * 25.4 * window.devicePixelRatio);
      this.tiles.set(key, { at, image: made("img", { src: this.studio.picture(page.picture, { dpi, x: at[0], y: at[1], w: at[2], h: at[3] }), alt: "" }) });
    }
    return this.tiles.get(key);
  }
}
