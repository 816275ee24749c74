"""`check --open`: which page is opened, and what is said."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import pytest

from grader.cli import browser


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses that a browser was asked for."""
    asked: list[str] = []

    def take(address: str) -> bool:
        asked.append(address)
        return True

    monkeypatch.setattr(webbrowser, "open", take)
    return asked


def test_a_page_is_opened_and_named(
    tmp_path: Path, opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "a é#.html"
    assert browser.open_page(page, "fr", {"DISPLAY": ":0"})
    assert opened == [page.as_uri()]
    assert capsys.readouterr().err == f"Rapport ouvert\u00a0: {page}\n"


def test_without_a_display_the_terminal_is_left_alone(
    tmp_path: Path, opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert not browser.open_page(tmp_path / "a.html", "en", {})
    assert opened == []
    assert str(tmp_path / "a.html") in capsys.readouterr().err


def test_a_browser_that_fails_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(address: str) -> bool:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "open", fail)
    assert not browser.open_page(tmp_path / "a.html", "en", {"BROWSER": "x"})


def test_a_report_without_a_name_is_nobody_elses() -> None:
    one, other = browser.place(), browser.place()
    assert one.parent != other.parent
    assert one.parent.stat().st_mode & 0o077 == 0
    for page in (one, other):
        page.parent.rmdir()
