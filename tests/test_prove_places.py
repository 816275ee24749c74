"""Where a lab's expectations stand."""

from __future__ import annotations

from pathlib import Path

from engine_tools import tp09
from prove_tools import all_proves, tp09_files

from grader.prove.places import places_of


def test_every_expectation_of_a_graded_scenario_has_its_line() -> None:
    files = tp09_files()
    places = places_of(tp09(), files, Path("somewhere"))
    nominal = {x.name: x for x in places.lines if x.scenario == "server-nominal"}
    assert list(nominal) == [
        "receive:greeting", "end", "listening", "bound", "stdout:hello", "stdout:goodbye", "exit",
    ]  # fmt: skip
    assert nominal["receive:greeting"].proves == "server.greeting"
    lines = files["server-nominal.yaml"].decode().splitlines()
    for line in nominal.values():
        assert line.place.file == "somewhere/server-nominal.yaml"
        word = line.name.partition(":")[2] or line.name
        assert word in lines[line.place.line - 1]
    assert not [x for x in places.lines if x.scenario == "server-split"]


def test_what_is_there_to_be_judged_is_told_from_what_is_a_step() -> None:
    places = places_of(tp09(), tp09_files())
    drawn = [x for x in places.lines if x.scenario == "server-drawn"]
    assert [(x.name, x.in_expect, x.proves) for x in drawn] == [
        ("receive:greeting", False, None),
        ("end", False, None),
        ("stdout:hello", True, "server.print1"),
        ("stdout:goodbye", True, "server.print2"),
    ]


def test_criteria_and_steps_have_places_too() -> None:
    places = places_of(tp09(), tp09_files())
    assert list(places.criteria) == [c.id for c in tp09().criteria]
    lab = tp09_files()["lab.yaml"].decode().splitlines()
    assert lab[places.criteria["client.send2"].line - 1] == "  client.send2:"
    assert set(places.steps) == {
        "server-nominal", "server-drawn", "client-nominal", "client-drawn",
    }  # fmt: skip
    assert len(all_proves(tp09_files())) == sum(x.proves is not None for x in places.lines)
