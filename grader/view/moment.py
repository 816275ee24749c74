"""A moment of a run: what the sequence diagram draws as a row, and its table tells."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from grader import transcript as tr
from grader.view.bytes_view import Run, decoded, runs
from grader.view.detail import FULL, Detail

MOMENT_BYTES = FULL.moment
"""Bytes of one moment that are shown."""


class Place(StrEnum):
    """Where a moment is drawn."""

    TO_PROGRAM = "to-program"
    TO_REFERENCE = "to-reference"
    LOST = "lost"
    """An arrow of the program that reaches nobody."""
    REFUSED = "refused"
    """An arrow of the reference that is refused."""
    AT_PROGRAM = "at-program"
    AT_REFERENCE = "at-reference"
    BETWEEN = "between"


class Kind(StrEnum):
    """What a moment is, for its look."""

    LIFE = "life"
    NOTE = "note"
    CONNECT = "connect"
    DATA = "data"
    END = "end"
    CUT = "cut"
    SCREEN = "screen"
    ERROR = "error"
    WAIT = "wait"
    MISSED = "missed"
    FOLD = "fold"


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One row: at `t` ns, a label in words, and the bytes that go with it."""

    t: int
    place: Place
    kind: Kind
    label: str
    data: bytes = b""
    parts: int = 1
    """How many transcript entries it gathers."""
    call: str = ""
    """The call of the program that makes it, as a program would write it: `recv`, `print`, ..."""
    frame: tr.Frame | None = None
    """Where the program was seen to stand."""
    entries: tuple[int, int] = (-1, -1)
    """The first and the last of its entries in the transcript."""
    connection: str = ""
    """The name of the connection that it is about, where several have one."""
    detail: Detail = FULL
    """How much of its bytes is shown."""

    @property
    def shown(self) -> tuple[Run, ...]:
        """The bytes as text, as many as are shown, invisible characters escaped.

        Of stderr the end and in lines of their own, of everything else the beginning.
        """
        if self.kind is Kind.ERROR:
            text = decoded(self.data[-self.detail.error :].replace(b"\r\n", b"\n")).strip("\n")
            cut = runs(text, keep="\n")
            return (Run("…"), *cut) if self.cut else cut
        cut = runs(decoded(self.data[: self.detail.moment]))
        return (*cut, Run("…")) if self.cut else cut

    @property
    def cut(self) -> bool:
        """Whether it has more bytes than are shown."""
        most = self.detail.error if self.kind is Kind.ERROR else self.detail.moment
        return len(self.data) > most
