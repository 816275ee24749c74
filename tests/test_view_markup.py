"""What is written without a template is written as a template would: every text escaped."""

from __future__ import annotations

from html import unescape
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from grader.view.bytes_view import BEYOND_ASCII, TYPOGRAPHY, Run, escaped, hex_view
from grader.view.drawing import drawing
from grader.view.markup import badge, code, code_lines, hex_rows, plain, runs, shapes, words
from grader.view.moment import Kind, Moment, Place
from grader.view.source import Line

HOSTILE = """<script>alert("x")</script>&amp;' onload='x"""

texts = st.text("ab<>&\"'é;/=", max_size=20) | st.just(HOSTILE)
parts = st.lists(st.builds(Run, texts, st.booleans(), st.booleans()), max_size=5)


class Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(str(page))  # what is added to markup would be escaped once more
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(parts)
def test_a_text_is_only_text(listed: list[Run]) -> None:
    read = Reader(runs(listed))
    assert read.text == "".join(run.text for run in listed)
    assert len(read.tags) == sum(run.escape or run.code for run in listed)
    assert unescape(plain(listed)) == read.text


def test_escapes_and_words_of_a_program_look_different() -> None:
    listed = (Run("a"), Run("\\n", escape=True), Run("recv()", code=True))
    assert runs(listed) == 'a<span class="esc">\\n</span><code>recv()</code>'


@given(st.text(max_size=20) | st.text(f"<&\u200b\u202e{BEYOND_ASCII}{TYPOGRAPHY}") | texts)
def test_a_sentence_is_made_visible_and_escaped(text: str) -> None:
    assert words(text) == escape(escaped(text, keep=TYPOGRAPHY))


def test_a_verdict_is_only_text() -> None:
    read = Reader(badge("fail", "✗", HOSTILE))
    assert read.tags == ["span", "span"]
    assert read.text == f"✗ {HOSTILE}"


def test_lines_of_a_program_have_numbers_marks_and_fragments() -> None:
    listed = (
        Line(7, (Run(HOSTILE),)),
        Line(8, (Run("x", look="k"),), HOSTILE),
        Line(9, (), "x", remark=True),
    )
    read = Reader(code_lines(listed, "src-a'\"<b>"))
    assert set(read.tags) == {"tr", "td", "span"}
    assert read.text == f"7{HOSTILE}\n8x← {HOSTILE}\n9\n"
    assert 'id="src-x-7"' in code_lines(listed, "src-x")
    assert "id=" not in code_lines(listed, "")
    assert 'class="marked remark"' in code_lines(listed, "")


@given(st.binary(max_size=40) | st.just(HOSTILE.encode()))
def test_a_hex_view_has_a_line_for_each_row(data: bytes) -> None:
    rows = hex_view(data).rows
    read = Reader(hex_rows(rows))
    assert read.tags == []
    lines = [f"{r.offset}  {r.left}  {r.right}  {r.ascii}\n" for r in rows]
    assert read.text == "".join(lines)


def moment(place: Place, kind: Kind) -> Moment:
    return Moment(t=0, place=place, kind=kind, label=HOSTILE, data=HOSTILE.encode())


def test_shapes_of_a_hostile_exchange() -> None:
    rows = [moment(place, kind) for place in Place for kind in Kind]
    drawn = drawing(rows, "fr")
    read = Reader(shapes(drawn, "run'\"<b>"))
    arrows = [arrow for row in drawn.rows for arrow in row.arrows]
    crossed = sum(a.cross for a in arrows)
    missed = sum(a.cross and a.kind == Kind.MISSED for a in arrows)
    assert read.tags.count("a") == len(rows)
    assert read.tags.count("text") == len(drawn.labels)
    assert read.tags.count("rect") == len(drawn.boxes) + len(rows)
    assert read.tags.count("line") == len(arrows) - missed
    assert read.tags.count("path") == crossed
    assert read.tags.count("polygon") == len(arrows) - crossed
    known = {"a", "text", "rect", "line", "path", "polygon"}
    assert len(read.tags) == sum(map(read.tags.count, known))
    assert "<script" in read.text


@given(parts)
def test_a_line_of_a_program_is_only_text(listed: list[Run]) -> None:
    looks = [Run(run.text, run.escape, look="k") for run in listed]
    read = Reader(code(looks))
    assert read.text == "".join(run.text for run in listed)
    assert read.tags == ["span"] * len(listed)
