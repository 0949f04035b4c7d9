/* Taking back and making again: first what is not saved yet, then the saved deeds, each as one, by counter-events. */

import { mayChange, restore, say, setValue, valueOf, wordsOf } from "./values.js";
import { form, rename } from "./selection.js";
import { idle, post } from "./sending.js";
import { asked, draw, fill, request, tell, wait } from "./saving.js";

const entries = []; // [row's id, field, before, words, after]
const deeds = form?.dataset.made ? [form.dataset.made] : [];
const undone = [];
const button = document.querySelector(".js-undo");

/* Enters a value in a cell, to be taken back. Whether it is another than before. */
export function enter(cell, value, words) {
  if (!mayChange(cell)) return false;
  const [before, wore] = [valueOf(cell), wordsOf(cell)];
  if (!setValue(cell, value, words)) return false;
  entries.push([cell.parentElement.id, cell.dataset.field, before, wore, value]);
  wait(cell.parentElement);
  rename();
  document.dispatchEvent(new CustomEvent("grid:entered"));
  return true;
}

/* What was entered in a cell and not saved is as it was. */
export function reset(cell) {
  const done = restore(cell);
  rename();
  return done;
}

export function made(text) {
  deeds.push(text);
  undone.length = 0;
  entries.length = 0;
  show();
}

export async function takeBack() {
  if (unsaved()) return;
  await idle();
  await send(deeds, undone);
}

export async function makeAgain() {
  await idle();
  await send(undone, deeds);
}

function unsaved() {
  while (entries.length) {
    const [id, field, before, words, after] = entries.pop();
    const cell = document.querySelector(`#${id} td[data-field="${field}"][data-was]`);
    if (!cell || valueOf(cell) !== after) continue;
    setValue(cell, before, words);
    rename();
    return true;
  }
  return false;
}

async function send(from, to) {
  const text = from.at(-1);
  if (!text) return tell(say.nothing);
  const here = text.split(" ").map((each) => document.getElementById(`r${each.split(":")[0]}`)).filter(Boolean);
  const data = request([]);
  here.forEach((line) => fill(data, line));
  data.set("made", text);
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
