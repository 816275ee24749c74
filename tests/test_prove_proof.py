"""What trials say of a lab: the rules, on trials made by hand."""

from __future__ import annotations

from typing import Any

from engine_tools import tp09
from prove_tools import Files, files, of_role, planned, tp09_files, trial, without_proves

import grader.transcript as tr
from grader.lab.load import load_lab_bytes
from grader.lab.model import Role
from grader.prove.proof import Proof, Trial, conclude, examine

ONE = {
    "server-one": """\
reference:
  - connect
  - {receive: a, proves: server.a}
  - receive: end
expect:
  exit: {status: 0, proves: server.exit}
"""
}


class Made:
    """A lab, and trials of all its programs in which each mutant loses what it touches."""

    def __init__(self, given: Files, role: Role = "server") -> None:
        self.lab = of_role(load_lab_bytes(given), role)
        self.places, self.work = planned(self.lab, given)
        self.trials: dict[str, Trial] = {}
        for case in self.work.cases:
            lost = tuple(
                line.proves
                for line in self.places.lines
                if line.name in case.touches and line.proves
            )
            if case.id == "does-nothing":
                lost = tuple(c.id for c in self.lab.criteria)
            self.trials[case.id] = trial(self.work, self.lab, case.id, lost)

    def set(self, case: str, lost: tuple[str, ...] = (), **more: Any) -> None:
        self.trials[case] = trial(self.work, self.lab, case, lost, **more)

    def proof(self) -> Proof:
        return conclude(self.lab, self.places, self.work, self.trials.values())

    def said(self) -> list[str]:
        return [f"{p.place.line}: {p.message}" for p in self.proof().problems]


def test_a_lab_whose_mutants_all_lose_something_is_proved() -> None:
    made = Made(files(ONE))
    proof = made.proof()
    assert proof.proved
    assert (proof.problems, proof.faults) == ((), ())
    assert [t.case.id for t in proof.trials] == [case.id for case in made.work.cases]


def test_mutants_of_what_no_criterion_speaks_of_are_remarks() -> None:
    remarks = {str(p) for p in Made(files(ONE)).proof().remarks}
    assert any("(wrong-port) earns all points: no criterion speaks of listening" in r
               for r in remarks)  # fmt: skip
    assert not any("drop-send" in r or "wrong-status" in r for r in remarks)


def test_what_a_right_program_loses_is_told_with_the_line() -> None:
    made = Made(files(ONE))
    made.set("no-close", ("server.exit",))
    assert made.said() == [
        "9: a right server (no-close) that leaves closing to its end loses server.exit here:"
        " it did not"
    ]


def test_what_the_model_loses_is_not_said_of_every_variant_again() -> None:
    made = Made(files(ONE))
    for case in made.work.cases:
        if case.kind != "mutant":
            made.set(case.id, ("server.exit",))
    (said,) = made.said()
    assert "the model student that does all that is asked for loses server.exit" in said


def test_a_criterion_that_nobody_loses_shows_nothing() -> None:
    made = Made(files(ONE))
    for case in made.work.cases:
        if case.kind == "mutant":
            made.set(case.id, ("server.exit",))
    assert "6: server.a: no mutant loses it, so it shows nothing" in made.said()


def test_silence_earns_nothing() -> None:
    made = Made(files(ONE))
    made.set("does-nothing", ("server.a",))
    assert made.said() == [
        "9: server.exit: a program that ends at once, and does nothing, earns it"
    ]


def test_a_survivor_is_told_with_what_proves_too_little() -> None:
    made = Made(files(ONE))
    made.set("misspell-send:a")
    assert made.said() == [
        "6: a server that sends a with a letter wrong (misspell-send:a) earns all points:"
        " receive:a holds all the same"
    ]


def test_a_survivor_is_told_with_the_line_where_proves_is_needed() -> None:
    two = {**ONE, "server-two": "reference: [connect, receive: a, receive: end]\n"}
    made = Made(files(two))
    made.set("misspell-send:a", broken=(("server-two", "receive:a"),))
    (problem,) = made.proof().problems
    assert problem.place.file == "server-two.yaml"
    assert (
        "although receive:a does not hold here: it must prove a criterion (such as server.a)"
        in (problem.message)
    )


def test_an_expectation_that_proves_nothing_is_told_without_playing() -> None:
    given, criterion = without_proves(tp09_files(), "client-drawn.yaml", 0)
    assert criterion == "client.print"
    idle = "stdout:greeting: nothing is lost when this does not hold"
    assert [said for said in Made(given, "client").said() if idle in said]


