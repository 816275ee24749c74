"""What is fuzzed, and what must hold: for the tests (some inputs) and for the soak (many).

Whatever a student says, what comes out is read back by parsers that are not ours: no tag,
attribute, command, control character or formula of it may be the student's.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from xml.etree import ElementTree as ET

import export_rules
import hostile
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markup_attacks import attacks
from markupsafe import Markup
from report_samples import HOSTILE
from test_formats import SIGNS, obeyed
from test_view_html import Page
from transcripts import LAB, grade, right_client, right_server

from grader import results
from grader import transcript as tr
from grader.cli.blame import told
from grader.cli.summary import summary as said_at_the_end
from grader.formats.calls import calls_text
from grader.formats.classroom import classroom
from grader.formats.csv import grades_csv
from grader.formats.ctrf import ctrf_pieces
from grader.formats.github import annotation_commands, log
from grader.formats.github import summary as job_summary
from grader.formats.gitlab import code_quality_pieces
from grader.formats.gradescope import gradescope
from grader.formats.junit import junit
from grader.formats.matrix_json import matrix_json
from grader.formats.prairielearn import prairielearn
from grader.formats.safe import (
    html_cell,
    json_for_logs,
    no_commands,
    one_line,
    plain,
    spreadsheet_cell,
)
from grader.formats.terminal import Style, check_text
from grader.formats.told import has_grade, overview
from grader.lab.load import lab_files, load_lab_bytes
from grader.lab.problems import LabError
from grader.resources import scenarios_root
from grader.view import markup
from grader.view.bytes_view import prose, runs
from grader.view.html import student_html

NOT_SHOWN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]"
)
"""What may reach neither a terminal nor a page; line ends are looked at apart."""

PIECES = (
    *attacks("//canary").values(), HOSTILE, "<x-tag x-attr=1>", "</td></tr></table>", "<!--", "-->",
    "<![CDATA[", "]]>", "&lt;", "&#60;", "&", "<", ">", '"', "'", "`", "\\", "%0A", "%", "~",
    "\n", "\r", "\r\n", "\t", "\0", "\x1b[31m", "\x1b]8;;//canary\x07", "\x9b", "\x85",
    "\u2028", "\u202e", "\u2066", "\u200b", "\ufeff", "e\u0301\u0301\u0301", "אבג", "漢", "\udc80",
    "::error::x", "\n::set-output name=a::b", "##[add-path]x", "##vso[task]", "##teamcity[x]",
    "=1+1", ";=1", ",@x", "\t=1", "| x |", "[l](//canary)", "![i](//canary)", "@octocat", "#12",
    "https://canary.example", "www.canary.example", "{{ 7 * 7 }}", "{% x %}", "${x}", "{0}", "%s",
)  # fmt: skip

nasty_text = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=6).map("".join)
nasty_bytes = st.lists(
    st.sampled_from([p.encode("utf-8", "surrogateescape") for p in PIECES]) | st.binary(max_size=8),
    max_size=6,
).map(b"".join)


HANDFUL = 20


def handful(number: int) -> tuple[str, ...]:
    """Texts of the same kind as `nasty_text`, by a seed."""
    drawn = random.Random(number)
    return tuple("".join(_piece(drawn) for _ in range(drawn.randrange(7))) for _ in range(HANDFUL))


def _piece(drawn: random.Random) -> str:
    if drawn.random() < 0.6:
        return drawn.choice(PIECES)
    return "".join(chr(drawn.choice(_CHARACTERS)) for _ in range(drawn.randrange(1, 9)))


_CHARACTERS = (*range(0x800), *range(0x800, 0xD800, 7), *range(0xE000, 0x110000, 97))
nasty_texts = st.tuples(nasty_text | st.text()) | st.integers(0, 2**63).map(handful)


@dataclass(frozen=True)
class Target:
    """Something that takes a student's (or an author's) text; `check` raises where it fails."""

    name: str
    inputs: st.SearchStrategy[tuple[Any, ...]]
    """One or several at a time: drawing a text piece by piece costs more than reading it back."""
    check: Callable[[Any], None]
    share: int
    """Of the soak's inputs, in thousandths."""


# --- what must hold --------------------------------------------------------------------------


