/* Taking back and making again: first what is not saved yet, then the saved deeds, each as one, by counter-events. */

import { isDirty, mayChange, restore, say, setValue, valueOf, wordsOf } from "./values.js";
import { form, moreOf, rename } from "./selection.js";
import { idle, post } from "./sending.js";
import { asked, dirtyCells, draw, fill, request, settle, tell, wait } from "./saving.js";

let steps = []; // what is not saved yet, each a list of [row's id, field, before, words, after] entered in one go
let step = null;
const deeds = form?.dataset.made ? [form.dataset.made] : [];
const undone = [];
const button = document.querySelector(".js-undo");

/* Enters a value in a cell, to be taken back. Whether it is another than before. */
export function enter(cell, value, words) {
  if (!mayChange(cell)) return false;
  const [before, wore] = [valueOf(cell), wordsOf(cell)];
  if (!setValue(cell, value, words)) return false;
  if (!step) {
    steps.push(step = []);
    queueMicrotask(() => (step = null)); // one key enters a whole range
  }
  step.push([cell.parentElement.id, cell.dataset.field, before, wore, value]);
  wait(cell.parentElement);
  rename();
  document.dispatchEvent(new CustomEvent("grid:entered"));
  return true;
}

/* What was entered in a cell and not saved is as it was. */
export function reset(cell) {
  const done = restore(cell);
  if (!done && !moreOf(cell.parentElement)) return rename();
  calm(cell);
  document.dispatchEvent(new CustomEvent("grid:drawn"));
  rename();
}

/* A cell that is as it is stored was not refused; a line of such cells has nothing to say. */
function calm(cell) {
  if (isDirty(cell)) return;
  cell.classList.remove("no", "two");
  cell.ariaInvalid = null;
  cell.removeAttribute("aria-describedby");
  if (!dirtyCells(cell.parentElement).length) settle(cell.parentElement);
}

const cellOf = ([id, field]) => document.querySelector(`#${id} td[data-field="${field}"][data-was]`);

export function made(text) {
  deeds.push(text);
  undone.length = 0;
  steps = steps.map((each) => each.filter(cellOf)).filter((each) => each.length);
  show();
}

export async function takeBack() {
  await idle();
  if (unsaved()) return;
  await send(deeds, undone);
}

export async function makeAgain() {
  await idle();
  await send(undone, deeds, "1");
}

function unsaved() {
  let some = 0;
  while (steps.length && !some) {
    for (const entry of steps.pop().reverse()) {
      const [cell, before, words, after] = [cellOf(entry), ...entry.slice(2)];
      if (!cell || valueOf(cell) !== after) continue;
      setValue(cell, before, words);
      calm(cell);
      some++;
    }
  }
  if (some) document.dispatchEvent(new CustomEvent("grid:drawn"));
  rename();
  return some > 0;
}

async function send(from, to, again = "") {
  const text = from.at(-1);
  if (!text) return tell(say.nothing);
  const here = text.split(" ").map((each) => document.getElementById(`r${each.split(":")[0]}`)).filter(Boolean);
  const data = request([]);
  here.forEach((line) => fill(data, line));
  data.set("made", text);
  data.set("again", again);
  try {
    const before = asked(here);
    const answer = await post(form.dataset.undo, data);
    from.pop();
    if (answer.refused) return tell(answer.refused);
    to.push(answer.made);
    draw(answer.lines, before);
    tell(answer.told);
  } catch {
    tell(say.failed);
  }
  show();
}

function show() {
  button.hidden = !deeds.length;
}

export function watch() {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    takeBack();
  });
}
