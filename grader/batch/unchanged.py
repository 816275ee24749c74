"""Are the class's own files those that these grades make? Then none of them is written again.

`OUT/.wiregrade.index` keeps what they were made from and their sums; with their stamps, where these
were old enough to be believed (`grader.batch.known`), not even their bytes are looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from operator import attrgetter

import msgspec

from grader.batch import kept
from grader.batch.index import Index
from grader.batch.output import OutputFolder
from grader.batch.pages import PageSettings
from grader.judge.model import Grade
from grader.stamps import Facts, Stamp, stamp
from grader.submission import Origin

_TABLE, _KEY = "class", b""
_ORIGIN = attrgetter(*(field.name for field in fields(Origin)))


class _Class(msgspec.Struct, frozen=True, array_like=True):
    made_from: str
    sums: dict[str, str]
    stamp: bytes
    """Empty where the files were too new to have one."""


def made_from(settings: PageSettings, grades: Sequence[Grade]) -> str:
    """A sum over all that the class's files depend on besides tool, lab and options.

    Empty where not all of that is in what is kept of a grade.
    """
    total = hashlib.sha256()
    shown = (settings.isolation, settings.language, settings.pseudonym_key)
    part = (settings.parts, settings.persons, settings.left)
    total.update(repr((shown, part, len(grades))).encode())
    known: dict[tuple[int, ...], bytes] = {}
    for grade in grades:
        if not kept.can_be_kept(grade):
            return ""
        origin = grade.origin and _ORIGIN(grade.origin)  # much quicker than its representation
        total.update(repr((grade.id, grade.name, origin)).encode("utf-8", "surrogatepass"))
        # Grades share their parts (`grader.batch.alike`): these very parts were summed before.
        parts = (grade.criteria, grade.runs, grade.diagnoses, grade.digests)
        key = tuple(map(id, parts))
        if key not in known:
            known[key] = hashlib.sha256(kept.shape_of(grade)).digest()
        total.update(known[key])
    return total.hexdigest()


def is_written(index: Index, folder: OutputFolder, made: str) -> bool:
    """Whether the class's files are there, made from that and not changed since."""
    data = index.get(_TABLE, _KEY) if made else None
    if data is None:
        return False
    told = msgspec.msgpack.decode(data, type=_Class)
    found = _stamped(folder, told.sums)
    if told.made_from != made or found is None:
        return False
    if told.stamp == found.names + found.changed:
        return True
    if any(folder.digest(name) != digest for name, digest in told.sums.items()):
        return False
    written(index, folder, made, told.sums, found)
    return True


def written(
    index: Index,
    folder: OutputFolder,
    made: str,
    sums: Mapping[str, str],
    found: Stamp | None = None,
) -> None:
    """The class's files were made from that, and have these sums. `found`: and this stamp."""
    if not made:
        index.put([(_TABLE, _KEY, None)])
        return
    settled = found is not None and found.newest < index.now()
    told = found.names + found.changed if found and settled else b""
    index.put([(_TABLE, _KEY, msgspec.msgpack.encode(_Class(made, dict(sums), told)))])


def _stamped(folder: OutputFolder, names: Mapping[str, str]) -> Stamp | None:
    facts: list[Facts] = []
    try:
        facts += ((name, (folder.path / name).lstat()) for name in names)
    except OSError:
        return None
    return stamp(facts)
