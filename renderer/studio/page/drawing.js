// Shapes of overlays into SVG, in mm; lines stay as wide as they are on the screen. Shape and line say what it is, colour second.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element of SVG: its name with classes, its attributes, what stands in it. */
export function drawn(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElementNS(SVG, tag);
  if (classes.length) element.setAttribute("class", classes.join(" "));
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export const rect = ({ x, y, w, h }, name = "rect", more = {}) => drawn(name, { x, y, width: Math.max(w, 0), height: Math.max(h, 0), ...more });
export const line = (x1, y1, x2, y2, name = "line") => drawn(name, { x1, y1, x2, y2 });

const grown = ({ x, y, w, h }, by) => ({ x: x - by, y: y - by, w: w + 2 * by, h: h + 2 * by });
const BEYOND = 6; // mm that a fold goes on beside the paper

const LOOKS = {
  condensed: (place) => [rect(place), line(place.x, place.y, place.x, place.y + place.h, "line.bar"), line(place.x + place.w, place.y, place.x + place.w, place.y + place.h, "line.bar")],
  shrunk: (place) => [rect(place), rect(grown(place, -0.7), "rect.inner")],
  held: (place) => [rect(place, "rect.hatched"), rect(place)],
  window: (place) => [rect(place, "rect", { rx: 3 })],
  travel: (place) => [rect(place, "rect", { rx: 3 })],
  fold: ({ x, y, w }) => [line(x - BEYOND, y, x + w + BEYOND, y)],
  cut: (place) => [rect(grown(place, 0.45)), rect(grown(place, -0.45))],
  "other-ink": (place) => [rect(place, "rect.hatched"), rect(place)],
};

/** Draw one shape of an overlay. */
export function drawShape(shape) {
  const parts = LOOKS[shape.look]?.(shape) ?? [shape.w && shape.h ? rect(shape) : line(shape.x, shape.y, shape.x + shape.w, shape.y + shape.h)];
  return drawn(`g.shape.${shape.look}`, {}, ...parts);
}

/** The overlays of a page, a group for each. */
export function drawOverlays(shapes, page) {
  const groups = Map.groupBy(shapes.filter((shape) => shape.page === page), ({ overlay }) => overlay);
  return [...groups].map(([overlay, each]) => drawn(`g.overlay.${overlay}`, { "data-overlay": overlay }, ...each.map(drawShape)));
}

/** A small sample of a look, for the list of overlays. */
export function swatch(look) {
  const place = look === "fold" ? { x: -1, y: 5, w: 28, h: 0 } : { x: 2, y: 1.5, w: 22, h: 7 };
  const samples = { baseline: [2, 5, 8].map((y) => line(1, y, 25, y)), "other-ink": [rect({ x: 2, y: 1.5, w: 9, h: 7 }, "rect.black"), ...LOOKS["other-ink"]({ x: 13, y: 1.5, w: 11, h: 7 })] };
  return drawn("svg.swatch", { viewBox: "0 0 26 10", "aria-hidden": "true" }, drawn(`g.shape.${look}`, {}, ...(samples[look] ?? drawShape({ look, ...place }).children)));
}
