"""The time line: rows that lead to bytes, lines and prints, and never too many of them."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from report_samples import MS, SERVER, header, right_client, stuck_server

from grader import transcript as tr
from grader.view.detail import FULL
from grader.view.moment import Kind
from grader.view.sequence import all_moments, cut_short, moments
from grader.view.source import Program
from grader.view.timeline import ROWS_OPEN, Timeline, row_of, shares, timeline

PROGRAMS = {"serveur.py": Program("serveur.py", SERVER)}


def made(transcript: tr.Transcript, programs: dict[str, Program] | None = None) -> Timeline:
    listed = PROGRAMS if programs is None else programs
    return timeline(moments(transcript, "fr"), listed, transcript.header.program, "fr")


def test_what_was_received_and_where_it_was_printed() -> None:
    line = made(stuck_server())
    hello = next(r for r in line.rows if r.label == "premier message")
    (printed,) = hello.kin
    assert line.rows[printed.number].kind is Kind.SCREEN
    assert printed.text == "affiché à 25,4\u00a0ms"
    (back,) = line.rows[printed.number].kin
    assert (back.number, back.text) == (hello.number, "reçu à 25,1\u00a0ms")


def test_the_line_where_it_stood_and_the_lines_where_it_may_have_been() -> None:
    rows = made(stuck_server()).rows
    stood = next(r for r in rows if r.kind is Kind.WAIT and r.where)
    assert [(w.number, w.href) for w in stood.where] == [(15, "#src-serveur-py-15")]
    assert "recv" in "".join(run.text for run in stood.code)
    listens = next(r for r in rows if r.label.startswith("écoute"))
    assert len(listens.where) == 1


def test_what_the_system_closes_for_a_crashed_program_has_no_line() -> None:
    def closing(outcome: str) -> tuple[int, ...]:
        end = tr.Ended(t=MS, outcome=outcome)
        program = Program("serveur.py", b"\n\nc.close()\n")
        fin = tr.of(header(), [tr.EndOfStream(t=MS), end])
        return tuple(w.number for w in made(fin, {"serveur.py": program}).rows[0].where)

    assert closing("completed") == (3,)
    assert closing("crashed") == ()


def test_without_the_program_there_are_no_lines() -> None:
    assert not any(row.where for row in made(stuck_server(), {}).rows)
    other = {"elsewhere.py": PROGRAMS["serveur.py"]}
    assert not any(row.where for row in made(stuck_server(), other).rows)


def test_a_program_in_a_folder_is_found_by_its_name() -> None:
    path = "tp/serveur.py"
    transcript = stuck_server()
    moved = tr.of(msgspec.structs.replace(transcript.header, program=path), transcript.entries)
    rows = made(moved, {path: Program(path, SERVER)}).rows
    assert any(w.href == "#src-tp-serveur-py-15" for row in rows for w in row.where)


def test_bytes_one_by_one_are_bounded() -> None:
    entries: list[tr.AnyEntry] = [
        tr.Received(t=MS, data=b"x" * 1000),
        tr.Ended(t=MS, outcome="completed"),
    ]
    line = made(tr.of(header(), entries))
    assert len(line.rows[0].hex) == FULL.hex // 16
    assert line.rows[0].hex_more == f"… {1000 - FULL.hex} octets de plus dans la capture"
    assert line.cut


def test_a_long_exchange_opens_in_three_drawings_with_all_its_rows() -> None:
    entries: list[tr.AnyEntry] = [
        tr.Sent(t=i * MS, data=b"%d" % i, messages=("hello",), piece=i, pieces=99)
        for i in range(99)
    ]
    line = made(tr.of(header(), [*entries, tr.Ended(t=MS, outcome="completed")]))
    assert [bool(s.folded) for s in line.stretches] == [False, True, False]
    drawn = [row.number for s in line.stretches for row in s.drawing.rows]
    assert drawn == [row.number for row in line.rows] == list(range(99))
    assert len(made(right_client()).rows) < ROWS_OPEN
    assert [s.folded for s in made(right_client()).stretches] == [""]


def test_evidence_leads_to_the_moment_that_shows_it() -> None:
    told = moments(stuck_server(), "fr")
    printed = next(i for i, e in enumerate(stuck_server().entries) if isinstance(e, tr.Stdout))
    number = row_of(told, (1, printed, 999))
    assert number is not None
    assert told[number].kind is Kind.SCREEN
    assert row_of(told, (999,)) is None
    assert row_of((), (1,)) is None


def test_evidence_in_what_was_left_out_leads_to_the_fold() -> None:
    told = cut_short(all_moments(stuck_server(), "fr"), "fr", 6)
    number = row_of(told, (8,))
    assert number is not None
    assert told[number].kind is Kind.FOLD


def test_short_runs_leave_their_room_to_long_ones() -> None:
    assert shares([10, 1000, 10], 100, 5) == (10, 80, 10)
    assert shares([1000, 1000], 100, 5) == (50, 50)
    assert shares([1000] * 50, 100, 8) == (8,) * 50
    assert shares([], 100, 8) == ()


@given(st.lists(st.integers(0, 3000), max_size=40), st.integers(0, 500), st.integers(1, 20))
def test_shares_are_bounded(needs: list[int], total: int, least: int) -> None:
    given_ = shares(needs, total, least)
    assert len(given_) == len(needs)
    taken = sum(min(a, b) for a, b in zip(given_, needs, strict=True))
    assert taken <= total + least * len(needs)


def test_unread_bytes_are_said_where_the_program_waits() -> None:
    socket = tr.Socket(
        protocol="tcp", state="established", local=("127.0.0.1", 65432),
        remote=("127.0.0.1", 4), receive_queue=35, send_queue=0,
    )  # fmt: skip
    call = tr.Call(pid=1, tid=1, name="accept4", fd=3, target="listener")

    def waits(one: tr.Socket) -> str:
        state = tr.State(t=MS, why="waiting", calls=(call,), sockets=(one,))
        end = tr.Ended(t=MS, outcome="stuck")
        return moments(tr.of(header(), [state, end]), "fr")[0].label

    assert (
        waits(socket) == "attend dans accept()\u00a0; arrivé, mais pas encore lu\u00a0: 35 octets"
    )
    # The kernel counts a FIN as one byte more.
    closed = msgspec.structs.replace(socket, state="close-wait", receive_queue=1)
    assert waits(closed) == "attend dans accept()"
