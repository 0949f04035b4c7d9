/* The field that a cell becomes while one edits it. Enter and leaving keep what was typed, Escape does not. */

import { isChoice, mayChange, options, say, valueOf } from "./values.js";
import { goTo, rename } from "./selection.js";
import { enter } from "./history.js";
import { tell } from "./saving.js";

let field = null;

export const editing = { open: () => field, carry };

/* Opens the field of a cell, with `typed` in place of what it holds; null: with what it holds. */
export function open(cell, typed = null) {
  if (field) close(true);
  if (!mayChange(cell)) return tell(say.readonly);
  const label = `${cell.dataset.l}, ${cell.parentElement.querySelector(".c-name").textContent.trim()}`;
  field = isChoice(cell) ? list(cell) : Object.assign(document.createElement("input"), { type: "text" });
  if (!isChoice(cell)) field.value = typed ?? valueOf(cell);
  field.ariaLabel = label;
  cell.removeAttribute("aria-label");
  cell.prepend(field);
  field.focus();
  if (typed === null) field.select?.();
  field.addEventListener("blur", () => close(true));
  field.addEventListener("change", () => field?.tagName === "SELECT" && keep());
  if (field.tagName === "SELECT") show(field);
}

function list(cell) {
  const made = document.createElement("select");
  for (const [value, words] of options[cell.dataset.field]) made.add(new Option(words, value));
  if (![...made.options].some((each) => each.value === valueOf(cell))) {
    made.add(new Option(cell.querySelector(".t").textContent, valueOf(cell)));
  }
  made.value = valueOf(cell);
  return made;
}

/* Only a person's key or tap may unfold a list; without one it stays folded. */
function show(made) {
  try {
    made.showPicker();
  } catch { /* the arrows choose in it too */ }
}

function keep() {
  const cell = field.parentElement;
  const words = field.tagName === "SELECT" ? field.selectedOptions[0].textContent : field.value.trim();
  return enter(cell, field.tagName === "SELECT" ? field.value : field.value.trim(), words);
}

/* Closes the field; the cell has the focus again, with `extend` within its range. */
export function close(kept, { focus = false, extend = false } = {}) {
  if (!field) return;
  const [cell, old] = [field.parentElement, field];
  if (kept) keep();
  field = null;
  if (focus) goTo(cell, { extend }); // before the field goes: a field that vanishes leaves the grid
  old.remove();
  rename();
}

/* The line of the open field is drawn anew: the field goes with it. */
function carry(line, fresh, deed) {
  if (!field || !line.contains(field)) return deed();
  const [own, at] = [field, field.parentElement.cellIndex];
  field = null; // the blur of moving it keeps nothing
  deed();
  fresh.cells[at].prepend(own);
  own.focus();
  field = own;
}
