"""The engine's options: all that a host has, and nothing that it has not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.run.host import Fact, HostReport
from grader.run.options import RUNS_PER_CORE, cores, options_for

NAMES = ("program state", "socket table")
HOST = HostReport(
    facts=tuple(Fact(name=name, ok=True, detail="") for name in NAMES),
    python="/usr/bin/python3", version="3.11.2", bwrap="/usr/bin/bwrap",
)  # fmt: skip


def test_isolation_full_has_all_that_the_host_has() -> None:
    host = replace(HOST, groups="own")
    found = options_for(host, "full")
    assert (found.bwrap, found.groups, found.facts) == ("/usr/bin/bwrap", "own", "kernel")
    assert found.jobs == RUNS_PER_CORE * cores() >= RUNS_PER_CORE


def test_who_says_how_many_runs_at_once_has_them_measured_by_nobody() -> None:
    assert options_for(HOST, "full").measured
    assert not options_for(HOST, "full", jobs=4).measured


def test_isolated_programs_start_warm_unless_that_is_turned_off() -> None:
    assert options_for(HOST, "full").warm == "pays"
    assert options_for(HOST, "full", warm="never").warm == "never"
    assert options_for(HOST, "none", warm="forced").warm == "never"


def test_without_isolation_there_is_no_sandbox_and_no_group() -> None:
    found = options_for(replace(HOST, groups="own"), "none", jobs=1)
    assert (found.bwrap, found.groups, found.jobs) == (None, "", 1)


@pytest.mark.parametrize("missing", NAMES)
def test_where_programs_cannot_be_read_messages_are_paced(missing: str) -> None:
    facts = tuple(replace(fact, ok=fact.name != missing) for fact in HOST.facts)
    assert options_for(replace(HOST, facts=facts), "none").facts == "paced"
    assert options_for(HOST, "none", facts="paced").facts == "paced"
