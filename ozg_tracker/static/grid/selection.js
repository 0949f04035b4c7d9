/* Where one stands: one cell that Tab reaches, and a range from it; both said in the line below the cells. */

import { fieldOf, numbered, say, wordsOf } from "./values.js";

export const form = document.querySelector(".ozg-gridform");
export const table = form?.querySelector(".ozg-grid");
const where = form?.querySelector(".js-where");
const spot = { cell: null, anchor: null, marked: [] };
const left = []; // what is to be done when a row is left

export const lines = () => [...table.tBodies[0].querySelectorAll("tr[data-row]:not([hidden])")];
export const lineOf = (element) => {
  const row = element?.closest?.("tr");
  return row?.dataset.for ? document.getElementById(row.dataset.for) : row?.dataset.row ? row : null;
};
export const moreOf = (line) => (line.nextElementSibling?.dataset.for === line.id ? line.nextElementSibling : null);
export const cellsOf = (row) => [...row.cells].slice(0, -1);
export const active = () => spot.cell;
export const onLeaving = (deed) => left.push(deed);
const rows = () => [table.tHead.rows[0], ...lines()];

export function placeOf(cell) {
  return { row: rows().indexOf(cell.parentElement), column: cell.cellIndex };
}

export function cellAt(row, column) {
  const every = rows();
  const at = Math.min(Math.max(row, 0), every.length - 1);
  const cells = cellsOf(every[at]);
  return cells[Math.min(Math.max(column, 0), cells.length - 1)];
}

/* Goes to a cell; with `extend` the range grows from where it began. */
export function goTo(cell, { extend = false, focus = true } = {}) {
  const before = spot.cell;
  if (before && before !== cell) {
    before.tabIndex = -1;
    before.classList.remove("active");
    before.removeAttribute("aria-label");
  }
  spot.cell = cell;
  if (!extend || !spot.anchor?.isConnected) spot.anchor = cell;
  cell.tabIndex = 0;
  cell.classList.add("active");
  if (fieldOf(cell) !== undefined) cell.ariaLabel = wordsOf(cell) || say.empty;
  if (focus) cell.focus();
  mark();
  if (before && before.parentElement !== cell.parentElement) left.forEach((deed) => deed(before.parentElement));
}

/* The name of the active cell is its value; after a change it is said anew. */
export function rename() {
  if (spot.cell && fieldOf(spot.cell) !== undefined) spot.cell.ariaLabel = wordsOf(spot.cell) || say.empty;
}

/* The cells of the range, row by row; the head is none of them. */
export function range() {
  if (!spot.cell) return [];
  const [a, b] = [placeOf(spot.anchor?.isConnected ? spot.anchor : spot.cell), placeOf(spot.cell)];
  const [top, bottom] = [Math.min(a.row, b.row), Math.max(a.row, b.row)];
  const [first, last] = [Math.min(a.column, b.column), Math.max(a.column, b.column)];
  return rows().slice(Math.max(top, 1), bottom + 1).map((row) => cellsOf(row).slice(first, last + 1));
}

function mark() {
  const cells = range();
  const many = cells.length * (cells[0]?.length ?? 0) > 1;
  const next = many ? cells.flat() : [];
  const known = new Set(next);
  for (const cell of spot.marked) {
    if (known.has(cell)) continue;
    cell.classList.remove("in");
    cell.removeAttribute("aria-selected");
  }
  for (const cell of next) {
    cell.classList.add("in");
    cell.ariaSelected = "true";
  }
  spot.marked = next;
  tell(cells, next.length);
  document.dispatchEvent(new CustomEvent("grid:range", { detail: { rows: many ? cells : [] } }));
}

function tell(cells, count) {
  const name = spot.cell.parentElement.querySelector(".c-name");
  const rowsTold = cells.length === 1 ? say.oneRow : numbered(say.manyRows, cells.length);
  where.textContent = count
    ? `${numbered(say.range, count)}, ${rowsTold}`
    : spot.cell.parentElement.dataset.row
    ? `${name.textContent.trim()}, ${name.title}`
    : "";
}

/* A line was drawn anew: what stood in the old one stands in the new one. */
export function exchange(old, fresh) {
  const moved = (cell) => (cell && old.contains(cell) ? fresh.cells[cell.cellIndex] : cell);
  const focused = old.contains(document.activeElement) && document.activeElement === spot.cell;
  const [cell, anchor] = [moved(spot.cell), moved(spot.anchor)];
  old.replaceWith(fresh);
  quiet(fresh);
  [spot.cell, spot.anchor] = [cell, anchor];
  spot.marked = spot.marked.map((each) => moved(each));
  if (cell && fresh.contains(cell)) {
    cell.tabIndex = 0;
    cell.classList.add("active");
    rename();
    if (focused) cell.focus();
  }
  if (spot.marked.length) mark();
}

/* What stands in cells is reached by the arrows alone. */
export function quiet(within) {
  for (const each of within.querySelectorAll("th a, .c-sel input[type=checkbox]")) each.tabIndex = -1;
  if (matchMedia("(max-width: 47.99rem)").matches) roles(within);
}

/* Cards are no table for a browser any more, so the roles are said. */
function roles(within) {
  const every = within.matches("tr") ? [within] : [...within.querySelectorAll("tr")];
  for (const row of every) {
    row.setAttribute("role", "row");
    for (const cell of row.cells) {
      cell.setAttribute(
        "role",
        cell.tagName === "TD" ? "gridcell" : cell.scope === "row" ? "rowheader" : "columnheader",
      );
    }
  }
  if (within === table) { for (const part of [table.tHead, ...table.tBodies]) part.setAttribute("role", "rowgroup"); }
}
