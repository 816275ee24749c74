"""`wiregrade merge`: parts of a class, each graded elsewhere, become one output folder."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from grader.batch import output
from grader.batch.merging import (
    MergeError,
    Merging,
    Together,
    bring_together,
    in_few,
    looked_into,
)
from grader.cli.bar import LiveBar
from grader.cli.destination import refuse_around
from grader.cli.errors import CommandError
from grader.cli.report import rewrite
from grader.cli.streams import is_live, listed, note, safe
from grader.lab.model import Text

_WORDS: dict[str, tuple[str, str]] = {
    "missing": (
        "Il manque des parties de cette classe ({n})~: {parts}. Ce qui est écrit n’est pas toute "
        "la classe.",
        "Parts of this class are missing ({n}): {parts}. What is written is not the whole class.",
    ),
    "unequal": (
        "{folder} n’est pas la partie {parts} en entier (remises~: {found} au lieu de {wanted}).",
        "{folder} is not the whole of part {parts} (submissions: {found} instead of {wanted}).",
    ),
    "changed": (
        "Pages ou notes modifiées depuis qu’elles ont été écrites, refaites~: {ids}",
        "Pages or grades that were changed since they were written, made again: {ids}",
    ),
    "cut_off": (
        "{folder} n’est pas noté jusqu’au bout (remises~: {found} au lieu de {wanted}).",
        "{folder} is not graded to its end (submissions: {found} instead of {wanted}).",
    ),
}


def run(given: argparse.Namespace) -> int:
    """Copy the parts into `--out`, then judge and write the whole as `report` does."""
    out = Path(given.out)
    try:
        with contextlib.ExitStack() as opened:
            with _in_both(out, part=False):
                output.check(out)
            parts = [_part(Path(one), opened) for one in given.parts]
            for part in parts:
                refuse_around(out, part.path)
            whole_before = output.OutputFolder(out).marker()
            merging = looked_into(parts, whole_before, partial=given.partial)
            language: str = given.lang or merging.marker.language
            _say_what_is_missing(merging, language)
            with _in_both(out, part=False):
                whole = opened.enter_context(output.opened(out))
            # Until all is there, a list of before would speak of what is not.
            whole.remove("results.json")
            whole.mark(msgspec.structs.replace(merging.marker, language=language))
            together = _brought_together(merging, whole)
            if together.changed:
                note(_word("changed", language).format(ids=listed(together.changed)))
            return rewrite(whole, given, together.ids)
    except MergeError as error:
        raise CommandError(error.text) from error


def _part(path: Path, opened: contextlib.ExitStack) -> output.OutputFolder:
    with _in_both(path, part=True):
        return opened.enter_context(output.looked_at(path))


@contextlib.contextmanager
def _in_both(path: Path, *, part: bool) -> Iterator[None]:
    """Say in French, too, why `path` cannot be used: as a part, or for the whole."""
    try:
        yield
    except (output.NotOursError, output.InUseError) as error:
        french = f"{path} {_why(path, error, part=part)}"
        raise CommandError(Text({"fr": french, "en": str(error)})) from error


def _why(path: Path, error: output.OutputError, *, part: bool) -> str:
    if isinstance(error, output.InUseError):
        return "est en train d’être écrit par un autre wiregrade\u00a0: attendez qu’il ait fini"
    if not path.exists():
        return "n’existe pas"
    if not path.is_dir():
        return "est un fichier, pas un dossier"
    if part:
        return (
            "ne contient pas de résultats de wiregrade grade (pas de "
            f"{output.MARKER} dans ce dossier)"
        )
    return (
        f"n’est pas vide et ne vient pas de Wiregrade (pas de {output.MARKER} dans ce dossier)"
        "\u00a0; rien n’a été écrit. Nommez un autre dossier avec --out"
    )


def _say_what_is_missing(merging: Merging, language: str) -> None:
    if merging.missing:
        parts = in_few(merging.missing)
        note(_word("missing", language).format(n=len(merging.missing), parts=parts))
    for one in merging.unequal:
        note(
            _word("unequal" if one.parts else "cut_off", language).format(
                folder=safe(str(one.folder)), parts=one.parts, found=one.found, wanted=one.wanted
            )
        )


def _word(key: str, language: str) -> str:
    return _WORDS[key][1 if language == "en" else 0].replace("~", "\u00a0")


def _brought_together(merging: Merging, whole: output.OutputFolder) -> Together:
    with LiveBar() if is_live(sys.stderr) else contextlib.nullcontext() as bar:
        begun = False

        def tell(identifier: str, total: int) -> None:
            nonlocal begun
            if bar is None:
                return
            if not begun:
                bar.begin(total)
                begun = True
            bar.advance(identifier)

        return bring_together(merging, whole, tell)
