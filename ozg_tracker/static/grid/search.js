/* Search while one types: the server says which rows are meant. Those that are not in the page come from it. */

import { active, cellAt, form, goTo, lines, moreOf, quiet, table } from "./selection.js";
import { numbered, say } from "./values.js";
import { dirtyCells, request, tell } from "./saving.js";
import { post } from "./sending.js";

const MOST = 60; // rows brought in at a time; Enter shows all of them
const field = document.getElementById("id_q");
const body = table?.tBodies[0];
const home = body ? [...body.querySelectorAll("tr[data-row]")] : []; // as the page came
const begun = field?.value;
let asking = 0;

const lineOf = (id) => document.getElementById(`r${id}`);

async function find() {
  const mine = ++asking;
  if (field.value.trim() === begun) return show(home.map((line) => line.dataset.row));
  const address = new URLSearchParams(new FormData(field.form));
  for (const [name, value] of [...address]) if (!value) address.delete(name, value);
  if (!address.has("q") && ![...address].length) address.set("all", "1");
  const answer = await fetch(`${form.dataset.find}?${address}`, { credentials: "same-origin" });
  if (!answer.ok || mine !== asking) return;
  const found = (await answer.json()).rows.map(String);
  const there = found.filter((id) => lineOf(id));
  const missing = found.filter((id) => !lineOf(id)).slice(0, Math.max(MOST - there.length, 0));
  const shown = new Set([...there, ...missing]);
  if (missing.length) await bring(missing);
  if (mine === asking) show(found.filter((id) => shown.has(id)), found.length);
}

/* A line that is sent with nothing to save comes back as it stands. */
async function bring(ids) {
  const data = request([]);
  ids.forEach((id) => data.append("row", id));
  const box = document.createElement("template");
  box.innerHTML = (await post(form.dataset.cells, data)).lines;
  const fresh = [...box.content.querySelectorAll("tr[data-row]")].filter((each) => !document.getElementById(each.id));
  fresh.forEach(quiet);
  body.append(...fresh);
}

/* The rows in this order, the others hidden. What is not saved yet stays in sight. */
function show(ids, number = ids.length) {
  const wanted = new Set(ids);
  for (const line of body.querySelectorAll("tr[data-row]")) {
    line.hidden = !wanted.has(line.dataset.row) && !dirtyCells(line).length;
    if (moreOf(line)) moreOf(line).hidden = line.hidden;
  }
  for (const line of ids.map(lineOf)) body.append(...[line, moreOf(line)].filter(Boolean));
  const rows = number === 1 ? say.oneRow : numbered(say.manyRows, number);
  tell(number > ids.length ? `${rows}. ${numbered(say.firstRows, ids.length)}` : rows);
  if (active()?.closest("[hidden]") && lines().length) goTo(cellAt(1, 2), { focus: false });
}

export function watch() {
  let timer;
  if (!field) return;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => find().catch(() => {}), 60);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || !lines().length) return;
    event.preventDefault();
    goTo(cellAt(1, 2));
  });
}