def test_a_hard_coded_print_that_survives_asks_for_drawn_texts() -> None:
    given = dict(tp09_files())
    text = given["client-drawn.yaml"].decode()
    given["client-drawn.yaml"] = text[: text.index("expect:")].encode()
    made = Made(given, "client")
    made.set("constant-print:greeting")
    (said,) = made.said()
    assert "expect it in a scenario with `texts: drawn`, too" in said


def test_a_criterion_that_is_taken_out_is_not_spoken_of() -> None:
    text = tp09_files()["lab.yaml"].decode()
    out = text.replace("  client.exit:\n", "  client.exit:\n    enabled: false\n")
    made = Made({**tp09_files(), "lab.yaml": out.encode()}, "client")
    made.set("crash-at-end")
    proof = made.proof()
    assert not [p for p in proof.problems if "crash-at-end" in p.message]
    assert not [p for p in proof.problems if "client.exit" in p.message]


def test_what_could_not_be_played_is_a_fault_and_nothing_is_concluded_from_its_lack() -> None:
    made = Made(files(ONE))
    for case in made.work.cases:
        made.set(case.id, fault="the disk is full")
    proof = made.proof()
    assert proof.problems == ()
    assert len(proof.faults) == len(made.work.cases)
    assert "server: model: the disk is full" in proof.faults
    assert not proof.proved


def test_a_survivor_that_nobody_could_see_is_no_error_of_the_lab() -> None:
    made = Made(files(ONE))
    made.set("misspell-send:a", seen=False)
    proof = made.proof()
    assert proof.problems == ()
    (fault,) = proof.faults
    assert "(misspell-send:a) earns all points" in fault
    assert fault.endswith("(what programs do can't be read here)")


def test_a_role_that_nobody_could_play_is_a_problem_of_the_lab() -> None:
    answer = "reference: [connect, send: a, {{receive: {}, proves: server.x}}, receive: end]\n"
    given = files({"server-one": answer.format("b"), "server-two": answer.format("c")})
    places, work = planned(load_lab_bytes(given), given)
    assert work.cases == ()
    (problem,) = work.problems
    assert problem.place == places.steps["server-two"]
    assert "no program can do all that is asked for" in problem.message


def test_the_first_lab_has_about_as_many_mutants_as_it_needs() -> None:
    _, work = planned(tp09(), tp09_files())
    counts = {(c.role, c.kind) for c in work.cases}
    assert len(counts) == 6
    assert len(work.cases) < 100
    one = planned(of_role(tp09(), "client"), tp09_files())[1]
    assert {case.role for case in one.cases} == {"client"}


def test_trials_know_what_they_lose_in_the_order_of_the_lab() -> None:
    lab = tp09()
    _, work = planned(lab, tp09_files())
    made = trial(work, lab, "never-closes", ("server.exit", "server.close"))
    assert made.lost == ("server.close", "server.exit")


def test_a_right_program_that_crashes_is_our_fault_and_not_the_lab_s() -> None:
    made = Made(files(ONE))
    header = tr.Header(
        run="server-one", scenario="server-one", role="server", program="s.py", texts={},
        port=7000, delivery="separate", seed="0", isolation="none", facts="kernel",
        interpreter="", started="",
    )  # fmt: skip
    said = b'Traceback (most recent call last):\n  File "s.py", line 3, in f\n    x\nKeyError: 7\n'
    played = tr.of(header, [tr.Stderr(t=1, data=said), tr.Ended(t=2, outcome="crashed")])
    cases = {case.id: case for case in made.work.cases}
    told = examine(made.lab, cases["model"], [played])
    assert told.fault.startswith("in server-one the program that Wiregrade made of the lab crashed")
    assert "(KeyError: 7)" in told.fault
    assert examine(made.lab, cases["crash-at-end"], [played]).fault == ""


def test_of_a_part_points_that_are_kept_are_remarks_and_it_is_never_proved() -> None:
    made = Made(files(ONE))
    made.set("misspell-send:a")
    proof = conclude(made.lab, made.places, made.work, made.trials.values(), part=True)
    assert (proof.problems, proof.proved) == ((), False)
    assert any("(misspell-send:a) earns all points" in p.message for p in proof.remarks)


def test_of_what_was_not_played_nothing_is_concluded() -> None:
    made = Made(files(ONE))
    played = [one for name, one in made.trials.items() if name in ("model", "does-nothing")]
    proof = conclude(made.lab, made.places, made.work, played)
    assert proof.problems == ()
    assert proof.unplayed == len(made.work.cases) - 2
    assert not proof.proved
