/* Cells out to Excel and LibreOffice and in again, and one value for a whole range. */

import { fieldOf, fromTsv, isChoice, mayChange, toTsv, valueOf, wordsOf } from "./values.js";
import { active, form, lineOf, lines, range, table } from "./selection.js";
import { idle, inTurn } from "./sending.js";
import { close, editing } from "./editing.js";
import { enter } from "./history.js";
import { columns, dirtyLines, request, save, send } from "./saving.js";

let own = { text: null, cells: [] }; // what was copied here: its values too, which words alone might not tell

const saveRange = () => save([...new Set(range().flat().map(lineOf))]);

export function copy(event) {
  const cells = range();
  const text = toTsv(cells.map((row) => row.map((cell) => (cell.dataset.l ? wordsOf(cell) : cell.textContent.trim()))));
  own = {
    text,
    cells: cells.map((row) => row.map((cell) => cell.dataset.l && [fieldOf(cell), valueOf(cell), wordsOf(cell)])),
  };
  event.clipboardData.setData("text/plain", text);
  event.preventDefault();
}

export function clear() {
  const free = range().flat().filter((cell) => mayChange(cell) && !(isChoice(cell) && !hasNone(cell)));
  free.forEach((cell) => enter(cell, "", isChoice(cell) ? undefined : ""));
  if (free.length > 1) saveRange();
}

const hasNone = (cell) => !["state", "responsibility"].includes(fieldOf(cell));

/* The uppermost row of the range in all its rows; a single row takes what stands above it. */
export function fillDown() {
  const cells = range();
  const above = cells.length > 1 ? cells[0] : lines()[lines().indexOf(lineOf(active())) - 1]?.cells;
  if (!above) return;
  for (const row of cells) {
    for (const cell of row) {
      const from = [...above].find((each) => each.cellIndex === cell.cellIndex);
      if (from !== cell && fieldOf(cell)) enter(cell, valueOf(from), wordsOf(from));
    }
  }
  saveRange();
}

/* The value of the active cell in every cell of the range of the same column, and of any that takes text. */
export function fillRange(value) {
  const words = wordsOf(active());
  for (const cell of range().flat()) if (fieldOf(cell) === fieldOf(active())) enter(cell, value, words);
  saveRange();
}

/* A block is repeated over a range that is larger; beyond the last row the server says what had no place. */
export async function paste(text) {
  const block = fromTsv(text);
  const cells = range();
  const start = cells[0][0];
  const [height, width] = [Math.max(block.length, cells.length), Math.max(block[0].length, cells[0].length)];
  const at = lines().indexOf(lineOf(start));
  if (own.text !== null && own.text.replaceAll("\r", "") === text.replaceAll("\r", "")) {
    return lay(at, start.cellIndex, height, width);
  }
  const whole = repeated(block, height, width);
  await idle();
  await save(dirtyLines());
  return inTurn(async () => {
    const hit = lines().slice(at, at + whole.length);
    const data = request(hit);
    columns().forEach((each) => data.append("columns", each.dataset.field));
    data.set("field", start.dataset.field);
    data.set("text", toTsv(whole));
    const answer = await send(form.dataset.paste, data, hit);
    if (answer?.told) form.querySelector(".js-pasted").innerHTML = answer.told;
  });
}

const repeated = (block, height, width) =>
  height > block.length || width > block[0].length
    ? Array.from(
      { length: height },
      (_, y) => Array.from({ length: width }, (_, x) => block[y % block.length][x % block[0].length] ?? ""),
    )
    : block;

/* What was copied in this page, by its values. */
function lay(at, column, height, width) {
  const block = own.cells;
  lines().slice(at, at + height).forEach((line, y) => {
    for (let x = 0; x < width; x++) {
      const [cell, from] = [line.cells[column + x], block[y % block.length][x % block[0].length]];
      if (from && cell && fieldOf(cell) === from[0] && mayChange(cell)) enter(cell, from[1], from[2]);
    }
  });
  return save(dirtyLines());
}

export function watch() {
  const here = () => !editing.open() && table.contains(document.activeElement) && document.activeElement === active();
  document.addEventListener("copy", (event) => here() && copy(event));
  document.addEventListener("cut", (event) => {
    if (!here()) return;
    copy(event);
    clear();
  });
  document.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (editing.open() && (/[\t\r\n]/.test(text) || editing.open().tagName === "SELECT")) close(false, { focus: true });
    if (!here() || !text.trim() || fieldOf(active()) === undefined) return;
    event.preventDefault();
    paste(text);
  });
}
