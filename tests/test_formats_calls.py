from __future__ import annotations

from engine_tools import tp09
from test_view_call_section import EXCHANGE, HEADER, MS, call

from grader import transcript as tr
from grader.formats.calls import ROWS_SHOWN, calls_text
from grader.formats.terminal import Style
from grader.view.bytes_view import width


def text(*entries: tr.AnyEntry, style: Style | None = None) -> str:
    return calls_text(tp09(), [tr.of(HEADER, entries)], "en", style)


def test_calls_on_the_left_and_the_wire_on_the_right() -> None:
    lines = text(*EXCHANGE, style=Style(columns=100)).splitlines()
    assert lines[0] == "Your program’s calls  serveur.py (server-nominal~trace)"
    assert "┌ recv(1024) …" in lines[7]
    assert "│" in lines[8]
    assert "← hello, 7 bytes Bonjour" in lines[8]
    assert "└ recv(1024) → 7 bytes" in lines[9]
    assert "→ 3 bytes abc" in lines[6]


def test_every_line_fits_and_none_is_wider() -> None:
    for columns in (40, 80, 200):
        style = Style(columns=columns)
        assert all(width(line) <= style.width for line in text(*EXCHANGE, style=style).splitlines())


def test_a_terminal_without_our_characters_gets_plain_ones() -> None:
    shown = text(*EXCHANGE, style=Style(encoding="ascii"))
    assert shown.isascii()
    assert "?" not in shown


def test_a_long_run_is_cut_in_the_middle() -> None:
    calls = [call(i * MS, "close") for i in range(500)]
    lines = text(*calls, tr.Ended(t=501 * MS, outcome="completed")).splitlines()
    assert len(lines) <= ROWS_SHOWN + 5
    assert any("not shown" in line for line in lines)


def test_why_there_are_none_is_told() -> None:
    ended = tr.Ended(t=0, outcome="not_run", problem="strace may not look on here: no")
    assert "strace may not look on here: no" in text(ended)


def test_nothing_is_obeyed() -> None:
    evil = "::error::x\x1b[31m\n##[command]y"
    hostile = call(1, evil, argument=evil, error=evil, result=-1)
    shown = text(hostile, tr.Stdout(t=2, data=evil.encode()), tr.Ended(t=3, outcome="completed"))
    assert "\x1b" not in shown
    assert "##[" not in shown
    assert not any(line.lstrip().startswith("::") for line in shown.splitlines())
