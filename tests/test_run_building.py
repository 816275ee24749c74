"""Builds: what comes out of them, and what is not let out. Compilers here are shell scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import engine_tools as tools
import pytest

from grader.lab.languages import KNOWN, Language
from grader.lab.model import Limits
from grader.run import building, interpreter, located, privileges, proc
from grader.run.built import Built
from grader.run.errors import HostError
from grader.run.interpreter import inspect
from grader.run.program import Launch, Program, start_plain
from grader.run.terminal import read_available
from grader.run.toolchain import ToolMissingError, find, told, version_of
from grader.run.workshop import Workshop
from grader.submission import SourceFile

FILES = (SourceFile(path="tp/a.x", data=b"hello\n"),)


def language(script: str, *, run: tuple[str, ...] = ("{built}/program",)) -> Language:
    return Language(
        id="x", title="X", suffixes=(".x",), run=run, build=("sh", "-c", script, "sh", "{built}"),
        package="x-tools",
    )  # fmt: skip


def start(files: Sequence[SourceFile], program: str, limits: Limits, launch: Launch) -> Program:
    return start_plain(inspect(tools.python()), files, program, limits, launch=launch)


def built(script: str, tmp_path: Path, *more: str, limits: Limits = building.LIMITS) -> Built:
    one = language(script)
    one = replace(one, build=(*one.build, *more))
    begin = partial(start, FILES, "tp/a.x")
    return building.build(
        one, one.build, (), inspect(tools.python()),
        lambda launch, limits: begin(limits, launch), str(tmp_path / "out"), limits,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def only_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain program's tree is all below this process: here also browsers and other engines."""

    def tree(program: Program) -> list[int]:
        return [program.pid, *proc.tree(program.pid, zombies=True)]

    monkeypatch.setattr(Program, "processes", tree)
    monkeypatch.setattr(Program, "remains", tree)


def test_what_a_build_leaves_and_says(tmp_path: Path) -> None:
    made = built('cp a.x "$1/program"; chmod +x "$1/program"; mkdir "$1/d"; echo x > "$1/d/y";'
                 " echo said; echo told >&2", tmp_path)  # fmt: skip
    assert made.ok
    assert made.output == b"said\ntold\n"
    assert {(a.path, a.data, a.executable) for a in made.artifacts} == {
        ("program", b"hello\n", True), ("d/y", b"x\n", False),
    }  # fmt: skip


def test_many_long_names_with_accents_are_no_fault_of_the_machine(tmp_path: Path) -> None:
    names = tuple("./" + "é" * 300 for _ in range(100))
    made = built('cp a.x "$1/program"; printf %s "$2" > "$1/name"', tmp_path, *names)
    assert {a.data for a in made.artifacts} == {b"hello\n", names[0].encode()}


@pytest.mark.parametrize(
    "script",
    [
        "echo 'a.x:1:1: error: no'; exit 1", "exit 0", "kill -SEGV $$",
        'ln -s /etc/passwd "$1/program"', 'mkfifo "$1/program"', 'mkdir "$1/program"',
        "kill -SEGV $PPID",
    ],
)  # fmt: skip
def test_no_program_comes_out_of_it(script: str, tmp_path: Path) -> None:
    made = built(script, tmp_path)
    assert not made.ok
    assert made.artifacts == () or made.status


def test_a_compiler_that_leaves_too_many_files_meets_a_limit(tmp_path: Path) -> None:
    made = built('for n in $(seq 450); do : > "$1/$n"; done', tmp_path)
    assert (made.ok, made.limit, made.value) == (False, "artifacts", "400")


def test_a_compiler_may_end_with_any_status(tmp_path: Path) -> None:
    assert built("exit 127", tmp_path).status == 127


def test_a_compiler_that_computes_on_and_on_meets_a_limit(tmp_path: Path) -> None:
    limits = replace(building.LIMITS, cpu=0.3)
    made = built("while :; do :; done", tmp_path, limits=limits)
    assert (made.ok, made.limit, made.value) == (False, "cpu", "0.3 s")


@pytest.mark.parametrize("whom", ["$$", "$PPID"])
def test_a_compiler_that_is_killed_is_the_machines_fault(whom: str, tmp_path: Path) -> None:
    with pytest.raises(HostError, match="killed"):
        built(f"kill -KILL {whom}", tmp_path)


@pytest.mark.parametrize("script", ["kill -KILL $$", "kill -KILL $PPID", "exit 1"])
def test_a_compiler_that_is_killed_for_its_memory_meets_a_limit(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Program, "ran_out_of_memory", lambda _: True)
    made = built(script, tmp_path)
    assert (made.ok, made.limit, made.value) == (False, "memory", "1024 MB")


