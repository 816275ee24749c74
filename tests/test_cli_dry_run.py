"""`grade --dry-run`: it says what `grade` then does, and leaves no trace."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from batch_tools import SETTINGS, FakeEngine, judge, source, submission, waiting
from test_batch_earlier import ONE, grade, longer

from grader.batch import grading, output
from grader.batch.grading import Grading, Settings
from grader.batch.plan import LabSource, jobs_of
from grader.cli import app
from grader.cli.dry_run import plan_text
from grader.submission import Submission

OLD, NEW = submission("dupont"), submission("martin")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where one of two is graded."""
    with output.opened(tmp_path / "out") as folder:
        folder.mark(grading.marker_of(source(), SETTINGS))
        list(Grading(folder, source(), SETTINGS, judge).grade(waiting(OLD), FakeEngine()))
    return tmp_path / "out"


def plan(
    out: Path,
    *those: Submission,
    lab: LabSource | None = None,
    settings: Settings = SETTINGS,
    fresh: bool = False,
    sharing: bool = True,
    teams: Mapping[str, str] = MappingProxyType({}),
) -> list[str]:
    folder = output.OutputFolder(out)
    entries = waiting(*(those or (OLD, NEW)))
    lab = lab or source()
    text = plan_text(entries, folder, lab, settings, fresh=fresh, sharing=sharing, teams=teams)
    return text.replace("\xa0", " ").split("\n")


def runs_of(one: Submission) -> int:
    return sum(len(job.scenarios) for job in jobs_of(source().lab, one, "seed"))


def test_what_is_graded_is_taken_over_and_the_rest_counted(out: Path) -> None:
    engine = FakeEngine()
    told = plan(out)
    assert told[0] == "dupont : repris"
    assert told[1].startswith("martin : à noter, ")
    assert told[2].startswith("1 à noter, 1 repris, ")
    with output.opened(out) as folder:
        again = Grading(folder, source(), SETTINGS, judge)
        done = {one.grade.id: one for one in again.grade(waiting(OLD, NEW), engine)}
    assert done["dupont"].taken_over
    assert engine.played == ["martin"]
    runs = len(list((out / "martin" / "runs").glob("*.jsonl")))
    assert told[1] == f"martin : à noter, {runs} exécutions"


def test_fresh_or_changed_it_is_graded_anew(out: Path) -> None:
    assert plan(out, fresh=True)[2].startswith("2 à noter, 0 repris")
    next((out / "dupont" / "runs").glob("*.jsonl")).write_text("torn")
    assert plan(out)[2].startswith("2 à noter, 0 repris")


def test_only_the_runs_that_a_change_touches_are_counted(tmp_path: Path) -> None:
    _, first, _ = grade(tmp_path)
    lab = longer(source())
    told = plan(tmp_path, ONE, lab=lab)
    assert told == [
        f"a : à noter, 1 exécutions (en plus de {len(first) - 1} reprises)",
        f"1 à noter, 0 repris, 1 exécutions (en plus de {len(first) - 1} reprises) ; "
        "rien n’a été exécuté ni écrit.",
    ]
    # Neither is one where nothing is shared, or each is seen for itself.
    whole = f"1 à noter, 0 repris, {runs_of(ONE)} exécutions ;"
    assert plan(tmp_path, ONE, lab=lab, sharing=False)[-1].startswith(whole)
    assert plan(tmp_path, ONE, lab=lab, fresh=True)[-1].startswith(whole)
    twice = plan(tmp_path, ONE, lab=lab, settings=replace(SETTINGS, certify=2))
    assert twice[-1].startswith(f"1 à noter, 0 repris, {2 * runs_of(ONE)} exécutions ;")
    assert grade(tmp_path, lab)[1] == ["server-drawn"]


def test_in_english_too(tmp_path: Path) -> None:
    grade(tmp_path)
    settings, copy = replace(SETTINGS, language="en"), replace(NEW, id="z", name="z")
    told = plan(tmp_path, ONE, NEW, copy, lab=longer(source()), settings=settings)
    more, runs = runs_of(ONE) - 1, runs_of(NEW)
    assert told[0].startswith("a: to be graded, 1 runs (besides ")
    assert told[2] == "z: to be graded, a copy of another submission, nothing to run"
    assert told[3].startswith(
        f"3 to be graded (copies: 1), 0 taken over, {1 + runs} runs (besides "
    )
    assert int(told[3].split("besides ")[1].split()[0]) <= more


