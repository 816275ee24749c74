"""Plays one attack with one defence taken away, on a host of its own, to see that it bites.

Started as a process of its own: `attack_bite.py ATTACK WITHOUT`. It makes a small host out of
fresh namespaces (users, where it is not root; mounts, processes, network, IPC), with secrets and
listeners in it, takes the defence away in this process only, and plays the attack through the
worker's own code. What it prints is JSON: `Bite`. Nothing outside of these namespaces is
within the attack's reach, whatever is taken away.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from attack_class import LIMITS, write_lab, written
from attack_host import Host
from attack_tools import ESCAPED, attacks, honest, lay_out
from engine_tools import options

from grader.batch.plan import jobs_of
from grader.intake.reading import read_folder
from grader.lab.load import load_lab
from grader.lab.model import Limits
from grader.run import (
    descriptors,
    netns,
    place,
    privileges,
    program,
    runner,
    sandbox,
    seccomp,
    strikes,
    worker,
)
from grader.run.jobs import EngineOptions
from grader.run.proc import tree

_MS_REC, _MS_PRIVATE = 0x4000, 1 << 18
_NEWPID, _NEWIPC, _NEWUTS = 0x20000000, 0x08000000, 0x04000000
CANNOT = 77
"""Exit status: this machine lets nobody make such namespaces."""
_libc = ctypes.CDLL(None, use_errno=True)

Arguments = Callable[..., list[str]]


@dataclass(kw_only=True)
class Bite:
    """What the attack got."""

    escaped: list[str] = field(default_factory=list)
    survivors: int = 0
    """Processes that are left after its runs."""
    outcomes: list[str] = field(default_factory=list)


# --- taking one defence away -------------------------------------------------------------


def _put(where: Any, name: str, what: object) -> None:
    """Replace what is there, under a name that is there."""
    getattr(where, name)
    setattr(where, name, what)


def _with_arguments(change: Callable[[list[str]], list[str]]) -> None:
    original: Arguments = sandbox.arguments

    def changed(*given: Any, **named: Any) -> list[str]:
        return change(original(*given, **named))

    _put(sandbox, "arguments", changed)


def _without(words: Sequence[str], option: str, count: int, *values: str) -> list[str]:
    """`words` without the option and the `count` words behind it (whose first is of `values`)."""
    out: list[str] = []
    at = 0
    while at < len(words):
        if words[at] == option and (not values or words[at + 1] in values):
            at += 1 + count
        else:
            out.append(words[at])
            at += 1
    if len(out) == len(words):
        raise SystemExit(f"there is no {option} to take away")
    return out


def _before_the_end(words: list[str], *more: str) -> list[str]:
    at = words.index("--remount-ro")
    return [*words[:at], *more, *words[at:]]


def _read_only_root(_: Host) -> None:
    _with_arguments(lambda words: _without(words, "--remount-ro", 1))


def _hidden_host(host: Host) -> None:
    base = str(host.base)
    _with_arguments(lambda words: _before_the_end(words, "--bind", base, base))


def _own_proc(_: Host) -> None:
    _with_arguments(
        lambda words: _before_the_end(_without(words, "--proc", 1), "--ro-bind", "/proc", "/proc")
    )


def _settings_read_only(_: Host) -> None:
    _with_arguments(lambda words: _without(words, "--ro-bind", 2, "/proc/sys"))


def _empty_environment(host: Host) -> None:
    """bubblewrap clears its program's environment, and keeps its own readable in /proc/1."""
    os.environ["WIREGRADE_TOKEN"] = host.canaries["env"]
    original = descriptors.Descriptors.spawn

    def spawn(self: Any, command: list[str], _: dict[str, str], **named: Any) -> Any:
        return original(self, command, dict(os.environ), **named)

    _put(descriptors.Descriptors, "spawn", spawn)


def _closed_descriptors(host: Host) -> None:
    os.set_inheritable(os.open(host.base / "grader-secret.txt", os.O_RDONLY), True)


def _filter(_: Host | None) -> None:
    _put(seccomp, "own", lambda: seccomp.Filter(b"", "taken away"))


def _filter_and_no_new_users(host: Host) -> None:
    _filter(host)
    _with_arguments(lambda words: _without(words, "--disable-userns", 0))


def _own_ipc(host: Host) -> None:
    _filter(host)
    _with_arguments(lambda words: _without(words, "--unshare-ipc", 0))


def _own_network(_: Host) -> None:
    """See `_play`: the test's listeners are put into the run's network."""
    _put(place.LinuxPlace, "_is_clean", lambda *_: True)


def _fresh_copy(host: Host) -> None:
    kept = host.base / "kept"
    kept.mkdir()
    kept.chmod(0o777)

    def change(words: list[str]) -> list[str]:
        at = words.index(sandbox.WORK)
        return [*words[: at - 3], "--bind", str(kept), sandbox.WORK, *words[at + 1 :]]

    _with_arguments(change)


