// The cells of the wall, one for each 版 and member. Pure functions.

/** @typedef {{variant: string, member: string, state: string, pictures: string[], codes: string[]}} Cell */

const WRONG = ["refused", "held"];

/** What a cell is called among the others. @param {Cell | null} cell */
export const hung = (cell) => cell && `${cell.variant}|${cell.member}`;

/** Variant by variant, in their order. @param {Cell[]} cells @returns {{variant: string, cells: Map<string, Cell>}[]} */
export function rows(cells) {
  const found = new Map();
  for (const cell of cells) {
    if (!found.has(cell.variant)) found.set(cell.variant, new Map());
    found.get(cell.variant).set(cell.member, cell);
  }
  return [...found].map(([variant, each]) => ({ variant, cells: each }));
}

/** Rows beside one another where they are small and there are many, each half in its order: no sheet has two pages. */
export function columns(table, isSmall) {
  const hasMany = table.length > 3 && table.every(({ cells }) => [...cells.values()].every(({ pictures }) => pictures.length < 2));
  const half = isSmall && hasMany ? Math.ceil(table.length / 2) : table.length;
  return [table.slice(0, half), table.slice(half)].filter((part) => part.length);
}

/** The cells of a variant as they were drawn: it has no others. */
export function replaced(cells, variant, drawn) {
  const news = new Map(drawn.map((cell) => [hung(cell), cell]));
  return cells.filter((cell) => cell.variant !== variant || news.has(hung(cell))).map((cell) => news.get(hung(cell)) ?? cell);
}

/** Those of which there is no sheet to print. */
export const failing = (cells) => cells.filter(({ state }) => WRONG.includes(state));

/** The next of these after a cell, once around; null where there is none. */
export function nextFailing(cells, at) {
  const here = cells.findIndex((cell) => hung(cell) === hung(at));
  const order = [...cells.slice(here + 1), ...cells.slice(0, here + 1)];
  return failing(order)[0] ?? null;
}

/** The cell at the left, at the right, above or below; null at an edge. @param {"left" | "right" | "up" | "down"} way */
export function stepped(cells, at, way) {
  const table = rows(cells);
  const members = [...new Set(cells.map(({ member }) => member))];
  const row = table.findIndex(({ variant }) => variant === at?.variant);
  if (row < 0) return cells[0] ?? null;
  const [down, across] = { left: [0, -1], right: [0, 1], up: [-1, 0], down: [1, 0] }[way];
  const column = members.indexOf(at.member);
  for (let far = 1; far <= Math.max(table.length, members.length); far += 1) {
    const found = table[row + far * down]?.cells.get(members[column + far * across]);
    if (found) return found;
  }
  return null;
}
