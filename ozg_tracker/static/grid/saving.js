/* Saves what was entered: a row when it is left, many rows at once; draws the server's lines in their place. */

import { fieldOf, isDirty, numbered, say, setValue, valueOf, wordsOf } from "./values.js";
import { active, cellsOf, exchange, form, goTo, lineOf, lines, moreOf, onLeaving, table } from "./selection.js";
import { inTurn, isOut, onOpen, post } from "./sending.js";
import { editing } from "./editing.js";
import { made } from "./history.js";

const said = form?.querySelector(".js-said");
const waiting = new Set(); // ids of lines that could not be sent
let count = 0;
let lastKey = 0;

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

export const wait = (line) => outcome(line, say.waiting);
/* The fields of a line that are sent: its version, what was entered, what stands in the question below it. */
export function fill(data, line) {
  data.append("row", line.dataset.row);
  const version = line.querySelector("input[name$='-version']");
  data.set(version.name, version.value);
  for (const cell of dirtyCells(line)) data.set(`${line.id}-${fieldOf(cell)}`, valueOf(cell));
  for (const input of moreOf(line)?.querySelectorAll("input") ?? []) {
    if (input.type !== "radio" || input.checked) data.set(input.name, input.value);
  }
}

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
    const now = ids.map((id) => document.getElementById(id)).filter((line) =>
      line && (always || dirtyCells(line).length)
    );
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
  for (const fresh of [...box.content.querySelectorAll("tr[data-row]")]) {
    const line = document.getElementById(fresh.id);
    if (line) place(line, fresh, box.content.querySelector(`tr[data-for="${fresh.id}"]`), before.get(fresh.id));
  }
  document.dispatchEvent(new CustomEvent("grid:drawn"));
}

/* What was entered since the line was sent stays, and is sent with the next. */
function place(line, fresh, more, sent) {
  const own = fresh.querySelector("[name=chosen]");
  if (own) own.checked = Boolean(line.querySelector("[name=chosen]")?.checked);
  fresh.toggleAttribute("data-selected", Boolean(own?.checked));
  cellsOf(line).forEach((cell, at) => {
    if (!cell.dataset.field || !sent || valueOf(cell) === sent.get(fieldOf(cell))) return;
    setValue(fresh.cells[at], valueOf(cell), wordsOf(cell));
  });
  const typed = moreOf(line)?.querySelector("[id$='-reason']");
  const here = document.activeElement;
  moreOf(line)?.remove();
  editing.carry(line, fresh, () => exchange(line, fresh));
  if (more) fresh.after(more);
  const again = typed && more?.querySelector("[id$='-reason']");
  if (again) again.value = typed.value;
  if (again && here === typed) again.focus();
}

/* The keyboard goes to what was refused, unless the person is at work elsewhere. */
function follow(ids) {
  const at = active();
  const busy = editing.open() || Date.now() - lastKey < 700 || (at && lineOf(at) && dirtyCells(lineOf(at)).length);
  const inside = table.contains(document.activeElement);
  const wrong = ids.map((id) => document.getElementById(id)?.querySelector("td.no")).find(Boolean);
  if (wrong && inside && !(busy && !ids.includes(lineOf(at)?.id))) goTo(wrong);
}

export function watch() {
  let timer;
  addEventListener("keydown", () => (lastKey = Date.now()), true);
  onLeaving((row) => row.dataset.row && dirtyCells(row).length && save([row]));
  onOpen(() => save(dirtyLines(), { always: false }));
  table.addEventListener("focusout", (event) => {
    if (!event.relatedTarget?.closest?.(".ozg-grid")) save(dirtyLines());
  });
  document.addEventListener("grid:entered", () => {
    clearTimeout(timer);
    timer = setTimeout(() => editing.open() || save(dirtyLines()), 5000);
  });
  addEventListener("beforeunload", (event) => {
    if (!form.dataset.leaving && (dirtyLines().length || waiting.size)) event.preventDefault();
  });
}
