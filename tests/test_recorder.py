"""The recorder keeps what happened, in order, within bounds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader import transcript as tr
from grader.run import recorder
from grader.run.recorder import Recorder


def test_entries_are_in_order_on_one_clock() -> None:
    made = Recorder()
    made.begin()
    for number in range(50):
        made.add(lambda t, n=number: tr.Consumed(t=t, total=n))  # type: ignore[misc]
    assert [e.total for e in made.entries if isinstance(e, tr.Consumed)] == list(range(50))
    times = [e.t for e in made.entries]
    assert times == sorted(times)
    assert times[0] >= 0
    assert times[-1] <= made.now()


def test_a_flood_of_entries_is_cut() -> None:
    made = Recorder()
    for _ in range(recorder.MAX_ENTRIES + 5):
        made.add(lambda t: tr.EndOfStream(t=t))
    assert len(made.entries) == recorder.MAX_ENTRIES
    made.add(lambda t: tr.Step(t=t, index=3, status="done", reason="received"))
    made.add(lambda t: tr.LimitReached(t=t, limit="wire", value="8 MB"))
    made.add(lambda t: tr.EndOfStream(t=t))
    assert [type(e) for e in made.entries[recorder.MAX_ENTRIES :]] == [tr.Step, tr.LimitReached]


def test_what_comes_in_small_pieces_is_kept_whole() -> None:
    made, pieces = Recorder(), recorder.MAX_ENTRIES + 40_000
    for number in range(pieces):
        made.add(lambda t, n=number: tr.Received(t=t, data=b"%d" % (n % 10)))  # type: ignore[misc]
    came = [e.data for e in made.entries if isinstance(e, tr.Received)]
    assert b"".join(came) == b"0123456789" * (pieces // 10)
    assert len(came) < recorder.MAX_ENTRIES + 5
    made.add(lambda t: tr.Received(t=t, connection="bob", data=b"x"))
    assert all(e.connection == "" for e in made.entries if isinstance(e, tr.Received))


@given(st.lists(st.binary(max_size=20), max_size=20), st.integers(0, 100))
def test_streams_are_kept_up_to_their_limit(pieces: list[bytes], limit: int) -> None:
    made = Recorder()
    within = [made.stdout(piece, limit) for piece in pieces]
    # The other stream has a limit of its own.
    others = [made.stderr(piece, limit) for piece in pieces]
    whole = b"".join(pieces)
    kept = b"".join(e.data for e in made.entries if isinstance(e, tr.Stdout))
    assert kept == whole[:limit]
    assert b"".join(e.data for e in made.entries if isinstance(e, tr.Stderr)) == kept
    assert others == within
    assert all(within) == (len(whole) <= limit)
    assert not [e for e in made.entries if isinstance(e, tr.Stdout) and not e.data]
