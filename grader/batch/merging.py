"""Brings parts of a class together: copies what was saved of each submission, sums compared.

Nothing is judged here. Results and pages are made from the copies afterwards, as `report` makes
them, so that a class graded in parts comes to the files of one that was graded at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from grader.batch import adjustments, kept, saved
from grader.batch.graded import NoResultsError, graded_folder
from grader.batch.output import Listing, Marker, OutputError, OutputFolder
from grader.batch.shards import Shard, missing_parts
from grader.lab.model import Text

_CHUNK = 1 << 20
_SHOWN = 20
_ALIKE = ("tool", "lab", "lab_digest", "options", "due")
"""Fields of the marker that have to be the same for grades to stand in one class."""


class MergeError(OutputError):
    """The folders are no parts of one class; `text` says why, by language."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(en)
        self.text = Text({"fr": fr, "en": en})


@dataclass(frozen=True)
class Count:
    """How much of its part a folder has: `found` of `wanted` submissions that count."""

    folder: Path
    parts: str
    """Empty where it is a group of its own."""
    found: int
    wanted: int


@dataclass(frozen=True)
class Merging:
    """Parts that go together, and what they come to."""

    folders: Sequence[OutputFolder]
    marker: Marker
    """Of the whole."""
    owners: Mapping[str, OutputFolder]
    """Where each submission of the class lies, by its id."""
    missing: Sequence[Shard]
    """Parts that nobody has given."""
    unequal: Sequence[Count]
    """Folders that have more or less than their part."""


def looked_into(
    folders: Sequence[OutputFolder], before: Marker | None = None, *, partial: bool = False
) -> Merging:
    """See whether these go together; with `partial`, parts and submissions may be missing.

    `before` is the marker of an earlier merge: its pseudonyms stay, and nobody's name comes back.

    Raises:
        MergeError: they differ in how they were graded, or are of different classes, or one is
            missing, is not whole or is there twice.
    """
    _refuse_twice(folders)
    markers = [_marker(folder) for folder in folders]
    _check_alike(folders, markers)
    places = _places(folders, markers)
    missing = missing_parts(_shards(places))
    if missing and not partial:
        told = in_few(missing)
        raise MergeError(
            f"il manque des parties\u00a0: {told}\u00a0; donnez-les aussi, ou ajoutez --partial",
            f"parts are missing: {told}; name them too, or add --partial",
        )
    by_folder = [_ids(folder) for folder in folders]
    unequal = _unequal(folders, markers, by_folder)
    if unequal and not partial:
        raise _not_whole(unequal[0])
    marker = _merged(markers, before)
    if missing or unequal:
        parts = tuple(sorted(places, key=_by_number))
        marker = msgspec.structs.replace(marker, parts=parts, listing=_joined(markers))
    else:
        _check_sum(markers, by_folder)
    return Merging(folders, marker, _owners(folders, by_folder), missing, unequal)


def in_few(shards: Sequence[Shard]) -> str:
    """These parts, for people: the first of many."""
    return ", ".join(map(str, shards[:_SHOWN])) + (", …" if shards[_SHOWN:] else "")


def _refuse_twice(folders: Sequence[OutputFolder]) -> None:
    seen: dict[Path, Path] = {}
    for folder in folders:
        other = seen.setdefault(folder.path.resolve(), folder.path)
        if other is folder.path:
            continue
        if other == folder.path:
            raise MergeError(
                f"{other} est donné deux fois\u00a0: donnez chaque partie une fois",
                f"{other} is given twice: name each part once",
            )
        raise MergeError(
            f"{other} et {folder.path} sont le même dossier\u00a0: donnez chaque partie une fois",
            f"{other} and {folder.path} are the same folder: name each part once",
        )


def _check_alike(folders: Sequence[OutputFolder], markers: Sequence[Marker]) -> None:
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


def _merged(markers: Sequence[Marker], before: Marker | None) -> Marker:
    known = [*([before] if before is not None else []), *markers]
    return msgspec.structs.replace(
        markers[0],
        shard="",
        parts=(),
        listing=None,
        left=sum(one.left for one in markers),
        anonymous=any(one.anonymous for one in known),
        pseudonym_key=next((one.pseudonym_key for one in known if one.pseudonym_key), ""),
    )


def _joined(markers: Sequence[Marker]) -> Listing | None:
    """What parts of one class say of it together; None where one of them does not say."""
    told = [one.listing for one in markers if one.parts_here]
    known = [one for one in told if one is not None]
    if not known or len(known) < len(told):
        return None
    return msgspec.structs.replace(known[0], here=sum(one.here for one in known))


def _marker(folder: OutputFolder) -> Marker:
    marker = folder.marker()
    if marker is None or marker.audience:
        raise MergeError(
            f"{folder.path} ne vient pas de wiregrade grade",
            f"{folder.path} does not come from wiregrade grade",
        )
    return marker


def _places(folders: Sequence[OutputFolder], markers: Sequence[Marker]) -> dict[str, Path]:
    """Where each part lies: no part twice, and all of one class."""
    places: dict[str, Path] = {}
    listed: dict[str, tuple[Path, Listing]] = {}
    for folder, marker in zip(folders, markers, strict=True):
        for part in marker.parts_here:
            if (other := places.setdefault(part, folder.path)) != folder.path:
                raise MergeError(
                    f"{other} et {folder.path} sont tous deux la partie {part}",
                    f"{other} and {folder.path} are both part {part}",
                )
        if marker.listing is not None:
            listed.setdefault(marker.listing.digest, (folder.path, marker.listing))
    if len(listed) > 1:
        (one, first), (other, second), *_ = listed.values()
        raise MergeError(
            f"{one} et {other} sont des parties de deux classes différentes (personnes\u00a0: "
            f"{first.persons} et {second.persons})\u00a0: la liste a changé entre les deux\u00a0; "
            "relancez la commande de chaque partie sur les mêmes remises",
            f"{one} and {other} are parts of different classes (persons: {first.persons} and "
            f"{second.persons}): the list has changed in between; give the command of each part "
            "again, for the same submissions",
        )
    return places


