"""Brings parts of a class together: copies what was saved of each submission, sums compared.

Nothing is judged here. Results and pages are made from the copies afterwards, as `report` makes
them, so that a class graded in parts comes to the files of one that was graded at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from grader.batch import adjustments, saved
from grader.batch.graded import graded_folder
from grader.batch.output import Marker, OutputError, OutputFolder
from grader.batch.shards import Shard, missing_parts
from grader.lab.model import Text

_CHUNK = 1 << 20
_ALIKE = ("tool", "lab", "lab_digest", "options", "due")
"""Fields of the marker that have to be the same for grades to stand in one class."""


class MergeError(OutputError):
    """The folders are no parts of one class; `text` says why, by language."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(en)
        self.text = Text({"fr": fr, "en": en})


def merged_marker(
    folders: Sequence[OutputFolder], before: Marker | None = None, *, partial: bool = False
) -> Marker:
    """The marker of the whole; with `partial`, parts may be missing.

    `before` is that of an earlier merge: its pseudonyms stay, and nobody's name comes back.

    Raises:
        MergeError: they differ in how they were graded, or one is missing or there twice.
    """
    markers = [_marker(folder) for folder in folders]
    first = markers[0]
    for folder, marker in zip(folders[1:], markers[1:], strict=True):
        for name in _ALIKE:
            if getattr(marker, name) != getattr(first, name):
                raise MergeError(
                    f"{folders[0].path} et {folder.path} n’ont pas été notés de la même façon "
                    f"({name})\u00a0: notez-les avec le même labo, les mêmes options et la même "
                    "version",
                    f"{folders[0].path} and {folder.path} were not graded in the same way "
                    f"({name}): grade them with the same lab, options and version",
                )
    _check_parts(folders, markers, partial=partial)
    known = [*([before] if before is not None else []), *markers]
    return msgspec.structs.replace(
        first,
        shard="",
        anonymous=any(one.anonymous for one in known),
        pseudonym_key=next((one.pseudonym_key for one in known if one.pseudonym_key), ""),
    )


def _marker(folder: OutputFolder) -> Marker:
    marker = folder.marker()
    if marker is None or marker.audience:
        raise MergeError(
            f"{folder.path} ne vient pas de wiregrade grade",
            f"{folder.path} does not come from wiregrade grade",
        )
    return marker


def _check_parts(
    folders: Sequence[OutputFolder], markers: Sequence[Marker], *, partial: bool
) -> None:
    places: dict[str, Path] = {}
    for folder, marker in zip(folders, markers, strict=True):
        if marker.shard and (other := places.setdefault(marker.shard, folder.path)) != folder.path:
            raise MergeError(
                f"{other} et {folder.path} sont tous deux la partie {marker.shard}",
                f"{other} and {folder.path} are both part {marker.shard}",
            )
    shards = [_shard(places[text], text) for text in places]
    if len({shard.of for shard in shards}) > 1:
        told = ", ".join(map(str, shards))
        raise MergeError(
            f"ces parties ne sont pas celles d’une même division\u00a0: {told}",
            f"these parts are not of one division: {told}",
        )
    if not partial and (missing := missing_parts(shards)):
        told = ", ".join(map(str, missing))
        raise MergeError(
            f"il manque des parties\u00a0: {told}\u00a0; donnez-les aussi, ou ajoutez --partial",
            f"parts are missing: {told}; name them too, or add --partial",
        )


def _shard(place: Path, text: str) -> Shard:
    try:
        return Shard.parse(text)
    except ValueError as error:  # somebody has edited it
        raise MergeError(
            f"{place} dit être une partie qui n’existe pas\u00a0; notez-la de nouveau",
            f"{place} says that it is a part that cannot be; grade it again",
        ) from error


def bring_together(
    folders: Sequence[OutputFolder], whole: OutputFolder, tell: Callable[[str, int], None]
) -> list[str]:
    """Copy every submission of `folders` into `whole`; the ids of the class, sorted.

    Points given by hand come along; where the whole has some for a criterion, those stay.

    `tell` is called with the id of each that is copied, and how many there are in all.

    Raises:
        MergeError: a submission is in two of them, or is not as it was written.
        CannotWriteError: no space, no permission.
    """
    owners: dict[str, OutputFolder] = {}
    for folder in folders:
        for identifier in graded_folder(folder).ids:
            if (other := owners.setdefault(identifier, folder)) is not folder:
                raise MergeError(
                    f"{identifier} est à la fois dans {other.path} et dans {folder.path}",
                    f"{identifier} is in {other.path} and in {folder.path}",
                )
    ids = sorted(owners)
    for identifier in ids:
        _copy(owners[identifier], whole, identifier)
        tell(identifier, len(ids))
    _take_adjustments(folders, whole)
    return ids


def _take_adjustments(folders: Sequence[OutputFolder], whole: OutputFolder) -> None:
    own = adjustments.load(whole)
    given = dict(own)
    for folder in folders:
        for identifier, criteria in adjustments.load(folder).items():
            given[identifier] = {**criteria, **own.get(identifier, {})}
    if given:
        adjustments.save(whole, given)


def _copy(source: OutputFolder, whole: OutputFolder, identifier: str) -> None:
    found = saved.load(source, identifier)
    if found is None:
        raise _torn(source, identifier, "submission.json")
    for name in found.artifacts:
        if not (source.path / _place(source, identifier, name)).is_file():
            raise _torn(source, identifier, name)
    whole.remove(f"{identifier}/result.json")
    whole.remove(identifier)
    for name, digest in found.artifacts.items():
        path = _place(source, identifier, name)
        if whole.write_parts(path, _read(source.path / path)) != digest:
            raise _torn(source, identifier, name)
    # Last, as `saved.save` does: cut off before, it is no whole submission.
    whole.write(
        f"{identifier}/submission.json", source.read(f"{identifier}/submission.json") or b""
    )


def _place(source: OutputFolder, identifier: str, name: str) -> str:
    try:
        return f"{identifier}/{saved.below(name)}"
    except ValueError as error:  # somebody has edited submission.json
        raise _torn(source, identifier, "submission.json") from error


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while data := file.read(_CHUNK):
            yield data


def _torn(source: OutputFolder, identifier: str, name: str) -> MergeError:
    return MergeError(
        f"{source.path}/{identifier}\u00a0: {name} n’est plus tel qu’il a été écrit\u00a0; notez "
        "cette partie de nouveau",
        f"{source.path}/{identifier}: {name} is not as it was written; grade that part again",
    )
