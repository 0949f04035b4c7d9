/* Search while one types: the rows are in the page, the server says which of them are meant. */

import { active, cellAt, form, goTo, lines, table } from "./selection.js";
import { numbered, say } from "./values.js";
import { tell } from "./saving.js";

const field = document.getElementById("id_q");
let asking = 0;

/* A list of several pages has not all its rows here: there Enter asks. */
const whole = () => !document.querySelector(".ozg-pager a[rel]");

async function find() {
  const mine = ++asking;
  const address = new URLSearchParams(new FormData(field.form));
  for (const [name, value] of [...address]) if (!value) address.delete(name, value);
  if (!address.has("q") && ![...address].length) address.set("all", "1");
  const answer = await fetch(`${form.dataset.find}?${address}`, { credentials: "same-origin" });
  if (!answer.ok || mine !== asking) return;
  const found = new Set((await answer.json()).rows.map(String));
  for (const line of table.querySelectorAll("tr[data-row]")) line.hidden = !found.has(line.dataset.row);
  for (const more of table.querySelectorAll("tr[data-for]")) {
    more.hidden = document.getElementById(more.dataset.for).hidden;
  }
  const number = lines().length;
  tell(number === 1 ? say.oneRow : numbered(say.manyRows, number));
  if (active()?.closest("[hidden]") && number) goTo(cellAt(1, 2), { focus: false });
}

export function watch() {
  let timer;
  if (!field) return;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    if (whole()) timer = setTimeout(() => find().catch(() => {}), 60);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || !lines().length) return;
    event.preventDefault();
    goTo(cellAt(1, 2));
  });
}
