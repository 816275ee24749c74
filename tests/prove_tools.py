"""Small labs for the tests of `grader.prove`, written as an author writes them."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from textwrap import dedent

from engine_tools import TP09

from grader.judge.model import Status
from grader.lab.load import lab_files, load_lab_bytes
from grader.lab.model import Lab, Role, Text
from grader.prove.places import Places, places_of
from grader.prove.proof import Planned, Trial, plan

Files = dict[str, bytes]
PORT = 65432

_LAB = """\
lab: small
title: Small
language: en
port: {port}
messages: {{a: "first words {port}", b: "other words, déjà vu", c: the last of them}}
criteria:
{criteria}
{more}
scenarios: [{scenarios}]
"""
_CRITERION = """\
  {id}:
    points: 1
    title: t
    requirement: r
    hint: h
"""


def files(scenarios: dict[str, str], more: str = "", port: int = PORT) -> Files:
    """The files of a lab of these scenarios; its criteria are those that they prove.

    A scenario is `reference:` and `expect:`; its id begins with the role.
    """
    proved = {hit for text in scenarios.values() for hit in re.findall(r"proves: ([\w.]+)", text)}
    criteria = "".join(_CRITERION.format(id=one) for one in sorted(proved))
    lab = _LAB.format(
        port=port, criteria=criteria, more=dedent(more), scenarios=", ".join(scenarios)
    )
    found = {"lab.yaml": lab.encode()}
    for name, text in scenarios.items():
        head = f"scenario: {name}\ntests: {name.partition('-')[0]}\ntitle: {name}\n"
        found[f"{name}.yaml"] = (head + dedent(text)).encode()
    return found


def lab_of(scenarios: dict[str, str], more: str = "") -> Lab:
    """The lab itself."""
    return load_lab_bytes(files(scenarios, more))


@cache
def tp09_files() -> Files:
    """The built-in lab's files."""
    return lab_files(TP09)


def of_role(lab: Lab, role: Role) -> Lab:
    """The lab with the scenarios of one role: half of the work."""
    return replace(lab, scenarios=tuple(s for s in lab.scenarios if s.tests == role))


def planned(lab: Lab, given: Files) -> tuple[Places, Planned]:
    """Where things stand, and what is to be played."""
    places = places_of(lab, given)
    return places, plan(lab, places)


def trial(
    work: Planned,
    lab: Lab,
    case: str,
    lost: tuple[str, ...] = (),
    broken: tuple[tuple[str, str], ...] = (),
    fault: str = "",
    seen: bool = True,
) -> Trial:
    """A trial as if it had been played."""
    made = next(one for one in work.cases if one.id == case)
    counted = [c.id for c in lab.criteria if c.enabled and c.role == made.role]
    statuses = {name: Status.FAIL if name in lost else Status.PASS for name in counted}
    reasons = dict.fromkeys(lost, ("server-one", "exit", Text({"en": "it did not"})))
    return Trial(
        case=made, statuses=statuses, broken=frozenset(broken), reasons=reasons, fault=fault,
        seen=seen,
    )  # fmt: skip


PROVES = re.compile(
    r"(?:, proves: (?P<flow>[\w.]+)(?=[,}]))|(?:^ +proves: (?P<block>[\w.]+)\n)", re.M
)
"""A `proves:` in a flow mapping, or on a line of its own."""


def without_proves(given: Files, file: str, number: int) -> tuple[Files, str]:
    """The files with `proves:` number `number` of one file taken out, and its criterion."""
    text = given[file].decode()
    hit = list(PROVES.finditer(text))[number]
    cut = text[: hit.start()] + text[hit.end() :]
    return {**given, file: cut.encode()}, hit["flow"] or hit["block"]


def all_proves(given: Files) -> list[tuple[str, int, str]]:
    """File, number in it, and criterion of every `proves:` of a lab."""
    return [
        (name, number, hit["flow"] or hit["block"])
        for name, data in sorted(given.items())
        for number, hit in enumerate(PROVES.finditer(data.decode()))
    ]
