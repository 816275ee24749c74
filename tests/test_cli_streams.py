"""Colours, live displays, encodings."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import grader
from grader.cli import streams
from grader.lab.model import Text

ROOT = Path(grader.__file__).parent.parent


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "colour", "live"),
    [
        (Terminal(), {}, True, True),
        (io.StringIO(), {}, False, False),
        (Terminal(), {"NO_COLOR": "1"}, False, True),
        (Terminal(), {"NO_COLOR": ""}, True, True),
        (io.StringIO(), {"FORCE_COLOR": "1"}, True, False),
        (Terminal(), {"FORCE_COLOR": "0"}, False, True),
        (Terminal(), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, True),
        (Terminal(), {"TERM": "dumb"}, False, False),
        (Terminal(), {"CI": "true"}, True, False),
        (Terminal(), {"CI": "false"}, True, True),
    ],
)
def test_what_the_environment_asks_for(
    stream: io.StringIO, environment: dict[str, str], colour: bool, live: bool
) -> None:
    assert streams.wants_colour(stream, environment) is colour
    assert streams.is_live(stream, environment) is live


def test_names_of_strangers_are_shown_not_obeyed() -> None:
    assert streams.safe("a\x1b[31m\n::error::b\u202e") == "a\\x1b[31m\\n::error::b\\u202e"


def test_sentences_keep_their_lines_and_lose_the_rest() -> None:
    text = Text({"fr": "Oui\u00a0:\nnon\x07", "en": "yes"})
    assert streams.in_words(text, "fr") == "Oui\u00a0:\nnon\\x07"
    assert "\x9b" not in streams.in_words("x\x9b", "fr")


def test_a_note_obeys_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    streams.note("Oui\u00a0:\x1b[31m\r\n  ::error::x\n##[error]y\x9bz\n##vso[task]")
    assert capsys.readouterr().err == (
        "Oui\u00a0:\\x1b[31m\\r\n  | ::error::x\n#\\x23[error]y\\u009bz\n#\\x23vso[task]\n"
    )


def test_an_old_encoding_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii"))
    streams.never_fail_on_encoding()
    streams.say("✓ é")
    assert raw.getvalue() == b"\\u2713 \\xe9\n"


def test_where_nobody_reads_what_is_noted_the_work_goes_on() -> None:
    """`grade … 2>&1 | head -1`: the reader leaves long before the end."""
    program = (
        "import sys\n"
        "from grader.cli.streams import note\n"
        "sys.stdin.read()\n"
        "note('one'); note('two')\n"
        "print('all of it', flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:  # fmt: skip
        assert process.stderr is not None
        process.stderr.close()
        process.stderr = None
        assert process.communicate("")[0] == "all of it\n"
    assert process.returncode == 0
