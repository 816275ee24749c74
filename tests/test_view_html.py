"""The pages are whole, accessible in their bones, and obey nothing that a student wrote."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from report_samples import (
    HOSTILE,
    SERVER,
    grade,
    hostile_grade,
    hostile_server,
    hostile_sources,
    lab,
    right_client,
    stuck_grade,
    stuck_server,
)

from grader.submission import SourceFile
from grader.view import html
from grader.view.html import class_html, student_html, wide
from grader.view.links import Attachment, Links, carried

VOID = {"meta", "br", "input", "line", "rect", "path", "polygon", "img", "link", "col"}


class Page(HTMLParser):
    """What a browser would make of a page: tags in balance, ids, links, handlers, scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.scripts: list[str] = []
        self.data: list[str] = []
        self.kind = ""
        self.styles: list[str] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.kind = dict(attrs).get("type") or ""
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            (self.data if self.kind else self.scripts).append(data)
        elif self.open and self.open[-1] == "style":
            self.styles.append(data)
        else:
            self.texts.append(data)

    def values(self, name: str) -> list[str]:
        return [value for _, attribute, value in self.attributes if attribute == name]

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


def student(language: str = "fr", *, hostile: bool = False) -> str:
    runs = (stuck_server(), hostile_server(), right_client())
    transcripts = {t.header.run: t for t in runs}
    if hostile:
        return student_html(lab(), hostile_grade(), transcripts, hostile_sources(), language)
    sources = (SourceFile(path="serveur.py", data=SERVER),)
    wires = {"server-nominal": Attachment(href="runs/n.pcapng", name="n.pcapng")}
    links = Links(
        class_page="../index.html", wires=wires, records={"server-nominal": "runs/n.jsonl"}
    )
    return student_html(lab(), stuck_grade(), transcripts, sources, language, links)


def whole_class(language: str = "fr") -> str:
    graded = [stuck_grade(), hostile_grade(), grade("martin")]
    return class_html(lab(), graded, language, isolation="full")


PAGES = {
    "student": student(),
    "student in English": student("en"),
    "hostile": student(hostile=True),
    "class": whole_class(),
    "class in English": whole_class("en"),
}
every_page = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())


@every_page
def test_the_page_is_whole(page: str) -> None:
    seen = Page(page)
    assert seen.open == []
    assert seen.tags.count("h1") == 1
    assert seen.tags.count("main") == 1
    assert seen.values("lang")[0] in ("fr", "en")
    ids = seen.values("id")
    assert len(ids) == len(set(ids))
    links = [link[1:] for link in seen.values("href") if link.startswith("#")]
    # With "=" it is a state of the class's table.
    targets = [link for link in links if "=" not in link]
    assert set(targets) <= set(ids)


@every_page
def test_nothing_is_fetched_and_nothing_runs_but_our_own_script(page: str) -> None:
    seen = Page(page)
    assert not {"img", "link", "iframe", "object", "base", "form"} & set(seen.tags)
    assert not [name for _, name, _ in seen.attributes if name.startswith("on") or name == "src"]
    assert not [link for link in seen.values("href") if re.match(r"[a-z]+:|//", link)]
    assert "url(" not in page
    assert "@import" not in page
    policy = seen.values("content")[0]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert ":" not in policy
    allowed = re.findall(r"(\w+)-src 'sha256-([^']+)'", policy)
    parts = [*(("style", text) for text in seen.styles), *(("script", t) for t in seen.scripts)]
    digests = [(kind, hashlib.sha256(text.encode()).digest()) for kind, text in parts]
    assert allowed == [(kind, base64.b64encode(digest).decode()) for kind, digest in digests]
    # The policy would drop a style attribute, and the console would tell.
    assert not seen.values("style")


@every_page
def test_the_policy_comes_before_anything_else(page: str) -> None:
    head = page[page.index("<head>") + len("<head>") :].lstrip()
    assert head.startswith('<meta http-equiv="Content-Security-Policy"')


@every_page
def test_no_control_and_no_bidi_override_reaches_the_page(page: str) -> None:
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page
    )
    page.encode()


def test_hostile_texts_are_shown_as_texts() -> None:
    seen = Page(PAGES["hostile"])
    assert "</script><script>alert(1)</script><img src=x onerror=alert(2)>" in seen.text
    assert seen.scripts == Page(PAGES["student"]).scripts
    assert HOSTILE not in PAGES["hostile"]


