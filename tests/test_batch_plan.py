"""What has to be played: jobs, seeds, and a lab cut down to what is asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from batch_tools import source, submission

from grader.batch import plan
from grader.intake import texts
from grader.judge.model import Programs
from grader.lab import visibility
from grader.lab.model import Level
from grader.submission import MissingRole, Submission

LAB = source().lab


def test_what_lies_beside_a_lab_and_is_no_text_is_no_part_of_the_snapshot() -> None:
    files = {**source().files, "b.yaml": b"\xff", "c\udcff.yaml": b"x"}
    made = plan.LabSource(lab=LAB, files=files)
    assert made.texts == source().texts
    assert made.digest != source().digest


def both() -> Submission:
    return replace(submission("a"), programs=Programs(server="serveur.py", client="client.py"))


def test_a_job_for_each_role_graded_scenarios_first() -> None:
    jobs = plan.jobs_of(LAB, both(), "5eed")
    assert [job.role for job in jobs] == ["server", "client", "both"]
    for job in jobs:
        levels = [scenario.level for scenario in job.scenarios]
        assert levels == sorted(levels, key=lambda level: level is Level.ADVICE)
        assert {s.tests for s in job.scenarios} == {job.role}
        assert (job.key, job.seed) == ("a", "5eed")


def test_sweeps_are_played_on_request_only() -> None:
    def names(*, sweep: bool) -> set[str]:
        return {s.id for job in plan.jobs_of(LAB, both(), "", sweep=sweep) for s in job.scenarios}

    sweeps = {"server-split-every", "client-split-every"}
    assert names(sweep=True) == {s.id for s in LAB.scenarios}
    assert names(sweep=True) - names(sweep=False) == sweeps


def test_the_own_pair_comes_last_and_needs_both_programs() -> None:
    pair = plan.jobs_of(LAB, both(), "")[-1]
    assert pair.partner is not None
    assert (pair.role, pair.program, pair.partner.program) == ("both", "serveur.py", "client.py")
    assert {s.tests for s in plan.select(LAB, ["server", "client"]).scenarios} >= {"both"}
    assert {s.tests for s in plan.select(LAB, ["server"]).scenarios} == {"server"}
    (only,) = plan.jobs_of(plan.select(LAB, ["server", "client"], ["own-pair"]), both(), "")
    assert [s.id for s in only.scenarios] == ["own-pair"]


def test_no_job_for_a_role_without_a_program() -> None:
    assert [job.role for job in plan.jobs_of(LAB, submission("a"), "")] == ["server"]


def test_no_job_for_a_role_that_is_hopeless() -> None:
    empty = texts.problem("empty-program", detail="x", role=texts.ROLE_WORDS["client"],
                          example=texts.same("client.py"))  # fmt: skip
    one = replace(both(), missing=(MissingRole(role="client", problem=empty),))
    assert [job.role for job in plan.jobs_of(LAB, one, "")] == ["server"]


def test_no_job_at_all_with_a_problem() -> None:
    assert plan.jobs_of(LAB, replace(both(), problem=texts.problem("broken-archive")), "") == ()


def test_the_seed_comes_from_the_content_unless_given() -> None:
    one, other = submission("a", text=b"1"), submission("a", text=b"2")
    assert plan.seed_for(LAB, one, None) != plan.seed_for(LAB, other, None)
    assert plan.seed_for(LAB, one, None) == plan.seed_for(LAB, submission("a", text=b"1"), None)
    assert plan.seed_for(LAB, one, "mine") == "mine"


def test_the_digest_of_a_lab_changes_with_any_file() -> None:
    changed = replace(source(), files={**source().files, "lab.yaml": b"lab: other\n"})
    assert changed.digest != source().digest


def test_one_role_is_half_the_lab() -> None:
    lab = plan.select(LAB, ("client",))
    assert {c.role for c in lab.criteria} == {"client"}
    assert {s.tests for s in lab.scenarios} == {"client"}
    assert lab.max_score == 10


def test_a_criterion_brings_the_scenarios_that_prove_it_and_nothing_else() -> None:
    lab = plan.select(LAB, ("server", "client"), ["server.print2"])
    assert [c.id for c in lab.criteria] == ["server.print2"]
    assert {s.id for s in lab.scenarios} == {"server-nominal", "server-drawn"}
    assert {p for s in lab.scenarios for p in visibility.proves(s)} == {"server.print2"}


def test_a_scenario_brings_the_criteria_that_it_proves() -> None:
    lab = plan.select(LAB, ("client",), ["client-nominal"])
    assert [s.id for s in lab.scenarios] == ["client-nominal"]
    assert {c.id for c in lab.criteria} == visibility.proves(LAB.scenario("client-nominal"))


def test_advice_brings_no_criteria() -> None:
    lab = plan.select(LAB, ("server",), ["server-split"])
    assert lab.criteria == ()
    assert [s.id for s in lab.scenarios] == ["server-split"]


@pytest.mark.parametrize("identifier", ["server.print2", "client-nominal"])
def test_all_ids_can_be_selected(identifier: str) -> None:
    assert identifier in plan.selectable(LAB)
