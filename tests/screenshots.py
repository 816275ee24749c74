"""Makes the pictures of README and docs from real gradings: `python tests/screenshots.py`.

Grades the sample submissions with the commands that a reader would type, opens what they wrote
in the system's Chromium, and writes `docs/images/`. Look at them before they are committed.
"""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from chromium import chromium, visit  # noqa: E402

IMAGES = ROOT / "docs" / "images"
SAMPLE = "faute_un_seul_recv"
"""The submission whose page is shown: one mistake that many make, which costs several criteria."""
PAGES = {"class": "index.html", "student": f"{SAMPLE}/index.html"}
WIDTH, HEIGHT = 1100, 1000
COLUMNS = 84
"""Of the terminal in which `check` is shown."""


def main() -> None:
    """Make all pictures, and say how big they are."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="wiregrade-pictures-") as folder:
        out = Path(folder)
        wiregrade("grade", str(ROOT / "submissions"), "--out", str(out), "--lang", "en")
        photograph(out)
    told = wiregrade("check", str(ROOT / "submissions" / SAMPLE), "--lang", "en")
    (IMAGES / "check.svg").write_text(terminal(told, "wiregrade check --lang en"), "utf-8")
    for path in sorted(IMAGES.iterdir()):
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} kB")


def wiregrade(*arguments: str) -> str:
    """What the command prints in a terminal with colours."""
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "TERM": "xterm"}
    environment.pop("NO_COLOR", None)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "grader", *arguments], cwd=ROOT, env=environment,
        stdout=subprocess.PIPE, check=False, text=True,
    )  # fmt: skip
    if done.returncode not in (0, 1):
        raise SystemExit(f"wiregrade {' '.join(arguments)}: exit status {done.returncode}")
    return done.stdout


def photograph(out: Path) -> None:
    """The upper part of the pages below `out`, as they are opened."""
    with chromium() as browser:
        for name, page in PAGES.items():
            with visit(browser, out / page) as seen:
                seen.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
                seen.page.screenshot(path=IMAGES / f"{name}.png")


def terminal(printed: str, title: str) -> str:
    """A terminal's text as SVG that fetches no font."""
    from rich.console import Console
    from rich.text import Text

    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True)
        console.print(Text.from_ansi(printed))
        made = console.export_svg(title=title, unique_id="check")
    made = re.sub(r"@font-face \{.*?\}", "", made, flags=re.DOTALL)
    return made.replace("Fira Code", "ui-monospace, Menlo, Consolas, DejaVu Sans Mono")


def contact_sheet(folder: Path) -> None:
    """A page that shows all pictures of a folder, by kind of page."""
    (folder / "index.html").write_text("\n".join(_sheet(folder)), "utf-8")


def _sheet(folder: Path) -> Iterator[str]:
    yield "<!DOCTYPE html><meta charset=utf-8><title>Wiregrade</title>"
    yield "<style>body{font:14px sans-serif}img{max-height:40rem;max-width:30%;margin:4px}</style>"
    kind = ""
    for picture in sorted(folder.glob("*.png")):
        if kind != (kind := picture.name.split(".")[0]):
            yield f"<h2>{html.escape(kind)}</h2>"
        name = html.escape(picture.name, quote=True)
        yield f'<a href="{name}"><img loading="lazy" src="{name}" title="{name}" alt="{name}"></a>'


if __name__ == "__main__":
    main()
