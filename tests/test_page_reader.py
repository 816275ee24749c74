"""The reader of pages finds what it is for: each fault of a bad page, and none in a good one."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import Visit, visit
from page_reader import by_keyboard, complaints, on_paper
from playwright.sync_api import Browser

HEAD = '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>x</title>'
GOOD = f"""{HEAD}<body><main><h1>Good</h1><p><a href="#a">a link</a> and text</p>
<svg width="90" height="30" role="group" aria-label="x"><a href="#b"><rect width="90" height="30"
class="frame"/><text y="20" fill="black">drawn</text></a></svg>
<details><summary>more</summary><p>folded</p></details></main></body></html>"""
FAULTS = {
    "axe image-alt: <img": '<img src="data:,">',
    "axe color-contrast: <p style": '<p style="color: #aaa; background: white">pale</p>',
    "printed: axe color-contrast: <p class": '<p class="dark">white, nearly</p>',
    "contrast 1.00 in a drawing: <text y": '<svg width="90" height="30" role="img" aria-label="x">'
    '<rect width="90" height="30" fill="red"/><text y="20" fill="red">drawn</text></svg>',
    "at 640 px: the page scrolls sideways": '<div style="width: 700px">wide</div>',
    "at 320 px: reaches from": '<p style="white-space: nowrap">'
    f"{'one line that does not break, ' * 3}</p>",
    "at 1280 px: cut off by <p style": '<p style="width: 30px; overflow: hidden; '
    'white-space: nowrap">much longer than its box</p>',
    "at 1280 px: 7.0 px is too small: <p style": '<p style="font-size: 7px">small</p>',
    # Of one width each, so that it fits by any font.
    "spaced at 320 px: cut off by <h2": '<h2 style="width: 21ch; height: 1.3em; font-size: 1em; '
    'font-family: monospace; overflow: hidden">just fits in the box</h2>',
    "no key gets there: <div onclick": '<div onclick="f()">by mouse only</div>',
    "no key gets there: <span": '<span style="cursor: pointer">by mouse only</span>',
    "an order of its own: <button tabindex": '<button tabindex="3">first</button>',
    "the focus is not to be seen on <button style": '<button style="outline: none">x</button>',
    "out of sight with the focus: <button name": '<div style="position: relative">'
    '<button name="below">below</button>'
    '<div style="position: absolute; inset: -9px; background: white"></div></div>',
    'out of sight with the focus: <button name="row"': '<div style="position: sticky; top: 0; '
    'height: 240px; background: white">a head</div><p style="height: 500px">text</p>'
    '<button name="row">row</button><p style="height: 500px">text</p>',
    "folded on paper: <details class": '<details class="fail"><summary>more</summary>'
    "<p>lost</p></details>",
    "folded on paper: <details id": '<details id="b"><summary>more <b class="fail">✗</b></summary>'
    "<p>lost</p></details>",
}
"""Faults of one page, by what is said of each."""
TRAPS = {
    "the tab key jumps back to <button id": '<button>1</button><button id="b">2</button>'
    '<button onfocus="b.focus()">3</button>',
    "the tab key never gets to <button name": '<button onkeydown="event.preventDefault()">1'
    '</button><button name="b">2</button>',
    "'Enter' does not unfold": "<details><summary>more</summary><p>folded</p></details>"
    "<script>addEventListener('keydown', (e) => e.preventDefault())</script>",
}
"""Faults that leave nothing of a page for others."""
STYLE = """<style>body { background: white }
@media (prefers-color-scheme: dark) { .dark { color: #ddd } }</style>"""
PRINTED = """<style>.frame { fill: white } svg a { outline: none }
svg a:focus-visible .frame { stroke: blue; stroke-width: 3 }
@media print { details::details-content { content-visibility: visible; display: block;
block-size: auto } }</style>"""


def read(seen: Visit) -> str:
    return "\n".join([*complaints(seen, "light"), *by_keyboard(seen), *on_paper(seen)])


def written(folder: Path, page: str) -> Path:
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8")
    return path


@pytest.mark.parametrize("faults", [FAULTS, *({k: v} for k, v in TRAPS.items())])
def test_each_fault_is_found(faults: dict[str, str], browser: Browser, tmp_path: Path) -> None:
    body = f"<main><h1>Bad</h1>{''.join(faults.values())}</main>"
    with visit(browser, written(tmp_path, f"{HEAD}{STYLE}<body>{body}</body></html>")) as seen:
        found = read(seen)
    assert [fault for fault in faults if fault not in found] == [], found


def test_a_good_page_has_none_and_does_not_see_the_reader(browser: Browser, tmp_path: Path) -> None:
    with visit(browser, written(tmp_path, PRINTED + GOOD)) as seen:
        assert read(seen) == ""
        assert seen.page.evaluate("[typeof axe, typeof checks]") == ["undefined"] * 2
        assert seen.look("[typeof axe, typeof checks]") == ["object"] * 2
    assert seen.console == []
    assert seen.requests == []