@pytest.mark.parametrize("whom", ["$$", "$PPID"])
def test_a_compiler_that_ignores_the_end_of_its_time_meets_its_limit(
    whom: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building._Build, "_struck", lambda _: None)
    limits = replace(building.LIMITS, cpu=0.001)  # whatever starts has used that
    script = f"n=0; while [ $n -lt 100000 ]; do n=$((n+1)); done; kill -KILL {whom}"
    assert built(script, tmp_path, limits=limits).limit == "cpu"


def test_a_compiler_that_waits_on_and_on_meets_a_limit(tmp_path: Path) -> None:
    limits = replace(building.LIMITS, wall=0.3)
    assert built("sleep 100", tmp_path, limits=limits).limit == "wall"


def test_a_compiler_that_a_busy_machine_keeps_waiting_has_more_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = replace(building.LIMITS, wall=0.2)
    asked = iter(range(0, 1 << 62, 1 << 40))
    monkeypatch.setattr(proc, "run_delay", lambda _pid, _tid: next(asked))
    made = built('sleep 0.5; cp a.x "$1/program"', tmp_path, limits=limits)
    assert made.ok
    assert made.took > 0.5e9


def test_a_program_that_includes_its_compilers_words_waits_for_nobody(tmp_path: Path) -> None:
    assert built('cat /dev/stderr > /dev/null; cp a.x "$1/program"', tmp_path).ok


