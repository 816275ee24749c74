"""What students may see of a lab."""

from __future__ import annotations

from dataclasses import replace

from transcripts import LAB

from grader.lab.model import ExpectStdout, Lab, Message, Visibility
from grader.lab.visibility import for_students, is_shown, of_criteria, proves


def lab(**visibility: str) -> Lab:
    """The lab with some scenarios (`server_drawn="hidden"`) not for everybody."""
    seen = {name.replace("_", "-"): Visibility(how) for name, how in visibility.items()}
    return replace(
        LAB,
        scenarios=tuple(
            replace(s, visibility=seen.get(s.id, Visibility.VISIBLE)) for s in LAB.scenarios
        ),
    )


def test_hidden_is_hidden_and_after_due_until_the_date_has_passed() -> None:
    some = lab(server_drawn="hidden", client_drawn="after_due")
    shown = {
        passed: [s.id for s in some.scenarios if not is_shown(s, due_passed=passed)]
        for passed in (False, True)
    }
    assert shown == {False: ["server-drawn", "client-drawn"], True: ["server-drawn"]}


def test_a_criterion_is_as_visible_as_its_most_visible_proof() -> None:
    assert set(of_criteria(LAB).values()) == {Visibility.VISIBLE}
    seen = of_criteria(lab(server_nominal="hidden", server_drawn="after_due"))
    assert seen["server.listen"] is Visibility.HIDDEN
    assert seen["server.print1"] is Visibility.AFTER_DUE
    assert seen["client.print"] is Visibility.VISIBLE
    advice = of_criteria(lab(server_nominal="hidden", server_drawn="hidden"))
    assert advice["server.print1"] is Visibility.HIDDEN


def test_the_lab_for_students_lacks_the_scenario_and_its_messages() -> None:
    (hidden,) = (s for s in LAB.scenarios if s.id == "server-drawn")
    steps = tuple(
        replace(step, messages=("secret",)) if "goodbye" in step.messages else step
        for step in hidden.steps
    )
    expect = tuple(
        replace(one, message="printed") if isinstance(one, ExpectStdout) and one.after else one
        for one in hidden.expect
    )
    hidden = replace(hidden, steps=steps, expect=expect, visibility=Visibility.HIDDEN)
    messages = {name: Message(name=name, text=name) for name in ("secret", "printed", "unused")}
    whole = replace(
        LAB,
        messages=LAB.messages | messages,
        scenarios=tuple(hidden if s.id == hidden.id else s for s in LAB.scenarios),
    )
    shown = for_students(whole, due_passed=True)
    assert hidden.id not in {s.id for s in shown.scenarios}
    assert len(shown.scenarios) == len(LAB.scenarios) - 1
    assert list(shown.messages) == ["greeting", "hello", "goodbye", "unused"]
    assert shown.criteria == whole.criteria


def test_what_a_scenario_proves() -> None:
    assert proves(LAB.scenario("server-drawn")) == {"server.print1", "server.print2"}
