"""What can be read now, and what counts as an end."""

from __future__ import annotations

import errno
from collections.abc import Callable

import pytest

from grader.run.available import available


def gives(*answers: bytes | OSError) -> Callable[[int], bytes]:
    waiting = list(answers)

    def read(most: int) -> bytes:
        answer = waiting.pop(0)
        if isinstance(answer, OSError):
            raise answer
        assert len(answer) <= most
        return answer

    return read


@pytest.mark.parametrize(
    ("last", "ended"),
    [(BlockingIOError(), False), (b"", True), (OSError(errno.EIO, "no more slaves"), True)],
)
def test_until_there_is_nothing_or_an_end(last: bytes | OSError, *, ended: bool) -> None:
    assert available(gives(b"ab", b"c", last), 10) == (b"abc", ended)


def test_no_more_than_asked_for() -> None:
    assert available(gives(b"ab", b"cd", b""), 4) == (b"abcd", False)
