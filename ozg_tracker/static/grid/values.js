/* What a cell holds: its words, the value behind them where that is another, and what was stored before it was changed.
   And what people type and copy: letters that choose, cells side by side as spreadsheets copy them. */

export const say = document.querySelector(".js-words")?.dataset ?? {};
export const options = JSON.parse(document.getElementById("grid-options")?.textContent ?? "{}");

const textOf = (cell) => cell.querySelector(".t");
export const numbered = (words, number) => words.replace("#", number.toLocaleString("de"));
export const valueOf = (cell) => cell.dataset.v ?? textOf(cell).textContent;
export const wordsOf = (cell) => (valueOf(cell) === "" ? "" : textOf(cell).textContent);
export const isDirty = (cell) => cell.dataset.was !== undefined;
export const mayChange = (cell) => Boolean(cell?.dataset.field) && cell.ariaReadOnly !== "true";
export const isChoice = (cell) => cell.dataset.field in options;
export const fieldOf = (cell) => cell.dataset.field;

/* Writes a value into a cell; whether it is another than before. */
export function setValue(cell, value, words) {
  const before = valueOf(cell);
  if (before === value) return false;
  if (!isDirty(cell)) {
    cell.dataset.was = before;
    cell.dataset.wore = textOf(cell).textContent;
  }
  write(cell, value, words);
  if (cell.dataset.was === value) clean(cell);
  return true;
}

export function restore(cell) {
  if (!isDirty(cell)) return false;
  write(cell, cell.dataset.was, cell.dataset.wore);
  clean(cell);
  return true;
}

function clean(cell) {
  delete cell.dataset.was;
  delete cell.dataset.wore;
}

function write(cell, value, words) {
  const text = textOf(cell);
  cell.dataset.v = value;
  const shown = words ?? (isChoice(cell) ? labelOf(cell, value) : value);
  const mark = text.querySelector("b");
  text.replaceChildren(...(mark ? [mark] : []), shown || "–");
  text.classList.toggle("none", value === "" && !mark);
  const number = shown.match(/^\d+/)?.[0];
  if (mark) mark.className = number === undefined ? "ln" : `l${number}`;
}

const labelOf = (cell, value) => options[fieldOf(cell)].find(([each]) => each === value)?.[1] ?? value;

/* The choice that typed letters mean: what begins so, else what holds a word that does. null: none. */
export function choiceBy(cell, typed) {
  const wanted = typed.toLowerCase();
  const every = options[fieldOf(cell)];
  const begins = every.find(([, words]) => words.toLowerCase().startsWith(wanted));
  const within = () =>
    every.find(([, words]) => words.toLowerCase().split(/[\s,.-]+/).some((w) => w.startsWith(wanted)));
  return begins ?? within() ?? null;
}

/* A digit means the level of that number; in another list the choice at that place, the first being 1. */
export function choiceByDigit(cell, digit) {
  const every = options[fieldOf(cell)];
  if (fieldOf(cell) === "level") return every.find(([, words]) => words.split(" ")[0] === digit) ?? null;
  return every.length < 10 ? every[Number(digit) - 1] ?? null : null;
}

export function toTsv(rows) {
  const quoted = (text) => (/[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((cells) => cells.map(quoted).join("\t")).join("\r\n");
}

/* A cell of several lines or with quotes stands in quotes, as spreadsheets copy it. */
export function fromTsv(text) {
  const rows = [[]];
  const cells = /("(?:[^"]|"")*"(?=\t|\r?\n|$)|[^\t\r\n]*)(\t|\r?\n|\r|$)/g;
  const whole = text.replace(/\r?\n$/, "");
  for (const [all, cell, end] of whole.matchAll(cells)) {
    if (all === "" && rows.at(-1).length) break;
    rows.at(-1).push(/^".*"$/s.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === "") break;
    if (end !== "\t") rows.push([]);
  }
  return rows;
}
