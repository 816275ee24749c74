"""results.json and result.json keep their contract, whatever students are called."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from importlib import resources

import pytest
from certified import SWEEP, UNCERTIFIED
from report_samples import grade, hostile_grade, lab, stuck_grade

from grader import results as r
from grader.judge.model import Status
from grader.submission import SourceFile


@pytest.mark.parametrize("name", sorted(r.SCHEMAS))
def test_the_shipped_schema_is_current(name: str) -> None:
    shipped = (resources.files("grader.schemas") / f"{name}.schema.json").read_bytes()
    assert shipped == r.json_schema(name), (
        "write grader.results.json_schema(name) to grader/schemas/<name>.schema.json"
    )


def test_results_have_the_fields_of_the_contract_in_their_order() -> None:
    document = json.loads(r.encode(r.results(lab(), "full", [stuck_grade()])))
    assert list(document) == ["schema_version", "tool", "lab", "isolation", "submissions"]
    assert list(document["lab"]) == ["id", "title", "max_score"]
    submission = document["submissions"][0]
    assert list(submission) == [
        "id", "name", "score", "max_score", "complete", "problem", "seed", "files", "criteria",
        "runs", "diagnoses", "result", "report",
    ]  # fmt: skip
    assert list(submission["criteria"][0]) == [
        "id", "status", "points", "max_points", "diagnoses", "visibility",
    ]  # fmt: skip
    assert list(submission["runs"][0]) == [
        "id", "scenario", "role", "graded", "delivery", "outcome", "limit", "exit", "seconds",
        "visibility",
    ]  # fmt: skip
    assert list(submission["diagnoses"][0]) == ["id", "role", "file", "line", "level"]


def test_values_of_a_stuck_server() -> None:
    submission = json.loads(r.encode(r.results(lab(), "full", [stuck_grade()])))["submissions"][0]
    assert (submission["score"], submission["max_score"], submission["complete"]) == (15, 20, True)
    assert submission["files"] == {"server": "serveur.py", "client": "client.py"}
    assert submission["criteria"][4] == {
        "id": "server.print2",
        "status": "fail",
        "points": 0,
        "max_points": 2,
        "diagnoses": ["never-closes"],
        "visibility": "visible",
    }
    assert [run["exit"] for run in submission["runs"]] == [
        {"signal": "SIGABRT"},
        {"status": 1},
        {"status": 0},
        None,
    ]
    assert [run["graded"] for run in submission["runs"]] == [True, True, True, False]
    assert submission["report"] == "dupont_marie/index.html"


def test_a_result_is_the_submission_and_more() -> None:
    files = [SourceFile(path="serveur.py", data=b"abc")]
    one = json.loads(r.encode(r.result(lab(), "full", stuck_grade(), files)))
    whole = json.loads(r.encode(r.results(lab(), "full", [stuck_grade()])))["submissions"][0]
    for name, value in whole.items():
        if name not in ("criteria", "diagnoses"):
            assert one[name] == value
    for name in ("criteria", "diagnoses"):
        for less, more in zip(whole[name], one[name], strict=True):
            assert less.items() <= more.items()
    assert one["schema_version"] == 1
    assert one["sha256"]["serveur.py"].startswith("ba7816bf8f01cfea")
    finding = one["criteria"][2]["findings"][0]
    assert finding["actual"].endswith("est etablie\\n")
    assert one["advice"][0]["run"] == "server-coalesced"


def test_what_repeats_came_to() -> None:
    made = replace(stuck_grade(), certification=UNCERTIFIED)
    document = json.loads(r.encode(r.results(lab(), "full", [made, stuck_grade()])))
    with_repeats, without = document["submissions"]
    assert "certification" not in without
    assert with_repeats["certification"] == {
        "repeats": 3,
        "runs": 12,
        "verdicts": 14,
        "differences": [
            {
                "role": "server",
                "scenario": "server-nominal",
                "expectation": "stdout:goodbye",
                "criterion": "server.print2",
                "verdicts": [
                    {
                        "status": "pass",
                        "runs": ["server-nominal", "server-nominal~3"],
                        "transcript": "dupont_marie/runs/server-nominal.jsonl",
                    },
                    {
                        "status": "fail",
                        "runs": ["server-nominal~2"],
                        "transcript": "dupont_marie/runs/server-nominal~2.jsonl",
                    },
                ],
            }
        ],
    }


def test_what_a_sweep_came_to() -> None:
    made = replace(stuck_grade(), sweeps=(SWEEP,))
    one = json.loads(r.encode(r.result(lab(), "full", made)))
    assert one["sweeps"] == [
        {
            "scenario": "server-coalesced",
            "role": "server",
            "message": "greeting",
            "bytes": 25,
            "run": "server-coalesced@18",
            "tried": list(range(1, 25)),
            "failed": [18],
        }
    ]
    assert "sweeps" not in json.loads(r.encode(r.result(lab(), "full", stuck_grade())))
    assert r.read_result(r.encode(r.result(lab(), "full", made))).sweeps


def test_points_are_exact_numbers() -> None:
    assert r.number(Fraction(35, 2)) == 17.5
    assert repr(r.number(Fraction(20))) == "20"
    assert repr(r.number(Fraction(1, 10))) == "0.1"
    assert repr(r.number(Fraction(1, 3))) == "0.3333"


def test_what_is_written_can_be_read_again() -> None:
    graded = [stuck_grade(), hostile_grade(), grade("x", {"client.print": Status.NOT_RUN})]
    whole = r.results(lab(), "none", graded, "en")
    assert r.read_results(r.encode(whole)) == whole
    for one in graded:
        detailed = r.result(lab(), "none", one, language="en")
        assert r.read_result(r.encode(detailed)) == detailed


def test_a_name_that_is_not_unicode_does_not_break_the_file() -> None:
    data = r.encode(r.results(lab(), "full", [hostile_grade()]))
    name = json.loads(data)["submissions"][0]["name"]
    assert name.endswith("\\xe9")
    assert "\u202e" not in name
    assert b"\x1b" not in data


def test_another_document_is_refused() -> None:
    with pytest.raises(ValueError, match="schema_version"):
        r.read_results(b"{}")
    with pytest.raises(ValueError, match="malformed"):
        r.read_result(b"nonsense")


@pytest.mark.parametrize("size", [0, 1, 3])
def test_a_class_in_pieces_is_the_same_document(size: int) -> None:
    grades = [stuck_grade(), hostile_grade(), grade()][:size]
    whole = r.encode(r.results(lab(), "full", grades, "fr"))
    assert b"".join(r.encoded(lab(), "full", grades, "fr")) == whole
