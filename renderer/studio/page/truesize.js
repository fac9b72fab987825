// How many px of this screen are a mm: measured once by a person with a card of ID-1, which all have.

import { made } from "elements";
import { PX_PER_MM, say } from "view";

const KEPT = "px_per_mm";
const ID1_MM = [85.6, 54];
const LEAST = 2;
const MOST = 12;

const kept = () => Number(localStorage.getItem(KEPT)) || null;

/** px for a mm on this screen; asked where it was not measured yet; null where a person leaves it. */
export async function trueScale(words) {
  return kept() ?? measure(words);
}

/** Let a person lay a card on the screen and drag its outline to its size. */
export function measure(words) {
  const card = made("div.card-outline", {});
  const range = made("input", { type: "range", min: LEAST, max: MOST, step: 0.01, value: kept() ?? PX_PER_MM, "aria-label": words.card_size });
  const fit = () => Object.assign(card.style, { width: `${ID1_MM[0] * range.valueAsNumber}px`, height: `${ID1_MM[1] * range.valueAsNumber}px` });
  range.addEventListener("input", fit);
  const [no, yes] = [made("button", { type: "button" }, words.leave), made("button", { type: "button" }, words.fits)];
  yes.dataset.answer = "yes";
  const dialog = made("dialog.measure", { "aria-label": words.true_size }, made("h2", {}, words.true_size), made("p", {}, words.lay_a_card), card, range, made("div.buttons", {}, no, yes));
  document.body.append(dialog);
  fit();
  dialog.showModal();
  return new Promise((resolve) => {
    no.addEventListener("click", () => dialog.close());
    yes.addEventListener("click", () => {
      localStorage.setItem(KEPT, String(range.valueAsNumber));
      dialog.close("yes");
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes" ? kept() : null);
    });
  });
}
