"""Programs in other languages, built and played through the real sandbox."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import engine_tools as tools
import pytest
from namespaces import missing
from sample_grading import grade_all, graded_only, verdicts
from samples import Sample, load_samples

from grader import transcript as tr
from grader.intake.discover import discover
from grader.intake.reading import read
from grader.judge.model import Grade
from grader.lab.languages import KNOWN, Language, suffixes_of
from grader.lab.model import Lab, Role
from grader.run.engine import Engine
from grader.run.jobs import Job
from grader.submission import SourceFile, Submission

FOLDER = Path(__file__).resolve().parent / "languages"
SAMPLES = {sample.name: sample for sample in load_samples(FOLDER)}
TAKEN = tuple(KNOWN[name] for name in ("python", "c", "c++", "java", "javascript", "shell"))

pytestmark = pytest.mark.sandbox


@cache
def lab() -> Lab:
    """tp09 in these languages, with one piece of advice: each run costs a Java machine."""
    whole = tools.tp09()
    leaves = whole.scenario("server-client-leaves")
    plain = replace(whole, scenarios=(*graded_only(whole).scenarios, leaves))
    roles = {
        role: replace(files, suffixes=suffixes_of(TAKEN)) for role, files in plain.roles.items()
    }
    return replace(plain, languages=TAKEN, roles=roles)


def submissions() -> dict[str, Submission]:
    """The samples as intake reads them."""
    return {e.id: read(e, lab().roles) for e in discover(FOLDER, lab().roles).entries}


@pytest.fixture(scope="module")
def grades() -> dict[str, Grade]:
    """Every sample, graded once for all tests of this module."""
    for tool in ("gcc", "g++", "javac", "java", "node", "bash"):
        if shutil.which(tool) is None:
            missing(f"{tool} is not installed")
    return grade_all(submissions(), lab=lab(), jobs=2)


def test_every_sample_is_discovered(grades: dict[str, Grade]) -> None:
    assert sorted(grades) == sorted(SAMPLES)


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_each_criterion_has_its_expected_status(sample: Sample, grades: dict[str, Grade]) -> None:
    grade = grades[sample.name]
    assert [(run.id, run.problem) for run in grade.runs if run.outcome == "not_run"] == []
    assert verdicts(grade) == sample.criteria
    assert grade.score == sample.score
    assert grade.complete


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_each_mistake_is_named(sample: Sample, grades: dict[str, Grade]) -> None:
    told = grades[sample.name].diagnoses
    assert set(sample.diagnoses) <= {d.id for d in told}
    if sample.is_right:
        assert not [d.id for d in told if d.level == "error"]


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_each_run_ends_as_expected(sample: Sample, grades: dict[str, Grade]) -> None:
    outcomes = {run.id: run.outcome for run in grades[sample.name].runs}
    assert {run: outcomes[run] for run in sample.runs} == sample.runs


# --- one at a time -----------------------------------------------------------------------


def played(engine: Engine, source: bytes, name: str, lab: Lab, *only: str) -> list[tr.Transcript]:
    """Runs of one program: of these scenarios, of the lab's graded ones by default."""
    scenarios = tuple(s for s in lab.scenarios if s.id in (only or ("server-nominal",)))
    job = Job(
        key="x", lab=lab, role="server", scenarios=scenarios, program=name,
        files=(SourceFile(path=name, data=source),), seed=tools.SEED,
    )  # fmt: skip
    (made,) = engine.play([job])
    return [run.transcript for run in made.runs]


def test_a_build_sees_nothing_of_the_machine(full_engine: Engine, tmp_path: Path) -> None:
    canary = tmp_path / "canary.h"
    canary.write_text("canary_of_the_host")
    tmp_path.chmod(0o755)
    source = f'#include "/etc/passwd"\n#include "{canary}"\n'.encode()
    (transcript,) = played(full_engine, source, "serveur.c", lab())
    (compiled,) = tools.entries(transcript, tr.Compiled)
    assert transcript.end.outcome == "crashed"
    assert b"canary.h: No such file" in compiled.output
    assert b"canary_of_the_host" not in compiled.output
    assert b"root:x:0:0::/:/bin/false" in compiled.output  # the sandbox's own


def test_runs_share_a_build(full_engine: Engine) -> None:
    source = (FOLDER / "juste_c" / "serveur.c").read_bytes()
    runs = played(full_engine, source, "serveur.c", lab(), "server-nominal", "server-drawn")
    first, second = (tools.entries(run, tr.Compiled) for run in runs)
    assert [one.took for one in first] == [one.took for one in second] != []
    assert all(one.status == 0 for one in first)


