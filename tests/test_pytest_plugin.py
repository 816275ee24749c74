"""`pytest --wiregrade`: real pytest runs in folders of their own, real programs."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from recorded import all_recorded
from report_samples import hostile_grade, hostile_sources
from samples import SUBMISSIONS

from grader.judge.criteria import worst
from grader.judge.grade import judge
from grader.judge.model import Programs
from grader.lab.model import Level
from grader.pytest_plugin import told

WRONG = "faute_un_seul_recv"
RIGHT = "juste_enonce"
LOST = {
    "server::server-nominal::server.print2", "server::server-nominal::server.close",
    "server::server-drawn::server.print2",
}  # fmt: skip


@pytest.fixture
def assignment(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with a wrong and a right submission in it."""
    for name in (WRONG, RIGHT):
        shutil.copytree(SUBMISSIONS / name, pytester.path / name)
    return pytester


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return started(pytester, "-p", "no:cacheprovider", *arguments)


def started(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Of all that is installed, our plugin only and xdist, by their entry points.

    A start with every plugin of this environment takes seconds, most of them in others.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        plugins = ("-p", "wiregrade", "-p", "xdist")
        return pytester.runpytest_subprocess("-W", "error", *plugins, *arguments)


def verdicts(xml: Path) -> dict[str, str]:
    """What became of each test, by its name without the submission's."""
    found = {}
    for case in ET.parse(xml).iter("testcase"):
        kinds = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
        name = f"{case.get('classname', '').replace('.', '::')}::{case.get('name')}"
        found[name] = kinds[0] if kinds else "passed"
    return found


# --- the submission's tests ------------------------------------------------------------------


@pytest.mark.sandbox
def test_each_criterion_of_each_scenario_is_a_test(assignment: pytest.Pytester) -> None:
    told_in = run(assignment, "-rA", "--wiregrade", WRONG, "--junitxml=out.xml")
    assert told_in.ret == pytest.ExitCode.TESTS_FAILED
    lines = told_in.outlines
    failed = {line.split(" ")[1] for line in lines if line.startswith("FAILED ")}
    assert failed == {f"{WRONG}::{name}" for name in LOST}
    assert f"PASSED {WRONG}::client::client-nominal::client.send2" in lines
    # Advice costs nothing.
    advice = [line for line in lines if line.startswith(("XFAIL ", "XPASS "))]
    assert advice
    assert all("::advice" in line for line in advice)
    # The mistake, its line, what was expected: not a traceback of ours.
    text = told_in.stdout.str()
    assert "serveur.py:10" in text
    assert "> 10 |" in " ".join(text.split())
    assert "Attendu" in text
    assert "Traceback" not in text
    assert told_in.stderr.str() == ""
    cases = ET.parse(assignment.path / "out.xml").iter("testcase")
    said = {p.get("name"): p.get("value") for case in cases for p in case.iter("property")}
    assert said["diagnosis"] == "one-recv-two-messages"


@pytest.mark.sandbox
def test_only_what_is_left_is_played(assignment: pytest.Pytester) -> None:
    chosen = run(assignment, "--wiregrade", WRONG, "-k", "server.print1", "-m", "graded", "-v")
    chosen.assert_outcomes(passed=2, deselected=chosen.parseoutcomes()["deselected"])
    by_role = run(assignment, "--wiregrade", WRONG, "-m", "client and graded", "--collect-only")
    assert "client.send1" in by_role.stdout.str()
    assert "server.print1" not in by_role.stdout.str()


@pytest.mark.sandbox
def test_in_parallel_it_is_played_once_and_comes_to_the_same(
    assignment: pytest.Pytester,
) -> None:
    one = run(assignment, "--wiregrade", WRONG, "-m", "graded", "--junitxml=one.xml")
    two = run(assignment, "--wiregrade", WRONG, "-m", "graded", "--junitxml=two.xml", "-n", "2")
    assert one.ret == two.ret == pytest.ExitCode.TESTS_FAILED
    assert verdicts(assignment.path / "one.xml") == verdicts(assignment.path / "two.xml")


@pytest.mark.sandbox
def test_what_failed_last_is_tried_again_alone(assignment: pytest.Pytester) -> None:
    started(assignment, "--wiregrade", WRONG, "-m", "graded")
    shutil.copy(assignment.path / RIGHT / "serveur.py", assignment.path / WRONG)
    again = started(assignment, "--wiregrade", WRONG, "-m", "graded", "--lf")
    again.assert_outcomes(passed=len(LOST), deselected=again.parseoutcomes()["deselected"])


def test_a_fault_of_the_machine_is_an_error_and_no_failure(assignment: pytest.Pytester) -> None:
    result = run(assignment, "--wiregrade", WRONG, "-m", "graded", "--wiregrade-python", "no-such")
    found = result.parseoutcomes()
    assert found["errors"] > 10
    assert "failed" not in found
    assert "no-such" in result.stdout.str()


def test_the_submissions_own_tests_are_not_run_by_the_way(assignment: pytest.Pytester) -> None:
    (assignment.path / WRONG / "test_of_the_student.py").write_text("raise SystemExit('ran')\n")
    result = run(assignment, "--wiregrade", WRONG, "--collect-only", "-q")
    assert result.ret == pytest.ExitCode.OK
    assert "test_of_the_student" not in result.stdout.str()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--wiregrade", "nowhere"], "nowhere"),
        (["--wiregrade", WRONG, "--wiregrade-lab", "tp9"], "tp09"),
    ],
)
def test_what_is_not_there_is_a_usage_error(
    assignment: pytest.Pytester, arguments: list[str], said: str
) -> None:
    result = run(assignment, *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert said in result.stderr.str()
    assert "Traceback" not in result.stderr.str()


def test_without_its_options_it_changes_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(): pass")
    (pytester.path / "lab.yaml").write_text("no lab of ours")
    # With every plugin that is installed, as in anybody's folder.
    result = pytester.runpytest_subprocess("-W", "error", "--markers")
    assert "wiregrade" not in result.stdout.str()
    pytester.runpytest_subprocess("-W", "error").assert_outcomes(passed=1)


# --- a lab's own files, and fixtures ---------------------------------------------------------


@pytest.mark.sandbox
def test_a_lab_in_a_repository_is_collected_as_it_is(assignment: pytest.Pytester) -> None:
    shutil.copytree(SUBMISSIONS.parent / "scenarios" / "tp09", assignment.path / "grading")
    assignment.makeini(f"[pytest]\nwiregrade_submission = {RIGHT}\ntestpaths = grading\n")
    name = "grading/lab.yaml::server::server-nominal::server.greeting"
    run(assignment, name).assert_outcomes(passed=1)
    (assignment.path / "grading" / "lab.yaml").write_text("lab: [")
    broken = run(assignment)
    assert broken.ret == pytest.ExitCode.INTERRUPTED
    assert "lab.yaml:2" in broken.stdout.str()
    assert "Traceback" not in broken.stdout.str()


def test_it_reads_programs_and_starts_them_as_check_does(assignment: pytest.Pytester) -> None:
    lab = assignment.path / WRONG / "grading"
    shutil.copytree(SUBMISSIONS.parent / "scenarios" / "tp09", lab)
    (lab / "serveur.py").write_text("print('the solution')\n")
    (assignment.path / WRONG / "serveur.py").unlink()
    with (lab / "lab.yaml").open("a") as file:
        file.write("python: no-such-python\n")
    result = run(assignment, "--wiregrade", WRONG, "--wiregrade-lab", str(lab), "-m", "graded")
    assert "no-such-python" in result.stdout.str()
    assert "server::" not in result.stdout.str()
    found = result.parseoutcomes()
    assert found["errors"] > 5
    assert "failed" not in found


@pytest.mark.sandbox
def test_fixtures_for_checks_of_ones_own(assignment: pytest.Pytester) -> None:
    checks = assignment.makepyfile("""
        def test_greets_once(reference_client):
            run = reference_client("server-nominal")
            assert run.outcome == "completed"
            assert run.status == 0
            assert run.received.decode().count("Bonjour Client") == 1
            assert b"phase de transfert" in run.sent
            assert run.criteria["server.greeting"] == "pass"
            assert run.criteria["server.print2"] == "fail"
            assert reference_client("server-nominal") is run

        def test_prints_what_came(reference_server):
            run = reference_server("client-nominal")
            assert "Bonjour Client" in run.stdout.decode()
            assert not run.stderr

        def test_has_no_sleep(student):
            assert b"sleep" not in student.sources[student.client]

        def test_there_is_no_such_scenario(reference_client):
            reference_client("server-nominla")
    """)
    result = run(assignment, "--wiregrade", WRONG, checks.name, "-m", "not graded and not advice")
    assert "did you mean 'server-nominal'?" in result.stdout.str()
    counts = result.parseoutcomes()
    assert (counts["passed"], counts["failed"]) == (3, 1)


# --- what is said ----------------------------------------------------------------------------


def test_the_tests_of_a_criterion_come_to_its_verdict() -> None:
    programs = Programs(server="serveur.py", client="client.py")
    for one in all_recorded():
        made = judge(one.lab, "x", "x", "seed", programs, one.transcripts())
        scenarios = {run.scenario for run in made.runs if run.level is Level.GRADED}
        for judged in made.criteria:
            found = [told.findings_of(made, name, judged.criterion.id) for name in scenarios]
            assert worst([told.status_of(each) for each in found]) is judged.status, one.name


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_of_a_student_is_obeyed(language: str) -> None:
    made = hostile_grade()
    sources = {file.path: file.data for file in hostile_sources()}
    texts = [
        told.failure(made, judged.criterion.id, run.scenario, sources, language)
        for judged in made.criteria
        for run in made.runs
    ]
    texts += [told.remark(made.advice, language)]
    texts += [
        told.ungraded([f for j in made.criteria for f in j.findings], ["::error::x"], language)
    ]
    assert any("alert" in text for text in texts)
    for text in texts:
        assert not {c for c in text if ord(c) < 32 and c != "\n"}
        assert not any(line.lstrip().startswith("::") for line in text.splitlines())
