"""bubblewrap's arguments: what is shown to a program, and that nothing else is."""

from __future__ import annotations

import json
from pathlib import Path

import engine_tools as tools
import pytest

from grader.lab.model import Limits
from grader.run import sandbox
from grader.run.interpreter import SYSTEM, Interpreter
from grader.run.sandbox import FileAt

PYTHON = Interpreter("/home/me/py/bin/python3", ("/home/me/py", "/opt/lib"), "3.12.1")
FILES = (
    FileAt(10, "/submission/a/b/serveur.py", True),
    FileAt(11, "/submission/a/outils.py", True),
    FileAt(12, "/etc/hosts", False),
)


def made(reachable: dict[str, str] | None = None) -> list[str]:
    return sandbox.arguments(PYTHON, reachable or {}, FILES, Limits(), cwd="/submission/a/b")


def after(arguments: list[str], option: str, count: int) -> list[tuple[str, ...]]:
    """The words behind each `option`."""
    return [
        tuple(arguments[i + 1 : i + 1 + count])
        for i, word in enumerate(arguments)
        if word == option
    ]


def test_namespaces_and_powers() -> None:
    arguments = made()
    for option in (
        "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--disable-userns",
        "--die-with-parent", "--new-session", "--clearenv",
    ):  # fmt: skip
        assert option in arguments
    assert after(arguments, "--cap-drop", 1) == [("ALL",)]
    # The worker's network namespace is the run's: the reference lives there.
    assert "--unshare-net" not in arguments
    assert "--unshare-all" not in arguments


def test_only_the_system_and_the_interpreter_are_bound() -> None:
    sources = [source for source, _ in after(made(), "--ro-bind", 2)]
    for source in sources:
        system = source in ("/bin", "/sbin", *SYSTEM) or source.startswith("/lib")
        data = source in sandbox._SYSTEM_DATA
        assert system or data or source in (*PYTHON.folders, "/proc/sys"), source
    shown = [target for _, target in after(made(), "--ro-bind", 2)]
    assert not {"/", "/usr", "/usr/local", "/usr/share", "/usr/src"} & set(shown)
    assert "--bind" not in made()
    assert "--dev-bind" not in made()
    tries = {source for source, _ in after(made(), "--ro-bind-try", 2)}
    assert all(source.startswith("/etc/") for source in tries)
    assert not tries & {"/etc/passwd", "/etc/group", "/etc/hosts", "/etc/resolv.conf", "/etc"}


def test_a_hidden_interpreter_is_shown_at_its_own_place() -> None:
    bound = after(made({"/home/me/py": "/mnt/0"}), "--ro-bind", 2)
    assert ("/mnt/0", "/home/me/py") in bound
    assert ("/opt/lib", "/opt/lib") in bound


def test_we_are_not_shown_where_we_lie_beside_the_interpreter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = ("/usr/lib/python3/dist-packages/grader", "/home/me/py/lib/reference")
    monkeypatch.setattr(sandbox, "OURS", (*ours, "/elsewhere/grader"))
    arguments = made()
    for folder in ours:
        at = arguments.index(folder)
        assert arguments[at - 3 : at + 3] == [
            "--size", "4096", "--tmpfs", folder, "--remount-ro", folder
        ]  # fmt: skip
        # After what is shown, or that would lie over it.
        shown = max(i for i, word in enumerate(arguments) if word in ("/usr/lib", "/home/me/py"))
        assert at > shown
    assert "/elsewhere/grader" not in arguments


def test_we_are_found_where_we_are() -> None:
    assert [Path(folder).name for folder in sandbox.OURS] == ["grader", "reference"]
    assert (Path(sandbox.OURS[0]) / "run" / "sandbox.py").is_file()


def test_the_environment_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "of the host")
    monkeypatch.setenv("PATH", "/of/the/host")
    arguments = made()
    assert after(arguments, "--setenv", 2) == list(sandbox.ENVIRONMENT.items())
    assert arguments.index("--clearenv") < arguments.index("--setenv")
    assert not [word for word in arguments if "of the host" in word or "/of/the/host" in word]