def shown_well(text: str) -> None:
    """A terminal obeys nothing in it, nor does a log's reader."""
    assert not NOT_SHOWN.search(text), repr(text)
    assert not obeyed(text), obeyed(text)


@cache
def ours() -> tuple[frozenset[str], frozenset[str]]:
    """The tags and the attributes' names that our templates and `markup.py` have."""
    folder = Path(markup.__file__).parent
    files = (*folder.glob("templates/*.j2"), folder / "markup.py")
    text = "".join(file.read_text("utf-8") for file in files)
    names = {*re.findall(r'([a-zA-Z][\w-]*)="', text), "open", "hidden", "charset"}
    return frozenset(re.findall(r"<([a-z][a-z0-9]*)", text)), frozenset(map(str.lower, names))


@cache
def plain_page(name: str) -> Page:
    """The page of a student whose every text is harmless."""
    return Page(hostile.submission(b"abc\xff").pages("en")[name])


def page_is_ours(name: str, html: str) -> None:
    """Every tag, attribute, address and script of it is ours."""
    page, harmless = Page(html), plain_page(name)
    tags, attributes = ours()
    assert page.open == []
    assert set(page.tags) <= tags, set(page.tags) - tags
    found = {name for _, name, _ in page.attributes}
    assert found <= attributes, found - attributes
    assert not [name for name in found if name.startswith("on") or name in ("src", "style")]
    assert page.scripts == harmless.scripts
    assert page.styles == harmless.styles
    for once in ("html", "head", "meta", "style", "script", "body", "main", "h1", "input"):
        assert page.tags.count(once) == harmless.tags.count(once), once
    assert not [a for a in page.values("href") if not _LEADS.fullmatch(a)]
    assert not NOT_SHOWN.search(html.replace("\t", ""))
    html.encode()


_LEADS = re.compile(r"#.*|[\w.%-]+/index\.html|matrix\.json", re.DOTALL)


# --- targets -------------------------------------------------------------------------------


def check_text_pieces(text: str) -> None:
    """The pieces that all formats are made of."""
    shown_well(no_commands(plain(text)))
    shown_well(no_commands(one_line(text)))
    for made in (markup.runs(runs(text)), markup.runs(prose(text))):
        page = Page(Markup("<p>") + made + Markup("</p>"))
        assert set(page.tags) <= {"p", "span", "code"}
        assert {value for _, _, value in page.attributes} <= {"esc"}
        assert not NOT_SHOWN.search(made)
    for piece in re.split("[;,]", spreadsheet_cell(text)):
        assert not piece.lstrip(' \u00a0\u202f"').startswith(SIGNS)
    shown = json_for_logs(json.dumps({text: text}, ensure_ascii=False))
    assert json.loads(shown) == {text: text}
    shown_well(shown)


def check_markdown(text: str) -> None:
    """Nothing in the job's summary is markup of a student, nor calls or leads anywhere."""
    from grader.formats.safe import markdown

    document = f"| {markdown(text)} | x |\n|---|---|\n\n## {markdown(text)}\n\n- {markdown(text)}\n"
    page = Page(MarkdownIt("commonmark").enable("table").render(document))
    assert set(page.tags) <= {"table", "thead", "tr", "th", "h2", "ul", "li", "tbody"}
    assert page.attributes == []
    assert page.tags.count("th") == 2
    for node in page.texts:
        assert not re.search(r"@\w|#\d|://|www\.\w", node)


