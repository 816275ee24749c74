"""What `wiregrade bench` makes of what it measures; the figures themselves nobody tests."""

from __future__ import annotations

import argparse
import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from engine_tools import bwrap, python

from grader.bench import bounds, classes, klass, machine, memory, others, resume, startup, table
from grader.bench.ground import BenchError, Ground, Used, interleaved
from grader.bench.model import Found, Row, Section, difference, ratio
from grader.bench.peer import Peer
from grader.cli import app
from grader.lab.load import load_lab
from grader.lab.model import ROLES
from grader.run.host import HostReport

HOST = HostReport(facts=(), python=sys.executable, version="3.11", bwrap=None)


class Counted(Ground):
    """A ground on which nothing is run: each command takes what `takes` says."""

    takes: Callable[[Sequence[str]], Used] = staticmethod(lambda _: Used(100.0, 50.0, 40.0))
    says: str = ""

    def run(
        self,
        command: Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        alone: Callable[[], None] | None = None,
        may_fail: bool = False,
    ) -> Used:
        (self.work / "log").write_text(self.says)
        if "--out" in command:
            out = Path(command[command.index("--out") + 1])
            out.mkdir(exist_ok=True)
            (out / "results.json").write_bytes(b"{}" * 500)
        return self.takes(command)


def ground(place: Path, kind: type[Ground] = Counted) -> Ground:
    parser = argparse.ArgumentParser()
    parser.add_argument("--warm", action="store_true")
    return kind(work=place, host=HOST, say=lambda _: None, parser=parser, quick=True)


def row(key: str, *values: float, unit: str = "×") -> Row:
    return Row(key=key, name=key, unit=unit, values=values)


def found(*rows: Row) -> Found:
    section = Section(id="one", title="One", rows=rows, notes=("A note | of it.",))
    return Found(machine={"CPU": "a | b"}, sections=[section], quick=True)


# --- figures ---------------------------------------------------------------------------------


def test_what_was_measured_leaves_its_files_without_a_byte(tmp_path: Path) -> None:
    """Removed they would slow what is measured next; their room is wanted all the same."""
    one = ground(tmp_path)
    one.grade(tmp_path / "nobody")
    (left,) = tmp_path.glob("out-*/results.json")
    assert left.stat().st_size == 0


def test_ratios_are_taken_round_by_round() -> None:
    assert ratio("k", "n", (4, 9, 2), (2, 3, 0)).values == (2, 3)
    assert ratio("k", "n", (4, 9), (2, 3)).median == 2.5
    assert difference("k", "n", (4, 9), (2, 3)).values == (2, 6)


def test_ways_take_turns_and_the_first_round_is_left_out(tmp_path: Path) -> None:
    order: list[str] = []

    def way(name: str) -> Callable[[], Mapping[str, float]]:
        return lambda: order.append(name) or {"wall": float(len(order))}  # type: ignore[func-returns-value]

    told = interleaved(ground(tmp_path), "n", 2, {"a": way("a"), "b": way("b")})
    assert order == ["a", "b"] * 3
    assert told == {"a.wall": (3, 5), "b.wall": (4, 6)}


@pytest.mark.parametrize(
    ("key", "value", "verdict"),
    [
        ("run.cold.cpu_ratio", 1.7, "held"),
        ("run.cold.cpu_ratio", 1.71, "not held"),
        ("rivals.sleeps.over_cold", 40.0, "held"),
        ("rivals.sleeps.over_cold", 39.9, "not held"),
        ("another", 1.0, "not measured"),
    ],
)
def test_a_bound(key: str, value: float, verdict: str) -> None:
    name = key if verdict != "not measured" else "start.help"
    bound = next(bound for bound in bounds.BOUNDS if bound.key == name)
    assert bound.verdict({key: value}) == verdict


def test_the_page_says_plainly_what_is_not_reached() -> None:
    page = table.markdown(found(row("run.cold.cpu_ratio", 1.9), row("start.help", 70, unit="ms")))
    missed, _, rest = page.partition("Not measured in this run")
    assert "**Not reached:**" in missed
    assert "1.90 ×, where at most 1.7 × is promised" in missed
    assert "wiregrade --help" not in missed
    assert "✓ held | 70.0 ms | at most 100 ms" in rest
    assert "| CPU | a \\| b |" in page