def test_a_language_that_the_machine_lacks_is_no_students_fault(full_engine: Engine) -> None:
    lacking = Language(id="x", title="X", suffixes=(".x",), run=("no-such-tool", "{program}"))
    own = replace(lab(), languages=(lacking,))
    (transcript,) = played(full_engine, b"listen", "serveur.x", own)
    assert transcript.end.outcome == "not_run"
    assert "no-such-tool is not installed here" in transcript.end.problem


def test_a_worker_knows_the_languages_of_each_lab_that_it_plays() -> None:
    """It looked for tools while it was let see them, and those of its first lab only."""
    one, other = (
        Language(id=name, title=name, suffixes=(".x",), run=(f"no-{name}", "{program}"))
        for name in ("one", "other")
    )
    port = tools.lab_for("none").port
    workers = []
    with tools.engine("none") as engine:
        for languages in ((KNOWN["python"],), (one,), (other, one), (one,)):
            own = replace(lab(), languages=languages, port=port)
            played(engine, b"exit()", "serveur.x", own)
            (worker,) = engine._workers
            assert worker.knows(languages)
            workers.append(worker.process.pid)
    first, second, third, fourth = workers
    assert len({first, second, third}) == 3
    assert third == fourth


@pytest.mark.parametrize("isolation", ["full", "none"])
def test_any_executable_can_be_a_submission(
    isolation: str, full_engine: Engine, plain_engine: Engine
) -> None:
    engine = full_engine if isolation == "full" else plain_engine
    direct = Language(id="exe", title="exe", suffixes=(".run",), run=("{program}",))
    own = replace(lab(), languages=(direct,), port=tools.lab_for(isolation).port)
    text = f"""#!{tools.python()}
import socket
with socket.create_server(("", {own.port})) as ecoute:
    connexion, _ = ecoute.accept()
    connexion.sendall({own.messages["greeting"].text!r}.encode())
    print(connexion.recv(1024).decode())
    print(connexion.recv(1024).decode())
    connexion.close()
"""
    (transcript,) = played(engine, text.encode(), "serveur.run", own)
    assert transcript.end.outcome == "completed", tools.summary(transcript)
    assert transcript.stdout.count(b"Serveur 65432") == 2


def test_what_waits_is_proved_whatever_the_runtime(full_engine: Engine) -> None:
    """The JVM's own threads wake by the clock, and Node waits in epoll."""
    for name in ("faute_java_readline/Serveur.java", "faute_js_sans_fin/client.js"):
        path = FOLDER / name
        role: Role = "server" if "erveur" in name else "client"
        own = lab()
        job = Job(
            key="x", lab=own, role=role, scenarios=(own.scenario(f"{role}-nominal"),),
            program=path.name, files=(SourceFile(path=path.name, data=path.read_bytes()),),
            seed=tools.SEED,
        )  # fmt: skip
        (made,) = full_engine.play([job])
        states = tools.entries(made.runs[0].transcript, tr.State)
        assert "waiting" in [state.why for state in states], name


SERVER = """\
#include <stdio.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>
static void afficher(int connexion, char *message)
{
    int lus = recv(connexion, message, 1000, 0);
    message[lus] = 0; // crash
    puts(message);
}
int main(void)
{
    int ecoute = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in adresse = {.sin_family = AF_INET, .sin_port = htons(65432)};
    bind(ecoute, (struct sockaddr *)&adresse, sizeof adresse);
    listen(ecoute, 5);
    int connexion = accept(ecoute, NULL, NULL);
    write(connexion, "x", 1);
    ACTION
    return 0;
}
"""


def test_where_a_compiled_program_crashed(full_engine: Engine) -> None:
    source = SERVER.replace("ACTION", "afficher(connexion, NULL);")
    (transcript,) = played(full_engine, source.encode(), "serveur.c", lab())
    assert transcript.end.signal == "SIGSEGV"
    assert transcript.stderr == b""
    (position,) = tools.entries(transcript, tr.Position)
    assert [(f.file, f.line, f.function) for f in position.frames] == [
        ("serveur.c", 8, "afficher"), ("serveur.c", 19, "main"),
    ]  # fmt: skip


def test_where_a_compiled_program_was_ended(full_engine: Engine) -> None:
    source = SERVER.replace("ACTION", "for (;;) accept(ecoute, NULL, NULL);")
    (transcript,) = played(full_engine, source.encode(), "serveur.c", lab())
    assert transcript.end.outcome == "stuck"
    assert transcript.stderr == b""
    (position,) = tools.entries(transcript, tr.Position)
    assert [(f.line, f.function) for f in position.frames] == [(19, "main")]
