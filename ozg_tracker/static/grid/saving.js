/* Saves what was entered: a row when it is left, many rows at once; draws the server's lines in their place. */

import { fieldOf, isDirty, numbered, say, setValue, valueOf, wordsOf } from "./values.js";
import { active, cellsOf, exchange, form, goTo, lineOf, lines, moreOf, onLeaving, table } from "./selection.js";
import { inTurn, isOut, onOpen, post } from "./sending.js";
import { editing } from "./editing.js";
import { made } from "./history.js";

const said = form?.querySelector(".js-said");
const waiting = new Set(); // ids of lines that could not be sent
const refused = new Map(); // by id of a line: what the server refused, as it was sent
let count = 0;
let lastKey = 0;
let drawing = false;

export const dirtyCells = (line) => cellsOf(line).filter(isDirty);
export const dirtyLines = () => lines().filter((line) => dirtyCells(line).length);
export const columns = () => [...table.tBodies[0].rows[0].cells].filter((each) => each.dataset.field !== undefined);
export const tell = (words) => (said.textContent = words);

function outcome(line, words, bad) {
  const text = document.createElement("span");
  text.className = bad ? "ozg-save ozg-save--bad" : "ozg-save";
  text.textContent = words;
  line.querySelector(".c-save").replaceChildren(text);
}

export function wait(line) {
  refused.delete(line.id);
  outcome(line, say.waiting);
}

/* Nothing of the line waits any more: what was said about it goes. */
export function settle(line) {
  waiting.delete(line.id);
  refused.delete(line.id);
  line.classList.remove("conflict");
  line.querySelector(".c-save").replaceChildren();
  moreOf(line)?.remove();
}

/* The fields of a line that are sent: its version, what was entered, what stands in the question below it. */
export function fill(data, line, more = moreOf(line)) {
  data.append("row", line.dataset.row);
  const version = line.querySelector("input[name$='-version']");
  data.set(version.name, version.value);
  for (const cell of dirtyCells(line)) data.set(`${line.id}-${fieldOf(cell)}`, valueOf(cell));
  for (const input of more?.querySelectorAll("input") ?? []) {
    if (input.type !== "radio" || input.checked) data.set(input.name, input.value);
  }
}

function sentOf(line, more) {
  const data = new FormData();
  fill(data, line, more);
  return String(new URLSearchParams(data));
}

/* What was refused is sent again when something of it is another. */
const isNew = (line) => dirtyCells(line).length && refused.get(line.id) !== sentOf(line);

export const asked = (some) =>
  new Map(
    some.map((line) => [line.id, new Map(cellsOf(line).map((c) => [fieldOf(c), c.dataset.field && valueOf(c)]))]),
  );

export function request(some) {
  const data = new FormData();
  form.dataset.names.split(" ").forEach((each) => data.append("names", each));
  some.forEach((line) => fill(data, line));
  return data;
}

/* `always`: also a line in whose question something was decided, though no cell was changed. */
export function save(some, { always = false, reason = "" } = {}) {
  const ids = some.map((line) => line.id);
  return inTurn(async () => {
    const now = ids.map((id) => document.getElementById(id)).filter((line) => line && (always || isNew(line)));
    if (!now.length) return;
    if (isOut()) return now.forEach((line) => outcome(line, say.out, true));
    const data = request(now);
    if (reason) now.forEach((line) => data.set(`${line.id}-reason`, reason)); // whatever was drawn since it was typed
    if (await send(form.dataset.cells, data, now)) follow(now.map((line) => line.id));
  });
}

/* Sends and draws; what failed waits, and nothing that was entered is lost. */
export async function send(address, data, some) {
  const before = asked(some);
  some.forEach((line) => outcome(line, say.saving));
  try {
    const answer = await post(address, data);
    some.forEach((line) => waiting.delete(line.id));
    draw(answer.lines ?? "", before);
    if (answer.made) saved(answer.made);
    return answer;
  } catch {
    for (const line of some) {
      waiting.add(line.id);
      outcome(document.getElementById(line.id), isOut() ? say.out : navigator.onLine ? say.failed : say.offline, true);
    }
    setTimeout(retry, 5000);
  }
}

function saved(text) {
  count += text.split(" ").length;
  tell(count === 1 ? say.oneSaved : numbered(say.manySaved, count));
  made(text);
}

function retry() {
  if (!isOut() && navigator.onLine && waiting.size) {
    save([...waiting].map((id) => document.getElementById(id)), { always: true });
  }
}

export function draw(html, before) {
  const box = document.createElement("template");
  box.innerHTML = html;
  drawing = true;
  for (const fresh of [...box.content.querySelectorAll("tr[data-row]")]) {
    const line = document.getElementById(fresh.id);
    if (line) place(line, fresh, box.content.querySelector(`tr[data-for="${fresh.id}"]`), before.get(fresh.id));
  }
  drawing = false;
  document.dispatchEvent(new CustomEvent("grid:drawn"));
}

/* What was entered since the line was sent stays, and is sent with the next. */
function place(line, fresh, more, sent) {
  const own = fresh.querySelector("[name=chosen]");
  if (own) own.checked = Boolean(line.querySelector("[name=chosen]")?.checked);
  fresh.toggleAttribute("data-selected", Boolean(own?.checked));
  if (more) refused.set(fresh.id, sentOf(fresh, more));
  else refused.delete(fresh.id);
  cellsOf(line).forEach((cell, at) => {
    if (!cell.dataset.field || !sent || valueOf(cell) === sent.get(fieldOf(cell))) return;
    setValue(fresh.cells[at], valueOf(cell), wordsOf(cell));
  });
  const typed = moreOf(line)?.querySelector("[id$='-reason']");
  const here = document.activeElement;
  const inside = moreOf(line)?.contains(here);
  moreOf(line)?.remove();
  editing.carry(line, fresh, () => exchange(line, fresh));
  if (more) fresh.after(more);
  const again = typed && more?.querySelector("[id$='-reason']");
  if (again) again.value = typed.value;
  if (again && here === typed) again.focus();
  else if (inside) goTo(active());
}

/* The keyboard goes to what was refused; where the person is at work elsewhere, once that is over. */
function follow(ids) {
  const at = active();
  const busy = editing.open() || Date.now() - lastKey < 700 || (at && lineOf(at) && dirtyCells(lineOf(at)).length);
  const inside = table.contains(document.activeElement);
  const wrong = ids.map((id) => document.getElementById(id)?.querySelector("td.no")).find(Boolean);
  if (!wrong || !inside) return;
  if (busy && !ids.includes(lineOf(at)?.id)) setTimeout(() => follow(ids), 5000);
  else goTo(wrong);
}

export function watch() {
  let timer;
  addEventListener("keydown", () => (lastKey = Date.now()), true);
  onLeaving((row) => row.dataset.row && dirtyCells(row).length && save([row]));
  onOpen(() => save(dirtyLines(), { always: false }));
  table.addEventListener("focusout", (event) => {
    if (!drawing && !event.relatedTarget?.closest?.(".ozg-grid")) save(dirtyLines());
  });
  document.addEventListener("grid:entered", () => {
    clearTimeout(timer);
    timer = setTimeout(() => editing.open() || save(dirtyLines()), 5000);
  });
  addEventListener("beforeunload", (event) => {
    if (!form.dataset.leaving && (dirtyLines().length || waiting.size)) event.preventDefault();
  });
}
