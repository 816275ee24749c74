"""Fixtures that several test modules share."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from grader.run.engine import Engine

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest_plugins = ["pytester"]

# The same examples each time, and no verdict of a test by the clock: a loaded machine is slow.
settings.register_profile("tests", deadline=None, derandomize=True)
settings.load_profile("tests")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in a shell's background; what the tests start and interrupt would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write tests/golden anew: look at the diff"
    )
    parser.addoption(
        "--screenshots",
        default=os.environ.get("WIREGRADE_SCREENSHOTS", ""),
        metavar="DIR",
        help="take pictures of every kind of page into DIR (default: $WIREGRADE_SCREENSHOTS)",
    )


def pytest_sessionfinish(session: pytest.Session) -> None:
    """List the pictures, once they are all there: in the process that leads the others."""
    folder = Path(session.config.getoption("--screenshots") or os.devnull)
    if folder.is_dir() and not hasattr(session.config, "workerinput"):
        from screenshots import contact_sheet

        contact_sheet(folder)


@pytest.fixture(scope="session")
def full_engine() -> Iterator[Engine]:
    """One engine with isolation `full` for many tests: each run must be clean of the last."""
    from engine_tools import engine

    with engine("full") as started:
        yield started


@pytest.fixture(scope="session")
def plain_engine() -> Iterator[Engine]:
    """One engine with isolation `none`."""
    from engine_tools import engine

    with engine("none") as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One headless Chromium for a module's tests; each visit has its own profile.

    Not for the whole session: tests of plain programs end every child of their process.
    """
    from chromium import chromium

    with chromium() as started:
        yield started
