"""Mutants of the screen and of files: how often, in which order, alone on a line, which bytes."""

from __future__ import annotations

from prove_tools import lab_of

from grader.prove.model_student import model_student
from grader.prove.mutants import mutants
from grader.prove.plan import Exit, Print, Program, Write

PRINTS = """
reference: [accept, send: a, send: b, {receive: end, proves: client.end}]
expect:
  stdout: [{line: a, proves: client.x}, {contains: b, after: a, times: 2, proves: client.x}]
"""
FILES = """
reference: [accept, send: a, {receive: end, proves: client.end}]
expect:
  files: [{name: held, holds: a, proves: client.x}, {name: any, proves: client.x},
          {name: gone, absent: true, proves: client.x}]
"""


def made(scenario: str) -> dict[str, Program]:
    lab = lab_of({"client-one": scenario})
    cases, _ = mutants(lab, "client", model_student(lab, "client"))
    return {case.id: case.program for case in cases}


def prints(program: Program) -> list[tuple[str, int, bool]]:
    (path,) = program.paths
    return [(act.messages[0], act.times, act.beside) for act in path if isinstance(act, Print)]


def test_prints_once_more_out_of_order_or_beside_others() -> None:
    found = made(PRINTS)
    assert prints(found["print-again:b"]) == [("a", 1, False), ("b", 3, False)]
    assert prints(found["print-late:a"]) == [("b", 2, False), ("a", 1, False)]
    assert prints(found["print-beside:a"]) == [("a", 1, True), ("b", 2, False)]
    assert not {"print-again:a", "print-beside:b"} & found.keys()


def test_of_a_file_that_may_hold_anything_no_content_is_wrong() -> None:
    found = made(FILES)
    assert {"no-file:held", "no-file:any", "half-file:held", "other-file:held"} <= found.keys()
    assert not {"half-file:any", "other-file:any"} & found.keys()


def test_a_file_that_should_not_be_there_is_written_before_the_end() -> None:
    (path,) = made(FILES)["leaves-file:gone"].paths
    assert [type(act) for act in path[-2:]] == [Write, Exit]
