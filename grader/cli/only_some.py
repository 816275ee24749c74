"""`grade --id ID`: some of a graded class once more, the others as they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from difflib import get_close_matches

from grader.batch import saved
from grader.batch.alike import Alike
from grader.batch.grading import Done, rejudge
from grader.batch.judging import Judge
from grader.batch.output import Marker, OutputFolder
from grader.batch.pages import PageSettings
from grader.batch.plan import LabSource
from grader.cli.errors import CommandError
from grader.cli.streams import safe
from grader.lab.model import Text


def refuse_unknown(ids: Collection[str], known: Collection[str]) -> None:
    """Ids that no submission has.

    Raises:
        CommandError: the first of them, with what was probably meant.
    """
    for one in ids:
        if one in known:
            continue
        near = " / ".join(get_close_matches(one, known, n=3, cutoff=0.5)) or "-"
        raise CommandError(
            Text(
                {
                    "fr": f"aucune remise n’est {safe(one)}\u00a0; proches\u00a0: {near}",
                    "en": f"no submission has the id {safe(one)}; near ones: {near}",
                }
            )
        )


def refuse_other(before: Marker | None, now: Marker) -> None:
    """Two labs, versions or sets of options can't stand in one class.

    Raises:
        CommandError: nobody was graded before, or not in this way.
    """
    ways = [(one.tool, one.lab_digest, one.options) for one in (before, now) if one is not None]
    if len(ways) == 2 and ways[0] == ways[1]:
        return
    raise CommandError(
        Text(
            {
                "fr": "--id reprend des remises d’une classe déjà notée avec le même labo, les "
                "mêmes options et la même version\u00a0; ce n’est pas le cas ici\u00a0: notez tout",
                "en": "--id grades some of a class again that was graded with the same lab, "
                "options and version; that is not so here: grade all of it",
            }
        )
    )


def others(
    folder: OutputFolder,
    source: LabSource,
    settings: PageSettings,
    judge: Judge,
    listed: Collection[str],
    ids: Collection[str],
) -> Iterator[Done]:
    """Those of the class that stay: judged from what was saved, whatever was handed in since.

    Raises:
        CommandError: what was saved of one is not whole any more: it would be lost.
    """
    alike = Alike()
    for identifier in listed:
        if identifier in ids:
            continue
        try:
            found = saved.load(folder, identifier)
            if found is None:
                raise ValueError("submission.json")
            done = rejudge(folder, source, settings, judge, found)
            yield replace(done, grade=alike.grade(done.grade))
        except ValueError as error:
            raise CommandError(
                Text(
                    {
                        "fr": f"{safe(identifier)} n’est plus entier ({safe(str(error))})\u00a0: "
                        "notez tout, sans --id",
                        "en": f"{safe(identifier)} is not whole any more ({safe(str(error))}): "
                        "grade all, without --id",
                    }
                )
            ) from error
