/* Keys that lead somewhere from anywhere on the page: to the search, to the next message, to the list of keys. */

import { cellAt, form, goTo, lineOf, placeOf, table } from "./selection.js";

export function search() {
  document.getElementById("id_q").select();
  return true;
}

/* To the next line that says something: into its question, or to the cell that was refused. */
export function toNextMessage() {
  const every = [...table.querySelectorAll("tr[data-for]")].filter((each) => !lineOf(each).hidden);
  const here = lineOf(document.activeElement);
  const after = every.filter((each) => here?.compareDocumentPosition(lineOf(each)) & Node.DOCUMENT_POSITION_FOLLOWING);
  const next = after[0] ?? every[0];
  const reasons = document.querySelector(".js-reasons:not([hidden]) input");
  if (reasons && (!next || next.querySelector("[data-reason]"))) return reasons.focus();
  if (!next) return;
  const control = next.querySelector("input:checked, input:not([type=hidden])");
  const cell = lineOf(next).querySelector("td.no, td.two");
  goTo(cell ?? cellAt(placeOf(lineOf(next).cells[2]).row, 2));
  control?.focus();
}

export function watch() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "F8") toNextMessage();
    else if (event.key === "F1" && form.contains(document.activeElement)) {
      document.querySelector(".ozg-keys").showModal();
    } else if (event.key === "/" && !event.target.matches("input, select, textarea, [role=gridcell], td, th")) search();
    else return;
    event.preventDefault();
  });
}