def _shards(places: Mapping[str, Path]) -> list[Shard]:
    shards = [_shard(places[text], text) for text in places]
    if len({shard.of for shard in shards}) > 1:
        told = in_few(shards)
        raise MergeError(
            f"ces parties ne sont pas celles d’une même division\u00a0: {told}",
            f"these parts are not of one division: {told}",
        )
    return shards


def _shard(place: Path, text: str) -> Shard:
    try:
        return Shard.parse(text)
    except ValueError as error:  # somebody has edited it
        raise MergeError(
            f"{place} dit être une partie qui n’existe pas\u00a0; notez-la de nouveau",
            f"{place} says that it is a part that cannot be; grade it again",
        ) from error


def _by_number(text: str) -> int:
    return Shard.parse(text).index


def _ids(folder: OutputFolder) -> Sequence[str]:
    try:
        return graded_folder(folder).ids
    except NoResultsError as error:
        listed = folder.path / "results.json"
        why = "n’est plus tel qu’il a été écrit" if listed.exists() else "n’est pas là"
        raise MergeError(
            f"{listed} {why}\u00a0: relancez la commande de cette partie, jusqu’au bout", str(error)
        ) from error


def _unequal(
    folders: Sequence[OutputFolder], markers: Sequence[Marker], ids: Sequence[Sequence[str]]
) -> list[Count]:
    """Those that are not what was dealt to them: cut off, or with somebody who came later."""
    found = []
    for folder, marker, own in zip(folders, markers, ids, strict=True):
        dealt = marker.listing.here if marker.listing is not None else len(own)
        if marker.left or len(own) != dealt:
            wanted = max(dealt, len(own) + marker.left) if marker.left else dealt
            found.append(Count(folder.path, ", ".join(marker.parts_here), len(own), wanted))
    return found


def _not_whole(count: Count) -> MergeError:
    numbers = f"(remises\u00a0: {count.found} au lieu de {count.wanted})"
    counted = f"(submissions: {count.found} instead of {count.wanted})"
    if not count.parts:
        return MergeError(
            f"{count.folder} n’est pas noté jusqu’au bout {numbers}\u00a0: relancez sa commande, "
            "ou ajoutez --partial",
            f"{count.folder} is not graded to its end {counted}: give its command again, or add "
            "--partial",
        )
    return MergeError(
        f"{count.folder} n’est pas la partie {count.parts} de la classe en entier "
        f"{numbers}\u00a0: relancez la commande de cette partie, jusqu’au bout",
        f"{count.folder} is not the whole of part {count.parts} of the class {counted}: give the "
        "command of that part again, to its end",
    )


def _check_sum(markers: Sequence[Marker], ids: Sequence[Sequence[str]]) -> None:
    """All parts together are the class; where one does not say of which class, nobody knows."""
    whole = _joined(markers)
    found = sum(len(own) for one, own in zip(markers, ids, strict=True) if one.parts_here)
    if whole is not None and found != whole.persons:
        raise MergeError(
            f"ces parties ne font pas toute la classe (remises\u00a0: {found} au lieu de "
            f"{whole.persons})\u00a0: relancez la commande de chaque partie sur les mêmes remises",
            f"these parts do not add up to the class (submissions: {found} instead of "
            f"{whole.persons}): give the command of each part again, for the same submissions",
        )


def _owners(
    folders: Sequence[OutputFolder], ids: Sequence[Sequence[str]]
) -> dict[str, OutputFolder]:
    owners: dict[str, OutputFolder] = {}
    for folder, own in zip(folders, ids, strict=True):
        for identifier in own:
            if (other := owners.setdefault(identifier, folder)) is not folder:
                raise MergeError(
                    f"{identifier} est à la fois dans {other.path} et dans {folder.path}",
                    f"{identifier} is in {other.path} and in {folder.path}",
                )
    return owners


@dataclass(frozen=True)
class Together:
    """Who was brought together, sorted, and whose page or grade was not as it was written."""

    ids: list[str]
    changed: list[str]


def bring_together(
    merging: Merging, whole: OutputFolder, tell: Callable[[str, int], None]
) -> Together:
    """Copy every submission into `whole`; its page and its grade are to be made again there.

    Points given by hand come along; where the whole has some for a criterion, those stay.

    `tell` is called with the id of each that is copied, and how many there are in all.

    Raises:
        MergeError: a submission is not as it was written.
        CannotWriteError: no space, no permission.
    """
    ids = sorted(merging.owners)
    changed = []
    for identifier in ids:
        source = merging.owners[identifier]
        if _is_changed(source, identifier):
            changed.append(identifier)
        _copy(source, whole, identifier)
        tell(identifier, len(ids))
    _take_adjustments(merging.folders, whole)
    return Together(ids, changed)


def _is_changed(source: OutputFolder, identifier: str) -> bool:
    there = kept.load(source, identifier)
    if there is None:  # nothing tells, or what does was changed itself
        return kept.is_altered(source, identifier)
    return not kept.has_its_pages(source, there)


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
    if found is None or kept.is_forged(source, identifier):
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
