"""A student's page stays small, whatever its programs write."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import msgspec
import pytest
from hostile import submission
from page_kinds import Student
from samples import SUBMISSIONS
from transcripts import LAB, Play

from grader import transcript as tr
from grader.judge.grade import judge
from grader.judge.model import Programs, Sweep
from grader.lab.model import Level, Scenario, Text
from grader.submission import SourceFile
from grader.view.detail import FULL, LEVELS, PAGE_BYTES, next_level
from grader.view.html import student_html
from grader.view.links import Links, carried

MS = 1_000_000
DEAREST = (
    b'"\x01',  # a quote and an escape by turns: thirty bytes of HTML for two
    b"a\x80",
    b"<&",
    "e\u0301\u0301\u0301\u0301\u202e".encode(),
    b"x = 1\n",
    b"\n",
)


def flooded(text: bytes, *, repeats: int = 1) -> Student:
    """All runs of the lab, repeats and traces: each moment and each line of a program is `text`."""
    size = 6000
    data = (text * (size // len(text) + 1))[:size]
    played = [t for s in LAB.scenarios for t in _runs(s, data, repeats)]
    line = b"recv(x); send(y) # " + data.replace(b"\n", b"")[:900] + b"\n"
    sources = tuple(SourceFile(path=p, data=line * 3 + data * 2 + line * 600)
                    for p in ("serveur.py", "client.py"))  # fmt: skip
    grade = judge(
        LAB, "flood", "flood", "0" * 32, Programs(server="serveur.py", client="client.py"),
        [t for t in played if "~trace" not in t.header.run],
        sources={s.path: s.data for s in sources},
    )  # fmt: skip
    said = Text({"fr": "coupé", "en": "cut"})
    sweeps = tuple(
        Sweep(scenario=s.id, role="server", message="hello", data=data[:4000], what=said,
              offsets=tuple(range(1, 4000)), failed=(2, 3), run=s.id)
        for s in LAB.scenarios[:2]
    )  # fmt: skip
    return Student(grade=replace(grade, sweeps=sweeps), transcripts=tuple(played), sources=sources)


def _runs(scenario: Scenario, data: bytes, repeats: int) -> list[tr.Transcript]:
    if scenario.tests == "both":
        return []
    play = Play(scenario.id).listens().connected()
    for _ in range(12):
        play.receives(data).prints(data).sends("hello")
        play.entries.append(tr.Stderr(t=len(play.entries) * MS, data=data))
    whole = play.stuck(2)
    ids = [scenario.id, *(f"{scenario.id}~{n}" for n in range(2, repeats + 1))]
    if scenario.level is Level.GRADED:
        ids.append(f"{scenario.id}~trace")
    return [_named(whole, run, data) for run in ids]


def _named(whole: tr.Transcript, run: str, data: bytes) -> tr.Transcript:
    header = msgspec.structs.replace(whole.header, run=run)
    entries = list(whole.entries)
    if run.endswith("~trace"):
        text = data[:60].decode("utf-8", "surrogateescape")
        entries[1:1] = [
            tr.SystemCall(t=MS, pid=7, name="sendto", fd=4, protocol="tcp", address=("::1", 1),
                          argument=text, size=4, result=-1, error=text, took=MS)
            for _ in range(300)
        ]  # fmt: skip
    return tr.of(header, entries)


@pytest.mark.parametrize("text", DEAREST[::4])
def test_floods_stay_small(text: bytes) -> None:
    one = flooded(text)
    page = one.html("fr")
    assert len(page.encode()) < PAGE_BYTES
    assert "cette page en montre une partie" in page
    # What the grade is about is all there.
    assert all(f'id="{c.criterion.id}"' in page for c in one.grade.criteria)
    assert all(f'id="run-{run.id}"' in page for run in one.grade.runs if "~" not in run.id)
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets <= set(re.findall(r'\bid="([^"]+)"', page))


@pytest.mark.parametrize("text", DEAREST[:4])
def test_names_and_all_other_texts_stay_small(text: bytes) -> None:
    made = submission(text * (250 // len(text)))  # a file's name is no longer
    assert len(made.pages()["student"].encode()) < PAGE_BYTES


def test_captures_that_a_page_carries_do_not_count() -> None:
    right = SUBMISSIONS / "juste_enonce"
    sources = [SourceFile(path="serveur.py", data=(right / "serveur.py").read_bytes())]
    one = flooded(b"a", repeats=1)
    few = one.transcripts[:1]
    grade = judge(LAB, "x", "x", "seed", Programs(server="serveur.py", client=None), list(few),
                  sources={})  # fmt: skip
    run = few[0].header.run
    links = Links(wires=carried((f"{run}{n}", b"\0" * 60_000) for n in range(8)))
    links = Links(wires={run: links.wires[f"{run}0"], **links.wires})
    page = student_html(LAB, grade, {run: few[0]}, sources, "en", links)
    assert "this page shows a part of it" not in page


def test_each_level_shows_less() -> None:
    fields = [name for name in vars(FULL) if name != "level"]
    for more, less in pairwise(LEVELS):
        assert all(getattr(less, name) <= getattr(more, name) for name in fields)
    assert [one.level for one in LEVELS] == list(range(len(LEVELS)))


@pytest.mark.parametrize(
    ("size", "level", "then"),
    [(300_001, 0, 1), (600_001, 0, 2), (300_000, 3, 4), (9_000_000, 0, 4)],
)
def test_far_too_big_a_page_skips_a_level(size: int, level: int, then: int) -> None:
    assert next_level(size, level) == then
