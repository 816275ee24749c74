"""A lab in words before anything is played: as diagrams in text, as Markdown, as a page."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from engine_tools import TP09
from markdown_it import MarkdownIt
from markupsafe import escape
from page_kinds import STATEMENT
from prove_tools import files, lab_of
from test_view_html import Page

from grader.formats.handout_markdown import code, markdown, table, text
from grader.formats.scripted import lab_text
from grader.formats.writer import Style
from grader.lab.load import load_lab, load_lab_bytes
from grader.lab.model import Lab, Visibility
from grader.view.bytes_view import width
from grader.view.handout import handout
from grader.view.html import handout_html
from grader.view.message_words import content_of, framing_of
from grader.view.script_words import script_words
from grader.view.scripted import Way, blocks
from grader.view.statement import statement_html, without_title
from reference.framing import Datagram, Line, Prefix, Rest, Size, Until

LABS = {
    path.parent.name: load_lab(path.parent)
    for path in [TP09 / "lab.yaml", *sorted((TP09.parent.parent / "tests/labs").glob("*/lab.yaml"))]
}
every_lab = pytest.mark.parametrize("lab", LABS.values(), ids=LABS.keys())


def hiding(lab: Lab, *ids: str) -> Lab:
    return replace(
        lab,
        scenarios=tuple(
            replace(s, visibility=Visibility.HIDDEN) if s.id in ids else s for s in lab.scenarios
        ),
    )


# --- rows --------------------------------------------------------------------------------


def test_rounds_are_told_once() -> None:
    lab = LABS["parrot"]
    found = blocks(lab, lab.scenarios[0], "en")
    assert [block.times for block in found] == [1, 3, 2, 1]
    assert [row.name for row in found[1].rows] == ["add", "total"]
    assert found[1].rows[1].said == "{sum(one, other)}"


def test_a_name_that_ends_in_a_number_is_the_authors_own() -> None:
    parrot = LABS["parrot"]
    total = parrot.messages["total"]
    numbered = replace(total, name="add-3", content=None, text="three")
    lab = replace(parrot, messages={**parrot.messages, "add-3": numbered})
    assert [row.name for row in blocks(lab, lab.scenarios[0], "en")[1].rows] == ["add", "total"]
    assert ("add-3", "three") in [(one.name, one.said) for one in handout(lab, "en").messages]


def test_arrows_go_from_who_sends() -> None:
    lab = LABS["tp09"]
    rows = blocks(lab, lab.scenario("client-nominal"), "fr")[0].rows
    ways = {row.name: row.way for row in rows if row.name}
    assert ways == {
        "greeting": Way.TO_PROGRAM, "hello": Way.TO_REFERENCE, "goodbye": Way.TO_REFERENCE,
    }  # fmt: skip


def test_ways_are_told_apart_and_what_may_be_left_out() -> None:
    lab = LABS["choices"]
    found = blocks(lab, lab.scenario("server-room"), "fr")
    told = [(row.name or row.label, row.notes) for block in found for row in block.rows]
    assert told[1] == ("welcome", ("facultatif",))
    labels = [label for label, _ in told]
    assert labels[3] == "ou bien ceci\u00a0:"
    assert labels[labels.index("busy") - 1] == "ou bien cela\u00a0:"
    steps = lab.scenario("server-room").steps
    after = replace(lab.scenario("server-room"), steps=(*steps, steps[2]))
    (*_, last) = blocks(lab, after, "en")
    assert [row.label for row in last.rows][-2] == "in any case:"


def test_over_udp_there_is_no_connection() -> None:
    lab = LABS["datagrams"]
    rows = [r for b in blocks(lab, lab.scenario("client-lost"), "en") for r in b.rows]
    assert rows[0].name == "request"
    assert rows[0].notes == ("is lost on the way",)


@pytest.mark.parametrize("language", ["fr", "en"])
@every_lab
def test_every_message_has_words(lab: Lab, language: str) -> None:
    for scenario in lab.scenarios:
        own = lab.within(scenario)
        assert all(content_of(own, name, language) for name in own.messages)


def test_what_is_computed_of_constants_is_written_out() -> None:
    more = """\