def test_who_handed_in_the_same_is_counted_once(out: Path) -> None:
    of_old, of_new = (replace(one, id=f"z{one.id}", name="z") for one in (OLD, NEW))
    told = plan(out, OLD, NEW, of_new, of_old)
    copied = "à noter, copie d’une autre remise, rien à exécuter"
    assert told[2:4] == [f"z : {copied}"] * 2
    runs = runs_of(NEW)
    assert told[4].startswith(f"3 à noter (copies : 2), 1 repris, {runs} exécutions ;")
    engine = FakeEngine()
    with output.opened(out) as folder:
        list(
            Grading(folder, source(), SETTINGS, judge).grade(
                waiting(OLD, NEW, of_new, of_old), engine
            )
        )
    assert engine.played == ["martin"]


def test_a_copy_of_what_is_torn_is_none(out: Path) -> None:
    of_old = replace(OLD, id="zoe", name="zoe")
    next((out / "dupont" / "runs").glob("*.jsonl")).write_text("torn")
    assert plan(out, of_old)[0].startswith("zoe : à noter, ")
    assert "copie" not in plan(out, of_old)[0]
    assert "copie" not in plan(out, of_old, NEW, sharing=False)[1]


def test_a_copy_of_what_is_not_complete_is_none(out: Path) -> None:
    of_old = replace(OLD, id="zoe", name="zoe")
    assert "copie" in plan(out, of_old)[0]
    result = out / "dupont" / "result.json"
    result.write_text(json.dumps({**json.loads(result.read_text()), "complete": False}))
    assert "copie" not in plan(out, of_old)[0]


def test_who_wants_a_copy_of_what_is_torn_comes_after_whoever_has_it(out: Path) -> None:
    """Their own runs that still hold are taken over, and the copy is of that."""
    of_old = replace(OLD, id="abel", name="abel")
    next((out / "dupont" / "runs").glob("*.jsonl")).write_text("torn")
    told = plan(out, of_old, OLD)
    assert told[0] == "abel : à noter, copie d’une autre remise, rien à exécuter"
    assert told[1].startswith("dupont : à noter, ")
    assert "(en plus de " in told[1]
    engine = FakeEngine()
    with output.opened(out) as folder:
        list(Grading(folder, source(), SETTINGS, judge).grade(waiting(of_old, OLD), engine))
    assert engine.played == ["dupont"]


def test_who_is_in_a_team_comes_after_who_is_in_none(tmp_path: Path) -> None:
    """As they are graded: whose runs are known leads."""
    _, first, _ = grade(tmp_path)
    mate = replace(ONE, id="Z", name="Z")
    told = plan(tmp_path, mate, ONE, lab=longer(source()), teams={"Z": "T1"})
    assert told[:2] == [
        "Z : à noter, copie d’une autre remise, rien à exécuter",
        f"a : à noter, 1 exécutions (en plus de {len(first) - 1} reprises)",
    ]


def test_of_a_team_the_runs_are_counted_once(tmp_path: Path) -> None:
    """As `PlayedOnce` plays them, where each has a result of their own."""
    ada, bob, eve = (replace(NEW, id=name, name=name) for name in ("ada", "bob", "eve"))
    teams = {"ada": "T1", "bob": "T1", "eve": "T2"}
    runs = runs_of(NEW)
    told = plan(tmp_path, ada, bob, eve, sharing=False, teams=teams)
    assert told[:3] == [
        f"ada : à noter, {runs} exécutions",
        "bob : à noter, avec les exécutions de son équipe",
        f"eve : à noter, {runs} exécutions",
    ]
    assert told[3].startswith(f"3 à noter, 0 repris, {2 * runs} exécutions ;")
    other = replace(OLD, id="bob", name="bob")
    told = plan(tmp_path, ada, other, sharing=False, teams=teams)
    assert told[-1].startswith(f"2 à noter, 0 repris, {runs + runs_of(OLD)} exécutions ;")


def test_what_could_not_be_judged_whole_is_tried_again(out: Path) -> None:
    result = out / "dupont" / "result.json"
    assert plan(out, OLD)[0] == "dupont : repris"
    result.write_text(json.dumps({**json.loads(result.read_text()), "complete": False}))
    assert plan(out, OLD)[0].startswith("dupont : à noter")
    # What is torn is judged again from its runs: none is played.
    result.write_text("{")
    assert plan(out, OLD)[0] == "dupont : repris"


def test_nothing_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in" / "dupont"
    folder.mkdir(parents=True)
    (folder / "serveur.py").write_text("print(1)\n")
    (tmp_path / "in" / "notes.txt").write_text("")
    asked = ["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--lang", "en"]
    assert app.main([*asked, "--dry-run", "--isolation", "none"]) == 0
    told = capsys.readouterr()
    assert "dupont: to be graded" in told.out
    assert "notes.txt" in told.err
    assert not (tmp_path / "out").exists()
