/* The way to the server: one request after the other, the sign-in asked for in place, the network that comes back. */

import { active, form, goTo } from "./selection.js";

const token = "csrfmiddlewaretoken";
const out = document.querySelector(".js-out");
const again = []; // what is to be done when the way is open again
const MOST = 60_000; // bytes that browsers let outlive the page, of all requests together (they take 64 KiB)
let flying = 0;
let chain = Promise.resolve();

export const onOpen = (deed) => again.push(deed);
export const isOut = () => !out.hidden;

/* After all that is on its way. */
export function inTurn(deed) {
  const work = chain.then(deed);
  chain = work.catch(() => {});
  return work;
}
export const idle = () => chain;

/* What outlives the page when one leaves it; a deed over very many rows does not, and is warned of. */
async function carried(address, data) {
  const body = new URLSearchParams(data);
  const size = String(body).length;
  const keepalive = flying + size < MOST;
  if (keepalive) flying += size;
  try {
    return await fetch(address, {
      method: "POST",
      body,
      credentials: "same-origin",
      redirect: "manual",
      headers: { Accept: "application/json" },
      keepalive,
    });
  } finally {
    if (keepalive) flying -= size;
  }
}

/* The answer's JSON; a refusal has `refused` with the reason. Throws where there is no way. */
export async function post(address, data, retried = false) {
  data.set(token, form.elements[token].value);
  const answer = await carried(address, data);
  if (answer.ok) return answer.json();
  if (answer.status === 409) return { refused: (await answer.json()).why };
  if (retried || !(await signedIn())) throw new Error(String(answer.status));
  return post(address, data, true);
}

/* Whether the person is signed in still. Signing in anew made the forms' tokens old, so they take the new one. */
export async function signedIn() {
  const answer = await fetch(form.dataset.account, { credentials: "same-origin", redirect: "manual" });
  const gone = answer.type === "opaqueredirect";
  if (gone && out.hidden) ask();
  out.hidden = !gone;
  if (!answer.ok) return false;
  renew(await answer.text());
  return true;
}

function ask() {
  out.hidden = false;
  out.querySelector("[type=password]").focus();
}

const tokenIn = (page) => new DOMParser().parseFromString(page, "text/html").querySelector(`[name=${token}]`)?.value;

function renew(page) {
  const fresh = tokenIn(page);
  if (fresh) document.querySelectorAll(`[name=${token}]`).forEach((each) => (each.value = fresh));
}

async function signIn(event) {
  event.preventDefault();
  const why = out.querySelector(".js-out-why");
  try {
    const page = await fetch(out.action, { credentials: "same-origin" });
    const data = new FormData(out);
    const fresh = tokenIn(await page.text());
    if (fresh) data.set(token, fresh);
    const answer = await fetch(out.action, {
      method: "POST",
      body: data,
      credentials: "same-origin",
      redirect: "manual",
    });
    if (answer.type === "opaqueredirect" || page.redirected) {
      await goOn();
      out.querySelector(".js-out-second").hidden = !isOut(); // the way on is the page of the second factor
      return;
    }
    const told = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(
      ".ozg-note--bad, .error",
    );
    why.textContent = told?.textContent.trim() ?? "";
  } catch {
    why.textContent = document.querySelector(".js-words").dataset.offline;
  }
}

/* Goes on with what waits, if the way is open. */
export async function goOn() {
  const asked = out.contains(document.activeElement);
  if (!(await signedIn().catch(() => false))) return;
  if (asked) goTo(active());
  out.querySelector("[type=password]").value = "";
  again.forEach((deed) => deed());
}

export function watch() {
  out.addEventListener("submit", signIn);
  addEventListener("online", goOn);
  addEventListener("focus", () => isOut() && goOn());
}
