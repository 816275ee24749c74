"""`wiregrade report`: judge saved transcripts and write the pages again; nothing is run."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from grader import results
from grader.batch import output, pages, saved
from grader.batch.grading import Done, rejudge
from grader.batch.judging import judge_run
from grader.batch.pages import PageSettings
from grader.batch.plan import LabSource
from grader.batch.verify import lab_snapshot
from grader.cli.errors import BAD_INPUT, DONE, FAULT, CommandError
from grader.cli.streams import note, safe, say
from grader.cli.summary import summary
from grader.lab.load import load_lab_bytes


def run(given: argparse.Namespace) -> int:
    """Rewrite OUT's results.json, grades.csv and pages from what is saved there."""
    out = Path(given.out)
    with output.opened(out, existing=True) as folder:
        marker = folder.marker()
        if marker is None:
            raise CommandError(f"{out / output.MARKER} is not readable; grade once more", BAD_INPUT)
        files = lab_snapshot(marker)
        source = LabSource(lab=load_lab_bytes(files, where=out / output.MARKER), files=files)
        language: str = given.lang or marker.language
        given.lang = language
        settings = PageSettings(isolation=marker.options.get("isolation", ""), language=language)
        done, lost = _judge_all(folder, source, settings)
        grades = [one.grade for one in done]
        pages.write_class(folder, source.lab, settings, grades)
        folder.mark(msgspec.structs.replace(marker, language=language))
    report = safe(str(out / "index.html"))
    say(summary(source.lab, grades, language, report=report))
    return FAULT if lost or not all(grade.complete for grade in grades) else DONE


def _judge_all(
    folder: output.OutputFolder, source: LabSource, settings: PageSettings
) -> tuple[list[Done], int]:
    done: list[Done] = []
    lost = 0
    for identifier in identifiers(folder):
        found = saved.load(folder, identifier)
        try:
            if found is None:
                raise ValueError(f"{identifier}/submission.json is gone, or is not whole")
            done.append(rejudge(folder, source, settings, judge_run, found))
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
    """Who is in the class: as results.json says, else everybody who has a folder."""
    data = folder.read("results.json")
    if data is not None:
        try:
            return [one.id for one in results.read_results(data).submissions]
        except ValueError:
            pass
    return sorted(path.parent.name for path in folder.path.glob("*/submission.json"))
