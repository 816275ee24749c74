"""A proof as tables and as data."""

from __future__ import annotations

import json
from dataclasses import replace

from prove_tools import files, planned, trial

from grader.lab.load import load_lab_bytes
from grader.lab.problems import LabProblem, Place
from grader.prove import document
from grader.prove.proof import Proof, conclude
from grader.prove.table import Table, plain, tables, verdict

LAB = {
    "server-one": """\
    reference: [connect, {receive: a, proves: server.a}, {receive: end, proves: server.close}]
    """,
}
PROBLEM = LabProblem(Place("lab.yaml", 3, 5), "something is wrong")


def proof(fault: str = "") -> Proof:
    given = files(LAB)
    lab = load_lab_bytes(given)
    places, work = planned(lab, given)
    lost = {
        "never-closes": ("server.close",),
        "does-nothing": ("server.a", "server.close"),
        "drop-send:a": ("server.a",),
        "no-close": ("server.close",),
    }
    done = [
        trial(work, lab, c.id, lost.get(c.id, ()), fault=fault if c.id == "latin-1" else "")
        for c in work.cases
    ]
    return conclude(lab, places, work, done)


def rows(table: Table) -> dict[str, tuple[str, ...]]:
    return {row[0]: row[1:] for row in table.rows}


def test_criteria_have_their_mutants_and_mutants_their_criteria() -> None:
    criteria, right, mutants, left_out = tables(proof())
    assert criteria.heading == "Server: 2 criteria, 2 points"
    assert rows(criteria)["server.close"] == ("1", "does-nothing, never-closes")
    assert rows(right)["model"][0] == "nothing"
    assert rows(mutants)["never-closes"] == ("close", "closes only after its peer has")
    assert rows(mutants)["does-nothing"][0] == "everything"
    assert rows(left_out)["server drop-read"] == ("it reads nothing",)


def test_what_is_an_error_is_marked() -> None:
    criteria, right, mutants, _ = tables(proof())
    assert criteria.bad == frozenset()
    assert [right.rows[i][0] for i in right.bad] == ["no-close"]
    assert "misspell-send:a" in {mutants.rows[i][0] for i in mutants.bad}
    assert "never-closes" not in {mutants.rows[i][0] for i in mutants.bad}


def test_what_could_not_be_judged_says_so() -> None:
    _, right, _, _ = tables(proof(fault="no memory"))
    assert rows(right)["latin-1"][0] == "not judged: no memory"


def test_columns_are_wrapped_but_for_the_first() -> None:
    table = Table("Title", ("id", "many", "words"), (("a-long-id", "x, " * 30, "and so on " * 9),))
    text = plain(table, 80)
    lines = text.splitlines()
    assert lines[0] == "Title"
    assert lines[1].split() == ["id", "many", "words"]
    assert lines[2].startswith("  a-long-id  x,")
    assert len(lines) > 4
    assert all(len(line) <= 80 and line == line.rstrip() for line in lines)
    assert all(line.startswith(" " * 13) for line in lines[3:])


def test_a_narrow_terminal_breaks_nothing() -> None:
    for table in tables(proof()):
        assert plain(table, 10)


def test_the_verdict_in_a_line() -> None:
    made = proof()
    right = replace(made, problems=(), remarks=())
    assert verdict(right).startswith("small: proved. Each of ")
    assert verdict(replace(right, remarks=(PROBLEM,))).startswith("small: proved, with 1 remark (")
    assert verdict(replace(right, problems=(PROBLEM,))).startswith("small: not proved, 1 problem (")
    assert "1 program could not be judged" in verdict(replace(right, faults=("x",)))


def test_the_document_says_the_same_and_is_json() -> None:
    made = proof()
    said = json.loads(json.dumps(document.of_proof(made, "full")))
    assert said["schema_version"] == 1
    assert said["lab"] == {"id": "small", "max_score": "2"}
    assert said["proved"] is False
    server = said["roles"]["server"]
    assert server["criteria"][1]["lost_by"] == ["does-nothing", "never-closes"]
    program = next(p for p in server["programs"] if p["id"] == "never-closes")
    assert program == {
        "id": "never-closes", "kind": "mutant", "does": "closes only after its peer has",
        "touches": ["end"], "loses": {"server.close": "fail"}, "fault": None,
    }  # fmt: skip
    assert {p["file"] for p in said["problems"]} == {"lab.yaml", "server-one.yaml"}
    assert set(said["roles"]) == {"server"}


def test_the_document_of_a_lab_that_was_not_proved_or_not_read() -> None:
    lab = proof().lab
    assert document.of_lab(lab, ())["proved"] is None
    unread = document.of_lab(None, (PROBLEM,))
    assert unread["lab"] is None
    assert unread["problems"] == [
        {"file": "lab.yaml", "line": 3, "column": 5, "message": "something is wrong"}
    ]
