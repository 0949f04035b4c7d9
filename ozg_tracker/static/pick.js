/* A row of an own list: the key that stands beside a choice presses its button, unless one is typing. Without this file
   the buttons do the same work. */

const buttons = [...document.querySelectorAll("[data-key]")];

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
  if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
  const button = buttons.find((each) => each.dataset.key === event.key.toUpperCase());
  if (!button) return;
  event.preventDefault();
  button.click();
});
