"use strict";
(() => {
  const table = document.getElementById("results");
  const body = table.tBodies[0];
  const heads = Array.from(table.tHead.rows[1].cells);
  const order = (row, i) => row.cells[i].dataset.order || "";
  const compare = (i) => (a, b) => {
    const x = order(a, i), y = order(b, i);
    return i === 0 ? x.localeCompare(y, document.documentElement.lang) : Number(x) - Number(y);
  };
  heads.forEach((head, i) => {
    const button = head.querySelector("button");
    if (!button) return;
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = Array.from(body.rows).sort(compare(i));
      if (down) rows.reverse();
      body.append(...rows);
    });
  });
  const filter = document.getElementById("filter");
  filter.hidden = false;
  filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const row of body.rows) row.hidden = !order(row, 0).includes(wanted);
  });
})();
