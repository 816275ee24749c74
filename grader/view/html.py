"""Writes pages as HTML: the only file that imports jinja2, and only when a page is written.

Every page is one file that needs no other: style inside, nothing fetched, a content security
policy that lets no script run but our own (by its hash). Autoescape is on for everything.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

import jinja2
from markupsafe import Markup

import grader
from grader.judge.matrix import Matrix
from grader.judge.model import Grade
from grader.lab.model import Lab
from grader.submission import SourceFile
from grader.transcript import Transcript
from grader.view import markup
from grader.view.class_page import class_page
from grader.view.drawing import PROGRAM_X, REFERENCE_X
from grader.view.matrix_page import matrix_page
from grader.view.student_model import Links
from grader.view.student_page import student_page
from grader.view.words import LANGUAGES, SYMBOLS, words


def student_html(
    lab: Lab,
    grade: Grade,
    transcripts: Mapping[str, Transcript],
    sources: Sequence[SourceFile],
    language: str,
    links: Links | None = None,
) -> str:
    """One student's report. `transcripts` are by run id; `sources` the files to show."""
    page = student_page(lab, grade, transcripts, sources, language, links)
    template = _environment().get_template("student.html.j2")
    return template.render(page=page, **_common(language, ""))


def class_html(
    lab: Lab,
    grades: Sequence[Grade],
    language: str,
    *,
    isolation: str = "",
    links: Links | None = None,
) -> str:
    """The page of a whole class; it links to `<id>/index.html` of each submission."""
    page = class_page(lab, grades, language, isolation=isolation, links=links)
    script = _read("table.js")
    template = _environment().get_template("class.html.j2")
    return template.render(
        page=page,
        symbols=list(SYMBOLS.items()),
        script=Markup(script),  # noqa: S704 -- our own file, nothing is put into it
        **_common(language, script),
    )


def matrix_html(lab: Lab, matrix: Matrix, language: str) -> str:
    """The page of the class's matrix; it links to `matrix.json` beside it."""
    page = matrix_page(lab, matrix, language)
    template = _environment().get_template("matrix.html.j2")
    return template.render(page=page, **_common(language, ""))


def _common(language: str, script: str) -> dict[str, object]:
    known = language if language in LANGUAGES else LANGUAGES[0]
    return {
        "language": known,
        "w": words(known),
        "version": grader.__version__,
        "policy": _policy(script),
    }


def _policy(script: str) -> str:
    """The content security policy of a page whose only script is `script`."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = f"script-src 'sha256-{digest}'; " if script else ""
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; {allowed}img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_read),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        runs=markup.runs, plain=markup.plain, hex_rows=markup.hex_rows, shapes=markup.shapes
    )
    environment.globals.update(program_x=PROGRAM_X, reference_x=REFERENCE_X)
    return environment


@cache
def _read(name: str) -> str:
    return (resources.files("grader.view") / "templates" / name).read_text("utf-8")
