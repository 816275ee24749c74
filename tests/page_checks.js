// What a page must be for everybody, as lists of complaints; evaluated beside the page's own
// script, in a world of its own. Nothing here knows what a page is about.
globalThis.checks = (() => {
  "use strict";
  const NATIVE = "a[href], button, input, select, textarea, summary, [tabindex]";
  const SMALLEST = 9;   // CSS pixels of a letter's em: smaller ones can't be read
  const SLACK = 1.5;    // rounding of boxes, in CSS pixels

  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const told = (element) => {
    const tag = element.cloneNode(false).outerHTML.replace(/<\/[^>]*>$/, "").slice(0, 120);
    return `${tag} ${JSON.stringify(element.textContent.trim().slice(0, 50))}`;
  };
  const shown = (element) => element.checkVisibility({ visibilityProperty: true,
    contentVisibilityAuto: true });

  // For screen readers only: cut down to a pixel on purpose, or out of the window until focused.
  const unseen = (element, known) => {
    if (!element || element === document.body) return false;
    if (!known.has(element)) {
      const box = element.getBoundingClientRect();
      const tiny = box.width <= 1 && box.height <= 1 || box.right < 0;
      known.set(element, tiny && getComputedStyle(element).position === "absolute" ||
        unseen(element.parentElement, known));
    }
    return known.get(element);
  };

  const texts = function* () {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const known = new Map();
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (!node.data.trim() || parent.closest("script, style, title, desc, option")) continue;
      if (shown(parent) && !unseen(parent, known)) yield [node, parent];
    }
  };

  const once = (complaints) => Array.from(new Set(complaints)).slice(0, 12);

  // What keeps an element's text inside: ancestors that cut, up to the first that scrolls.
  const keepers = (element, known) => {
    if (!element || element === document.body) return { cuts: [], scrolls: false };
    if (!known.has(element)) {
      const { overflowX, overflowY } = getComputedStyle(element);
      const how = overflowX + overflowY;
      const outer = keepers(element.parentElement, known);
      const cuts = /hidden|clip/.test(how) ? [element, ...outer.cuts] : outer.cuts;
      known.set(element, /auto|scroll/.test(how) ? { cuts: [], scrolls: true }
        : { cuts, scrolls: outer.scrolls });
    }
    return known.get(element);
  };

  const size = (element) => {
    const own = parseFloat(getComputedStyle(element).fontSize);
    const matrix = element.getScreenCTM ? element.getScreenCTM() : null;
    return matrix ? own * Math.hypot(matrix.a, matrix.b) : own;
  };

  // Text outside the window, cut off by a box, or too small to read, at the present width.
  const reading = () => {
    const complaints = [];
    const root = document.documentElement;
    const known = new Map();
    if (root.scrollWidth > root.clientWidth) {
      complaints.push(`the page scrolls sideways: ${root.scrollWidth} of ${root.clientWidth}`);
    }
    for (const [node, parent] of texts()) {
      const { cuts, scrolls } = keepers(parent, known);
      const range = document.createRange();
      range.selectNodeContents(node);
      const boxes = Array.from(range.getClientRects()).filter((b) => b.width && b.height);
      if (!boxes.length) continue;
      if (size(parent) < SMALLEST) {
        complaints.push(`${size(parent).toFixed(1)} px is too small: ${told(parent)}`);
      }
      const right = Math.max(...boxes.map((b) => b.right));
      const left = Math.min(...boxes.map((b) => b.left));
      if (!scrolls && (right > root.clientWidth + SLACK || left < -SLACK)) {
        complaints.push(`reaches from ${left.toFixed()} to ${right.toFixed()}: ${told(parent)}`);
      }
      for (const cut of cuts) {
        const edge = cut.getBoundingClientRect();
        const out = boxes.some((b) => b.left < edge.left - SLACK || b.right > edge.right + SLACK ||
          (b.top + b.bottom) / 2 < edge.top || (b.top + b.bottom) / 2 > edge.bottom);
        if (out) complaints.push(`cut off by ${told(cut)}: ${told(parent)}`);
      }
    }
    return once(complaints);
  };

  // The spacing of WCAG 1.4.12, which a reader may set: nothing may be lost by it.
  const spacious = new CSSStyleSheet();
  spacious.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important; } p { margin-bottom: 2em !important; }`);
  const space = (on) => { document.adoptedStyleSheets = on ? [spacious] : []; };

  const unfold = () => {
    all("details").forEach((one) => {
      one.dataset.wasOpen = one.open;
      one.open = true;
    });
  };
  const refold = () => {
    all("details").forEach((one) => { one.open = one.dataset.wasOpen === "true"; });
  };

  // Put the focus on the first thing that folds; answers whether it is open, as `folded` does.
  const folded = () => {
    const fold = document.activeElement.closest("details");
    return fold ? (fold.open ? "open" : "closed") : "nothing";
  };
  const fold = () => {
    const first = all("summary").find(shown);
    if (!first) return null;
    first.focus();
    return folded();
  };

  // axe's own result, a line for each place.
  const lines = (found) => found.violations.flatMap((rule) => rule.nodes.slice(0, 4).map((node) =>
    `axe ${rule.id}: ${node.html.slice(0, 160)}: ${node.failureSummary.replace(/\s+/g, " ")}`));

  // Folds that paper must show: what is open, and what did not pass.
  const matters = (one) => one.open || one.matches(".fail, .partial") ||
    one.querySelector(":scope > summary .fail");
  const paper = () => once(all("details").filter(matters).flatMap((one) => {
    const inside = Array.from(one.children).filter((x) => x.tagName !== "SUMMARY" &&
      x.textContent.trim());
    const lost = inside.filter((x) => !shown(x) || !x.getBoundingClientRect().height);
    return inside.length && lost.length === inside.length ? [`folded on paper: ${told(one)}`] : [];
  }));

  // --- colours

  // One text for each way in which the style sheet can paint one: looking at all of them would
  // find the same again and again, and takes seconds.
  const samples = () => {
    const found = new Map();
    for (const [, parent] of texts()) {
      const path = [];
      for (let one = parent; one !== document.body; one = one.parentElement) {
        path.push(`${one.tagName}.${one.getAttribute("class")}`);
      }
      if (!found.has(path.join())) found.set(path.join(), parent);
    }
    return Array.from(found.values());
  };

  const channels = (colour) => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return Array.from(canvas.getImageData(0, 0, 1, 1).data);
  };
  const light = (colour) => {
    const [r, g, b] = channels(colour).map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };

  const paint = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (channels(colour)[3] === 255) return colour;
    }
    return "white";
  };

  // Letters in drawings, which axe does not look at: against the last shape drawn below them.
  const drawn = () => once(all("svg").filter(shown).flatMap((svg) => {
    const parts = all("rect, circle, ellipse, path, polygon, text", svg).filter(shown);
    return parts.flatMap((text, i) => {
      if (text.tagName !== "text" || !text.textContent.trim()) return [];
      const box = text.getBoundingClientRect();
      const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
      const below = parts.slice(0, i).reverse().find((shape) => {
        const area = shape.getBoundingClientRect();
        const fill = getComputedStyle(shape).fill;
        return shape.tagName !== "text" && fill !== "none" && channels(fill)[3] > 128 &&
          area.left <= x && x <= area.right && area.top <= y && y <= area.bottom;
      });
      const ground = below ? getComputedStyle(below).fill : paint(svg.parentElement);
      const ratio = contrast(getComputedStyle(text).fill, ground);
      return ratio < 4.5 ? [`contrast ${ratio.toFixed(2)} in a drawing: ${told(text)}`] : [];
    });
  }));

  // --- the keyboard

  const takesFocus = (element) => element.matches(NATIVE) && !element.disabled &&
    element.tabIndex >= 0 && shown(element);

  const group = (element) => element.type === "radio" && element.name
    ? all(`input[type=radio][name="${CSS.escape(element.name)}"]`) : [element];

  // Everything that a mouse can use; `heard` are the places of those with a listener for it.
  const usable = (heard) => all("body *").filter((element, i) => {
    if (!shown(element) || element.disabled) return false;
    if (takesFocus(element)) return true;
    const hand = getComputedStyle(element).cursor === "pointer" &&
      getComputedStyle(element.parentElement).cursor !== "pointer";
    return hand || heard.includes(i);
  });

  // A mouse's way is a keyboard's too where the focus can go there, around it, or into it.
  const reachable = (element) => {
    if (element.tagName === "LABEL" && element.control) return takesFocus(element.control);
    return Boolean(element.closest(NATIVE)) || all(NATIVE, element).some(takesFocus);
  };

  const unreachable = (heard) => once(usable(heard).filter((x) => !reachable(x))
    .map((x) => `no key gets there: ${told(x)}`));

  // How it looks, with what is in it: in a drawing a frame of its own may show the focus.
  const look = (element) => [element, ...Array.from(element.children).slice(0, 8)].map((one) => {
    const style = getComputedStyle(one);
    return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow,
      style.borderColor, style.backgroundColor, style.textDecoration, style.stroke,
      style.strokeWidth, style.fill].join();
  }).join(";");

  const inFront = (element) => {
    const box = element.getBoundingClientRect();
    const xs = [box.left + 3, (box.left + box.right) / 2, box.right - 3];
    const ys = [box.top + 3, (box.top + box.bottom) / 2, box.bottom - 3];
    return xs.some((x) => ys.some((y) => {
      const hit = document.elementFromPoint(x, y);
      return hit && (element.contains(hit) || hit.contains(element));
    }));
  };

  const walk = { expected: [], before: new Map(), seen: [], complaints: [] };

  // Note where the focus goes from now on; answers how many steps it should take at most.
  const begin = () => {
    // The tab key goes on from the page's beginning.
    document.body.tabIndex = -1;
    document.body.focus();
    window.scrollTo(0, 0);
    walk.expected = all(NATIVE).filter(takesFocus);
    walk.before = new Map(walk.expected.map((x) => [x, look(x)]));
    walk.seen = [];
    walk.complaints = walk.expected.filter((x) => x.tabIndex > 0)
      .map((x) => `an order of its own: ${told(x)}`);
    document.addEventListener("focusin", (event) => {
      const element = event.target;
      walk.seen.push(element);
      if (look(element) === walk.before.get(element)) {
        walk.complaints.push(`the focus is not to be seen on ${told(element)}`);
      }
      if (!inFront(element)) walk.complaints.push(`out of sight with the focus: ${told(element)}`);
    });
    return walk.expected.length + 1;
  };

  const end = () => {
    const seen = new Set(walk.seen.flatMap(group));
    const missed = walk.expected.filter((x) => !seen.has(x));
    const first = walk.seen.indexOf(walk.seen[0], 1);
    const round = first < 0 ? walk.seen : walk.seen.slice(0, first);
    const back = round.filter((x, i) => i &&
      !(round[i - 1].compareDocumentPosition(x) & Node.DOCUMENT_POSITION_FOLLOWING));
    return once([
      ...walk.complaints,
      ...missed.map((x) => `the tab key never gets to ${told(x)}`),
      ...back.map((x) => `the tab key jumps back to ${told(x)}`),
    ]);
  };

  return {
    reading, space, unfold, refold, fold, folded, paper, samples, drawn, unreachable, begin, end,
    told: lines,
  };
})();
true;
