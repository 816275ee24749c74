"""The results of a graded class, read one at a time: a class of 10,000 fits in any memory.

What an output folder holds is data that somebody may have edited since: every name in it is
looked at before it becomes a path.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import IO

import msgspec

from grader.batch.output import OutputError, OutputFolder, is_for_students
from grader.results import Result, read_result
from grader.view.bytes_view import escaped

RESULT_BYTES = 64 * 1024 * 1024
"""No result.json that we write comes near it."""

_BEGIN, _BETWEEN, _END = b'"submissions": [\n    {\n', b"\n    },\n    {\n", b"\n    }\n  ]"
"""Around submissions in results.json."""
_CHUNK = 1024 * 1024

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_SHOWN = 10


class NoResultsError(OutputError):
    """There are no results to read, or not those that were asked for."""


class _Entry(msgspec.Struct, frozen=True):
    id: str


class _Class(msgspec.Struct, frozen=True):
    """Of results.json only who is in it: the rest is passed over."""

    submissions: tuple[_Entry, ...]


class GradedFolder:
    """The results of an output folder, in the order of its results.json."""

    def __init__(self, folder: OutputFolder, ids: Sequence[str]) -> None:
        self.folder = folder
        self.ids = ids

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Result]:
        return map(self.result, self.ids)

    def result(self, identifier: str) -> Result:
        """One submission's.

        Raises:
            NoResultsError: it is gone, or it is no result of this submission.
        """
        name = f"{identifier}/result.json"
        path = self.folder.path / name
        try:
            if path.stat().st_size > RESULT_BYTES:
                raise NoResultsError(f"{path} is too long to be a result of Wiregrade")
            found = read_result(path.read_bytes())
        except OSError as error:
            why = error.strerror or str(error)
            raise NoResultsError(f"{path} cannot be read: {why}; grade it once more") from error
        except ValueError as error:
            raise NoResultsError(f"{path} is no result.json: {error}") from error
        if found.id != identifier:
            raise NoResultsError(f"{path} is the result of {escaped(found.id)}")
        return found


def graded_folder(folder: OutputFolder, only: Collection[str] = ()) -> GradedFolder:
    """The results of the class, or of those in it that are named in `only`.

    Raises:
        NoResultsError: results.json can't be read, or somebody in `only` is not in it.
    """
    listed = folder.path / "results.json"
    # Copies for students, which `report` makes, have no page of the class and no list of it.
    ids = (
        _identifiers(listed)
        if listed.exists() or not is_for_students(folder.marker())
        else _folders(folder)
    )
    known = set(ids)
    unknown = [one for one in only if one not in known]
    if unknown:
        near = get_close_matches(unknown[0], ids, n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise NoResultsError(f"{folder.path} has no submission {escaped(unknown[0])!r}{hint}")
    return GradedFolder(folder, [one for one in ids if one in only] if only else ids)


def listed_ids(folder: OutputFolder) -> list[str]:
    """The ids in results.json as they stand there: whether they are ids is for others to see.

    Raises:
        OSError: it is not there, or cannot be read.
        ValueError: it is no results.json.
    """
    return _listed(folder.path / "results.json")


def is_id(text: str) -> bool:
    """Whether it is an id as Wiregrade gives them: a file name anywhere, and no way out."""
    return _ID.fullmatch(text) is not None


def read_file(path: Path) -> Result:
    """A result.json by itself, as `check --format json` prints it.

    Raises:
        NoResultsError: it is none.
    """
    try:
        with path.open("rb") as file:
            return read_result(file.read(RESULT_BYTES))
    except OSError as error:
        raise NoResultsError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise NoResultsError(f"{path} is no result.json: {error}") from error


def _folders(folder: OutputFolder) -> list[str]:
    found = sorted(path.parent.name for path in folder.path.glob("*/result.json"))
    return [one for one in found if is_id(one)]


def _listed(path: Path) -> list[str]:
    """The ids in results.json, read a submission at a time where it is laid out as we write it.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no results.json.
    """
    try:
        with path.open("rb") as file:
            return list(_one_by_one(file))
    except ValueError:  # edited since, or there is nobody in it
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return [one.id for one in msgspec.json.decode(data, type=_Class).submissions]


def _one_by_one(file: IO[bytes]) -> Iterator[str]:
    """The ids. No line ends within a text, so what is between submissions is nowhere else."""
    head, rest = b"", b""
    while chunk := file.read(_CHUNK):
        *whole, rest = (rest + chunk).split(_BETWEEN)
        for piece in whole:
            head, piece = _without_head(head, piece)
            yield msgspec.json.decode(b"{%b}" % piece, type=_Entry).id
    head, rest = _without_head(head, rest)
    piece, found, tail = rest.rpartition(_END)
    if not found:
        raise ValueError("it does not end as it should")
    yield msgspec.json.decode(b"{%b}" % piece, type=_Entry).id
    msgspec.json.decode(head + b"[]" + tail, type=_Class)


def _without_head(head: bytes, piece: bytes) -> tuple[bytes, bytes]:
    """What stands before all submissions, and the piece without it."""
    if head:
        return head, piece
    before, found, after = piece.partition(_BEGIN)
    if not found:
        raise ValueError("it does not begin as it should")
    return before + b'"submissions": ', after


def _identifiers(path: Path) -> list[str]:
    try:
        found = _listed(path)
    except FileNotFoundError:
        raise NoResultsError(f"{path} is not there: grade first, or to the end") from None
    except OSError as error:
        raise NoResultsError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # an empty file among them
        raise NoResultsError(f"{path} is no results.json: {error}") from error
    wrong = [one for one in found if not is_id(one)]
    if wrong or len(set(found)) < len(found):
        shown = ", ".join(escaped(one)[:80] for one in wrong[:_SHOWN]) or "an id twice"
        raise NoResultsError(f"{path} has ids that are not Wiregrade's: {shown}")
    return found
