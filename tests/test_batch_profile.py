"""Where the time of a batch went: heard on a clock made by hand, and once from real workers."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from engine_tools import bwrap, python
from short_lab import short_lab

from grader import transcript as tr
from grader.batch.profile import PLAYED, Profile
from grader.cli import app, profiling
from grader.cli.errors import BAD_INPUT, CommandError
from grader.resources import samples_root
from grader.run import meter
from grader.run.metering import stages_of

S = 1_000_000_000
HEADER = tr.Header(
    run="server-nominal", scenario="server-nominal", role="server", program="serveur.py", texts={},
    port=65432, delivery="separate", seed="", isolation="full", facts="kernel", interpreter="",
    started="",
)  # fmt: skip


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


def test_phases_are_added_up_and_waiting_is_what_no_worker_was_at() -> None:
    wall, cpu = Clock(), Clock()
    heard = Profile(wall, cpu)
    with heard.of("read", "a"):
        wall.now, cpu.now = 1 * S, 1 * S
    wall.now = 3 * S
    heard.ordered("a")  # 2 s waited
    heard.ordered("a")  # a second worker helps: nothing is waited for
    wall.now = 6 * S
    heard.answered("a", {"sandbox": (1 * S, 2 * S), "of nobody": (5 * S, 5 * S)})
    heard.answered("a", {"sandbox": (1 * S, -9 * S)})
    wall.now = 7 * S
    heard.ordered("a")  # 1 s waited
    wall.now = 8 * S
    heard.answered("a", {})
    with heard.of("judge", "a"):
        wall.now, cpu.now = 10 * S, 2 * S
    with heard.of("read", "b"):
        pass
    heard.started(3 * S)
    told = heard.told(runs=3, workers=2)
    assert dict(told.phases) == {
        "read": (1, 1), "sandbox": (2, 2), "judge": (2, 1), "waiting": (3, 0), "start": (3, 0)
    }  # fmt: skip
    assert (told.seconds, told.submissions, told.runs) == (10, 2, 3)
    assert [one.id for one in told.slowest] == ["a", "b"]
    assert told.slowest[0].seconds == 1 + 4 + 2


def test_what_was_played_elsewhere_counts_as_long_as_it_was_waited_for() -> None:
    wall = Clock()
    wall.now = S
    heard = Profile(wall, Clock())
    for key, took in (("a", 3 * S), ("b", 99 * S), ("c", -1)):
        with heard.of("read", key):
            pass
        wall.now += 4 * S
        heard.elsewhere(key, took, {"sandbox": (2 * S, S), "start": (S, 0), "of nobody": (S, S)})
        with heard.of("judge", key):
            wall.now += S
    told = heard.told(runs=3, workers=0)
    assert dict(told.phases) == {
        "read": (0, 0), "sandbox": (6, 3), "start": (3, 0), "judge": (3, 0), "waiting": (5, 0)
    }  # fmt: skip
    assert [(one.id, one.seconds, one.waited) for one in told.slowest] == [
        ("b", 5, 0), ("a", 4, 1), ("c", 1, 4),
    ]  # fmt: skip


def test_what_fails_is_counted_as_well() -> None:
    wall = Clock()
    heard = Profile(wall, Clock())

    def fail() -> None:
        wall.now = 2 * S
        raise ValueError("full")

    with pytest.raises(ValueError, match="full"):
        heard_in(heard, fail)
    assert heard.told(0, 1).phases == {"files": (2, 0), "waiting": (0, 0)}


def heard_in(heard: Profile, work: Callable[[], None]) -> None:
    with heard.of("files", "a"):
        work()


def test_where_nobody_asks_nothing_is_kept() -> None:
    with meter.OFF.of("read", "a"), meter.OFF.of("read", "b"):
        meter.OFF.ordered("a")
    meter.OFF.answered("a", {})
    assert not meter.OFF.listens
    assert meter.OFF.of("read", "a") is meter.OFF.of("judge", "b")


def test_clocks_are_taken_and_begin_anew() -> None:
    wall, cpu = Clock(), Clock()
    clocks = meter.Clocks(wall, cpu)
    for _ in range(2):
        with clocks.of("network"):
            wall.now += 5
            cpu.now += 3
    assert clocks.taken() == {"network": (10, 6)}
    assert clocks.taken() == {}


@pytest.mark.parametrize(
    ("entries", "stages"),
    [
        ((), (9, 0, 0)),
        ((tr.Listener(t=4, protocol="tcp", address="0.0.0.0", port=1),), (4, 0, 5)),
        (
            (
                tr.Connected(t=2, local=("", 1), remote=("", 2)),
                tr.Received(t=6, data=b"x"),
                tr.Stdout(t=8, data=b"x"),
            ),
            (2, 4, 3),
        ),
    ],
)
def test_a_run_is_told_in_three(
    entries: tuple[tr.AnyEntry, ...], stages: tuple[int, int, int]
) -> None:
    run = tr.of(HEADER, [*entries, tr.Ended(t=9, outcome="completed")])
    assert tuple(stages_of(run).values()) == stages


def namespace(place: Path, file: object) -> argparse.Namespace:
    return argparse.Namespace(profile=str(file), out=str(place / "out"), lang="en")


def test_where_a_profile_cannot_be_written_is_said_before_anything_is_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "class" / "marie").mkdir(parents=True)
    (tmp_path / "class" / "marie" / "serveur.py").write_text("pass")
    arguments = ["grade", str(tmp_path / "class"), "--out", str(tmp_path / "out"), "--lang", "en"]
    for file, said in (
        (tmp_path / "no" / "p.json", "cannot be written: there is no folder"),
        (tmp_path, "is a folder"),
    ):
        assert app.main([*arguments, "--profile", str(file)]) == 2
        assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_profile_is_replaced_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("p.json", "p.txt"):
        given = namespace(tmp_path, tmp_path / name)
        for runs in (1, 2):
            profiling.tell(given, profiling.meter(given), 1, runs)
        assert "2" in (tmp_path / name).read_text()
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    with pytest.raises(CommandError, match="holds something else; nothing was done") as told:
        profiling.meter(namespace(tmp_path, precious))
    assert (told.value.status, precious.read_text()) == (BAD_INPUT, "mine")
    assert "Where the time went" in capsys.readouterr().err


def test_a_profile_may_go_into_the_folder_that_is_made(tmp_path: Path) -> None:
    assert profiling.meter(namespace(tmp_path, tmp_path / "out" / "p.json")).listens
    assert profiling.meter(argparse.Namespace(profile=None)) is meter.OFF
    assert profiling.meter(argparse.Namespace(profile="")).listens


@pytest.mark.sandbox
def test_a_class_says_where_its_time_went(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bwrap()
    shutil.copytree(samples_root() / "juste_enonce", tmp_path / "class" / "marie")
    written = tmp_path / "profile.json"
    arguments = [
        "grade", tmp_path / "class", "--lab", short_lab(tmp_path), "--out", tmp_path / "out",
        "--python", python(), "--jobs", "1", "--profile", written, "--lang", "en",
    ]  # fmt: skip
    assert app.main([str(one) for one in arguments]) == 0
    assert "Where the time went (submissions: 1, runs played: 2)" in capsys.readouterr().err
    told = json.loads(written.read_text())
    phases = told["phases"]
    assert {*PLAYED, "read", "judge", "page", "files", "class", "waiting", "start"} <= {*phases}
    counted = ("programs", "watching", "sandbox", "judge", "page")
    assert all(phases[name]["cpu"] > 0 for name in counted)
    assert all(phases[name]["wall"] > 0 for name in ("program", "exchange", "ending"))
    assert told["slowest"][0]["id"] == "marie"