messages: {a: "first words", b: "{{a | length}} on {{port}}", c: "{{w | upper}}", w: {draw: word}}
"""
    given = files({"server-one": "reference: [connect, {receive: b, proves: server.b}]\n"})
    lab = given["lab.yaml"]
    messages = lab[lab.index(b"messages:") : lab.index(b"criteria:")]
    own = load_lab_bytes({**given, "lab.yaml": lab.replace(messages, more.encode())})
    assert content_of(own, "b", "en") == "11 on 65432"
    assert content_of(own, "c", "en") == "{upper(w)}"


@pytest.mark.parametrize(
    ("framing", "part"),
    [
        (Line(), r"line, ended by \n"), (Rest(), "end of the connection"),
        (Datagram(), "one datagram"), (Until(b"\r\n.\r\n"), r"\r\n.\r\n"),
        (Until(b"\r\n\r\n", "Content-Length"), "Content-Length announces"),
        (Prefix(4), "4 bytes (the high byte first)"), (Size(16), "16 bytes"), (None, ""),
    ],
)  # fmt: skip
def test_every_framing_has_words(framing: object, part: str) -> None:
    assert part in framing_of(framing, "en")  # type: ignore[arg-type]


def test_french_typography() -> None:
    for key, said in script_words("fr").items():
        assert not re.search(r"(?<![\u00a0\u202f])[:;!?](?![:}/])", said), key
        assert "'" not in said, key


# --- as diagrams -------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [40, 80])
@every_lab
def test_diagrams_fit_the_terminal(lab: Lab, columns: int) -> None:
    for encoding in ("utf-8", "ascii"):
        told = lab_text(lab, lab.scenarios, "fr", Style(columns=columns, encoding=encoding))
        lines = told.splitlines()
        assert all(width(line) <= columns for line in lines)
        edge = "│" if encoding == "utf-8" else "|"
        assert {width(line) for line in lines if line.endswith(edge)} <= {columns}
        assert told.encode(encoding)


def test_a_teacher_sees_what_is_hidden_and_that_it_is() -> None:
    lab = hiding(LABS["tp09"], "server-drawn")
    told = lab_text(lab, lab.scenarios, "en", Style())
    assert "server-drawn" in told
    assert told.count("hidden from students") == 1


# --- as Markdown -------------------------------------------------------------------------


def test_a_handout_has_nothing_that_is_hidden() -> None:
    lab = hiding(LABS["tp09"], "server-drawn", "client-drawn")
    text = markdown(handout(lab, "en"), "en")
    assert "The exchange of the statement" in text
    assert lab.scenario("server-drawn").title.in_language("en") not in text
    with pytest.raises(KeyError):
        handout(lab, "en", only="server-drawn")


def test_messages_of_hidden_scenarios_are_not_there() -> None:
    scenarios = {
        "server-one": "reference: [connect, {receive: a, proves: server.a}]\n",
        "server-two": "visibility: hidden\nreference: [connect, {receive: b, proves: server.b}]\n",
    }
    said = markdown(handout(lab_of(scenarios), "en"), "en")
    assert "first words" in said
    assert "déjà vu" not in said


@pytest.mark.parametrize("language", ["fr", "en"])
@every_lab
def test_every_criterion_is_there_with_its_points(lab: Lab, language: str) -> None:
    page = (
        MarkdownIt("commonmark").enable("table").render(markdown(handout(lab, language), language))
    )
    for criterion in lab.criteria:
        assert criterion.title.in_language(language).split(" ")[0] in page
    assert page.count("<tr>") >= len(lab.criteria)


def test_the_statement_comes_first_with_its_own_title() -> None:
    text = markdown(handout(LABS["parrot"], "en", STATEMENT), "en")
    assert text.startswith("# The parrot\n")
    assert text.count("\n# ") == 0
    assert text.index("What travels") < text.index("## Messages")


def test_a_comment_in_code_is_no_title() -> None:
    statement = "Read this.\n\n```sh\n# look\nls\n```\n"
    text = markdown(handout(LABS["parrot"], "en", statement), "en")
    assert text.startswith(f"# {LABS['parrot'].title.in_language('en')}\n\nRead this.\n")
    assert "```sh\n# look\nls\n```" in text


READER = MarkdownIt("commonmark").enable("table")


@pytest.mark.parametrize(
    "words",
    [
        "a&amp;b",
        "*a* _b_ ~~c~~ <d> [e](f)",
        r"a\|b \\|",
        "1. a",
        "2) a",
        "- a",
        "+ a",
        "=",
        "# a",
        "`a",
    ],
)
def test_words_stand_for_themselves(words: str) -> None:
    assert READER.render("before\n\n" + text(words)) == f"<p>before</p>\n<p>{escape(words)}</p>\n"
    made = READER.render(table(("x", "y"), [(text(words, cell=True), "2")]))
    assert re.findall("<td>(.*)</td>", made) == [str(escape(words)), "2"]


@pytest.mark.parametrize("words", ["a", "a`b", "`a", "a|b", "a&amp;b", r"(a\|b)", r"a\\|"])
def test_code_keeps_its_words(words: str) -> None:
    whole = str(escape(words))
    assert READER.render(code(words)) == f"<p><code>{whole}</code></p>\n"
    made = READER.render(table(("x", "y"), [(code(words, cell=True), "2")]))
    shown = whole if r"\|" in words else f"<code>{whole}</code>"
    assert re.findall("<td>(.*)</td>", made) == [shown, "2"]


def test_code_in_words_is_code_where_it_stands() -> None:
    assert text("say `a|b`") == "say `a|b`"
    assert text("say `a|b`", cell=True) == r"say `a\|b`"


# --- as a page ---------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fr", "en"])
@every_lab
def test_pages_are_whole(lab: Lab, language: str) -> None:
    seen = Page(handout_html(handout(lab, language, STATEMENT), language))
    assert seen.open == []
    assert seen.tags.count("h1") == seen.tags.count("main") == 1
    assert seen.scripts == []
    assert seen.values("style") == []
    ids = seen.values("id")
    assert len(ids) == len({*ids})


def test_a_statement_is_markdown_and_no_html() -> None:
    made = str(statement_html("# A\n\n<script>x</script> ![p](http://e/p.png) [l](javascript:x)\n"))
    assert "<h2>A</h2>" in made
    assert "<script" not in made
    assert "<img" not in made
    assert "href=" not in made


def test_the_title_is_taken_from_the_statement() -> None:
    assert without_title("# One\n\ntext") == ("One", "\ntext")
    assert without_title("\ufefftext\n# One") == ("", "text\n# One")
