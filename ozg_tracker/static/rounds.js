/* One key a row: J says that it still holds and goes on, Z takes that back, F2 opens the row to change it, arrows go.
   Answers travel one after the other, the page stays. Without this file each row's buttons do the same work. */

const form = document.querySelector("[data-round]");
const head = document.querySelector("[data-head]");
const left = document.querySelector("[data-left]");
const button = document.querySelector("[data-button]");
const rows = () => [...form.querySelectorAll("tbody tr[data-row]")];
let now = null; // the id of the row that J speaks of
let chain = Promise.resolve();
let waiting = 0; // answers that are on their way
let lost = 0; // answers that did not arrive

const row = (id) => form.querySelector(`[data-row="${id}"]`);

function mark(target, focus) {
  form.querySelectorAll("tr.now").forEach((each) => each.classList.remove("now"));
  now = target?.dataset.row ?? null;
  if (!target) return;
  target.classList.add("now");
  const place = target.querySelector("button, a[data-change], th a");
  if (focus) place.focus({ preventScroll: true });
  target.scrollIntoView({ block: "nearest" });
}

/* The next row that waits for an answer, from the top again at the end; none: the button that hands in. */
function onward(from) {
  const all = rows();
  const at = all.indexOf(from);
  const waits = (each) => "open" in each.dataset && each !== from;
  const next = all.slice(at + 1).find(waits) ?? all.slice(0, at).find(waits);
  if (next) mark(next, true);
  else button?.closest("button").focus();
}

function step(by) {
  const all = rows();
  const next = all[all.indexOf(row(now)) + by];
  if (next) mark(next, true);
}

async function post(data) {
  const answer = await fetch(form.action, {
    method: "POST",
    body: data,
    credentials: "same-origin",
    redirect: "error",
    headers: { Accept: "application/json" },
    keepalive: true,
  });
  return answer.json();
}

function show(id, told) {
  const old = row(id);
  if (told.row) {
    const fresh = document.createElement("tbody");
    fresh.innerHTML = told.row;
    const held = old.contains(document.activeElement);
    fresh.firstElementChild.classList.toggle("now", id === now);
    old.replaceWith(fresh.firstElementChild);
    if (held) mark(row(id), true);
    head.innerHTML = told.head;
    if (left) left.innerHTML = told.open;
    if (button) button.textContent = told.button;
  }
  if (told.refused) row(id).querySelector(".said").textContent = told.refused;
}

function say(what, id) {
  const data = new FormData(form);
  data.set(what, id);
  if (what === "same") delete row(id).dataset.open;
  waiting++;
  chain = chain
    .then(() => post(data))
    .then((told) => show(id, told))
    .catch(() => {
      row(id).dataset.open = "";
      row(id).querySelector(".said").textContent = form.dataset.lost;
      lost++;
    })
    .finally(() => waiting--);
}

/* After all answers have arrived; not at all where one did not, so that its row can say so. */
function afterAll(deed) {
  const before = lost;
  chain.then(() => lost === before && deed());
}

function takeBack(target) {
  const back = target?.querySelector("[name=back]") ?? [...form.querySelectorAll("[name=back]")].at(-1);
  if (back) say("back", back.value);
}

function confirm(target) {
  if (!target || !("open" in target.dataset)) return;
  say("same", target.dataset.row);
  onward(target);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { name, value } = event.submitter;
  if (name === "same") confirm(row(value));
  else say(name, value);
});
form.addEventListener("focusin", (event) => {
  const target = event.target.closest("[data-row]");
  if (target && target.dataset.row !== now) mark(target, false);
});
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("textarea, select, input")) return;
  const target = row(now);
  if (event.key === "j" || event.key === "J") confirm(target);
  else if (event.key === "z" || event.key === "Z") afterAll(() => takeBack(row(target?.dataset.row)));
  else if (event.key === "F2") afterAll(() => row(target?.dataset.row)?.querySelector("[data-change]")?.click());
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event.key === "ArrowDown" ? 1 : -1);
  else return;
  event.preventDefault();
});
/* Whoever leaves by a link or hands in waits for the answers; whoever closes the page is asked. */
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!waiting || !link || link.target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  afterAll(() => location.assign(link.href));
});
document.addEventListener("submit", (event) => {
  if (!waiting || event.target === form) return;
  event.preventDefault();
  afterAll(() => event.target.requestSubmit(event.submitter));
});
addEventListener("beforeunload", (event) => waiting && event.preventDefault());
const from = form.querySelector(`[data-row="${location.hash.match(/^#leistung-([0-9]+)$/)?.[1] ?? 0}"]`);
if (from && !("open" in from.dataset)) onward(from); // back from the row's own page, where it was answered
else mark(from ?? rows().find((each) => "open" in each.dataset) ?? rows()[0], Boolean(from));
