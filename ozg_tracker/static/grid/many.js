/* One selection: ticked rows and the rows of a range are the same. With it comes the bar for many rows. */

import { numbered, say } from "./values.js";
import { active, form, goTo, lineOf, lines, table } from "./selection.js";
import { dirtyLines, save, tell } from "./saving.js";
import { idle, signedIn } from "./sending.js";

const bar = form?.querySelector(".ozg-bulk");
const reasons = document.querySelector(".js-reasons");
let marked = []; // the lines of a range
let told = 0; // how many lines say something

const boxes = () => lines().map((line) => line.querySelector("[name=chosen]")).filter(Boolean);

export function toggle(some) {
  const own = some.map((line) => line?.querySelector("[name=chosen]")).filter(Boolean);
  const on = own.some((box) => !box.checked);
  own.forEach((box) => (box.checked = on));
  count();
  return true;
}

function chosen() {
  const ticked = boxes().filter((box) => box.checked).map(lineOf);
  return [...new Set([...ticked, ...marked])];
}

function count() {
  for (const box of boxes()) box.closest("tr").toggleAttribute("data-selected", box.checked);
  const all = form.querySelector(".js-all");
  if (all) all.checked = boxes().length > 0 && boxes().every((box) => box.checked);
  if (!bar) return;
  const number = chosen().length;
  const found = bar.querySelector(".js-all-found:checked");
  bar.hidden = !number && !found && !bar.querySelector("[role=alert]");
  const meant = found ? Number(found.dataset.number) : number;
  bar.querySelector(".js-count").textContent = meant === 1 ? say.oneRow : numbered(say.manyRows, meant);
}

/* Rows whose change needs a reason are asked for it once. */
function ask() {
  const open = [...table.querySelectorAll("[data-reason]")];
  const before = told;
  const inside = reasons.contains(document.activeElement);
  told = table.querySelectorAll("tr[data-for]").length;
  reasons.hidden = open.length < 2;
  if (reasons.hidden && inside) goTo(active());
  const words = open.length === 1 ? say.oneReason : numbered(say.manyReasons, open.length);
  reasons.querySelector(".js-reasons-head").textContent = words;
  if (told || before) tell(!told ? "" : told === 1 ? say.oneMessage : numbered(say.messages, told));
}

async function leave(event) {
  if (form.dataset.leaving) return;
  event.preventDefault();
  const more = event.submitter?.closest("tr[data-for]");
  if (more) return save([lineOf(more)], { always: true });
  await save(dirtyLines());
  await idle();
  if (!(await signedIn().catch(() => tell(say.failed) && false))) return;
  for (const line of marked) line.querySelector("[name=chosen]")?.setAttribute("checked", "");
  marked.forEach((line) => (line.querySelector("[name=chosen]") ?? {}).checked = true);
  form.dataset.leaving = "yes";
  form.requestSubmit(event.submitter);
}

export function watch() {
  document.addEventListener("grid:range", ({ detail }) => {
    marked.forEach((line) => line.classList.remove("on"));
    marked = detail.rows.length > 1 ? detail.rows.map(([first]) => lineOf(first)) : [];
    marked.forEach((line) => line.classList.add("on"));
    count();
  });
  document.addEventListener("grid:drawn", () => {
    count();
    ask();
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches(".js-all")) boxes().forEach((box) => (box.checked = event.target.checked));
    if (event.target.matches(".js-all, [name=chosen], .js-all-found")) count();
  });
  form.addEventListener("submit", leave);
  bar?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("[name=do][value=bulk]"));
  });
  reasons.addEventListener("submit", (event) => {
    event.preventDefault();
    const input = reasons.querySelector("input");
    const some = [...table.querySelectorAll("[data-reason]")].map(lineOf);
    save(some, { always: true, reason: input.value }).then(() => (input.value = ""));
  });
  count();
}
