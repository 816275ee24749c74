"""Writes what people and machines read: one submission's files, and the class's."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from grader import results
from grader.batch.output import Marker, OutputFolder
from grader.judge.model import Grade
from grader.lab.model import Lab
from grader.run.jobs import Run
from grader.submission import Submission
from grader.transcript import Recorded, Transcript

if TYPE_CHECKING:
    from grader.view.links import Links
    from grader.view.named import NamedPage

_CLASS_PAGE = "../index.html"


@dataclass(frozen=True, kw_only=True)
class PageSettings:
    """What pages depend on besides the grade."""

    isolation: str
    """What kept the runs apart."""
    language: str
    pseudonym_key: str = ""
    """Draws the pseudonyms of an anonymous class page; empty: the page has the names."""
    parts: tuple[str, ...] = ()
    """What is there of a class, as `2/4`, where some of it is missing."""
    persons: int = 0
    """In the whole class that these are parts of; 0: nobody has said."""
    left: int = 0
    """Submissions that were still to be graded when the grading was cut off."""


_Settings = TypeVar("_Settings", bound=PageSettings)


def of_class(settings: _Settings, marker: Marker) -> _Settings:
    """The settings with what a folder says of the class in it: its page depends on that."""
    return replace(
        settings,
        pseudonym_key=marker.page_key,
        parts=() if marker.is_of_all else marker.parts_here,
        persons=marker.listing.persons if marker.listing else 0,
        left=marker.left,
    )


class OneByOne(Mapping[str, Transcript]):
    """Transcripts by the ids of their runs, each read when it is asked for, and not kept."""

    def __init__(self, runs: Sequence[Recorded]) -> None:
        self._runs = {run.header.run: run for run in runs}

    def __getitem__(self, run: str) -> Transcript:
        return self._runs[run].read()

    def __contains__(self, run: object) -> bool:
        return run in self._runs  # a Mapping would read it

    def __iter__(self) -> Iterator[str]:
        return iter(self._runs)

    def __len__(self) -> int:
        return len(self._runs)


def pages_of(
    lab: Lab,
    settings: PageSettings,
    grade: Grade,
    submission: Submission,
    runs: Sequence[Run],
    *,
    class_page: str | None = _CLASS_PAGE,
) -> dict[str, bytes]:
    """A submission's files by name; `result.json` is the last. The page links to `class_page`."""
    from grader.view.html import student_html

    page = student_html(
        lab, grade, OneByOne(runs), submission.files, settings.language, _links(runs, class_page)
    )
    result = results.result(lab, settings.isolation, grade, submission.files, settings.language)
    return {"index.html": page.encode(), "result.json": results.encode(result)}


def for_any_name(
    lab: Lab, settings: PageSettings, grade: Grade, submission: Submission, runs: Sequence[Run]
) -> tuple[NamedPage, results.AnyResult] | None:
    """`pages_of` for whoever handed in the same; None where the page can't be made for any name."""
    from grader.view.html import named_page

    page = named_page(
        lab, grade, OneByOne(runs), submission.files, settings.language, _links(runs, _CLASS_PAGE)
    )
    result = results.result(lab, settings.isolation, grade, submission.files, settings.language)
    return None if page is None else (page, results.AnyResult(result))


def _links(runs: Sequence[Run], class_page: str | None) -> Links:
    from grader.view.links import Links, beside

    return Links(
        class_page=class_page,
        wires={run.header.run: beside(run.header.run) for run in runs if run.has_wire},
        records={run.header.run: f"runs/{run.header.run}.jsonl" for run in runs},
    )


def plain(lab: Lab, settings: PageSettings, grade: Grade) -> dict[str, bytes]:
    """A page that says only why there is none, where making the real one failed."""
    result = results.result(lab, settings.isolation, grade, (), settings.language)
    said = "" if grade.problem is None else grade.problem.message.in_language(settings.language)
    page = (
        f'<!doctype html>\n<html lang="{settings.language}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{grade.id}</title>\n<main>\n<h1>{grade.id}</h1>\n"
        f"<p>{html.escape(said)}</p>\n</main>\n"
    )
    return {"index.html": page.encode(), "result.json": results.encode(result)}


def write(folder: OutputFolder, identifier: str, files: dict[str, bytes]) -> None:
    """Write a submission's files, in order.

    Raises:
        CannotWriteError: no space, no permission.
    """
    for name, data in files.items():
        folder.write(f"{identifier}/{name}", data)


def write_class(
    folder: OutputFolder, lab: Lab, settings: PageSettings, grades: Sequence[Grade]
) -> dict[str, str]:
    """Write `results.json`, `grades.csv` and `index.html` for these grades; their sums by name.

    Raises:
        CannotWriteError: no space, no permission.
    """
    made = class_files(lab, settings, grades)
    return {name: folder.write_parts(name, parts) for name, parts in made.items()}


def class_files(
    lab: Lab, settings: PageSettings, grades: Sequence[Grade]
) -> dict[str, Iterable[bytes]]:
    """The class's files by name, in pieces; each can be gone through once.

    A bug in one of them leaves none of them half new: the big one is made as it is written, and
    is the first; the others are made by then.
    """
    from grader.formats.csv import grades_csv
    from grader.view.html import class_html
    from grader.view.links import Links

    links = Links(files={"grades.csv": "grades.csv", "results.json": "results.json"})
    page = class_html(
        lab, grades, settings.language, isolation=settings.isolation, links=links,
        pseudonym_key=settings.pseudonym_key.encode(),
        parts=settings.parts, persons=settings.persons, left=settings.left,
    )  # fmt: skip
    return {
        "results.json": results.encoded(lab, settings.isolation, grades, settings.language),
        "grades.csv": [grades_csv(lab, grades, settings.language).encode()],
        "index.html": [page.encode()],
    }


def slim(grade: Grade) -> Grade:
    """The grade without what only its own pages show: a whole class of them fits in memory."""
    criteria = tuple(replace(judged, findings=()) for judged in grade.criteria)
    diagnoses = tuple(replace(d, evidence=()) for d in grade.diagnoses)
    return replace(grade, criteria=criteria, diagnoses=diagnoses, advice=())