def test_only_the_marked_region_of_a_page_is_written() -> None:
    before = f"# Mine\n\n{table.BEGIN}\nbefore \\1\n{table.END}\n\nBelow.\n"
    after = table.into(before, table.markdown(found()))
    assert after.startswith("# Mine\n\n" + table.BEGIN)
    assert after.endswith(table.END + "\n\nBelow.\n")
    assert "before" not in after
    assert table.into("# Mine\n", "x") == "# Mine\n\nx\n"


def test_as_text_and_as_json() -> None:
    one = found(row("start.help", 70, 80, 90, unit="ms"))
    assert "80.0 ms   70.0 to 90.0" in table.text(one)
    told = json.loads(table.document(one))
    assert told["sections"][0]["rows"][0]["median"] == 80
    assert {bound["key"]: bound["verdict"] for bound in told["bounds"]}["start.help"] == "held"


@pytest.mark.parametrize(
    ("value", "shown"), [(0.04, "0.040"), (1.234, "1.23"), (12.34, "12.3"), (1234.5, "1234")]
)
def test_three_digits_that_count(value: float, shown: str) -> None:
    assert table.figure(value) == shown


def test_the_processor_has_a_name() -> None:
    assert machine.cpu_of("processor : 0\nmodel name\t: A Core 9\n") == "A Core 9"
    assert machine.cpu_of("") == os.uname().machine


# --- classes ---------------------------------------------------------------------------------


def test_a_class_has_its_mixture_and_no_two_alike(tmp_path: Path) -> None:
    classes.make_class(tmp_path / "class", "class", 40)
    made = sorted((tmp_path / "class").iterdir())
    texts = [tuple(path.read_text() for path in sorted(one.iterdir())) for one in made]
    assert len({*texts}) == len(made) == 40
    kinds = [classes.sample_of("class", number) for number in range(40)]
    assert sum(kind in classes.RIGHT for kind in kinds) == 28
    assert sum(kind in classes.WRONG for kind in kinds) == 8
    assert sum(kind in classes.STUCK for kind in kinds) == 4
    assert {path.name for one in made for path in one.iterdir()} <= {"serveur.py", "client.py"}


def test_names_are_chosen_anew_and_nothing_else() -> None:
    source = (
        "import socket\ntexte = 'texte'\nsock = socket.socket()\nsock.port = texte\n"
        "def f(port=1):\n    print(f'{sock}', len(texte), file=port)\nlen_ = f(port=2)\n"
    )
    made = classes.renamed(source, "_x")
    ast.parse(made)
    assert "texte_x = 'texte'" in made
    assert "sock.port = texte_x" in made  # a name in an f-string stays
    assert "f(port=2)" in made
    assert "len(texte_x)" in made
    assert classes.renamed("def (", "_x") == "def ("


def test_the_statements_lab_is_whole(tmp_path: Path) -> None:
    lab = load_lab(classes.statement_lab(tmp_path / "lab"))
    assert [scenario.id for scenario in lab.scenarios] == ["server-nominal", "client-nominal"]


# --- benchmarks, nothing run -----------------------------------------------------------------


def medians(section: Section) -> dict[str, float]:
    """The figures; each that is promised something is among them."""
    keys = {one.key for one in section.rows}
    assert {x.key for x in bounds.BOUNDS if x.key.startswith(f"{section.id}.")} <= keys
    return {one.key: one.median for one in section.rows}


def by_size(command: Sequence[str]) -> Used:
    """A class takes 10 ms, 5 of CPU, for each; one that is stuck three times as much."""
    kind, size, _ = Path(command[command.index("grade") + 1]).name.split("-")
    each = 3 if kind == "stuck" else 1
    return Used(500 + 10.0 * each * int(size), 5.0 * each * int(size))


def test_a_class_is_told_for_each_submission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Counted, "takes", staticmethod(by_size))
    told = medians(klass.measure(ground(tmp_path)))
    assert told["class.jobs2.wall"] == 10 + 500 / 40
    assert told["class.stuck_ratio"] == told["class.stuck_cpu_ratio"] == 3


