"""What has been taken from one submission so far: one set of rules for folders and archives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from grader.intake import paths, texts
from grader.intake.bounds import BOUNDS, Bounds
from grader.intake.errors import Refused
from grader.judge.model import Remark
from grader.submission import SourceFile


@dataclass
class _Room:
    """What may still be kept of one kind of file."""

    files: int
    bytes: int


@dataclass
class Gathering:
    """Takes files in, in a deterministic order, and notes what it leaves out.

    A reader asks `path_of` for each entry that it meets, `fits` before it reads one, and
    gives the bytes to `keep`. Nothing is said about litter.
    """

    suffixes: tuple[str, ...]
    """Of programs, `.py`."""
    bounds: Bounds = BOUNDS
    files: dict[str, bytes] = field(default_factory=dict)
    archives: dict[str, Callable[[], bytes]] = field(default_factory=dict)
    """Archives met on the way, by path, and how to read them; they are not files to keep."""
    notes: dict[str, list[str]] = field(default_factory=dict)
    """Names by the code of the remark."""
    work: int = 0
    """Bytes decompressed so far, kept or not."""
    _seen: int = 0
    _rooms: dict[bool, _Room] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for kind in (True, False):
            self._rooms[kind] = _Room(self.bounds.files, self.bounds.total_bytes)

    def note(self, code: str, name: str) -> None:
        """Remember to say `code` about the file `name`."""
        self.notes.setdefault(code, []).append(name)

    def see(self) -> None:
        """Count one entry. Raises Refused (`too-large`) when there are too many."""
        self._seen += 1
        if self._seen > self.bounds.seen:
            raise Refused("too-large", f"> {self.bounds.seen}")

    def spend(self, size: int, allowed: int) -> None:
        """Count bytes decompressed. Raises Refused (`too-large`) past `allowed`."""
        self.work += size
        if self.work > allowed:
            raise Refused("too-large", f"> {allowed // 2**20} MiB")

    def path_of(self, raw: str) -> str | None:
        """Where the entry would lie in the submission; None where it is not to be read."""
        path = paths.clean(raw, self.bounds)
        if path is None:
            self.note("unsafe-path", paths.decoded(raw))
        elif paths.is_litter(path):
            path = None
        return path

    def is_program(self, path: str) -> bool:
        """Whether the path has the suffix of a program."""
        return paths.has_suffix(path, self.suffixes)

    def fits(self, path: str, size: int) -> bool:
        """Whether a file of `size` bytes may be kept under `path`; notes it where not."""
        room = self._rooms[self.is_program(path)]
        old = self.files.get(path)
        if size > self.bounds.file_bytes:
            self.note("file-too-large", path)
        elif size - len(old or b"") > room.bytes or (old is None and not room.files):
            self.note("too-many-files", path)
        else:
            return True
        return False

    def keep(self, path: str, data: bytes) -> None:
        """Keep the file where it fits; of two with the same name the later one stays."""
        if not self.fits(path, len(data)):
            return
        room = self._rooms[self.is_program(path)]
        old = self.files.get(path)
        if old is None:
            room.files -= 1
        else:
            room.bytes += len(old)
            if old != data:
                self.note("duplicate-name", path)
        room.bytes -= len(data)
        self.files[path] = data

    @property
    def has_programs(self) -> bool:
        """Whether a program has been found."""
        return any(self.is_program(path) for path in self.files)

    def settled(self) -> tuple[SourceFile, ...]:
        """The files, sorted, without those that can't lie beside each other everywhere.

        A folder wins over a file of its name. Of names that differ by case only, the one in
        lower case stays, else the first.
        """
        folders = {
            path[:i].casefold() for path in self.files for i, c in enumerate(path) if c == "/"
        }
        chosen: dict[str, str] = {}
        for path in sorted(self.files, key=lambda path: (path != path.lower(), path)):
            if path.casefold() in folders:
                self.note("path-clash", path)
            elif path.casefold() in chosen:
                self.note("case-clash", path)
            else:
                chosen[path.casefold()] = path
        return tuple(SourceFile(path=p, data=self.files[p]) for p in sorted(chosen.values()))

    def remarks(self) -> tuple[Remark, ...]:
        """What has been noted, each code once, names sorted."""
        return tuple(
            texts.remark(code, sorted(set(names))) for code, names in sorted(self.notes.items())
        )
