"""The runs of a page: small ones are kept, big ones are read when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from report_samples import lab, stuck_grade, stuck_server

from grader import transcript as tr
from grader.view import recorded
from grader.view.detail import FULL, Detail
from grader.view.recorded import RecordedRuns
from grader.view.sequence import all_moments
from grader.view.timeline import row_of

RUN = "server-nominal"


class Read(Mapping[str, tr.Transcript]):
    """One run, and how often it was read."""

    def __init__(self, transcript: tr.Transcript) -> None:
        self.transcript = transcript
        self.times = 0

    def __getitem__(self, run: str) -> tr.Transcript:
        if run != RUN:
            raise KeyError(run)
        self.times += 1
        return self.transcript

    def __contains__(self, run: object) -> bool:
        return run == RUN

    def __iter__(self) -> Iterator[str]:
        return iter((RUN,))

    def __len__(self) -> int:
        return 1


def runs_of(found: Read, detail: Detail = FULL) -> RecordedRuns:
    return RecordedRuns(lab(), stuck_grade().runs, found, "fr", detail)


def test_a_small_run_is_read_once() -> None:
    found = Read(stuck_server())
    runs = runs_of(found)
    for _ in range(3):
        made = runs.get(RUN)
        assert made is not None
        assert made.transcript is found.transcript
    assert found.times == 1


def test_a_big_run_is_not_kept_and_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    small = runs_of(Read(stuck_server()))
    monkeypatch.setattr(recorded, "SMALL", 0)
    found = Read(stuck_server())
    big = runs_of(found)
    assert found.times == 1
    assert big.get(RUN) == small.get(RUN)
    assert found.times == 2
    assert big.rows(RUN) == small.rows(RUN)
    assert found.times == 3
    big.rows(RUN)
    assert found.times == 3


def test_rows_lead_to_the_same_moments_without_their_bytes() -> None:
    runs = runs_of(Read(stuck_server()))
    whole = all_moments(stuck_server(), "fr", lab().scenario(RUN).steps)
    assert len(runs.rows(RUN)) == len(whole)
    assert not any(moment.data for moment in runs.rows(RUN))
    for entry in range(len(stuck_server().entries)):
        assert row_of(runs.rows(RUN), (entry,)) == row_of(whole, (entry,))


def test_an_exchange_without_end_is_cut() -> None:
    few = replace(FULL, rows=1, rows_of_a_run=5)
    assert len(runs_of(Read(stuck_server()), few).rows(RUN)) == 5


def test_what_was_not_recorded_is_nothing() -> None:
    runs = runs_of(Read(stuck_server()))
    assert runs.get("client-nominal") is None
    assert runs.rows("client-nominal") == ()


@pytest.mark.parametrize(
    ("target", "status", "waits"),
    [("listener", "done", True), ("connection", "done", False), ("listener", "missed", False)],
)
def test_a_server_that_did_all_waits_for_the_next_client(
    target: str, status: str, waits: bool
) -> None:
    call = tr.Call(pid=1, tid=1, name="accept4", fd=3, target=target)
    entries: list[tr.AnyEntry] = [
        tr.Step(t=0, index=1, status=status, reason=""),
        tr.State(t=1, why="waiting", calls=(call,), sockets=()),
        tr.Ended(t=2, outcome="stuck"),
    ]
    run = recorded.Recorded(transcript=tr.of(stuck_server().header, entries), moments=())
    assert run.waits_for_the_next is waits