def test_start_up_memory_and_resume(tmp_path: Path) -> None:
    one = ground(tmp_path)
    told = medians(startup.measure(one, ["grade", "check"]))
    assert (told["start.help"], told["start.check"], told["start.check_cpu"]) == (100, 100, 50)
    assert told["start.of.grade"] == 100
    assert medians(memory.measure(one))["memory.largest"] == 40
    assert medians(memory.measure(one))["memory.disk"] == 1 / 40
    assert medians(resume.measure(one))["resume.copy"] == 0


def takes_by(command: Sequence[str]) -> Used:
    return Used(4000.0 if any("sleeps" in word for word in command) else 100.0, 1.0)


class CheapPeer:
    def __init__(self, _ground: Ground) -> None:
        pass

    def bare(self, _role: str, _times: int) -> dict[str, float]:
        return {"cpu": 10.0}


def test_other_harnesses_over_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(others, "Peer", CheapPeer)
    monkeypatch.setattr(others, "cores", lambda: 2)
    monkeypatch.setattr(Counted, "says", "a ok ok\n" * 8 + "16 passed\n")
    monkeypatch.setattr(Counted, "takes", staticmethod(takes_by))
    section = others.measure(ground(tmp_path))
    told = medians(section)
    assert told["rivals.sleeps.over_cold"] == told["rivals.sleeps.over_warm"] == 40
    assert told["rivals.class.sleeps_over"] == 40 * 40 / 10
    assert told["rivals.alone.wall"] == 8 * (10 + 10) / 2 / 1000
    assert told["rivals.sleeps.over_alone"] == 50
    assert told["rivals.pytest.over_cold"] == 1
    assert any("check50 is not measured" in note for note in section.notes)


def test_who_fails_right_programs_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(others, "Peer", CheapPeer)
    monkeypatch.setattr(Counted, "says", "a ok ok\n" * 7 + "16 passed\n")
    notes = others.measure(ground(tmp_path)).notes
    assert "The script with sleeps found 7 of 8 right programs right." in notes
    assert not any("pytest found" in note for note in notes)


def test_what_ends_badly_has_no_figure(tmp_path: Path) -> None:
    one = ground(tmp_path, Ground)
    # One that was there before is not waited for.
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as before:
        with pytest.raises(BenchError, match="status 3"):
            one.run([sys.executable, "-c", "raise SystemExit(3)"])
        used = one.run([sys.executable, "-c", "raise SystemExit(3)"], may_fail=True)
        before.communicate(b"\n")
    assert min(used.wall, used.cpu, used.peak) > 0


def test_where_figures_cannot_be_written_is_said_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (precious := tmp_path / "mine.json").write_text('{"name": "mine"}')
    (picture := tmp_path / "page.md").write_bytes(b"\x89PNG\xff")
    for option, file, said in (
        ("--json", tmp_path / "no" / "x.json", f"n’y a pas de dossier {tmp_path / 'no'}"),
        ("--json", tmp_path, "est un dossier"),
        ("--json", precious, "contient autre chose"),
        ("--markdown", tmp_path / "no" / "x.md", "n’y a pas de dossier"),
        ("--markdown", picture, "ne peut pas être lu comme une page"),
    ):
        assert app.main(["bench", option, str(file)]) == 2
        assert said in capsys.readouterr().err
    assert precious.read_text() == '{"name": "mine"}'


def test_figures_are_known_by_their_beginning() -> None:
    assert table.is_document(table.document(found(row("start.help", 70)))[:64])
    assert not table.is_document('{"schema_version": 1}')


def test_another_name_is_no_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["bench", "speed"]) == 2
    assert "'speed': there are run, class" in capsys.readouterr().err


@pytest.mark.sandbox
def test_the_peer_plays_the_statements_exchange(tmp_path: Path) -> None:
    bwrap()
    one = ground(tmp_path, Ground)
    one.host = HostReport(facts=(), python=python(), version="", bwrap=None)
    peer = Peer(one)
    for role in ROLES:
        told = peer.bare(role, 1)
        assert min(told.values()) > 0
        assert told["wall"] == pytest.approx(told["program"] + told["exchange"] + told["ending"])
