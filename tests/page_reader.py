"""Reads a page as people do, with their eyes, keys and paper, and says what is in their way.

The rules are those of WCAG 2.2, levels A and AA. What can be seen in the document's structure
and colours axe-core looks for; the rest (`page_checks.js`) is about where text ends up in a
narrow window, what the tab key reaches, and what is printed.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from pathlib import Path

from chromium import Scheme, Visit

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
COLOURS = ("color-contrast", "link-in-text-block")
"""axe's rules that are about colours; slow, so they look at one text of each kind."""
WIDTHS = (1280, 640, 320)
"""CSS pixels: a wide window, the same at 200 %, and at 400 %, which is a small telephone's."""
_HEARD = """Array.from(document.querySelectorAll("body *")).flatMap((element, i) =>
["click", "mousedown", "mouseup", "pointerdown", "pointerup"].some(
(name) => name in getEventListeners(element)) ? [i] : [])"""
"""The places of elements that listen to a mouse: listeners are seen from their own world only."""
LOW = 256
"""CSS pixels: the height of a window of 1280 by 1024 at 400 %, where what sticks hides most."""
PAPER = 718
"""CSS pixels between the margins of A4."""


def complaints(seen: Visit, scheme: Scheme, *, structure: bool = True) -> list[str]:
    """What is wrong with an open page for who looks at it or has it read aloud.

    Without `structure` (the same elements were looked at in other words): colours, and the
    narrowest window.
    """
    seen.look(_script("axe.min.js"))
    seen.look(_script("page_checks.js"))
    seen.dress(scheme=scheme)
    seen.look("checks.unfold()")
    found = [*(_structure(seen) if structure else ()), *_colours(seen)]
    for width in WIDTHS if structure else WIDTHS[-1:]:
        seen.dress(scheme=scheme, width=width)
        found += [f"at {width} px: {told}" for told in seen.look("checks.reading()")]
    if structure:
        seen.look("checks.space(true)")
        found += [f"spaced at {WIDTHS[-1]} px: {told}" for told in seen.look("checks.reading()")]
        seen.look("checks.space(false)")
    seen.dress(scheme=scheme)
    return found


def by_keyboard(seen: Visit) -> list[str]:
    """What is in the way of who has only keys; to be asked after `complaints`."""
    seen.look("checks.refold()")
    found = _toggling(seen)
    seen.look("checks.unfold()")
    found += seen.look(f"checks.unreachable({seen.look(_HEARD, own=False)})")
    seen.dress(width=WIDTHS[-1], height=LOW)
    for _ in range(seen.look("checks.begin()")):
        seen.page.keyboard.press("Tab")
    found += seen.look("checks.end()")
    seen.look("checks.refold()")
    return found


def on_paper(seen: Visit) -> list[str]:
    """What is wrong with the page printed as it was opened; to be asked after `by_keyboard`."""
    # From a dark window: paper is white all the same.
    seen.dress(scheme="dark", width=PAPER, media="print")
    found = [f"printed: {told}" for told in _colours(seen)]
    return found + list(seen.look("checks.paper()"))


def _structure(seen: Visit) -> list[str]:
    """What axe-core finds, colours left out."""
    rules = {name: {"enabled": False} for name in COLOURS}
    # In a tag, but off unless asked for.
    rules["target-size"] = {"enabled": True}
    return _axe(seen, "document", {"runOnly": {"type": "tag", "values": TAGS}, "rules": rules})


def _colours(seen: Visit) -> list[str]:
    """What axe-core and we find about colours, in the scheme and on the medium as they are."""
    found = _axe(
        seen, "{include: checks.samples()}", {"runOnly": {"type": "rule", "values": COLOURS}}
    )
    return found + list(seen.look("checks.drawn()"))


def _axe(seen: Visit, where: str, options: dict[str, object]) -> list[str]:
    # Preloading would fetch.
    wanted = json.dumps({**options, "preload": False, "resultTypes": ["violations"]})
    told: list[str] = seen.look(f"checks.told(await axe.run({where}, {wanted}))")
    return told


def _toggling(seen: Visit) -> list[str]:
    """What folds must do so with either key that a keyboard has for it."""
    folds = seen.look("checks.fold()")
    for key in ("Enter", " ") if folds else ():
        seen.page.keyboard.press(key)
        if (was := folds) == (folds := seen.look("checks.folded()")):
            return [f"{key!r} does not unfold what the focus is on ({was})"]
    return []


@cache
def _script(name: str) -> str:
    if name == "axe.min.js":
        text = (resources.files("axe_playwright_python") / name).read_text("utf-8")
        return f"{text}; true"
    return (Path(__file__).parent / name).read_text("utf-8")
