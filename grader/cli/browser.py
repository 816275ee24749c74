"""`check --open`: the report in the browser, and where it lies in any case."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from grader.cli.streams import note, safe

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
_WORDS = {
    True: ("Rapport ouvert~: {path}", "Report opened: {path}"),
    False: (
        "Aucun navigateur ne s’ouvre d’ici. Le rapport~: {path}",
        "No browser opens from here. The report: {path}",
    ),
}


def place() -> Path:
    """Where a report goes that has no name: in a new folder for temporary files."""
    return Path(tempfile.mkdtemp(prefix="wiregrade-")) / "report.html"


def open_page(path: Path, language: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Open the page, and say on stderr where it is; whether a browser was found."""
    opened = _has_display(environment) and _open(path.resolve().as_uri())
    words = _WORDS[opened][1 if language == "en" else 0].replace("~", "\u00a0")
    note(words.format(path=safe(str(path))))
    return opened


def _has_display(environment: Mapping[str, str]) -> bool:
    """Without one `webbrowser` would take the terminal for a text browser."""
    always = sys.platform in ("win32", "darwin")
    return always or any(environment.get(name) for name in _DISPLAYS)


def _open(address: str) -> bool:
    import webbrowser

    try:
        return webbrowser.open(address)
    except (webbrowser.Error, OSError):
        return False
