/* The ARIA grid over the server's table: without this the form's own buttons do the same work. */

import { cellAt, cellsOf, form, goTo, quiet, table } from "./selection.js";
import { mayChange } from "./values.js";
import * as sending from "./sending.js";
import * as saving from "./saving.js";
import * as history from "./history.js";
import * as keys from "./keys.js";
import * as jumps from "./jumps.js";
import * as clipboard from "./clipboard.js";
import * as mouse from "./mouse.js";
import * as many from "./many.js";
import * as search from "./search.js";
import * as later from "./later.js";

function start() {
  table.setAttribute("role", "grid");
  table.ariaMultiSelectable = "true";
  quiet(table);
  form.querySelectorAll(".js-only").forEach((each) => each.removeAttribute("hidden"));
  for (const part of [sending, saving, history, keys, jumps, clipboard, mouse, many, search, later]) part.watch();
  const first = table.tBodies[0].rows[0];
  goTo(cellsOf(first).find(mayChange) ?? cellAt(1, 1), { focus: false });
  document.querySelector("[href='#tabelle']")?.addEventListener("click", (event) => {
    event.preventDefault();
    table.querySelector("[tabindex='0']").focus();
  });
}

if (table) start();