def test_what_can_be_written_is_bounded() -> None:
    arguments = made()
    size = str(Limits().work_size)
    tmpfs = [i for i, word in enumerate(arguments) if word == "--tmpfs"]
    assert [arguments[i + 1] for i in tmpfs] == ["/tmp", "/dev/shm", "/submission"]
    assert all(arguments[i - 2 : i] == ["--size", size] for i in tmpfs)
    # At the very end, when everything is in its place.
    assert after(arguments, "--remount-ro", 1) == [("/dev",), ("/",)]
    assert max(tmpfs) < arguments.index("--remount-ro")


def test_the_filter_comes_by_descriptor_where_there_is_one() -> None:
    assert "--seccomp" not in made()
    filtered = sandbox.arguments(PYTHON, {}, (), Limits(), cwd="/", seccomp=17)
    assert after(filtered, "--seccomp", 1) == [("17",)]


def test_what_is_laid_out_ahead_is_one_mount_read_only() -> None:
    plain = made()
    based = sandbox.arguments(PYTHON, {}, FILES, Limits(), cwd="/submission/a/b", base="/base")
    assert after(based, "--ro-bind", 2) == [("/base", "/"), ("/proc/sys", "/proc/sys")]
    assert based.index("/base") < min(based.index(x) for x in ("--proc", "--dev", "--tmpfs"))
    assert "--symlink" not in based
    shown = sandbox.shown(PYTHON, {})
    at = plain.index("--ro-bind")
    assert plain[at : at + len(shown)] == shown
    # All else is as without it, but for the root, which need not be made read-only again.
    assert [*plain[:at], "--ro-bind", "/base", "/", *plain[at + len(shown) :]] == [
        *based[:-2], "--remount-ro", "/", *based[-2:]
    ]  # fmt: skip


def test_the_kernels_settings_are_read_only_over_the_new_proc() -> None:
    arguments = made()
    assert ("/proc/sys", "/proc/sys") in after(arguments, "--ro-bind", 2)
    assert arguments.index("--proc") < arguments.index("/proc/sys")


def test_files_are_given_by_descriptor() -> None:
    arguments = made()
    assert after(arguments, "--file", 2) == [
        ("10", "/submission/a/b/serveur.py"),
        ("11", "/submission/a/outils.py"),
    ]
    assert after(arguments, "--ro-bind-data", 2) == [("12", "/etc/hosts")]
    assert arguments[-2:] == ["--chdir", "/submission/a/b"]


def test_localhost_is_known() -> None:
    hosts = sandbox.GENERATED["/etc/hosts"].decode().splitlines()
    assert hosts[0] == "127.0.0.1 localhost"
    assert any(line.endswith(sandbox.HOSTNAME) for line in hosts)


def test_links_of_the_system_are_links_inside() -> None:
    links = after(made(), "--symlink", 2)
    for name in ("/bin", "/lib", "/lib64"):
        path = Path(name)
        if path.is_symlink():
            assert (str(path.readlink()), name) in links


_LOOKS_AROUND = """
import json, os, ssl, zoneinfo
there = {path: sorted(os.listdir(path)) for path in ("/usr", "/usr/share")}
there["/usr/local"] = sorted(os.listdir("/usr/local")) if os.path.exists("/usr/local") else []
print(json.dumps(there), flush=True)
print(os.system("test -x /bin/sh && ls / >/dev/null"), flush=True)
print(bool(ssl.create_default_context()), os.path.exists("/usr/share/zoneinfo"), flush=True)
"""


@pytest.mark.sandbox
def test_of_the_system_a_program_sees_what_interpreters_need() -> None:
    with tools.engine("full") as engine:
        transcript = tools.run(engine, tools.job(_LOOKS_AROUND))
    assert transcript.end.status == 0, tools.summary(transcript)
    seen, *works = transcript.stdout.decode().splitlines()
    there = json.loads(seen)
    assert set(there["/usr"]) <= {"bin", "lib", "lib32", "lib64", "libx32", "local", "share"}
    assert set(there["/usr/share"]) <= {"ca-certificates", "terminfo", "zoneinfo"}
    assert set(there["/usr/local"]) <= {"bin", "lib"}
    assert works == ["0", f"True {Path('/usr/share/zoneinfo').exists()}"]
