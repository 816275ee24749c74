"""Every kind of page in a real browser: for eyes, keys, readers aloud, telephones and paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import Scheme, visit
from page_kinds import kinds
from page_reader import by_keyboard, complaints, on_paper
from playwright.sync_api import Browser

LANGUAGES: dict[str, Scheme] = {"fr": "light", "en": "dark"}
"""With the colours in which a page is looked at: these do not depend on the language."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", kinds())
def test_nothing_is_in_anybodys_way(
    kind: str, language: str, browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / f"{kind}.html"
    path.write_text(kinds()[kind].html(language), encoding="utf-8")
    with visit(browser, path) as seen:
        found = complaints(seen, LANGUAGES[language])
        # Keys and paper know no language.
        if language == "fr":
            found += [*by_keyboard(seen), *on_paper(seen)]
        seen.settle()
    assert found == [], "\n".join(["", *found])
    assert seen.console == []
    assert seen.requests == []