def test_what_a_build_leaves_running_does_not_keep_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is always more to read, as long as it lives."""
    reads = 0
    read, kill = read_available, Program.kill
    alive = True

    def more(fd: int, limit: int) -> tuple[bytes, bool]:
        nonlocal reads
        reads += 1
        assert reads < 20_000, "it is read on and on"
        data, ended = read(fd, limit)
        return (data or b"more" * alive, ended and not alive)

    def killed(program: Program) -> None:
        nonlocal alive
        alive = False
        kill(program)

    monkeypatch.setattr(building, "read_available", more)
    monkeypatch.setattr(Program, "kill", killed)
    built('cp a.x "$1/program"', tmp_path)
    assert not alive


def test_what_it_says_is_bounded(tmp_path: Path) -> None:
    made = built("head -c 3000000 /dev/zero; exit 1", tmp_path)
    assert made.output == bytes(building.KEPT_OUTPUT)


def test_a_program_that_is_too_large_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "_COUNTS", 100_000)
    made = built('head -c 2000000 /dev/zero > "$1/program"', tmp_path)
    assert (made.ok, made.limit) == (False, "file_size")


def test_a_compiler_that_is_gone_is_the_machines_fault(tmp_path: Path) -> None:
    one = replace(language(""), build=("/nowhere/cc", "{built}"))
    begin = partial(start, FILES, "tp/a.x")
    with pytest.raises(HostError, match="/nowhere/cc"):
        building.build(
            one, one.build, (), inspect(tools.python()),
            lambda launch, limits: begin(limits, launch), str(tmp_path / "out"),
        )  # fmt: skip


# --- tools -------------------------------------------------------------------------------


def test_a_tool_that_is_missing_is_named_with_its_package() -> None:
    lacking = language("", run=("no-such-tool-here", "{program}"))
    with pytest.raises(ToolMissingError, match=r"no-such-tool-here is not installed here"):
        find(lacking)
    assert told([lacking]) == [
        ("X", False, "X: no-such-tool-here is not installed here (apt install x-tools)")
    ]


def test_where_tools_are_and_what_they_say() -> None:
    chain = find(language(""))
    assert Path(chain.tools["sh"]).is_file()
    assert chain.folders == chain.build_folders == ()
    assert version_of("/nowhere/cc") == ""
    assert version_of(tools.python()).startswith("Python 3")


def tool_at(tool: Path, monkeypatch: pytest.MonkeyPatch) -> Language:
    """A tool for builds, in the PATH, and a language that needs it."""
    tool.parent.mkdir(parents=True, exist_ok=True)
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:/usr/bin:/bin")
    return replace(language(""), build=("xc",), run=("sh",))


def test_a_tool_elsewhere_brings_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "kit" / "bin" / "xc"
    chain = find(tool_at(tool, monkeypatch))
    assert chain.tools["xc"] == str(tool)
    assert chain.folders == ()
    assert chain.build_folders == (str(tmp_path / "kit"),)


@pytest.mark.parametrize("place", ["xc", "bin/xc", "people/bin/xc"])
def test_no_tool_brings_a_home(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "people" / "me" if place.startswith("people") else tmp_path
    home.mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("HOME", str(home))
    one = tool_at(tmp_path / place, monkeypatch)
    with pytest.raises(ToolMissingError, match="it needs a folder of its own"):
        find(one)


def test_no_tool_brings_anybodys_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter, "_HOMES", tmp_path)
    with pytest.raises(ToolMissingError, match="it needs a folder of its own"):
        find(tool_at(tmp_path / "other" / "bin" / "xc", monkeypatch))


def test_a_tool_among_a_persons_programs_brings_only_those(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("lib", "share"):
        (tmp_path / ".local" / name).mkdir(parents=True)
    chain = find(tool_at(tmp_path / ".local" / "bin" / "xc", monkeypatch))
    assert set(chain.build_folders) == {str(tmp_path / ".local" / x) for x in ("bin", "lib")}


def test_lines_are_asked_once_for_runs_that_end_at_one_place() -> None:
    asked: list[Limits] = []

    def counted(
        files: Sequence[SourceFile], program: str, limits: Limits, launch: Launch
    ) -> Program:
        if program == "program":
            asked.append(limits)
        return start(files, program, limits, launch)

    one = replace(language('cp a.x "$1/program"'), crashpoint=True)
    workshop = Workshop((one,), inspect(tools.python()), None, sandboxed=False)
    ready = workshop.ready((one,), "tp/a.x", FILES, start)
    for at in ((1, 2), (1, 2), (3,)):
        assert workshop.lines(ready, at, ["tp/a.x"], counted) == ()
    assert asked == [located.LIMITS] * 2
    other = workshop.ready((one,), "tp/a.x", (replace(FILES[0], data=b"x"),), start)
    workshop.lines(other, (3,), ["tp/a.x"], counted)
    assert len(asked) == 3


@pytest.mark.parametrize("folder", [".", "", "kit/bin"])
def test_a_tool_of_the_current_folder_is_anybodys(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = tool_at(tmp_path / "kit" / "bin" / "xc", monkeypatch)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.chdir(tmp_path if folder.startswith("kit") else tmp_path / "kit" / "bin")
    for build in (one.build, ("./xc",), ("kit/bin/xc",)):
        with pytest.raises(ToolMissingError, match="is not installed here"):
            find(replace(one, build=build))
        with pytest.raises(ToolMissingError, match="is not installed here"):
            find(replace(one, build=("xc",), home=build))


def test_a_tool_is_asked_without_what_it_would_obey(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Dx=y")
    one = tool_at(tmp_path / "kit" / "bin" / "xc", monkeypatch)
    tool = Path(find(one).first)
    tool.write_text('#!/bin/sh\necho "$JAVA_TOOL_OPTIONS" "$PWD"\n')
    assert version_of(str(tool)) == "/"


@pytest.mark.parametrize("root", [True, False])
def test_root_asks_tools_before_it_is_somebody_else(
    root: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = tool_at(tmp_path / "kit" / "bin" / "xc", monkeypatch)
    tool = tmp_path / "kit" / "bin" / "xc"
    tool.write_text("#!/bin/sh\necho 7\n")
    monkeypatch.setattr(privileges, "is_root", lambda: root)
    workshop = Workshop((one,), inspect(tools.python()), None, sandboxed=False)
    tool.unlink()
    assert workshop.version(one) == ("7" if root else "")


def test_a_tool_that_builds_nothing_is_the_machines_fault() -> None:
    one = replace(language('cat "$2"; exit 1'), control="right")
    one = replace(one, build=(*one.build, "{program}"))
    workshop = Workshop((one,), inspect(tools.python()), None, sandboxed=False)
    with pytest.raises(HostError, match=r"X: sh of this machine can't build .* \(right\)"):
        workshop.ready((one,), "tp/a.x", FILES, start)


def test_a_tool_is_tried_once_where_a_program_is_not_built() -> None:
    asked: list[str] = []

    def counted(
        files: Sequence[SourceFile], program: str, limits: Limits, launch: Launch
    ) -> Program:
        asked.append(program)
        return start(files, program, limits, launch)

    one = replace(language('grep right "$2" > "$1/program"'), control="right")
    one = replace(one, build=(*one.build, "{program}"))
    workshop = Workshop((one,), inspect(tools.python()), None, sandboxed=False)
    assert workshop.ready((one,), "b.x", [SourceFile(path="b.x", data=b"right")], counted).built
    assert asked == ["b.x"]
    for data in (b"wrong", b"false"):
        assert workshop.ready((one,), "b.x", [SourceFile(path="b.x", data=data)], counted).failed
    assert asked == ["b.x", "b.x", "Control.x", "b.x"]


def test_a_build_has_the_time_that_its_language_takes() -> None:
    assert building.limits_of(KNOWN["c"]) == building.LIMITS
    limits = building.limits_of(KNOWN["go"])
    assert (limits.cpu, limits.wall) == (120, 240)


def test_a_program_is_built_once_for_its_runs() -> None:
    one = language('cp a.x "$1/program"')
    workshop = Workshop((one,), inspect(tools.python()), None, sandboxed=False)
    first = workshop.ready((one,), "tp/a.x", FILES, start)
    again = workshop.ready((one,), "tp/a.x", FILES, start)
    assert first.built is again.built
    other = workshop.ready((one,), "tp/a.x", (replace(FILES[0], data=b"x"),), start)
    assert other.built is not first.built
    entry = first.entry()
    assert entry is not None
    assert entry.status == 0
