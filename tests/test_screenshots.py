"""The pictures that README and docs name are there, small, and made of nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from screenshots import COLUMNS, IMAGES, ROOT, contact_sheet, terminal

MOST = 150 * 1024
"""Bytes of one picture."""
PNG = b"\x89PNG\r\n\x1a\n"


def named() -> list[tuple[str, str, str]]:
    """Every picture of our Markdown: the document, the address, the words instead of it."""
    found = []
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")):
        for block in MarkdownIt().parse(path.read_text("utf-8")):
            for token in block.children or ():
                if token.type == "image":
                    where = path.relative_to(ROOT).as_posix()
                    found.append((where, str(token.attrs["src"]), token.content))
    return found


def test_documents_name_pictures_that_are_there_and_say_what_they_show() -> None:
    assert {src for where, src, _ in named() if where == "README.md"} >= {
        "docs/images/student.png", "docs/images/class.png", "docs/images/check.svg",
    }  # fmt: skip
    for where, source, instead in named():
        assert (ROOT / where).parent.joinpath(source).is_file(), f"{where}: {source}"
        assert len(instead) > 20, f"{where}: {source} has no words instead"


def test_every_picture_is_shown_somewhere() -> None:
    shown = {(ROOT / where).parent.joinpath(source).resolve() for where, source, _ in named()}
    assert {path for path in IMAGES.iterdir() if path not in shown} == set()


@pytest.mark.parametrize("path", sorted(IMAGES.iterdir()), ids=lambda path: path.name)
def test_pictures_are_small_and_what_their_names_say(path: Path) -> None:
    data = path.read_bytes()
    assert 1000 < len(data) < MOST
    if path.suffix == ".png":
        assert data.startswith(PNG)
    else:
        assert ElementTree.fromstring(data).tag == "{http://www.w3.org/2000/svg}svg"
        assert addresses(data.decode()) == set()


def addresses(svg: str) -> set[str]:
    """What the drawing would fetch."""
    return set(re.findall(r"(?:url\(\s*[\"']?|href=[\"'])(?!#)([^\"')]+)", svg))


def test_a_terminal_is_drawn_with_its_colours_and_fetches_nothing() -> None:
    drawn = terminal("\x1b[32m✓\x1b[0m Listen\n" + "x" * COLUMNS, "wiregrade check")
    assert addresses(drawn) == set()
    assert addresses('<a href="http://x/"/><b fill="url(#c)"/> src: url("y")') == {"http://x/", "y"}
    root = ElementTree.fromstring(drawn)
    texts = "".join(root.itertext()).replace("\u00a0", " ")
    assert "✓" in texts
    assert "x" * COLUMNS in texts
    assert "wiregrade check" in texts
    assert "Fira" not in drawn


def test_a_folder_of_pictures_has_a_page_to_look_at_them(tmp_path: Path) -> None:
    for name in ("class.fr.360.dark.png", "student-<b>.fr.360.dark.png"):
        (tmp_path / name).write_bytes(PNG)
    contact_sheet(tmp_path)
    page = (tmp_path / "index.html").read_text("utf-8")
    assert page.count("<img") == 2
    assert "<h2>class</h2>" in page
    assert "<b>" not in page
