"""Reports in a real browser: no script of a student runs, no request leaves the page.

The pages are made by the real judge and view of a submission whose every text is an attack.
The same attacks in pages without our defences are seen to run and to reach the canary, each
of them, so that the test is known to bite.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from canary import Canary, canary
from chromium import PATIENCE, visit
from hostile import Hostile, submission
from markup_attacks import MARK, all_of, attacks
from playwright.sync_api import Browser
from test_view_html import PAGES

LEADING_AWAY = ["base", "form", "refresh"]
"""Attacks that leave nothing for others to do in the same page."""
TOGETHER = [name for name in attacks("") if name not in LEADING_AWAY]

# Everything that a reader may do: open what is closed, sort, search; then look around.
USED = f"""(() => {{
  document.querySelectorAll("details").forEach((one) => {{ one.open = true; }});
  document.querySelectorAll("thead button").forEach((one) => one.click());
  const filter = document.getElementById("q");
  if (filter) {{ filter.value = "script"; filter.dispatchEvent(new Event("input")); }}
  const all = Array.from(document.querySelectorAll("*"));
  return {{
    ran: document.documentElement.dataset.{MARK} || "",
    title: document.title,
    handlers: all.flatMap((x) => x.getAttributeNames()).filter((n) => n.startsWith("on")),
    links: Array.from(document.links, (x) => x.protocol).filter((x) => x !== "file:"),
    scripts: Array.from(document.scripts, (x) => x.type).filter((x) => x === "").length,
    sorted: document.querySelectorAll("[aria-sort]").length,
    shown: document.body.textContent,
    paper: getComputedStyle(document.body).backgroundColor,
    styled: all.filter((x) => x.hasAttribute("style")).length,
  }};
}})()"""


@pytest.fixture
def bird() -> Iterator[Canary]:
    with canary() as listening:
        yield listening


def written(folder: Path, page: str) -> Path:
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["student", "class", "matrix"])
def test_nothing_of_a_student_runs_and_nothing_leaves_the_page(
    name: str, browser: Browser, bird: Canary, tmp_path: Path
) -> None:
    page = submission(all_of(bird.url)).pages()[name]
    path = written(tmp_path, page)
    with visit(browser, path, idle=True) as seen:
        found = seen.look(USED)
        seen.settle()
    assert seen.console == []
    assert seen.requests == []
    assert bird.seen == []
    # The class page keeps what is shown in its own address.
    assert seen.page.url.partition("#")[0] == path.as_uri()
    assert found["ran"] == ""
    assert found["handlers"] == found["links"] == []
    assert found["styled"] == 0
    # The page is alive: its own style counts, and on the class page its own script.
    assert found["paper"] == "rgb(250, 249, 246)"
    alive = {"class": (1, 1), "student": (1, 0), "matrix": (0, 0)}
    assert (found["scripts"], found["sorted"]) == alive[name]
    # The attacks are there, as the texts that they are.
    assert f"<img src={bird.url}/img>" in found["shown"]
    assert f"<script src='{bird.url}/script-src'></script>" in found["shown"]
    assert "\\u202e\\xff" in found["shown"]


# A reader with a keyboard: to an arrow, then on to its row by the arrow's own link.
WALKED = """await (async () => {
  const lit = () => Array.from(document.querySelectorAll(".lit"), (x) => x.id);
  const arrow = document.getElementById("a4-server-nominal");
  arrow.closest("details").open = true;
  arrow.focus();
  const focused = lit();
  document.getElementById("server.print2").open = false;
  location.hash = "#src-serveur-py-15";
  await new Promise((done) => addEventListener("hashchange", done, {once: true}));
  const opened = document.getElementById("src-serveur-py").open;
  location.hash = "#m2-server-nominal";
  await new Promise((done) => addEventListener("hashchange", done, {once: true}));
  const drawn = document.querySelectorAll("svg a.row").length;
  return {focused, opened, arrived: lit(), links: drawn};
})()"""


def test_an_arrow_lights_its_bytes_its_print_and_its_line(browser: Browser, tmp_path: Path) -> None:
    with visit(browser, written(tmp_path, PAGES["student"])) as seen:
        found = seen.look(WALKED)
    assert seen.console == []
    assert found["focused"] == [
        "a4-server-nominal", "a5-server-nominal", "m4-server-nominal", "m5-server-nominal",
        "src-serveur-py-11", "src-serveur-py-15",
    ]  # fmt: skip
    assert found["opened"] is True
    assert found["arrived"][:2] == ["a2-server-nominal", "m2-server-nominal"]
    assert found["links"] > 20


@pytest.mark.parametrize("together", [TOGETHER, *([one] for one in LEADING_AWAY)], ids=str)
def test_each_attack_works_in_a_page_without_defences(
    together: list[str], browser: Browser, bird: Canary, tmp_path: Path
) -> None:
    markup = "".join(attacks(bird.url)[one] for one in together)
    page = f"<!DOCTYPE html><title>x</title><body>{markup}</body>"
    with visit(browser, written(tmp_path, page)):
        for attack in together:
            assert bird.saw("/form?" if attack == "form" else f"/{attack}", PATIENCE), attack


def test_our_own_page_without_escaping_and_policy_is_taken_over(
    browser: Browser, bird: Canary, tmp_path: Path
) -> None:
    text = attacks(bird.url)["handler"] + attacks(bird.url)["img"]
    page = unescaped(submission(text.encode()))
    with visit(browser, written(tmp_path, without_policy(page)), idle=True) as seen:
        assert seen.look(USED)["ran"] == "handler"
        assert bird.saw("/img", PATIENCE)
        assert bird.saw("/handler", PATIENCE)
    assert [url for url in seen.requests if url.startswith(bird.url)]


def test_the_policy_alone_holds_what_is_not_escaped(
    browser: Browser, bird: Canary, tmp_path: Path
) -> None:
    """The second defence. (No policy in a page keeps a `refresh` from leading away.)"""
    text = "".join(a for name, a in attacks(bird.url).items() if name != "refresh")
    page = unescaped(submission(text.encode()))
    with visit(browser, written(tmp_path, page), idle=True) as seen:
        assert seen.look(USED)["ran"] == ""
        seen.settle()
    assert bird.seen == []
    assert sum("Content Security Policy" in told for told in seen.console) > 20


def unescaped(made: Hostile) -> str:
    """A student's page as it would be if nobody had escaped anything."""
    return html.unescape(made.pages()["student"])


def without_policy(page: str) -> str:
    bare, found = re.subn(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "", page)
    assert found == 1
    return bare
