/* The keyboard of the grid, as in a spreadsheet. */

import { choiceBy, choiceByDigit, isChoice, mayChange, say, valueOf } from "./values.js";
import { active, cellAt, cellsOf, goTo, lineOf, lines, placeOf, range, table } from "./selection.js";
import { close, editing, open } from "./editing.js";
import { enter, makeAgain, reset, takeBack } from "./history.js";
import { clear, fillDown, fillRange } from "./clipboard.js";
import { save, tell } from "./saving.js";
import { toggle } from "./many.js";
import { search } from "./jumps.js";

const way = { from: null, typed: "", at: 0 }; // the column where Tab began; the letters typed just now
const PAGE = 15;

function free() {
  way.from = null;
  way.typed = "";
}

/* One row down, back in the column where Tab began. */
function down(by) {
  const { row, column } = placeOf(active());
  const to = way.from ?? column;
  free();
  goTo(cellAt(row + by, to));
}

function arrows(event) {
  const last = lines().length;
  const { row, column } = placeOf(active());
  const end = cellsOf(active().parentElement).length - 1;
  const far = event.ctrlKey || event.metaKey;
  const to = {
    ArrowUp: [far ? 1 : row - 1, column],
    ArrowDown: [far ? last : row + 1, column],
    ArrowLeft: [row, far ? 2 : column - 1],
    ArrowRight: [row, far ? end : column + 1],
    Home: [far ? 1 : row, 2],
    End: [far ? last : row, end],
    PageUp: [Math.max(row - PAGE, 1), column],
    PageDown: [row + PAGE, column],
  }[event.key];
  if (!to) return false;
  free();
  goTo(cellAt(...to), { extend: event.shiftKey && to[0] > 0 });
  return true;
}

/* Tab goes on to the next field after an entry; else it leaves the grid. */
function tab(event) {
  if (way.from === null) return false;
  const next = cellsOf(active().parentElement).slice(active().cellIndex + 1).find(mayChange);
  if (event.shiftKey || !next) return free();
  goTo(next);
  return true;
}

/* A digit sets and goes down, a letter sets and stays; further letters within 0.8 s refine it. */
function choose(key) {
  const cell = active();
  const digit = /^\d$/.test(key);
  way.typed = !digit && Date.now() - way.at < 800 ? way.typed + key : key;
  way.at = Date.now();
  const found = digit ? choiceByDigit(cell, key) : choiceBy(cell, way.typed);
  if (!found) return tell(say.unknown);
  enter(cell, ...found);
  if (digit) down(1);
  else way.from ??= cell.cellIndex;
}

function type(event) {
  const cell = active();
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key === " ") {
    return toggle(range().flat().length > 1 ? range().map(([first]) => lineOf(first)) : [lineOf(cell)]);
  }
  if (event.key === "/" && !(mayChange(cell) && !isChoice(cell))) return search();
  if (!mayChange(cell)) return tell(say.readonly) ?? true;
  if (isChoice(cell)) choose(event.key);
  else {
    way.from ??= cell.cellIndex;
    open(cell, event.key);
  }
  return true;
}

function command(event) {
  if (!(event.ctrlKey || event.metaKey)) return false;
  const deed = {
    d: fillDown,
    z: event.shiftKey ? makeAgain : takeBack,
    y: makeAgain,
    a: () => {
      goTo(cellAt(1, 2));
      goTo(cellAt(lines().length, cellsOf(active().parentElement).length - 1), { extend: true });
    },
  }[event.key.toLowerCase()];
  deed?.();
  return Boolean(deed);
}

function act() {
  const cell = active();
  const pressed = cell.querySelector(cell.classList.contains("c-sel") ? "a, input" : "a");
  pressed?.click();
  return Boolean(pressed);
}

function inCell(event) {
  if (event.key === "F2") open(active());
  else if (event.key === "Enter" && event.ctrlKey) fillRange(valueOf(active()));
  else if (event.key === "Enter") act() || down(event.shiftKey ? -1 : 1);
  else if (event.key === "Escape") {
    free();
    reset(active());
    goTo(active());
  } else if (event.key === "Delete" || event.key === "Backspace") clear();
  else return command(event) || arrows(event) || (event.key === "Tab" ? tab(event) : type(event));
  return true;
}

function inField(event) {
  const cell = editing.open().parentElement;
  if (event.key === "Escape") close(false, { focus: true });
  else if (event.key === "Enter" && event.ctrlKey) {
    close(true, { focus: true, extend: true });
    fillRange(valueOf(cell));
  } else if (event.key === "Enter") {
    close(true, { focus: true });
    down(event.shiftKey ? -1 : 1);
  } else if (event.key === "Tab") {
    way.from ??= cell.cellIndex;
    close(true, { focus: true });
    if (!tab(event)) return false;
  } else return false;
  return true;
}

export function watch() {
  table.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const mine = editing.open() === event.target ? inField(event) : event.target === active() && inCell(event);
    if (mine) event.preventDefault();
    else if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault(); // the browser would press the form's first button
      if (event.target.closest("tr[data-for]")) save([lineOf(event.target)], { always: true });
    }
  });
}
