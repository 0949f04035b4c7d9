/* Paper shows every line of a list, not the page's alone: before printing the list of the print view takes its place.
   Without this file a link leads to the print view. Printing waits for no promise, so this request is waited for. */

const list = document.querySelector("[data-list]");
const pager = document.querySelector("[data-whole]");
let whole;

function bring() {
  const ask = new XMLHttpRequest();
  try {
    ask.open("GET", pager.dataset.whole, false);
    ask.send();
  } catch {
    return;
  }
  whole = ask.status === 200 &&
    new DOMParser().parseFromString(ask.responseText, "text/html").querySelector("[data-list]");
  if (!whole) return;
  list.before(whole);
  list.classList.add("ozg-noprint");
}

function takeAway() {
  whole?.remove();
  list.classList.remove("ozg-noprint");
}

if (list && pager) {
  addEventListener("beforeprint", bring);
  addEventListener("afterprint", takeAway);
}
