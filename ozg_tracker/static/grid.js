/* The grid with JavaScript: a row saves when it is left, Enter moves down, Esc resets. Without this file the form's own
   buttons do the same work; the server draws every line in both cases, so there is one set of words and rules. */

const form = document.querySelector(".ozg-gridform");
const fields = "select, input:not([type=hidden]):not([type=checkbox]):not([type=radio])";

const lineOf = (element) => element.closest("tr[data-address]") ?? ownerOf(element.closest("tr[data-for]"));
const ownerOf = (more) => more && document.getElementById(more.dataset.for);
const moreOf = (line) => form.querySelector(`tr[data-for="${line.id}"]`);
const partsOf = (line) => [line, moreOf(line)].filter(Boolean);
const inputsOf = (line) => partsOf(line).flatMap((part) => [...part.querySelectorAll("input, select")]);
const valueOf = (line) => JSON.stringify(inputsOf(line).filter((each) => each.type !== "checkbox").map((each) => (each.type === "radio" ? each.checked : each.value)));

const saved = new Map();
const saving = new Map();

function remember(line) {
  saved.set(line.id, valueOf(line));
}

function say(line, words, bad) {
  const cell = line.querySelector(".c-save");
  const text = document.createElement("span");
  text.className = bad ? "ozg-save ozg-save--bad" : "ozg-save";
  text.textContent = words;
  cell.replaceChildren(text);
}

function entered(line) {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  for (const input of inputsOf(line)) {
    if (input.name && (input.type !== "radio" || input.checked) && input.type !== "checkbox") data.append(input.name, input.value);
  }
  return data;
}

/* Saves what was entered; one request a row at a time, so that a second change builds on the first one's version. */
async function save(line, always = false) {
  if (!line || (!always && saved.get(line.id) === valueOf(line))) return;
  if (saving.has(line.id)) {
    await saving.get(line.id);
    return save(document.getElementById(line.id), always);
  }
  say(line, form.dataset.saving);
  const work = send(line, valueOf(line));
  saving.set(line.id, work);
  await work;
  saving.delete(line.id);
}

async function send(line, asked) {
  try {
    const ask = { method: "POST", body: entered(line), credentials: "same-origin", redirect: "error", keepalive: true };
    const answer = await fetch(line.dataset.address, ask);
    if (!answer.ok) throw new Error(String(answer.status));
    draw(line, await answer.text(), asked);
  } catch {
    say(line, form.dataset.failed, true);
  }
}

/* Puts the server's line in place. Where the person is still at work in it, only its version and its outcome. */
function draw(line, html, asked) {
  const box = document.createElement("template");
  box.innerHTML = html;
  const fresh = box.content.querySelector("tr[data-address]");
  const more = box.content.querySelector("tr[data-for]");
  const typed = valueOf(line) !== asked;
  const selected = Boolean(line.querySelector("[name=auswahl]")?.checked);
  if (!typed) {
    moreOf(line)?.remove();
    if (more) line.after(more);
  }
  if (typed || line.contains(document.activeElement)) {
    line.querySelector("input[name$='-version']").value = fresh.querySelector("input[name$='-version']").value;
    line.querySelector(".c-save").replaceChildren(...fresh.querySelector(".c-save").childNodes);
  } else {
    const again = fresh.querySelector("[name=auswahl]");
    if (again) again.checked = selected;
    fresh.toggleAttribute("data-selected", selected);
    line.replaceWith(fresh);
    line = fresh;
  }
  if (!typed) remember(line);
}

function move(field, step) {
  const name = field.closest("td").dataset.field;
  const lines = [...form.querySelectorAll("tr[data-address]")];
  const next = lines[lines.indexOf(lineOf(field)) + step]?.querySelector(`td[data-field="${name}"] :is(${fields})`);
  if (next) next.focus();
  else save(lineOf(field));
}

function reset(field) {
  if (field.tagName === "SELECT") field.value = [...field.options].find((each) => each.defaultSelected)?.value ?? field.options[0].value;
  else field.value = field.defaultValue;
  swatch(field);
}