def test_what_a_student_needs_to_read() -> None:
    seen = Page(PAGES["student"])
    assert "À corriger d’abord" in seen.text
    assert "serveur.py , ligne 15" in seen.text or "serveur.py, ligne 15" in seen.text
    assert "15 / 20" in seen.text
    assert "attend dans recv(), ligne 15" in seen.text
    assert "wiregrade check . --only server-nominal --seed 5e3d" in seen.text
    assert "runs/n.pcapng" in seen.values("href")
    assert seen.tags.count("svg") == 3


def test_the_difference_is_marked() -> None:
    marks = re.findall(r"<mark>(.*?)</mark>", PAGES["student"])
    assert marks[:2] == ["n", "é"]


def test_every_diagram_has_a_table_that_says_the_same() -> None:
    page = PAGES["student"]
    seen = Page(page)
    assert seen.tags.count("caption") == seen.tags.count("svg")
    for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        assert 'role="group"' in svg
        assert "<title" in svg
    ids = seen.values("id")
    drawn = [name for name in ids if re.match(r"a\d+-", name)]
    assert len(drawn) > 20
    # Each moment of the drawing leads to its row, and each row back.
    assert {f"m{name[1:]}" for name in drawn} <= set(ids)
    links = seen.values("href")
    assert {f"#m{name[1:]}" for name in drawn} <= set(links)
    assert {f"#{name}" for name in drawn} <= set(links)


def test_a_moment_knows_its_bytes_its_line_and_where_it_was_printed() -> None:
    row = re.search(
        r'<tr class="row is-data" id="m4-server-nominal".*?</tr>', PAGES["student"], re.S
    )
    assert row
    assert 'data-kin="5"' in row[0]
    assert "Bonjour Serveur 65432" in row[0]
    assert "42 6f 6e 6a 6f 75 72" in row[0]
    assert 'class="src" href="#src-serveur-py-15"' in row[0]


def test_a_page_that_is_alone_carries_its_captures() -> None:
    links = Links(wires=carried({"server-nominal": b"\x0a\x0d\x0d\x0a", "gone": b"x"}.items()))
    page = student_html(lab(), stuck_grade(), {"server-nominal": stuck_server()}, (), "en", links)
    seen = Page(page)
    assert "data:application/octet-stream;base64,Cg0NCg==" in seen.values("href")
    assert seen.values("download") == ["server-nominal.pcapng"]
    assert "server-nominal.pcapng (4 bytes)" in seen.text


def test_a_capture_too_big_to_be_carried_is_said_to_be() -> None:
    links = Links(wires=carried({"server-nominal": b"x" * 70_000}.items()))
    page = student_html(lab(), stuck_grade(), {"server-nominal": stuck_server()}, (), "fr", links)
    assert "trop grande pour être jointe (70\u202f000 octets)" in page
    assert "data:" not in page


def test_the_class_page_links_to_every_report() -> None:
    seen = Page(PAGES["class"])
    assert "dupont_marie/index.html" in seen.values("href")
    assert not (seen.scripts and "dupont" in seen.scripts[0])
    assert "martin/index.html" in seen.values("href")
    assert "Moyenne" in seen.text


def test_a_verdict_is_a_word_and_a_symbol() -> None:
    seen = Page(PAGES["student in English"])
    assert "✗ to fix" in seen.text
    assert "½ half" in seen.text
    assert "✓ passed" in seen.text


def test_bars_have_a_class_for_their_width() -> None:
    assert [wide(share) for share in (-1, 0, 0.004, 0.755, 1, 2)] == [
        "w0", "w0", "w0", "w76", "w100", "w100"
    ]  # fmt: skip
    classes = " ".join(Page(PAGES["student"]).values("class")).split()
    assert "w75" in classes
    assert ".w75{width:75%}" in PAGES["student"]


def test_an_unknown_language_is_french() -> None:
    assert '<html lang="fr">' in student("xx")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the templates that a page needs are kept once they are compiled."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(html, "_compiled", lambda bucket: tmp_path / "new" / bucket.key)
    return tmp_path / "new"


def test_templates_are_compiled_once(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = html._environment.__wrapped__().get_template("class.html.j2")
    (file,) = kept.iterdir()
    assert page.root_render_func is not None
    monkeypatch.setattr(type(html._environment()), "compile", None)
    html._environment.__wrapped__().get_template("class.html.j2")
    # Made by other modules of ours: not taken.
    file.write_bytes(b"x" + file.read_bytes()[1:])
    with pytest.raises(TypeError):
        html._environment.__wrapped__().get_template("class.html.j2")
    monkeypatch.undo()


def test_where_nothing_can_be_kept_nothing_is(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.write_text("in the way")
    assert html._environment.__wrapped__().get_template("class.html.j2")
    kept.unlink()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert html._environment.__wrapped__().get_template("class.html.j2")
    assert not kept.exists()
