from __future__ import annotations

import msgspec
from engine_tools import tp09
from hypothesis import given
from hypothesis import strategies as st

from grader import transcript as tr
from grader.judge.grade import judge
from grader.judge.model import Programs
from grader.view.call_section import CallSection, call_section
from grader.view.detail import FULL
from grader.view.html import student_html

MS = 1_000_000
HEADER = tr.Header(
    run="server-nominal~trace", scenario="server-nominal", role="server", program="serveur.py",
    texts={}, port=65432, delivery="separate", seed="0" * 32, isolation="full", facts="kernel",
    interpreter="", started="",
)  # fmt: skip
HELLO = tr.Sent(t=31 * MS, data=b"Bonjour", messages=("hello",))


def call(t: int, name: str, took: int | None = 1000, **given: object) -> tr.SystemCall:
    values = {"pid": 7, "fd": 4, "protocol": "tcp", "result": 0, **given}
    return tr.SystemCall(t=t, name=name, took=took, **values)  # type: ignore[arg-type]


def segment(t: int, side: str, kind: str, data: bytes = b"") -> tr.Segment:
    return tr.Segment(t=t, side=side, kind=kind, connection=1, port=65432, data=data)


EXCHANGE: tuple[tr.AnyEntry, ...] = (
    tr.Started(t=0),
    call(10 * MS, "listen", fd=3, argument="1"),
    call(11 * MS, "accept4", took=9 * MS, fd=3, result=4, address=("127.0.0.1", 9)),
    segment(19 * MS, "client", "connected"),
    call(21 * MS, "sendto", size=3, result=3),
    segment(21 * MS + 500, "server", "data", b"abc"),
    call(30 * MS, "recvfrom", took=2 * MS, size=1024, result=7),
    tr.Connected(t=30 * MS, local=("a", 1), remote=("b", 2)),
    HELLO,
    segment(31 * MS, "client", "data", b"Bonjour"),
    tr.Stdout(t=33 * MS, data=b"Bonjour\n"),
    call(40 * MS, "accept4", took=None, fd=3, result=None),
    tr.Step(t=50 * MS, index=2, status="missed", reason="stuck"),
    tr.Ended(t=60 * MS, outcome="stuck"),
)


def section(*entries: tr.AnyEntry, language: str = "en") -> CallSection:
    return call_section(tp09(), tr.of(HEADER, entries), language)


def test_a_call_that_waits_has_a_bar_with_what_happened_beside_it() -> None:
    rows = section(*EXCHANGE).rows
    told = [(r.phase if r.call else "", r.call or r.note, r.arrow, r.lanes[0]) for r in rows]
    assert told[1:6] == [
        ("whole", "listen(1)", "", ""),
        ("begin", "accept()", "", "begin"),
        ("", "", "in", "through"),
        ("end", "accept()", "", "end"),
        ("whole", "send(3 bytes)", "out", ""),
    ]
    begin, wire, end = rows[6:9]
    assert (begin.call, begin.result) == ("recv(1024)", "")
    assert (wire.wire, "".join(run.text for run in wire.data)) == ("hello, 7 bytes", "Bonjour")
    assert end.result == "7 bytes"


def test_what_never_returned_says_so_and_its_bar_runs_to_the_end() -> None:
    rows = section(*EXCHANGE).rows
    (last,) = [r for r in rows if r.bad]
    assert (last.phase, last.result) == ("begin", "never returned")
    assert [r.lanes[0] for r in rows[rows.index(last) :]] == ["begin", "through"]


def test_without_a_capture_the_references_record_is_the_wire() -> None:
    kept = [e for e in EXCHANGE if not isinstance(e, tr.Segment)]
    wires = [r.wire for r in section(*kept).rows if r.arrow == "in"]
    assert "not captured here" in section(*kept).more
    assert section(*EXCHANGE).more == ""
    assert len(wires) == 2
    with_capture = [r.wire for r in section(*EXCHANGE).rows if r.arrow == "in"]
    assert wires != with_capture


def test_each_thread_has_a_lane_and_further_ones_share_the_last() -> None:
    calls = [call(i * MS, "recvfrom", took=None, pid=i, result=None) for i in range(1, 9)]
    found = section(*calls, tr.Ended(t=99 * MS, outcome="stuck"))
    assert found.threads == 4
    assert found.rows[-1].lanes == ("through",) * 4


def test_why_there_are_none() -> None:
    ended = tr.Ended(t=0, outcome="not_run", problem="strace may not look on here: no")
    found = section(ended)
    assert found.rows == ()
    assert found.problem[0].text == ended.problem


def test_a_long_run_is_folded_and_a_cut_one_says_so() -> None:
    calls = [call(i * MS, "close") for i in range(1000)]
    cut = tr.CallsCut(t=1000 * MS, kept=1000)
    found = section(*calls, cut, tr.Ended(t=1001 * MS, outcome="completed"))
    assert len(found.rows) == FULL.calls
    assert "761" in found.more
    assert "first ones" in found.more


@given(
    st.lists(st.sampled_from([e for e in EXCHANGE if not isinstance(e, tr.Ended)]), max_size=20),
    st.integers(0, 3),
)
def test_any_entries_make_rows(entries: list[tr.AnyEntry], pid: int) -> None:
    shown = [
        msgspec.structs.replace(e, pid=i * pid) if isinstance(e, tr.SystemCall) else e
        for i, e in enumerate(entries)
    ]
    found = section(*shown, tr.Ended(t=0, outcome="completed"))
    for row in found.rows:
        assert len(row.lanes) == found.threads


def test_the_page_escapes_what_a_program_had_a_say_in() -> None:
    evil = "<script>alert(1)</script>\x1b[31m\u202e"
    hostile = call(
        1, evil, argument=evil, error=evil, protocol=evil, address=(evil, 1), result=-1, size=1
    )
    stdout = tr.Stdout(t=2, data=evil.encode())
    data = segment(3, "server", "data", evil.encode())
    transcript = tr.of(HEADER, [hostile, stdout, data, tr.Ended(t=4, outcome="completed")])
    lab = tp09()
    grade = judge(lab, "x", "x", "0" * 32, Programs(server="serveur.py", client=None), ())
    page = student_html(lab, grade, {HEADER.run: transcript}, (), "fr")
    assert "Les appels de votre programme" in page
    assert "<script>alert" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    # It is in no list of runs: nothing is judged by it.
    assert "server-nominal~trace" not in [run.id for run in grade.runs]
