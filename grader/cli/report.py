"""`wiregrade report`: judge saved transcripts and write the pages again; nothing is run.

For students it leaves the folder as it is and writes copies elsewhere (`grader.batch.handout`).
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from grader.batch import adjustments, handout, output, pages, saved
from grader.batch.alike import Alike
from grader.batch.graded import is_id, listed_ids
from grader.batch.grading import rejudge
from grader.batch.judging import judge_run
from grader.batch.pages import PageSettings
from grader.batch.plan import LabSource
from grader.batch.verify import lab_snapshot
from grader.cli import due
from grader.cli.destination import refuse_around
from grader.cli.errors import BAD_INPUT, DONE, FAULT, CommandError
from grader.cli.streams import note, safe, say
from grader.cli.summary import summary
from grader.judge.model import Grade
from grader.lab.load import load_lab_bytes
from grader.lab.model import Text
from grader.lab.visibility import is_shown

_T = TypeVar("_T")


def run(given: argparse.Namespace) -> int:
    """Rewrite OUT's results.json, grades.csv and pages, or make copies for students of it."""
    out = Path(given.out)
    if given.audience == "student":
        return _hand_out(given, out)
    if given.due_passed or given.zip:
        raise CommandError("--due-passed and --zip need --audience student", BAD_INPUT)
    if given.audience == "research":
        return _for_research(given, out)
    if given.copy or given.captures:
        raise CommandError("--out needs --audience student or research", BAD_INPUT)
    with output.opened(out, existing=True) as folder:
        return rewrite(folder, given)


def rewrite(folder: output.OutputFolder, given: argparse.Namespace, ids: Sequence[str] = ()) -> int:
    """Judge again, and write all anew. `given.anonymous` None: with names or without, as it is.

    `ids` is the class, where no list of it has been written yet.
    """
    marker, source, settings = graded(folder, given)
    language = settings.language
    anonymous = marker.anonymous if given.anonymous is None else given.anonymous
    marker = marker.named(anonymous=anonymous, before=marker)
    settings = pages.of_class(settings, marker)
    judge = adjustments.judging(folder, judge_run)

    alike = Alike()

    def again(found: saved.Saved) -> Grade:
        return alike.grade(rejudge(folder, source, settings, judge, found).grade)

    grades, lost = _each(folder, again, ids)
    pages.write_class(folder, source.lab, settings, grades)
    folder.mark(msgspec.structs.replace(marker, language=language))
    report = safe(str(folder.path / "index.html"))
    say(summary(source.lab, grades, language, report=report))
    return FAULT if lost or not all(grade.complete for grade in grades) else DONE


def graded(
    folder: output.OutputFolder, given: argparse.Namespace
) -> tuple[output.Marker, LabSource, PageSettings]:
    """What the folder says of itself: its marker, its lab, how its pages are made."""
    where = folder.path / output.MARKER
    marker = folder.marker()
    if marker is None:
        raise CommandError(f"{where} is not readable; grade once more", BAD_INPUT)
    if output.is_for_students(marker):
        raise CommandError(
            Text(
                {
                    "fr": f"{folder.path} est une copie pour les étudiants\u00a0: donnez plutôt le "
                    "dossier dont elle vient.",
                    "en": f"{folder.path} is a copy for students: name the folder that it is of.",
                }
            ),
            BAD_INPUT,
        )
    files = lab_snapshot(marker)
    source = LabSource(lab=load_lab_bytes(files, where=where), files=files)
    given.lang = given.lang or marker.language
    isolation = marker.options.get("isolation", "")
    return marker, source, PageSettings(isolation=isolation, language=given.lang)


def _hand_out(given: argparse.Namespace, out: Path) -> int:
    """Write the copies; the graded folder is only read."""
    place = Path(given.copy) if given.copy else out.with_name(f"{out.resolve().name}-students")
    refuse_around(place, out)
    with output.looked_at(out) as folder:
        marker, source, settings = graded(folder, given)
        handout.check(place)
        passed = due.has_passed(source.lab, marker, settings.language, told=given.due_passed)
        with output.opened(place) as copy:
            handout.begin(copy, source.lab.id, settings.language)
            making = handout.Handout(
                folder=folder, source=source, settings=settings,
                judge=adjustments.judging(folder, judge_run),
                due_passed=passed,
            )  # fmt: skip

            def make(found: saved.Saved) -> str:
                handout.write(copy, found.id, making.files(found), zipped=given.zip)
                return found.id

            done, lost = _each(folder, make)
    hidden = [s for s in source.lab.scenarios if not is_shown(s, due_passed=passed)]
    say(_handed_out(len(done), len(hidden), safe(str(place)), settings.language))
    return FAULT if lost else DONE


def _for_research(given: argparse.Namespace, out: Path) -> int:
    """Write a copy without names; the graded folder is only read."""
    from grader.cli import research

    given.copy = given.copy or str(out.with_name(f"{out.resolve().name}-research"))
    refuse_around(Path(given.copy), out)
    with output.looked_at(out) as folder:
        return research.write(folder, graded(folder, given), given, identifiers(folder))


def _handed_out(copies: int, hidden: int, place: str, language: str) -> str:
    if language == "fr":
        return (
            f"Copies à distribuer, une par étudiant\u00a0: {copies}, dans {place}\n"
            f"Scénarios absents des copies\u00a0: {hidden}"
        )
    return (
        f"Copies to hand out, one for each student: {copies}, in {place}\n"
        f"Scenarios left out: {hidden}"
    )


def _each(
    folder: output.OutputFolder, work: Callable[[saved.Saved], _T], ids: Sequence[str] = ()
) -> tuple[list[_T], int]:
    """What `work` makes of each submission, and of how many it can make nothing."""
    done: list[_T] = []
    lost = 0
    for identifier in ids or identifiers(folder):
        found = saved.load(folder, identifier)
        try:
            if found is None:
                raise ValueError(f"{identifier}/submission.json is gone, or is not whole")
            done.append(work(found))
        except output.OutputError:
            raise
        except Exception as error:
            lost += 1
            told = (
                f"{type(error).__name__}: {error}" if not isinstance(error, ValueError) else error
            )
            note(f"wiregrade: {safe(identifier)}: {safe(str(told))}; grade it once more")
    if not done:
        raise CommandError(f"{folder.path} holds no graded submission", BAD_INPUT)
    return done, lost


def identifiers(folder: output.OutputFolder) -> list[str]:
    """Who is in the class: as results.json says, else everybody who has a folder.

    A list with anything in it that is no id was edited, and may lead out of the folder.
    """
    with contextlib.suppress(OSError, ValueError):
        ids = listed_ids(folder)
        if all(map(is_id, ids)):
            return ids
    found = sorted(path.parent.name for path in folder.path.glob("*/submission.json"))
    return [one for one in found if is_id(one)]
