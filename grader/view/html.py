"""Writes pages as HTML: the only file that imports jinja2, and only when a page is written.

Every page is one file that needs no other: style inside, nothing fetched, a content security
policy that lets no style and no script count but our own (by their hashes, so that no
attribute can carry any). Autoescape is on for everything.
"""

from __future__ import annotations

import base64
import hashlib
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from importlib import resources
from importlib.util import cache_from_source
from pathlib import Path

import jinja2
from markupsafe import Markup

import grader
from grader.judge.matrix import Matrix
from grader.judge.model import Grade
from grader.lab.model import Lab
from grader.submission import SourceFile
from grader.transcript import Transcript
from grader.view import markup
from grader.view.bytes_view import TYPOGRAPHY, escaped, prose
from grader.view.class_page import class_page
from grader.view.class_words import class_words
from grader.view.detail import LEVELS, PAGE_BYTES, next_level
from grader.view.drawing import PROGRAM_X, REFERENCE_X
from grader.view.handout import Handout, arrow
from grader.view.matrix_page import matrix_page
from grader.view.named import NamedPage
from grader.view.script_words import script_words
from grader.view.statement import statement_html, without_title
from grader.view.student_model import Links, StudentPage
from grader.view.student_page import student_page
from grader.view.student_words import page_words
from grader.view.timeline_markup import time_rows
from grader.view.words import LANGUAGES, SYMBOLS, labelled, words

_TEMPLATES = Path(__file__).with_name("templates")
_NAMES = 32 * 1024
"""More than any name takes of a page."""


def student_html(
    lab: Lab,
    grade: Grade,
    transcripts: Mapping[str, Transcript],
    sources: Sequence[SourceFile],
    language: str,
    links: Links | None = None,
) -> str:
    """One student's report. `transcripts` are by run id; `sources` the files to show.

    It has less than `PAGE_BYTES`, captures that it carries not counted: of floods it shows less.
    """
    return _in_bounds(lab, grade, transcripts, sources, language, links)[0]


def named_page(
    lab: Lab,
    grade: Grade,
    transcripts: Mapping[str, Transcript],
    sources: Sequence[SourceFile],
    language: str,
    links: Links | None = None,
) -> NamedPage | None:
    """What `student_html` makes, for any name in place of `grade.name`, like which nothing else is.

    None where another name may leave more of the page, or less: its size is near the bound.
    """
    page, level = _in_bounds(lab, grade, transcripts, sources, language, links)
    if level or len(page.encode()) > PAGE_BYTES - _NAMES:
        return None
    return NamedPage.of(page, grade.name)


def _in_bounds(
    lab: Lab,
    grade: Grade,
    transcripts: Mapping[str, Transcript],
    sources: Sequence[SourceFile],
    language: str,
    links: Links | None,
) -> tuple[str, int]:
    """The page with as much detail as fits, and the level of that."""
    carried = sum(len(wire.href) for wire in links.wires.values()) if links else 0
    level = 0
    while True:
        made = student_page(lab, grade, transcripts, sources, language, links, LEVELS[level])
        page = _student(made, language)
        size = len(page.encode()) - carried
        if size < PAGE_BYTES or LEVELS[level] is LEVELS[-1]:
            return page, level
        level = next_level(size, level)


def _student(page: StudentPage, language: str) -> str:
    script = _read("student.js")
    template = _environment().get_template("student.html.j2")
    common = _common(language, script, ("style.css", "student.css"))
    return template.render(
        page=page,
        script=Markup(script),  # noqa: S704 -- our own file, nothing is put into it
        **{**common, "w": page_words(language)},
    )


def class_html(
    lab: Lab,
    grades: Sequence[Grade],
    language: str,
    *,
    isolation: str = "",
    links: Links | None = None,
    pseudonym_key: bytes = b"",
    parts: Sequence[str] = (),
    persons: int = 0,
    left: int = 0,
) -> str:
    """The page of a class; it links to `<id>/index.html` of each submission.

    With a `pseudonym_key` it has pseudonyms in place of names, and no such links. Where only
    some `parts` of a class of `persons` are there, or some are `left` to be graded, it says so.
    """
    page = class_page(
        lab, grades, language, isolation=isolation, links=links, pseudonym_key=pseudonym_key,
        parts=parts, persons=persons, left=left,
    )  # fmt: skip
    script = _read("table.js")
    template = _environment().get_template("class.html.j2")
    common = _common(language, script)
    return template.render(
        page=page,
        symbols=list(SYMBOLS.items()),
        data=markup.json_block(page.table.data),
        script=Markup(script),  # noqa: S704 -- our own file, nothing is put into it
        **{**common, "w": class_words(str(common["language"]))},
    )


