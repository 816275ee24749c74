"use strict";
/* The table of a class: filters, order, the address, more rows, CSV. All of it from the data in
   the page; texts are only ever set as text. */
(() => {
  const [ID, NAME, SCORE, MOST, SCALED, COMPLETE, VERDICTS, MISTAKES, EYES, CAUSE, PROBLEM] =
    Array(11).keys();
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const { rows, places, words, criteria, late } = data;
  const anyLate = Object.keys(late).length > 0;
  const body = $("results").tBodies[0];
  const frame = body.closest("[tabindex]");
  const heads = [...$("results").tHead.rows[1].cells];
  const decimal = (x) => String(Math.round(x * 100) / 100).replace(".", data.lang === "fr" ? "," : ".");
  const counted = new Intl.NumberFormat(data.lang);
  const fill = (text, fields) => text.replace(/\{(\w+)\}/g, (_, key) => fields[key]);
  const textOf = (name) => (typeof name === "string" ? name : name.map(([text]) => text).join(""));
  const nameOf = (row) => (row[NAME] === 0 ? row[ID] : textOf(row[NAME]));
  const folded = (text) => text.normalize("NFD").replace(/\p{M}+/gu, "").toLowerCase();
  let haystack = null;

  // --- the state: what is shown, as the address has it
  const FIELDS = ["q", "criterion", "verdict", "mistake", "eye", "min", "below", "max"];
  const inputs = { q: $("q"), criterion: $("criterion"), verdict: $("verdict"), mistake: $("mistake"),
    eye: $("eyes"), min: $("min"), max: $("max") };
  let state = {}, order = [], shown = 0;

  const known = (key, value) => {
    if (["min", "max", "below"].includes(key)) return value !== "" && Number.isFinite(Number(value));
    if (key === "sort") return heads.some((head) => head.dataset.key === value.replace(/^-/, ""));
    if (key === "q") return value.trim() !== "";
    return value !== "" && inputs[key] && [...inputs[key].options].some((o) => o.value === value);
  };
  // An address without "=" leads to a part of the page, and says nothing of the table.
  const parse = (hash) => {
    const asked = new URLSearchParams(hash.replace(/^#/, "")), found = {};
    for (const key of [...FIELDS, "sort"]) {
      const value = asked.get(key);
      if (value !== null && known(key, value)) found[key] = value;
    }
    return found;
  };
  const written = () => `#${new URLSearchParams(state)}`;
  const keep = (how) => {
    const hash = Object.keys(state).length ? written() : "#table";
    if (hash !== location.hash) history[how](null, "", hash);
  };

  // --- rows that match, in order
  const POINTS = { p: 2, h: 1, f: 0, n: -1 };
  const matching = () => {
    const { q, criterion, verdict, mistake, eye } = state;
    const tests = [];
    if (q) {
      haystack ??= rows.map((row) => folded(`${nameOf(row)} ${row[ID]}`));
      const wanted = folded(q).split(/\s+/).filter(Boolean);
      tests.push((row, i) => wanted.every((word) => haystack[i].includes(word)));
    }
    const column = criteria.findIndex(([id]) => id === criterion);
    if (verdict) tests.push((row) => (column < 0 ? row[VERDICTS] : row[VERDICTS][column]).includes(verdict));
    else if (column >= 0) tests.push((row) => row[VERDICTS][column] !== "n");
    if (mistake) {
      const wanted = data.mistakes.indexOf(mistake);
      tests.push((row) => row[MISTAKES].includes(wanted));
    }
    if (eye) {
      const wanted = String(data.eyes.indexOf(eye));
      tests.push((row) => (eye === "any" ? row[EYES] !== "" : row[EYES].includes(wanted)));
    }
    if (state.min) tests.push((row) => row[SCALED] >= Number(state.min));
    if (state.max) tests.push((row) => row[SCALED] >= 0 && row[SCALED] <= Number(state.max));
    if (state.below) tests.push((row) => row[SCALED] >= 0 && row[SCALED] < Number(state.below));
    const found = [];
    rows.forEach((row, i) => { if (tests.every((test) => test(row, i))) found.push(i); });
    return found;
  };
  const sorted = (found) => {
    if (!state.sort) return found;
    const key = state.sort.replace(/^-/, ""), sign = state.sort[0] === "-" ? -1 : 1;
    const column = criteria.findIndex(([id]) => id === key);
    let value = (i) => places[i];
    if (key === "score") value = (i) => rows[i][SCALED];
    if (key === "cause") value = (i) => rows[i][CAUSE] && causes[rows[i][CAUSE]];
    if (key === "late") value = (i) => late[i]?.[0] ?? 0;
    if (column >= 0) value = (i) => POINTS[rows[i][VERDICTS][column]];
    // Each row as one number, its rank and then its place by name: numbers sort without a function.
    const count = rows.length;
    if (key === "name")
      return Array.from(Float64Array.from(found, (i) => sign * places[i]).sort(),
        (place) => byPlace[Math.abs(place)]);
    const values = found.map(value);
    const ranks = new Map([...new Set(values)].sort((a, b) => sign * (a - b)).map((v, rank) => [v, rank]));
    return Array.from(Float64Array.from(found, (i, at) => ranks.get(values[at]) * count + places[i]).sort(),
      (number) => byPlace[number % count]);
  };
  const byPlace = [];
  places.forEach((place, i) => { byPlace[place] = i; });
  // Places of the causes by their words; the empty one first.
  const collator = new Intl.Collator(data.lang);
  const causes = [];
  data.texts.map((text, i) => [textOf(text), i])
    .sort(([a], [b]) => collator.compare(a, b)).forEach(([, i], place) => { causes[i] = place; });

  // --- rows as elements
  const made = (tag, name, ...inside) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.append(...inside);
    return element;
  };
  const pieces = (text) => (typeof text === "string" ? [text] : text.map(([piece, kind]) =>
    kind === 1 ? made("span", "esc", piece) : kind === 2 ? made("code", "", piece) : piece));
  const cells = {};
  for (const [letter, [status, word, symbol]] of Object.entries(data.verdicts)) {
    const sign = made("span", "", symbol);
    sign.setAttribute("role", "img");
    sign.setAttribute("aria-label", word);
    for (const first of [0, 1])
      cells[letter + first] = made("td", status + (first ? " first" : ""), sign.cloneNode(true));
  }
  const line = (i) => {
    const row = rows[i], name = made("bdi", "", ...pieces(row[NAME] === 0 ? row[ID] : row[NAME]));
    const head = document.createElement("th");
    head.scope = "row";
    head.className = "name";
    head.append(name);
    if (data.linked) {
      const link = made("a", "", name);
      link.setAttribute("href", `${encodeURIComponent(row[ID])}/index.html`);
      head.append(link);
    }
    const most = made("small", "", `/ ${decimal(row[MOST])}`);
    if (!row[COMPLETE]) {
      const star = made("abbr", "", "*");
      star.title = words.provisional;
      most.append(" ", star);
    }
    const line = made("tr", "", head,
      made("td", "score", `${row[MOST] ? decimal(row[SCORE]) : "–"} `, most));
    if (anyLate) {
      const [, , long, points] = late[i] ?? [], cell = made("td", "late");
      if (long) cell.append(long);
      if (points) cell.append(" ", made("small", "", points));
      line.append(cell);
    }
    criteria.forEach(([, , first], c) => line.append(cells[row[VERDICTS][c] + first].cloneNode(true)));
    line.append(made("td", "cause-cell", ...pieces(data.texts[row[CAUSE]])));
    return line;
  };
  const show = (upTo) => {
    const lines = [];
    for (const end = Math.min(upTo, order.length); shown < end; shown++) lines.push(line(order[shown]));
    body.append(...lines);
    const left = order.length - shown;
    $("more").hidden = left === 0;
    $("more").textContent = fill(words.more_rows, { n: counted.format(Math.min(left, data.step)) });
    tell();
  };
  const more = () => show(shown + data.step);
  const tell = () => {
    const n = counted.format(order.length), total = counted.format(rows.length);
    let text = order.length === 0 ? words.shown_none : order.length < rows.length ? words.shown_some
      : rows.length === 1 ? words.shown_all_one : words.shown_all;
    if (shown < order.length) text += words.shown_rows;
    const head = heads.find((one) => one.hasAttribute("aria-sort"));
    if (head) text += words.shown_sorted;
    $("shown").textContent = fill(text, { n, total, rows: counted.format(shown),
      column: head ? head.textContent : "" });
  };
  const draw = () => {
    order = sorted(matching());
    for (const head of heads) {
      const down = state.sort === `-${head.dataset.key}`;
      if (down || state.sort === head.dataset.key)
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    for (const [key, input] of Object.entries(inputs))
      if (input && input !== document.activeElement) input.value = state[key] ?? "";
    body.replaceChildren();
    shown = 0;
    show(data.step);
    frame.scrollTop = 0;
  };
  const change = (changes, how = "pushState") => {
    state = { ...state, ...changes };
    for (const key of Object.keys(state)) if (!known(key, state[key])) delete state[key];
    keep(how);
    draw();
  };

  // --- what a reader does
  heads.forEach((head) => head.querySelector("button").addEventListener("click", () => {
    const { key } = head.dataset;
    change({ sort: state.sort === key ? `-${key}` : key });
  }));
  let typing = null;
  for (const [key, input] of Object.entries(inputs)) {
    if (!input) continue;
    // One step back for a word, not for each of its letters.
    input.addEventListener("input", () => {
      const typed = input.tagName === "INPUT";
      change({ [key]: input.value, ...(key === "max" ? { below: "" } : {}) },
        typed && typing === input ? "replaceState" : "pushState");
      typing = typed ? input : null;
    });
    input.addEventListener("change", () => { typing = null; });
  }
  $("reset").addEventListener("click", () => {
    state = {};
    change({});
    $("q").focus();
  });
  $("more").addEventListener("click", () => {
    const next = shown;
    more();
    const link = body.rows[next]?.querySelector("a");
    if (link) link.focus();
  });
  // Whoever scrolls to the last row finds more of them.
  new IntersectionObserver(([end]) => { if (end.isIntersecting && shown < order.length) more(); },
    { root: frame, rootMargin: "200px" }).observe($("end"));
  const seek = () => {
    $("table").focus({ preventScroll: true });
    $("table").scrollIntoView();
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"][href*="="]');
    if (!link) return;
    event.preventDefault();
    state = parse(link.getAttribute("href"));
    change({});
    seek();
  });
  addEventListener("popstate", () => {
    if (location.hash !== "" && location.hash !== "#table" && !location.hash.includes("=")) return;
    document.activeElement?.blur?.();
    state = parse(location.hash);
    draw();
  });

  // --- CSV: as grades.csv, for the rows that match
  const FORMULA = /(^|[;,])(?=[\s"']*[=+@\uff1d\uff0b\uff20\uff0d-])/g;
  const defused = (text) => text.replace(FORMULA, "$1'");
  const quoted = (value) => {
    const text = String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const csv = () => {
    const lines = [["id", "name", "score", "max_score", "complete", "problem", ...criteria.map(([id]) => id),
      ...(anyLate ? ["late_seconds", "late_penalty"] : [])]];
    for (const i of order) {
      const row = rows[i];
      lines.push([defused(row[ID]), defused(nameOf(row)), row[SCORE], row[MOST],
        row[COMPLETE] ? "true" : "false", row[PROBLEM] || "",
        ...criteria.map(([, points], c) => {
          const letter = row[VERDICTS][c];
          return letter === "n" ? "" : points * POINTS[letter] / 2;
        }),
        ...(anyLate ? late[i]?.slice(0, 2) ?? ["", ""] : [])]);
    }
    return lines.map((cells) => `${cells.map(quoted).join(",")}\n`).join("");
  };
  $("csv").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv" }));
    link.download = data.file;
    link.click();
    URL.revokeObjectURL(link.href);
  });

  // --- paper has no button for more rows
  const PRINTED = 2000;
  addEventListener("beforeprint", () => { if (shown < order.length) show(PRINTED); });

  for (const part of document.querySelectorAll(".js")) part.hidden = false;
  state = parse(location.hash);
  if (Object.keys(state).length) {
    draw();
    seek();
  } else {
    order = rows.map((_, i) => i);
    shown = body.rows.length;
    show(shown);
  }
})();
