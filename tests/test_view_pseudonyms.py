"""An anonymous page has nothing that a name could be known by."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from class_samples import made_class
from report_samples import DIAGNOSIS, RUNS, grade, lab, text

from grader.judge.model import (
    Certification,
    Difference,
    Digests,
    Problem,
    Programs,
    Remark,
    Status,
    Verdict,
)
from grader.view.html import class_html
from grader.view.pseudonyms import anonymised, pseudonyms
from grader.view.student_model import Links

KEY = b"kept in the folder"
CANARY = "Zqxjkv"


def test_pseudonyms_are_stable_and_different() -> None:
    some = pseudonyms(["a", "b", "c"], KEY)
    assert pseudonyms(["c", "x", "a"], KEY)["a"] == some["a"]
    assert pseudonyms(["a"], b"another key")["a"] != some["a"]
    many = pseudonyms((str(i) for i in range(20_000)), KEY)
    assert len(set(many.values())) == 20_000
    assert all(re.fullmatch(r"[A-Z][a-z]+ \d{4}", name) for name in many.values())


def test_nothing_of_a_name_is_left_anywhere_in_the_page() -> None:
    said = text(f"{CANARY} dit", f"{CANARY} says")
    one = grade(
        f"{CANARY.lower()}_marie", {"server.listen": Status.NOT_RUN},
        name=f"{CANARY} Marie",
        problem=Problem(code="broken", blame="student", message=said),
        remarks=[Remark(code="unclear-role", text=said), Remark(code="other", text=said)],
        programs=Programs(server=f"{CANARY}/serveur.py", client=f"{CANARY}.py"),
        diagnoses=[
            replace(DIAGNOSIS, file=f"{CANARY}.py", explanation=said),
            replace(DIAGNOSIS, id="named", title=text(f"Le fichier de {CANARY} Marie")),
        ],
        runs=[replace(RUNS[0], outcome="timeout", limit="wall", problem=CANARY)],
    )  # fmt: skip
    digests = Digests(submission=CANARY, lab="", programs={"server": CANARY})
    verdicts = (Verdict(status=Status.PASS, runs=("server-nominal",)),)
    differs = Difference(
        role="server", scenario="server-nominal", expectation="exit", criterion=None,
        verdicts=verdicts,
    )  # fmt: skip
    made = Certification(repeats=2, runs=2, verdicts=1, differences=(differs,))
    grades = [replace(g, digests=digests, certification=made) for g in (one, replace(one, id="y"))]
    links = Links(files={"grades.csv": "grades.csv", "results.json": "results.json"})
    for language in ("fr", "en"):
        named = class_html(lab(), grades, language, isolation="full", links=links)
        assert named.count(CANARY) > 5
        page = class_html(lab(), grades, language, isolation="full", links=links, pseudonym_key=KEY)
        assert CANARY.lower() not in page.lower()
        assert not re.findall(r'href="(?!#)', page)
        assert "results.json" not in page.partition("<main")[2].partition("<footer")[2]
        assert pseudonyms([one.id], KEY)[one.id] in page


@pytest.mark.parametrize("size", [3, 200])
def test_the_order_of_rows_tells_nothing(size: int) -> None:
    grades = made_class(size)
    names = [g.name for g in anonymised(grades, KEY)]
    assert names == sorted(names)
    assert {g.score for g in anonymised(grades, KEY)} == {g.score for g in grades}
    assert anonymised(grades[::-1], KEY) == anonymised(grades, KEY)