/* A block copied from Excel: its cells go to the right and down from the cell that has the focus. */
function paste(field, text) {
  const lines = [...form.querySelectorAll("tr[data-address]")];
  const first = lines.indexOf(lineOf(field));
  text.replace(/\r?\n$/, "").split(/\r?\n/).forEach((row, down) => {
    const line = lines[first + down];
    if (!line) return;
    const cells = [...line.querySelectorAll("td[data-field]")];
    const from = cells.findIndex((cell) => cell.dataset.field === field.closest("td").dataset.field);
    row.split("\t").forEach((value, right) => set(cells[from + right]?.querySelector(fields), value.trim()));
    if (line !== lineOf(field) || down > 0) save(line);
  });
}

function set(field, value) {
  if (!field || !value) return;
  const empty = value === "–";
  if (field.tagName === "SELECT") {
    const wanted = value.toLowerCase();
    const words = (option) => option.textContent.trim().toLowerCase();
    const options = [...field.options];
    const found = empty
      ? options.find((each) => each.value === "")
      : options.find((each) => words(each) === wanted) ?? options.find((each) => words(each).split(" ")[0] === wanted);
    if (found) field.value = found.value;
    swatch(field);
  } else if (field.type === "date") {
    const day = value.match(/^(\d{1,2})\.(\d{1,2})\.(\d{4})$/);
    field.value = empty ? "" : day ? `${day[3]}-${day[2].padStart(2, "0")}-${day[1].padStart(2, "0")}` : value;
  } else field.value = empty ? "" : value;
}

function swatch(field) {
  const mark = field.closest(".lv")?.querySelector("b");
  const number = field.selectedOptions?.[0]?.textContent.match(/^\d+/)?.[0];
  if (mark) mark.className = number === undefined ? "ln" : `l${number}`;
}

function count() {
  const boxes = [...form.querySelectorAll("[name=auswahl]")];
  const number = boxes.filter((each) => each.checked).length;
  const words = form.querySelector(".js-count");
  words.textContent = [words.dataset.none, words.dataset.one][number] ?? words.dataset.many.replace("#", number);
  for (const box of boxes) box.closest("tr").toggleAttribute("data-selected", box.checked);
  form.querySelector(".js-all").checked = number > 0 && number === boxes.length;
}

function start() {
  form.querySelectorAll("tr[data-address]").forEach(remember);
  form.querySelectorAll(".js-only").forEach((each) => each.removeAttribute("hidden"));
  form.addEventListener("focusout", (event) => {
    const line = event.target.closest("tr") && lineOf(event.target);
    const next = event.relatedTarget?.closest?.("tr") && lineOf(event.relatedTarget);
    if (line && line !== next) save(line);
  });
  form.addEventListener("keydown", (event) => {
    if (!event.target.matches(`td[data-field] :is(${fields})`)) return;
    if (event.key === "Enter") {
      event.preventDefault();
      move(event.target, event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      reset(event.target);
    }
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches(".js-all")) {
      form.querySelectorAll("[name=auswahl]").forEach((box) => (box.checked = event.target.checked));
    }
    if (event.target.matches(".js-all, [name=auswahl]")) count();
    else swatch(event.target);
  });
  form.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (!/[\t\n]/.test(text) || !event.target.matches(`td[data-field] :is(${fields})`)) return;
    event.preventDefault();
    paste(event.target, text);
  });
  form.addEventListener("submit", async (event) => {
    const more = event.submitter?.closest("tr[data-for]");
    if (more) {
      event.preventDefault();
      await save(ownerOf(more), true);
    } else if (saving.size) {
      event.preventDefault();
      await Promise.all(saving.values());
      form.requestSubmit(event.submitter);
    } else form.dataset.leaving = "yes";
  });
  window.addEventListener("beforeunload", (event) => {
    const unsaved = [...form.querySelectorAll("tr[data-address]")].filter((line) => saved.get(line.id) !== valueOf(line));
    if (!form.dataset.leaving && unsaved.some((line) => !saving.has(line.id))) event.preventDefault();
  });
  count();
}

if (form?.querySelector(".js-count")) start();