def matrix_html(lab: Lab, matrix: Matrix, language: str) -> str:
    """The page of the class's matrix; it links to `matrix.json` beside it."""
    page = matrix_page(lab, matrix, language)
    template = _environment().get_template("matrix.html.j2")
    return template.render(page=page, **_common(language, ""))


def handout_html(page: Handout, language: str) -> str:
    """A lab's handout; the statement's own title stands over it, if it has one."""
    title, statement = without_title(page.statement)
    template = _environment().get_template("handout.html.j2")
    common = _common(language, "", ("style.css", "handout.css"))
    known = str(common["language"])
    return template.render(
        page=page,
        title=title or page.title,
        statement=statement_html(statement) if statement.strip() else "",
        arrow=arrow,
        lead=partial(labelled, language=known),
        **{**common, "w": script_words(known)},
    )


def _common(
    language: str, script: str, sheets: tuple[str, ...] = ("style.css",)
) -> dict[str, object]:
    known = language if language in LANGUAGES else LANGUAGES[0]
    style = _style(sheets)
    return {
        "language": known,
        "w": words(known),
        "version": grader.__version__,
        "style": style,
        "policy": _policy(style, script),
    }


@cache
def _style(sheets: tuple[str, ...]) -> Markup:
    """A page's one style sheet, with a class for each width: the policy takes no attributes."""
    widths = "".join(f".w{percent}{{width:{percent}%}}" for percent in range(101))
    return Markup(f"{''.join(map(_read, sheets))}{widths}\n")  # noqa: S704 -- our own file and numbers


def wide(share: float) -> str:
    """The class of a bar that takes this share (0 to 1) of its place."""
    return f"w{round(100 * min(max(share, 0.0), 1.0))}"


def _policy(style: str, script: str) -> str:
    """The content security policy of a page with this style sheet and no script but `script`."""
    allowed = f"script-src {_digest(script)}; " if script else ""
    return (
        f"default-src 'none'; style-src {_digest(style)}; {allowed}base-uri 'none'; "
        "form-action 'none'"
    )


def _digest(text: str) -> str:
    """A source of the policy: exactly this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


class Compiled(jinja2.BytecodeCache):
    """Templates compiled once: kept beside the .pyc files of our modules, by the same rules.

    Compiling is a third of what a short command costs. What was compiled by another version of
    jinja2, or where one of our modules was another, is compiled anew.
    """

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """See `jinja2.BytecodeCache`."""
        with suppress(OSError, NotImplementedError), _compiled(bucket).open("rb") as file:
            if file.read(len(_made_by())) == _made_by():
                bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """See `jinja2.BytecodeCache`; where our folder can't be written nothing is kept."""
        if sys.dont_write_bytecode:
            return
        with suppress(OSError, NotImplementedError):
            path = _compiled(bucket)
            path.parent.mkdir(exist_ok=True)
            whole = path.with_suffix(f".{os.getpid()}")
            whole.write_bytes(_made_by() + bucket.bytecode_to_string())
            whole.replace(path)


def _compiled(bucket: jinja2.bccache.Bucket) -> Path:
    return Path(cache_from_source(str(_TEMPLATES / f"{bucket.key}.j2")))


@cache
def _made_by() -> bytes:
    """What, beside its source, a compiled template is made from: constants are computed in it."""
    modules = sorted(_TEMPLATES.parent.glob("*.py"))
    told = [jinja2.__version__.encode(), *(module.read_bytes() for module in modules)]
    return hashlib.sha256(b"\0".join(told)).digest()


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_read),
        bytecode_cache=Compiled(),
        autoescape=True,
        finalize=_visible,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        code_lines=markup.code_lines, hex_rows=markup.hex_rows, plain=markup.plain,
        runs=markup.runs, shapes=markup.shapes, time_rows=time_rows, wide=wide,
    )  # fmt: skip
    environment.filters.update(prose=lambda text: markup.runs(prose(text)))
    environment.globals.update(badge=markup.badge, program_x=PROGRAM_X, reference_x=REFERENCE_X)
    return environment


def _visible(value: object) -> object:
    """What a template writes; where nobody has made a text visible before, it is done here."""
    if not isinstance(value, str) or isinstance(value, Markup) or markup.as_it_is(value):
        return value
    return escaped(value, keep=TYPOGRAPHY)


@cache
def _read(name: str) -> str:
    return (resources.files("grader.view") / "templates" / name).read_text("utf-8")
