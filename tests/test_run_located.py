"""Where compiled programs stood: addresses in, lines out, and no word of it in what they wrote."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from grader import transcript as tr
from grader.run.crash import NATIVE, addresses, frames_of_dump, without_addresses
from grader.run.located import frames_in, located, question

WORD = b"\nwiregrade-stack: 000011a5 000011c9\n"
SAID = b"""\
afficher
/submission/tp/./serveur.c:10 (discriminator 3)
main
/submission/tp/./serveur.c:26
_start
??:?
f
/usr/include/x.h:3
"""
FRAMES = (
    tr.Frame(file="tp/serveur.c", line=10, function="afficher"),
    tr.Frame(file="tp/serveur.c", line=26, function="main"),
)


def lines(at: Sequence[int]) -> tuple[tr.Frame, ...]:
    return FRAMES if list(at) == [0x11A5, 0x11C9] else ()


def test_its_word_is_read_and_taken_out() -> None:
    assert addresses(b"before\n" + WORD) == (0x11A5, 0x11C9)
    assert without_addresses(b"before\n" + WORD + b"after") == b"before\nafter"
    assert addresses(b"wiregrade-stack: none\n") == ()
    (first, second) = frames_of_dump(WORD, "/submission")
    assert (first.file, first.line, second.line) == (NATIVE, 0x11A5, 0x11C9)


def test_what_addr2line_says() -> None:
    assert frames_in(SAID, ["serveur.c", "tp/serveur.c"]) == FRAMES
    assert frames_in(b"", ["a.c"]) == frames_in(b"\xff\n\xfe", ["a.c"]) == ()
    assert question([16, 255])[-2:] == ("0x10", "0xff")
    assert len(question(range(1000))) < 50


@pytest.mark.parametrize("data", [WORD, b"oops\n" + WORD])
def test_a_crash_has_a_position(data: bytes) -> None:
    told = located([tr.Stderr(t=5, data=data)], lines)
    assert told[-1] == tr.Position(t=5, frames=FRAMES)
    written = b"".join(entry.data for entry in told if isinstance(entry, tr.Stderr))
    assert written == data.removesuffix(WORD)


def test_a_position_by_addresses_gets_lines_or_goes() -> None:
    frames = frames_of_dump(WORD, "/submission")
    assert located([tr.Position(t=1, frames=frames)], lines) == [tr.Position(t=1, frames=FRAMES)]
    assert located([tr.Position(t=1, frames=frames)], lambda _: ()) == []
    others: list[tr.AnyEntry] = [tr.Position(t=1, frames=FRAMES), tr.Stderr(t=2, data=b"plain\n")]
    assert located(others, lines) == others


def test_of_what_a_program_writes_of_itself_little_is_asked_and_once() -> None:
    asked: list[tuple[int, ...]] = []

    def ask(at: Sequence[int]) -> tuple[tr.Frame, ...]:
        asked.append(tuple(at))
        return FRAMES

    words = [b"\nwiregrade-stack: %08x\n" % (n % 500) for n in range(1000)]
    told = located([tr.Stderr(t=n, data=word) for n, word in enumerate(words)], ask)
    assert asked == [(499,), (498,), (497,), (496,)]
    assert [entry.t for entry in told] == [*range(496, 500), *range(996, 1000)]
    assert {type(entry) for entry in told} == {tr.Position}
