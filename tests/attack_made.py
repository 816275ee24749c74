"""What hostile archives, folders and names are made of: each is made when it is needed.

None lies in the repository. Each holds a right server and a right client where it can, so that
what is refused is told from what is graded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from samples import SUBMISSIONS

EVADED = "evaded"
"""The file that would appear where nothing of a student belongs."""
_RIGHT = SUBMISSIONS / "juste_enonce"
RIGHT: dict[str, bytes] = {
    name: (_RIGHT / name).read_bytes() for name in ("serveur.py", "client.py")
}
MIB = 2**20


@dataclass(frozen=True, kw_only=True)
class Made:
    """One entry of the submissions folder. `build` makes it at its path.

    `score` is what it earns (None: that depends on the interpreter), `problem` the reason
    that its row must state (None: none).
    """

    name: str
    rows: tuple[int, ...]
    tries: str
    build: Callable[[Path], None]
    score: int | None
    problem: str | None
    raw: bytes | None = None
    """The name in the file system, where it is no text."""


class Entries(list[Made]):
    """A list that is written one entry at a time."""

    def add(
        self,
        name: str,
        rows: tuple[int, ...],
        tries: str,
        build: Callable[[Path], None],
        *,
        score: int | None = 20,
        problem: str | None = None,
        raw: bytes | None = None,
    ) -> None:
        """One more; what has a problem earns nothing."""
        score = score if problem is None else 0
        made = Made(
            name=name, rows=rows, tries=tries, build=build, score=score, problem=problem, raw=raw
        )
        self.append(made)


def write(data: Callable[[], bytes]) -> Callable[[Path], None]:
    """Makes a file of these bytes, worked out only then."""

    def build(path: Path) -> None:
        path.write_bytes(data())

    return build


OUTSIDE = (f"../{EVADED}", f"../../{EVADED}", f"../aaa-twin/{EVADED}", f"a/../../../{EVADED}")
