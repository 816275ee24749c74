"""The progress bar: what stands beside it, and that it is gone at the end."""

from __future__ import annotations

import pytest

from grader.cli.bar import LiveBar


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")


def test_it_tells_the_last_step() -> None:
    with LiveBar(2) as bar:
        assert bar.description == ""
        bar.advance("dupont")
        assert bar.description == "dupont"
        bar.describe("sous charge")
        assert bar.description == "sous charge"


def test_the_total_may_come_later() -> None:
    with LiveBar() as bar:
        bar.begin(3)
        bar.advance("server nominal")
        assert bar.description == "server nominal"


def test_a_name_is_only_a_name_and_not_wide() -> None:
    with LiveBar(1) as bar:
        bar.advance("\x1b[2J" + "x" * 200)
        assert "\x1b" not in bar.description
        assert len(bar.description) == 40
