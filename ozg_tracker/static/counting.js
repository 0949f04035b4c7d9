/* A press is answered at once. What the network has not taken waits in the browser, and is sent again under the same id,
   so that it counts once. Without this file each button sends the form. */

const form = document.querySelector("[data-counting]");
const state = form.querySelector("[data-state]");
const kept = `ozg-counting-${form.dataset.counting}`;
const queue = JSON.parse(localStorage.getItem(kept) ?? "[]"); // [{client, press}] or [{client, back}], the oldest first
let today = {};
form.querySelectorAll("[data-today]").forEach((each) => today[each.dataset.today] = Number(each.textContent));
let sending = false;

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
}

function keep() {
  localStorage.setItem(kept, JSON.stringify(queue));
}

/* The numbers as they will be once everything has arrived; what takes back one that has arrived shows when it has too. */
function show(said) {
  const waiting = [];
  for (const each of queue) {
    if (each.press) waiting.push(each.press);
    else waiting.pop();
  }
  form.querySelectorAll("[data-today]").forEach((each) => {
    const own = waiting.filter((press) => press === each.dataset.today).length;
    each.textContent = today[each.dataset.today] + own;
  });
  state.textContent = said || (queue.length ? `${queue.length} ${form.dataset.waits}` : form.dataset.saved);
}

async function send() {
  if (sending) return;
  sending = true;
  let said = "";
  try {
    while (queue.length) {
      const first = queue[0];
      const data = new FormData(form);
      Object.entries(first).forEach(([name, value]) => data.set(name, value));
      const answer = await fetch(location.pathname, {
        method: "POST",
        body: data,
        credentials: "same-origin",
        redirect: "error",
        headers: { Accept: "application/json" },
      });
      if (!answer.ok && answer.status !== 400) break; // signed out, or the server rests: it waits
      const told = await answer.json();
      queue.shift();
      keep();
      today = told.today;
      said = told.refused;
      show(said);
    }
  } catch {
    said = ""; // no network: the next try sends the same again
  } finally {
    sending = false;
  }
  show(said);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { name, value } = event.submitter;
  queue.push({ client: newId(), [name]: value });
  keep();
  show("");
  send();
});
addEventListener("online", send);
setInterval(() => queue.length && send(), 5000);
if (queue.length) send();
