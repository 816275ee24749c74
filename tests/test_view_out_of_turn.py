"""What came, but not when it was waited for."""

from __future__ import annotations

from dataclasses import replace

from report_samples import MS, header

from grader import transcript as tr
from grader.lab.model import Action, ReferenceStep
from grader.view.out_of_turn import out_of_turn
from grader.view.sequence import moments

STEPS = [ReferenceStep(action=Action.RECEIVE, messages=(n,)) for n in ("hello", "goodbye")]
GOODBYE = tr.Received(t=MS, data=header().texts["goodbye"].encode())


def step(index: int, status: str = "missed") -> tr.Step:
    return tr.Step(t=2 * MS, index=index, status=status, reason="gone")


def run(*entries: tr.AnyEntry) -> tr.Transcript:
    return tr.of(header(), [*entries, tr.Ended(t=3 * MS, outcome="completed")])


def test_what_came_before_its_turn_is_not_said_to_be_missing() -> None:
    told = [m.label for m in moments(run(GOODBYE, step(0), step(1)), "en", STEPS)]
    assert told[1].startswith("did not come: “Bonjour Serveur")
    assert told[2].startswith("came, but out of its turn: “Serveur 65432")


def test_what_came_later_or_to_another_start_is_missing() -> None:
    assert not out_of_turn(run(step(0), step(1), GOODBYE), STEPS)
    assert not out_of_turn(run(GOODBYE, tr.Started(t=MS, number=2), step(1)), STEPS)


def test_what_a_step_has_taken_came_once() -> None:
    twice = [STEPS[1], STEPS[1]]
    assert not out_of_turn(run(GOODBYE, step(0, "begun"), step(0, "done"), step(1)), twice)


def test_what_may_be_left_out_is_told_without_blame_and_ways_not_taken_not_at_all() -> None:
    may, must = replace(STEPS[0], optional=True), STEPS[1]
    labels = [
        m.label
        for m in moments(run(step(0, "passed-over"), step(1, "passed-over")), "fr", [may, must])
    ]
    assert labels[0].startswith("facultatif, n’est pas venu\u00a0: «\u00a0Bonjour Serveur")
    assert len(labels) == 1
    come = run(GOODBYE, step(1, "passed-over"), step(1))
    assert out_of_turn(come, STEPS) == {1}  # nobody has taken it
