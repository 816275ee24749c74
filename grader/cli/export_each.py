"""Formats with a document for each submission: one document, a folder of them, or one map."""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from grader.cli.destination import opened, refuse_existing
from grader.cli.errors import FAULT, CommandError
from grader.cli.export_words import both
from grader.formats import classroom, gradescope, junit, prairielearn
from grader.formats.classroom import Context
from grader.formats.safe import json_for_logs
from grader.formats.told import Graded
from grader.results import Result

EACH = {"gradescope": ".json", "prairielearn": ".json", "classroom50": ".json", "classroom": ".txt"}
"""Format -> how its files end."""

_ENDINGS = {**EACH, "junit": ".xml"}

Render = Callable[[Result], str | None]
"""A submission's document; None where it has no grade and the format no word for that."""

_VARIABLES = ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL")
_TAG_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d)[-:](\d\d)[-:](\d\d)Z", re.ASCII)


def write(given: argparse.Namespace, graded: Graded, language: str) -> None:
    """Write them to `--output` (one: a file; several: a folder), else to stdout."""
    render = _render(given.to, language)
    target = None if given.output is None else Path(given.output)
    several = len(graded) > 1
    if target is not None and (several or wants_folder(given.output)):
        write_folder(target, given, graded, language)
        return
    with opened(target, force=given.force) as file:
        pieces = _map(given.to, graded, render) if several else _only(graded, render)
        for piece in pieces:
            file.write(piece.encode())


def wants_folder(path: str | None) -> bool:
    """Whether `--output` is a folder: it is one already, or is written as one."""
    return path is not None and (path.endswith("/") or Path(path).is_dir())


def _only(graded: Graded, render: Render) -> Iterator[str]:
    for result in graded:
        document = render(result)
        if document is None:
            raise CommandError(both("no_grade", id=result.id), FAULT)
        yield document


def write_folder(folder: Path, given: argparse.Namespace, graded: Graded, language: str) -> None:
    """A file for each submission that has something to say, named by its id."""
    ending, render = _ENDINGS[given.to], _render(given.to, language)
    for result in graded:
        refuse_existing(folder / f"{result.id}{ending}", force=given.force)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{folder} cannot be made: {error.strerror or error}") from error
    for result in graded:
        document = render(result)
        if document is not None:
            with opened(folder / f"{result.id}{ending}", force=given.force) as file:
                file.write(document.encode())


def _map(format_name: str, graded: Graded, render: Render) -> Iterator[str]:
    """One JSON object: id -> document, null where there is none."""
    between = "{\n"
    for result in graded:
        document = render(result)
        if document is not None and EACH[format_name] != ".json":
            document = json.dumps(document.rstrip("\n"))
        shown = "null" if document is None else document.rstrip("\n")
        yield f"{between}{json_for_logs(json.dumps(result.id))}: {shown}"
        between = ",\n"
    yield "\n}\n"


def _render(format_name: str, language: str) -> Render:
    match format_name:
        case "gradescope":
            return lambda result: json_for_logs(gradescope.gradescope(result, language))
        case "prairielearn":
            return lambda result: json_for_logs(prairielearn.prairielearn(result, language))
        case "junit":
            return lambda result: junit.junit([result], language).decode()
        case "classroom50":
            context = context_of(os.environ)

            def render(result: Result) -> str | None:
                document = classroom.classroom50(result, context, language)
                return None if document is None else json_for_logs(document)

            return render
        case _:
            return lambda result: classroom.classroom(result, language)


def context_of(environment: Mapping[str, str]) -> Context:
    """What a job of Classroom 50 says of the submission; the time is its tag's, else now.

    Raises:
        CommandError: this is no such job.
    """
    missing = [name for name in _VARIABLES if not environment.get(name)]
    if missing:
        raise CommandError(both("context", names=", ".join(missing)))
    tag, commit = environment["SUBMISSION_TAG"], environment["COMMIT_URL"]
    found = _TAG_TIME.search(tag)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Context(
        classroom=environment["CLASSROOM"],
        assignment=environment["ASSIGNMENT"],
        submission=tag,
        commit=commit,
        release=environment["RELEASE_URL"],
        review=environment.get("REVIEW_URL") or commit,
        time="{}T{}:{}:{}Z".format(*found.groups()) if found else now,
    )
