"""The recording of README: a real terminal, and a picture that fetches and runs nothing."""

from __future__ import annotations

import os
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from recording import COLUMNS, PICTURE, as_left, in_terminal, picture

SVG = "{http://www.w3.org/2000/svg}"


def test_the_terminal_has_80_columns(tmp_path: Path) -> None:
    said = in_terminal("stty size; test -t 2; exit $?", tmp_path, dict(os.environ))
    assert as_left(said) == f"24 {COLUMNS}\n"


def test_another_end_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="exit status 3"):
        in_terminal("exit 3", tmp_path, dict(os.environ))


def test_what_was_erased_is_not_left() -> None:
    assert as_left("a\r\n10 %\r90 %\r\nplaying\x1b[2Kb\r\n\x1b[?25h\x1b[1mc\x1b[0m") == (
        "a\n90 %\nb\n\x1b[1mc\x1b[0m"
    )


def test_a_picture_has_every_line_and_only_its_motion_hides_any() -> None:
    made = picture(["\x1b[1m$ ls\x1b[0m", "<a> & b", "\x1b[31mred\x1b[0m"])
    root = ET.fromstring(made)
    texts = [
        "".join(one.itertext()).replace("\xa0", " ").strip() for one in root.iter(f"{SVG}text")
    ]
    assert {"$ ls", "<a> & b", "red"} <= set(texts)
    before, motion = made.split("@media (prefers-reduced-motion: no-preference)")
    assert "animation" not in before
    assert motion.count("animation: ") == 3
    for number in range(3):
        assert motion.count(f"#first-line-{number})") > 1, "a rule, and what it is for"


def test_the_picture_of_readme_fetches_and_runs_nothing() -> None:
    made = PICTURE.read_text("utf-8")
    assert "What to fix first" in made.replace("&#160;", " ")
    assert not re.search(r"<script|@font-face|@import|<image|<foreignObject|href=|\son\w+=", made)
    assert not re.search(r"url\((?!#)", made)
    root = Path(__file__).resolve().parent.parent
    assert f"]({PICTURE.relative_to(root)})" in (root / "README.md").read_text("utf-8")
    assert str(root) not in made