def _bounded_folders(_: Host) -> None:
    _with_arguments(lambda words: _without(words, "--size", 1))


def _watch(_: Host) -> None:
    _put(strikes.Watch, "look", lambda *_: None)


def _process_limits(host: Host) -> None:
    _watch(host)
    _put(place, "limit_processes", lambda *_: None)


def _limits(_: Host) -> None:
    _put(program, "set_limits", lambda *_: None)


def _hard_limits(_: Host) -> None:
    def soft_only(pid: int, limits: Limits) -> None:
        for kind, value in ((resource.RLIMIT_FSIZE, limits.file_size), (resource.RLIMIT_CPU, 3)):
            resource.prlimit(pid, kind, (value, resource.RLIM_INFINITY))

    _put(program, "set_limits", soft_only)


def _end_of_all(_: Host) -> None:
    _put(program.Program, "kill", lambda *_: None)
    _put(place.LinuxPlace, "_is_clean", lambda *_: True)


WITHOUT: dict[str, Callable[[Host], None]] = {
    "read-only root": _read_only_root,
    "hidden host": _hidden_host,
    "own /proc": _own_proc,
    "read-only /proc/sys": _settings_read_only,
    "empty environment": _empty_environment,
    "closed descriptors": _closed_descriptors,
    "seccomp filter": _filter,
    "seccomp filter, no new users": _filter_and_no_new_users,
    "own IPC (and filter)": _own_ipc,
    "own network": _own_network,
    "fresh copy": _fresh_copy,
    "bounded folders": _bounded_folders,
    "watch over the tree": _watch,
    "limit of processes (and watch)": _process_limits,
    "limits": _limits,
    "hard limits": _hard_limits,
    "end of the PID namespace": _end_of_all,
}
"""Defences by name: how each is taken away."""


# --- the host of its own -----------------------------------------------------------------


def _enter() -> None:
    """Namespaces of our own; what comes back is the first process in them.

    Raises:
        SystemExit: this machine does not allow it (status 77); in the outer process always.
    """
    flags = netns.CLONE_NEWNS | netns.CLONE_NEWNET | _NEWPID | _NEWIPC | _NEWUTS
    uid, gid = os.getuid(), os.getgid()
    try:
        netns.unshare(flags if privileges.is_root() else flags | netns.CLONE_NEWUSER)
        if not privileges.is_root():
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
            Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    except OSError as error:
        print(error, file=sys.stderr)
        raise SystemExit(CANNOT) from None
    if inner := os.fork():
        _, status = os.waitpid(inner, 0)
        raise SystemExit(os.waitstatus_to_exitcode(status) & 0xFF)
    privileges.mount("none", "/", None, _MS_REC | _MS_PRIVATE, None)
    privileges.mount("proc", "/proc", "proc", 0, None)
    privileges.mount("tmpfs", "/tmp", "tmpfs", 0, "mode=1777,size=256m")
    netns._loopback_up()


def _bystander() -> int:
    """A process of the same user, with a secret-free life."""
    if pid := os.fork():
        return pid
    if privileges.is_root():
        privileges.drop()
    while True:
        signal.pause()


def _play(attack: str, without: str, engine: EngineOptions) -> Bite:
    host = Host()
    write_lab(host)
    honest(host.submissions, **{"mmm-neighbour": "juste_enonce"})
    known = host.known({**LIMITS, "memory": LIMITS["memory"] // 2}, _bystander())
    folder = lay_out(attacks()[attack], host.submissions, known)
    lab = load_lab(host.lab)
    submission = read_folder(folder, lab.roles)
    (job,) = jobs_of(lab, submission, "00" * 16)
    WITHOUT[without](host)
    before = set(tree(os.getpid()))
    prepared = worker.prepare(engine, os.getppid())
    if without == "own network":
        host.doors = host.open_doors(host.port)
    bite = Bite()
    prepared.base = None  # read-only in itself: a second defence, where one is taken away
    for run in runner.Runner(prepared).play(job):
        bite.outcomes.append(f"{run.transcript.end.outcome} {run.transcript.end.problem or ''}")
        lines = written(run.transcript).splitlines()
        bite.escaped += [line.decode("utf-8", "replace") for line in lines if ESCAPED in line]
    bite.survivors = len(set(tree(os.getpid())) - before)
    return bite


def main() -> None:
    """Entry point."""
    attack, without = sys.argv[1:]
    engine = options("full")
    _enter()
    json.dump(asdict(_play(attack, without, engine)), sys.stdout)
    sys.stdout.flush()
    # As the first process of its namespace it takes all others with it.
    os._exit(0)


if __name__ == "__main__":
    main()
