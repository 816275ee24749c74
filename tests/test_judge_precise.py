"""What the lines of a program add to a mistake: a cause in the place of its sign."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.judge.model import Diagnosis
from grader.judge.precise import reworded
from grader.judge.wording import fill_fields
from grader.lab.catalogue import catalogue
from grader.lab.model import Rewording
from grader.lab.sayings import Sayings

SAYINGS = Sayings(catalogue(), {}, {})
SERVED = [b"async with s:", b"    await s.serve_forever()", b"asyncio.run(main())"]
WAITED = [b"ready = Event()", b"ready.is_set()", b"ready.wait()"]
CAUGHT = [b"try:", b"    s.send('a')", b"except:", b"    print('Oh')"]


def diagnosis(name: str, variant: str, line: int | None, shown: str = "Oh") -> Diagnosis:
    entry = SAYINGS.entry(name, variant)
    assert entry is not None
    fields = {"shown": shown}
    return Diagnosis(
        id=name,
        role="server",
        run="server-nominal",
        level="error",
        title=fill_fields(entry.title, fields),
        explanation=fill_fields(entry.explanation, fields),
        file="s.py",
        line=line,
        confidence=entry.confidence.value,
        about=entry.notion,
    )


def test_a_call_that_serves_for_ever_is_the_cause_of_the_wait() -> None:
    found = reworded(diagnosis("endless-loop", "waits", 3), SERVED, SAYINGS)
    assert found is not None
    assert (found.line, found.look, found.also, found.about) == (None, 2, (3,), "serving")
    assert "serve_forever() (ligne\u00a02)" in found.explanation.in_language("fr")
    there = reworded(diagnosis("endless-loop", "waits", 2), SERVED, SAYINGS)
    assert there is not None
    assert (there.line, there.look) == (2, None)


def test_a_wait_for_an_event_is_told_as_one() -> None:
    found = reworded(diagnosis("endless-loop", "lock", 3), WAITED, SAYINGS)
    assert found is not None
    assert (found.line, found.also) == (3, (1, 2))
    assert "event" in found.title.in_language("en")


def test_the_end_of_a_stream_is_to_be_seen_where_the_loop_reads() -> None:
    looped = [b"while True:", b"    m = c.recv(9)", b"    print(m)"]
    # Wherever in its loop it was when it was ended.
    (found, *others) = (
        reworded(diagnosis("ignores-end-of-stream", "", line), looped, SAYINGS)
        for line in (1, 2, 3)
    )
    assert others == [found, found]
    assert found is not None
    assert (found.line, found.look, found.also) == (None, 2, (1,))
    head = [b"while c.recv(9):", b"    print(1)"]
    found = reworded(diagnosis("ignores-end-of-stream", "", 2), head, SAYINGS)
    assert found is not None
    assert (found.line, found.look, found.also) == (None, 1, ())
    twice = [*looped, b"    c.recv(1)"]
    assert reworded(diagnosis("ignores-end-of-stream", "", 2), twice, SAYINGS) is None


def test_a_buffer_that_is_too_small_is_told_with_its_size() -> None:
    small = [b"b = bytearray(8)", b"c.recv_into(b)"]
    found = reworded(diagnosis("one-recv-is-one-message", "", None), small, SAYINGS)
    assert found is not None
    assert (found.look, found.also) == (2, (1,))
    assert "recv_into()" in found.explanation.in_language("fr")
    parts = diagnosis("one-recv-is-one-message", "parts", None)
    assert reworded(parts, small, SAYINGS) is None


def test_a_file_of_the_connection_that_nothing_closes_holds_it() -> None:
    held = [b"f = c.makefile()", b"print(f.readline())", b"c.close()"]
    found = reworded(diagnosis("never-closes", "server", None), held, SAYINGS)
    assert found is not None
    assert (found.look, found.confidence) == (1, "possible")
    assert "makefile()" in found.explanation.in_language("fr")
    for closed in (b"f.close()", b"with f:", b"with c, f:"):
        given = diagnosis("never-closes", "server", None)
        assert reworded(given, [*held, closed], SAYINGS) is None
    # Who closes nothing at all has forgotten more than that.
    assert reworded(diagnosis("never-closes", "server", None), held[:2], SAYINGS) is None


def test_the_program_is_sent_to_read_of_its_own_language() -> None:
    java = replace(diagnosis("endless-loop", "waits", 3), file="S.java")
    found = reworded(java, SERVED, SAYINGS)
    assert found is not None
    assert found.notion is not None
    assert "java.net" in found.notion.in_language("en")


def test_what_only_an_except_prints_was_printed_there() -> None:
    found = reworded(diagnosis("error-swallowed", "", None), CAUGHT, SAYINGS)
    assert found is not None
    assert (found.look, found.also, found.confidence) == (1, (3, 4), "certain")
    assert found.explanation.in_language("en").endswith("Look at lines 1, 3 and 4.")


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (diagnosis("endless-loop", "cpu", 3), SERVED),
        (diagnosis("endless-loop", "waits", 1), [b"s.accept()"]),
        (diagnosis("endless-loop", "waits", None), SERVED),
        (diagnosis("endless-loop", "lock", 1), [b"lock.acquire()"]),
        (diagnosis("endless-loop", "lock", 9), WAITED),
        (diagnosis("error-swallowed", "", None), [*CAUGHT, b"print('Oh')"]),
        (diagnosis("error-swallowed", "", None, shown="O…"), CAUGHT),
        (diagnosis("no-print", "", None), CAUGHT),
    ],
)
def test_otherwise_nothing_is_added(given: Diagnosis, lines: list[bytes]) -> None:
    assert reworded(given, lines, SAYINGS) is None


def test_a_lab_that_says_nothing_of_it_is_obeyed() -> None:
    silent = Sayings(catalogue(), {"endless-loop/forever": Rewording(enabled=False)}, {})
    assert reworded(diagnosis("endless-loop", "waits", 3), SERVED, silent) is None