def check_submission(nasty: bytes) -> None:
    """A submission whose every text is nasty: pages, terminal, formats."""
    made = hostile.submission(nasty)
    for name, html in made.pages("en").items():
        page_is_ours(name, html)
    one, matrix = made.grade, made.matrix
    for encoding in ("utf-8", "ascii"):
        shown_well(check_text(LAB, one, "fr", Style(encoding=encoding)))
    shown_well(calls_text(LAB, made.transcripts.values(), "en"))
    shown_well(said_at_the_end(LAB, [one], "fr", report="x"))
    shown_well(log(check_text(LAB, one, "en")))
    rows = list(csv.reader(io.StringIO(grades_csv(LAB, [one]))))
    assert len(rows) == 2
    assert len(rows[0]) == len(rows[1])
    assert not [cell for cell in rows[1] if cell.lstrip(' \u00a0\u202f"').startswith(SIGNS)]
    whole = results.result(LAB, "full", one, made.sources, "en")
    document = junit([whole], "en")
    assert not obeyed(document.decode())
    suite = next(ET.fromstring(document).iter("testsuite"))
    assert len(list(suite.iter("testcase"))) == len(one.criteria)
    commands = annotation_commands([whole], "en")
    assert not NOT_SHOWN.search(commands)
    assert all(re.match(r"::(error|notice) [a-z]+=", line) for line in commands.splitlines())
    rendered = Page(MarkdownIt("commonmark").enable("table").render(job_summary([whole], "en")))
    assert rendered.attributes == []
    assert not {"a", "img", "x-tag", "script"} & {*rendered.tags}
    exports_are_ours(whole)
    result = results.encode(whole)
    assert results.read_result(result).id == one.id
    shown_well(json_for_logs(result.decode()))
    shown_well(matrix_json(LAB, matrix, "en").decode().replace("##", ""))


def exports_are_ours(whole: results.Result) -> None:
    """Every export keeps the rules of its reader and shows nothing that it would obey."""
    scored = export_rules.gradescope(json.loads(gradescope(whole, "en")))
    assert scored == (whole.score if has_grade(whole) else None)
    export_rules.prairielearn(json.loads(prairielearn(whole, "en")))
    encoded = classroom(whole, "en")
    if encoded is not None:
        assert export_rules.classroom(encoded)[0] == whole.score
    for pieces in (ctrf_pieces([whole], "en"), code_quality_pieces([whole], "x")):
        document = "".join(pieces)
        json.loads(document)
        shown_well(document)
    cells = list(csv.reader(io.StringIO(html_cell(overview(whole, "en"))), delimiter=";"))
    assert not [one for row in cells for one in row if one.lstrip().startswith(SIGNS)]
    quality = json.loads("".join(code_quality_pieces([whole], "x")))
    assert all(one["location"]["path"].startswith("x/") for one in quality)
    assert not [one for one in quality if ".." in one["location"]["path"].split("/")]


def check_transcript_bytes(data: bytes) -> None:
    """Any bytes are a transcript, which is written as it was read, or a ValueError."""
    try:
        read = tr.load(data)
    except ValueError:
        return
    assert tr.load(tr.dump(read)) == read


def check_transcript(given: tr.Transcript) -> None:
    """The page of any transcript that can be read is ours."""
    read = tr.load(tr.dump(given))
    graded = grade(right_server(), right_client())
    page = student_html(LAB, graded, {read.header.run: read}, (), "en")
    page_is_ours("student", page)
    shown_well(calls_text(LAB, [read], "en"))


def check_lab(files: dict[str, bytes]) -> None:
    """Any files are a lab, or all that is wrong is told, and obeyed by nobody."""
    try:
        load_lab_bytes(files)
    except LabError as error:
        wrong = error
    else:
        return
    assert wrong.problems
    message, status = told(wrong, "en")
    assert status == 2
    shown_well(no_commands(plain(message)))


# --- inputs ---------------------------------------------------------------------------------


