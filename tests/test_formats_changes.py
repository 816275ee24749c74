"""What one grading changes against another: who, where, by how much."""

from __future__ import annotations

import json
from collections.abc import Sequence

import msgspec
from export_samples import result_of
from report_samples import DIAGNOSIS, grade, hostile_grade, stuck_grade

from grader.formats.changes import Pair, Totals, changes, changes_json, changes_text
from grader.judge.model import Status
from grader.results import DigestsInfo, Result


def result(identifier: str, **statuses: Status) -> Result:
    return result_of(grade(identifier, {k.replace("_", "."): v for k, v in statuses.items()}))


def text(pairs: Sequence[Pair], language: str = "en") -> list[str]:
    return list(changes_text(pairs, language))


FAILED = result("ann", server_print2=Status.FAIL)
PASSED = result("ann")


def test_a_better_grade_in_words() -> None:
    assert text([(FAILED, PASSED), (PASSED, PASSED)]) == [
        "ann  18/20 → 20/20",
        "  server.print2  to fix 0/2 → passed 2/2",
        "",
        "Criteria:",
        "  server.print2  more points: 1, fewer: 0",
        "",
        "Unchanged: 1, changed: 1 (up: 1, down: 0), new: 0, withdrawn: 0",
    ]


def test_nothing_changed() -> None:
    assert text([(PASSED, PASSED)], "fr") == [
        "Inchangés\u00a0: 1, changés\u00a0: 0 (montent\u00a0: 0, baissent\u00a0: 0), "
        "nouveaux\u00a0: 0, retirés\u00a0: 0"
    ]


def test_who_is_new_and_who_is_gone() -> None:
    totals = Totals()
    new, gone = changes([(None, PASSED), (FAILED, None)], totals)
    assert (new.criteria, new.new, gone.criteria, gone.gone) == ((), (), (), ())
    assert totals.submissions == {"added": 1, "removed": 1}
    assert text([(None, PASSED), (FAILED, None)])[:2] == [
        "ann  absent → 20/20", "ann  18/20 → absent",
    ]  # fmt: skip


def test_a_grade_that_was_not_run_went_neither_up_nor_down() -> None:
    not_run = result("ann", server_print2=Status.NOT_RUN)
    totals = Totals()
    (change,) = changes([(PASSED, not_run)], totals)
    assert change.step is None
    assert totals.submissions == {"changed": 1}
    assert not totals.worse
    assert text([(PASSED, not_run)])[:2] == [
        "ann  20/20 → 18/18 (provisional)", "  server.print2  passed 2/2 → not graded",
    ]  # fmt: skip


def test_a_criterion_that_the_lab_dropped_or_made_worth_more() -> None:
    fewer = msgspec.structs.replace(PASSED, criteria=PASSED.criteria[1:], score=19, max_score=19)
    lines = text([(PASSED, fewer)])
    assert lines[1] == "  server.listen  passed 1/1 → absent"
    worth = msgspec.structs.replace(FAILED.criteria[4], max_points=3)
    dearer = msgspec.structs.replace(
        FAILED, criteria=(*FAILED.criteria[:4], worth, *FAILED.criteria[5:]), max_score=21
    )
    assert text([(FAILED, dearer)])[1] == "  server.print2  to fix 0/2 → to fix 0/3"


def test_mistakes_that_are_told_now_and_no_longer() -> None:
    told = result_of(grade("ann", diagnoses=[DIAGNOSIS]))
    assert text([(PASSED, told), (told, PASSED)])[:4] == [
        "ann  20/20 → 20/20", "  Told now: never-closes",
        "ann  20/20 → 20/20", "  No longer told: never-closes",
    ]  # fmt: skip


def test_a_program_that_was_handed_in_again_is_said() -> None:
    first, second = (
        msgspec.structs.replace(one, digests=DigestsInfo(submission=digest, lab="l"))
        for one, digest in ((FAILED, "a"), (PASSED, "b"))
    )
    assert text([(first, second)])[0] == ("ann  18/20 → 20/20  (what was handed in changed, too)")


def test_json_says_the_same() -> None:
    document = json.loads("".join(changes_json([(FAILED, PASSED), (None, FAILED)], True)))
    assert document["lab_changed"] is True
    assert document["totals"] == {
        "same": 0, "changed": 1, "up": 1, "down": 0, "added": 1, "removed": 0,
    }  # fmt: skip
    assert document["criteria"] == [{"id": "server.print2", "better": 1, "worse": 0}]
    changed, added = document["submissions"]
    assert (changed["id"], changed["change"], changed["score"]) == ("ann", "changed", [18, 20])
    assert changed["criteria"] == [
        {"id": "server.print2", "status": ["fail", "pass"], "points": [0, 2], "max_points": [2, 2]}
    ]
    assert (added["change"], added["score"]) == ("added", [None, 18])
    assert json.loads("".join(changes_json([], False)))["submissions"] == []


def test_nothing_hostile_is_obeyed() -> None:
    nasty = msgspec.structs.replace(result_of(hostile_grade()), id="\x1b[31m\u202e")
    shown = "\n".join(text([(None, nasty), (result_of(stuck_grade()), nasty)]))
    shown += "".join(changes_json([(None, nasty)], False))
    assert "\x1b" not in shown
    assert "\u202e" not in shown
