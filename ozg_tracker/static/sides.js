/* Cells to decide: 1 takes the left value, 2 the right one, and both go on; the arrows go from cell to cell. Without
   this file the radio buttons do the same work. */

const rows = [...document.querySelectorAll("[data-sides] tbody tr")];

const choices = (row) => [...row.querySelectorAll("input[type=radio]")];

function go(row, step) {
  const next = rows[rows.indexOf(row) + step];
  if (!next) return;
  const [first, ...rest] = choices(next);
  ([first, ...rest].find((choice) => choice.checked) ?? first).focus();
}

for (const row of rows) {
  row.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "1" || event.key === "2") {
      const choice = choices(row)[Number(event.key) - 1];
      choice.checked = true;
      choice.focus();
      go(row, 1);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") go(row, event.key === "ArrowDown" ? 1 : -1);
    else return;
    event.preventDefault();
  });
}
