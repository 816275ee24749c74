"""The exchange as text: two straight lifelines whatever passes between them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import HOSTILE, SERVER, lab, stuck_grade
from transcripts import (
    GOODBYE,
    GREETING,
    HELLO,
    LAB,
    Play,
    client,
    grade,
    right_client,
    right_server,
    server,
)

from grader import transcript as tr
from grader.formats import exchange
from grader.formats.terminal import Evidence, Style, check_text
from grader.formats.writer import Writer
from grader.view.bytes_view import width


def drawn(transcript: tr.Transcript, language: str = "en", style: Style | None = None) -> list[str]:
    out = Writer(language, style or Style())
    exchange.draw(out, LAB, transcript)
    return out.text().splitlines()


def stuck() -> tr.Transcript:
    play = server().receives(GREETING).sends("hello").consumed().prints(HELLO)
    play.entries.append(tr.Step(t=play._t, index=4, status="missed", reason="stuck"))
    return play.waits("recvfrom", "connection").stuck(14)


def test_who_said_what_in_which_order() -> None:
    lines = drawn(stuck())
    text = "\n".join(lines)
    assert re.match(r" {4}serveur\.py {40,}Reference$", lines[0])
    order = [
        "├ started",
        "├ listens on 0.0.0.0:65432",
        "│←─ connected",
        f"│─ {GREETING} ─",
        "│  message",
        f"│←─ {HELLO} ─",
        "├ screen: Bonjour Serveur",
        "did not come: the close ┤",
        "├ waits in recv(), line 14",
        "├ still waits: we end it",
    ]
    found = [text.find(part) for part in order]
    assert -1 not in found
    assert found == sorted(found)


def test_every_ending_is_drawn_as_itself() -> None:
    assert "│─ FIN: end of the connection ─" in "\n".join(drawn(right_server()))
    cut = "\n".join(drawn(server().receives(GREETING).rst().exits()))
    assert re.search(r"│─ RST: connection cut off ─+→│", cut)
    lost = "\n".join(drawn(Play("client-nominal").dials(4000).exits(1)))
    assert re.search(r"│─ calls 127\.0\.0\.1:4000 over TCP: nobody listens there ─+→ ✗  │", lost)
    play = Play("server-nominal")
    play.entries.append(tr.Refused(t=play._t, reason="refused"))
    refused = "\n".join(drawn(play.exits(1)))
    assert re.search(r"│  ✗ ←─ connection refused ─+│", refused)


def test_the_programs_line_ends_with_its_life() -> None:
    lines = drawn(server().exits() and server().fin().exits())
    end = next(i for i, line in enumerate(lines) if "ends, status 0" in line)
    assert lines[end][4] == "├"
    assert all(line[4] == "│" or line[4] == "├" for line in lines[1:end])
    later = server().receives(GREETING).fin().exits()
    closed = [*later.entries[:-1], tr.Closed(t=later.entries[-1].t, how="close"), later.end]
    after = drawn(tr.of(later.header, closed))[-1]
    assert after[4] == " "
    assert "the reference closes" in after


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_lines_are_straight_at_every_width(columns: int, language: str) -> None:
    style = Style(columns=columns)
    for transcript in (stuck(), right_server(), right_client()):
        assert {width(line) for line in drawn(transcript, language, style)} == {style.width}


@given(st.binary(max_size=300), st.integers(40, 110))
def test_no_bytes_bend_them_or_are_obeyed(data: bytes, columns: int) -> None:
    play = server().receives(data).prints(data)
    play.errs(data.decode("utf-8", "replace"))
    for colour in (False, True):
        lines = drawn(play.exits(), "fr", Style(columns=columns, colour=colour))
        plain = [re.sub(r"\x1b\[[0-9]{1,2}m", "", line) for line in lines]
        assert {width(line) for line in plain} == {Style(columns=columns).width}
        assert all(line.isprintable() or "\u00a0" in line for line in plain)


@pytest.mark.parametrize("said", ["日本語のテキスト" * 9, "e\u0301" * 90, "👋" * 50, HOSTILE])
def test_wide_letters_marks_and_attacks(said: str) -> None:
    for encoding in ("utf-8", "ascii", "latin-1"):
        style = Style(columns=72, encoding=encoding)
        lines = drawn(server().receives(said).prints(said).exits(), "fr", style)
        assert {width(line) for line in lines} == {72}
        "\n".join(lines).encode(encoding)


def test_a_long_exchange_loses_its_middle_and_says_so() -> None:
    play = server()
    for number in range(60):
        play.sends("hello").prints(f"{number}")
    lines = drawn(play.exits())
    assert sum("more events, not shown" in line for line in lines) == 1
    assert "ends, status 0" in lines[-1]
    assert len(lines) < 60


def test_an_error_shows_its_end_and_a_screen_its_beginning() -> None:
    play = server().raises("ValueError: no", 9, "int(x)")
    text = "\n".join(drawn(play.exits(1)))
    assert "ValueError: no" in text
    assert "Traceback" not in text
    text = "\n".join(drawn(server().prints("one\r\ntwo\r\nthree\r\nfour").exits()))
    assert "├ screen: one" in text
    assert "three" not in text


def test_a_check_shows_the_line_and_the_exchange_once() -> None:
    evidence = Evidence(transcripts={"server-nominal": stuck()}, sources={"serveur.py": SERVER})
    text = check_text(lab(), stuck_grade(), "en", Style(), evidence)
    assert "   → 15 │     suite = connexion.recv(1024)" in text
    assert "     14 │ while True:" in text
    assert text.count("├ still waits: we end it") == 1
    assert max(width(line) for line in text.splitlines()) <= 80


def test_two_mistakes_of_one_run_share_its_exchange() -> None:
    late = server().sends("hello").consumed().prints(HELLO).receives(GREETING)
    late = late.sends("goodbye").consumed().prints(GOODBYE).waits("accept4", "listener")
    play = late.we_close().stuck(7)
    evidence = Evidence(transcripts={play.header.run: play}, sources={})
    text = check_text(LAB, grade(play, right_client()), "en", Style(), evidence)
    assert text.count("├ still waits: we end it") == 1
    assert "What happened: see the exchange of point 1." in text


def test_what_could_not_come_without_a_connection_is_not_told() -> None:
    play = Play("server-nominal").raises("SyntaxError: invalid syntax", 7, "print(")
    play.entries.append(tr.Step(t=play._t, index=0, status="missed", reason="exited"))
    text = "\n".join(drawn(play.exits(1), "fr"))
    assert "n’est pas venu" not in text
    assert "├ erreurs (stderr)\u00a0: …" in text


def test_a_wait_that_goes_on_is_told_once() -> None:
    play = server().receives(GREETING).waits("recvfrom", "connection")
    frame = tr.Frame(file="serveur.py", line=14, function="<module>")
    play.entries.append(tr.Position(t=play._t, frames=(frame,)))
    play.entries.append(tr.Step(t=play._t, index=4, status="missed", reason="stuck"))
    again = play.we_close().waits("recvfrom", "connection").stuck(14)
    text = "\n".join(drawn(again))
    assert text.count("├ waits in recv()") == 1
    assert "├ still waits: we end it" in text
    woken = server().waits("recvfrom", "connection").prints("woken")
    text = "\n".join(drawn(woken.waits("recvfrom", "connection").stuck(14)))
    assert text.count("├ waits in recv()") == 2


def test_ascii_only_terminals_get_the_same_lines() -> None:
    lines = drawn(stuck(), "en", Style(encoding="ascii"))
    assert any(re.search(r"\|- Bonjour Client.* -*>\|$", line) for line in lines)
    assert "\n".join(lines).isascii()


def test_a_client_is_on_the_left_too() -> None:
    lines = drawn(client().exits(1))
    assert lines[0].startswith("    client.py")
