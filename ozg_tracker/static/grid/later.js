/* What could not be saved is put aside as a merge that waits, so that the page can be left. */

import { form, lines } from "./selection.js";
import { dirtyCells, request, tell } from "./saving.js";
import { idle, post } from "./sending.js";
import { say } from "./values.js";

async function putAside(address) {
  await idle();
  const some = lines().filter((line) => line.matches(".conflict") || dirtyCells(line).length);
  try {
    const answer = await post(address, request(some));
    form.dataset.leaving = "1";
    location.assign(answer.address);
  } catch {
    tell(navigator.onLine ? say.failed : say.offline);
  }
}

export function watch() {
  form.addEventListener("submit", (event) => {
    if (!event.submitter?.matches(".js-later")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    putAside(event.submitter.formAction);
  }, true);
}
