/* Mouse and finger: a click stands, a second edits, pulling marks a range; on a card a tap edits. */

import { active, goTo, lineOf, table } from "./selection.js";
import { close, editing, open } from "./editing.js";

const small = matchMedia("(max-width: 47.99rem)");
let pulling = false;

const cellOf = (target) => {
  const cell = target.closest("td, th");
  return cell && (lineOf(cell) || cell.closest("thead")) && !cell.closest("tr[data-for]") && !cell.matches(".c-save")
    ? cell
    : null;
};

export function watch() {
  table.addEventListener("mousedown", (event) => {
    const cell = cellOf(event.target);
    if (!cell || event.button || event.target.closest("a, label, input, select")) return;
    event.preventDefault();
    close(true);
    goTo(cell, { extend: event.shiftKey });
    pulling = true;
  });
  table.addEventListener("mouseover", (event) => {
    const cell = pulling && cellOf(event.target);
    if (cell && cell !== active()) goTo(cell, { extend: true });
  });
  addEventListener("mouseup", () => (pulling = false));
  table.addEventListener("dblclick", (event) => {
    const cell = cellOf(event.target);
    if (cell?.dataset.field && !editing.open()) open(cell);
  });
  table.addEventListener("click", (event) => {
    const cell = cellOf(event.target);
    const tap = small.matches || event.pointerType === "touch";
    if (tap && cell?.dataset.field && !editing.open()) {
      goTo(cell);
      open(cell);
    }
  });
}
