// What the studio says into what is known; that into how it stands, what changed, what is announced. Pure functions.

/** Nothing is known yet. */
export const UNKNOWN = Object.freeze({ revision: 0, pages: [], boxes: [], shapes: [], problems: [], variants: [], members: [], facts: [], job: [], uncommitted: [], held: null, linted: false, failing: null, compiling: null });

const AS_TOLD = ["seconds", "saved", "layout", "facts", "variants", "member", "job", "boxes", "shapes", "problems", "linted", "reference", "uncommitted"];

/**
 * Take a message in. Null where it builds on what is not known here: then ask for all of it. What was superseded
 * changes nothing.
 */
export function applyChange(known, message) {
  switch (message.kind) {
    case "snapshot":
      return { ...message, compiling: null };
    case "change":
      return changed(known, message);
    case "compiling":
      return message.revision > newest(known) ? { ...known, compiling: message.revision } : known;
    case "failed":
      return failed(known, message);
    case "variant":
      return { ...known, variants: known.variants.map((each) => (each.key === message.variant.key ? message.variant : each)) };
    case "inks":
      return message.revision === known.revision ? { ...known, shapes: [...known.shapes.filter(({ overlay }) => overlay !== "ink"), ...message.shapes] } : known;
    case "problems":
      return message.revision === newest(known) ? { ...known, problems: message.problems, linted: message.linted } : known;
    case "held": {
      const { kind, ...held } = message;
      return { ...known, held };
    }
    case "not_shown":
      return { ...known, compiling: null };
    default:
      return known;
  }
}

/** The newest revision of which it is known whether it could be compiled. */
const newest = (known) => Math.max(known.revision, known.failing ?? 0);

function changed(known, message) {
  if (message.revision < known.revision) return known;
  if (message.base !== known.revision) return null;
  const told = Object.fromEntries(AS_TOLD.filter((name) => (message[name] ?? null) !== null).map((name) => [name, message[name]]));
  const fresh = new Map(message.pages.map((page) => [page.number, page]));
  const kept = known.pages.filter(({ number }) => !fresh.has(number));
  const pages = [...kept, ...fresh.values()].sort((one, other) => one.number - other.number);
  const isStill = message.revision === known.revision && known.failing !== null; // another choice while a save does not compile
  return { ...known, ...told, pages, revision: message.revision, failing: isStill ? known.failing : null, compiling: later(known, message.revision) };
}

function failed(known, { revision, problems, uncommitted }) {
  if (revision < newest(known)) return known;
  return { ...known, failing: revision, problems, uncommitted, compiling: later(known, revision) };
}

const later = (known, revision) => (known.compiling > revision ? known.compiling : null);

/**
 * How it stands: connected or not, and what of the sheet.
 * @returns {"cut" | "refused" | "building" | "held" | "fresh" | "waiting"}
 */
export function standing(known, isConnected) {
  if (!isConnected) return "cut";
  if (known.compiling !== null) return "building";
  if (known.failing !== null) return "refused";
  if (!known.revision) return "waiting";
  return counts(known.problems).held ? "held" : "fresh";
}

/** May anything be written: only by what is connected and can be compiled. */
export const mayWrite = (known, isConnected) => isConnected && known.failing === null && known.revision > 0;

/** How many problems there are of each weight. */
export function counts(problems) {
  const found = { refused: 0, held: 0, advice: 0 };
  for (const { severity } of problems) found[severity] += 1;
  return found;
}

const EVERY_MS = 1000;

/**
 * What a screen reader is told: at most once a second, and then the latest.
 * @param {{at: number, waiting: string | null}} last @param {string | null} text  null: is there something that waits?
 * @returns {{at: number, waiting: string | null, say: string | null}}
 */
export function announce(last, text, now) {
  const wanted = text ?? last.waiting;
  if (wanted === null) return { ...last, say: null };
  return now - last.at >= EVERY_MS ? { at: now, waiting: null, say: wanted } : { at: last.at, waiting: wanted, say: null };
}

const LEFT = { refuse: () => null, condense: (fit) => fit.floor, shrink: (fit) => fit.floor / fit.full_size, wrap: (fit) => fit.floor / fit.full_size };

/**
 * How a value sits in its slot: how much of its full size is left of it, and how much has to be.
 * @returns {{look: string, share: number, floor: number | null, percent: number | null, size: number | null, lines: number}}
 *   percent: in tenths, rounded down, so that nothing near its floor reads as if it were above; size in pt
 */
export function fitState(fit) {
  const share = fit.condense < 1 ? fit.condense : fit.size / fit.full_size;
  return {
    look: fit.look,
    share: fit.look === "held" ? 0 : Math.min(share, 1),
    floor: LEFT[fit.rule](fit),
    percent: fit.look === "condensed" ? Math.floor(fit.condense * 1000 + 1e-6) / 10 : null,
    size: fit.look === "shrunk" ? fit.size : null,
    lines: fit.lines,
  };
}
