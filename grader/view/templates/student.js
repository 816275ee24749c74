"use strict";
(() => {
  const by = (id) => document.getElementById(id);
  const open = (one) => {
    for (let at = one; at; at = at.parentElement) if (at.localName === "details") at.open = true;
  };
  let lit = [];
  const dark = () => {
    for (const one of lit) one.classList.remove("lit");
    lit = [];
  };
  const light = (one) => {
    const [, number, run] = one.id.match(/^[am](\d+)-(.+)$/);
    const row = by(`m${number}-${run}`);
    const numbers = [number, ...(row.dataset.kin || "").split(" ").filter(Boolean)];
    dark();
    for (const n of numbers) lit.push(by(`a${n}-${run}`), by(`m${n}-${run}`));
    for (const link of row.querySelectorAll(".src")) lit.push(by(link.hash.slice(1)));
    lit = lit.filter(Boolean);
    for (const each of lit) each.classList.add("lit");
    const box = row.closest(".told");
    if (one !== row && box.scrollHeight > box.clientHeight) {
      box.scrollTop += row.getBoundingClientRect().top - box.getBoundingClientRect().top
        - box.clientHeight / 3;
    }
  };
  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, (event) => {
      const row = event.target.closest(".row");
      if (row) light(row);
      else if (kind === "pointerover") dark();
    });
  }
  const arrive = () => {
    const there = by(decodeURIComponent(location.hash.slice(1)));
    if (!there) return;
    open(there);
    there.scrollIntoView({block: "nearest"});
    if (there.classList.contains("row")) light(there);
  };
  addEventListener("hashchange", arrive);
  if (location.hash) arrive();
})();