def of_type(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a field of a transcript."""
    if kind is int:
        return st.integers(0, 10**10) | st.integers(-(2**63), 2**63 - 1)
    if kind is str:  # half a surrogate has no form in JSON
        return nasty_text.map(lambda text: text.replace("\udc80", ""))
    if kind is bytes:
        return nasty_bytes
    if kind is bool:
        return st.booleans()
    if kind is NoneType:
        return st.none()
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return st.one_of(*map(of_type, arguments))
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(of_type(arguments[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(of_type, arguments))
    if origin is dict:
        return st.dictionaries(*map(of_type, arguments), max_size=3)
    hints = get_type_hints(kind)
    return st.builds(kind, **{name: _field(name, hint) for name, hint in hints.items()})


_WORDS = {
    "run": ("server-nominal", "client-nominal", "own-pair", "server-nominal~trace"),
    "scenario": ("server-nominal", "client-nominal", "own-pair"),
    "role": ("server", "client", "both"),
    "side": ("server", "client", ""),
    "how": ("close", "half-close", "reset"),
    "why": ("waiting", "limit", "exit", "stuck"),
    "kind": ("connected", "refused", "data", "fin", "rst"),
}


def _field(name: str, hint: Any) -> st.SearchStrategy[Any]:
    """A field's values: often one of those that mean something."""
    words = _WORDS.get(name)
    return of_type(hint) if words is None else st.sampled_from(words) | of_type(hint)


entries = st.lists(of_type(tr.AnyEntry), max_size=8)
transcripts = st.builds(
    lambda header, found, end: tr.of(header, [*found, end]),
    of_type(tr.Header), entries, of_type(tr.Ended),
)  # fmt: skip

_LINES = tuple(tr.dump(right_server()).splitlines())
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | nasty_text | st.just("QUJD"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(nasty_text, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def broken_lines(draw: st.DrawFn) -> bytes:
    """A real transcript with something wrong in it."""
    lines = list(_LINES)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(lines) - 1))
        how = draw(st.sampled_from(("cut", "drop", "twice", "bytes", "value", "deep", "huge")))
        line = lines[place]
        if how == "cut":
            lines[place] = line[: draw(st.integers(0, len(line)))]
        elif how == "drop":
            del lines[place]
        elif how == "twice":
            lines.insert(place, line)
        elif how == "bytes":
            lines[place] = draw(st.binary(max_size=30))
        elif how == "deep":
            lines[place] = line[:-1] + b',"x":' + draw(st.sampled_from((b"[", b'{"a":'))) * 5000
        elif how == "huge":
            lines[place] = re.sub(rb'"t":\d+', b'"t":' + b"9" * draw(st.integers(1, 5000)), line)
        else:
            lines[place] = _with_value(
                line, draw(st.sampled_from(("t", "data", "x"))), draw(_values)
            )
        if not lines:
            break
    return b"\n".join(lines)


def _with_value(line: bytes, field: str, value: object) -> bytes:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return line
    if not isinstance(found, dict):
        return line
    return json.dumps({**found, field: value}).encode()


@cache
def lab_text() -> dict[str, bytes]:
    """The files of TP 09's lab."""
    return lab_files(scenarios_root() / "tp09")


_YAML = (
    "&a [*a]", "&b", "*b", "!!python/object:os.system x", "!x", "<<: {a: 1}", "[" * 40, "{" * 40,
    "9" * 400, "1e999", "- ", "? ", ": ", "|", ">-", "'", '"', "\t", "---\n", "...\n", "%YAML 9\n",
    "no", "12:30", "{a: b}", "[x, y]", "~", "\x00", "\ud800", "\u2028", "#", "a: b: c", "x" * 5000,
)  # fmt: skip


@st.composite
def broken_labs(draw: st.DrawFn) -> dict[str, bytes]:
    """A real lab with something wrong in one of its files."""
    files = dict(lab_text())
    name = draw(st.sampled_from(sorted(files)))
    lines = files[name].decode().split("\n")
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(lines) - 1))
        piece = draw(st.sampled_from(_YAML) | nasty_text)
        how = draw(st.sampled_from(("value", "line", "drop", "twice", "inside", "other", "indent")))
        line = lines[place]
        if how == "value":
            lines[place] = f"{line.partition(':')[0]}: {piece}"
        elif how == "line":
            lines.insert(place, piece)
        elif how == "drop" and len(lines) > 1:
            del lines[place]
        elif how == "twice":
            lines.insert(place, line)
        elif how == "inside":
            at = draw(st.integers(0, len(line)))
            lines[place] = line[:at] + piece + line[at:]
        elif how == "other":
            lines[place] = draw(st.sampled_from(lines))
        else:
            lines[place] = " " * draw(st.integers(1, 8)) + line.lstrip()
    files[name] = "\n".join(lines).encode("utf-8", "surrogatepass")
    if draw(st.integers(0, 9)) == 0:
        files[name] = draw(st.binary(max_size=200))
    return files


TARGETS = (
    Target("text", nasty_texts, check_text_pieces, 620),
    Target("markdown", nasty_texts, check_markdown, 170),
    Target("submission", st.tuples(nasty_bytes), check_submission, 5),
    Target(
        "transcript-bytes",
        st.tuples(broken_lines() | st.binary(max_size=300)),
        check_transcript_bytes,
        180,
    ),
    Target("transcript-page", st.tuples(transcripts), check_transcript, 10),
    Target("lab", st.tuples(broken_labs()), check_lab, 15),
)
