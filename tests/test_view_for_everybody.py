"""Every kind of page in a real browser: for eyes, keys, readers aloud, telephones and paper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from chromium import Scheme, Visit, visit
from page_kinds import kinds
from page_reader import by_keyboard, complaints, on_paper
from playwright.sync_api import Browser

LANGUAGES: dict[str, Scheme] = {"fr": "light", "en": "dark"}
"""With the colours in which a page is looked at: these do not depend on the language."""


Look = tuple[int, Scheme]
"""CSS pixels of a window's width, and its colours."""
WINDOWS: dict[str, tuple[Look, ...]] = {"fr": ((1200, "light"), (1200, "dark")), "en": ()}
"""What is photographed of all kinds."""
SMALL: dict[str, tuple[Look, ...]] = {"fr": ((360, "light"),), "en": ((768, "light"),)}
"""A telephone and a tablet: of kinds that have what the others have."""
IN_SMALL = ("student-stuck", "student-hostile", "class", "matrix", "handout")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", kinds())
def test_nothing_is_in_anybodys_way(
    kind: str, language: str, browser: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path = tmp_path / f"{kind}.html"
    path.write_text(kinds()[kind].html(language), encoding="utf-8")
    with visit(browser, path) as seen:
        # The tree of elements, keys and paper know no language; colours and widths do.
        found = complaints(seen, LANGUAGES[language], structure=language == "fr")
        if language == "fr":
            found += [*by_keyboard(seen), *on_paper(seen)]
        seen.settle()
        if folder := request.config.getoption("--screenshots"):
            seen.look("checks.refold()")
            looks = WINDOWS[language] + (SMALL[language] if kind in IN_SMALL else ())
            photograph(seen, Path(folder), f"{kind}.{language}", looks)
    assert found == [], "\n".join(["", *found])
    assert seen.console == []
    assert seen.requests == []


def photograph(seen: Visit, folder: Path, name: str, looks: Sequence[Look]) -> None:
    """The page as it was opened, from top to bottom, for people to look at."""
    folder.mkdir(parents=True, exist_ok=True)
    for width, scheme in looks:
        seen.dress(scheme=scheme, width=width)
        seen.page.screenshot(path=folder / f"{name}.{width}.{scheme}.png", full_page=True)
