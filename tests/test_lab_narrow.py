"""Parts of labs."""

from __future__ import annotations

from dataclasses import replace

from prove_tools import lab_of

from grader.lab.model import Level
from grader.lab.narrow import alone, narrowed

SCENARIOS = {
    "server-one": "reference: [connect, {receive: a, proves: server.a}]\n",
    "server-two": "reference: [connect, {receive: a, proves: server.a},"
    " {receive: b, proves: server.b}]\n",
    "client-one": "reference: [accept, {receive: c, proves: client.c}]\n",
}


def test_a_part_has_what_its_scenarios_prove() -> None:
    lab = lab_of(SCENARIOS)
    part = narrowed(lab, only=["server-one", "client-one"])
    assert [s.id for s in part.scenarios] == ["server-one", "client-one"]
    assert [c.id for c in part.criteria] == ["client.c", "server.a"]
    assert [s.id for s in narrowed(lab, role="server").scenarios] == ["server-one", "server-two"]
    assert narrowed(lab) == lab


def test_what_is_left_out_is_required_no_more() -> None:
    lab = lab_of(SCENARIOS)
    needs = tuple(replace(c, requires=("server.b",)) for c in lab.criteria if c.id == "server.a")
    part = narrowed(replace(lab, criteria=needs), only=["server-one"])
    assert [c.requires for c in part.criteria] == [()]


def test_one_alone_is_graded() -> None:
    lab = lab_of(SCENARIOS)
    assert [s.level for s in alone(lab, "server-two").scenarios] == [Level.GRADED]
