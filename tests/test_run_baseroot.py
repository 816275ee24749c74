"""What does not change between sandboxes, laid out once: nothing else is seen because of it."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import engine_tools as tools
import pytest
from namespaces import in_network, missing

from grader.run import baseroot, place, worker
from grader.run.errors import HostError
from grader.run.runner import Runner
from grader.run.spare import Spare

_LOOK = r"""
import os, stat

def told(path):
    found = os.lstat(path)
    link = os.readlink(path) if stat.S_ISLNK(found.st_mode) else ""
    return path, oct(found.st_mode), found.st_uid, found.st_gid, link

for folder in ("/", "/etc", "/dev", "/usr", "/usr/share", "/submission"):
    print(told(folder), *sorted(map(told, (os.path.join(folder, x) for x in os.listdir(folder)))))
for name in ("hosts", "passwd", "group", "nsswitch.conf"):
    print(open(f"/etc/{name}", "rb").read())
for path in ("/", "/etc", "/usr/lib", "/usr/bin", "/etc/hosts", "/mnt", "/tmp", "/submission"):
    try:
        if os.path.isdir(path):
            path += "/new"
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT))
        print(path, "can be written")
    except OSError as error:
        print(path, error.errno)
for line in open("/proc/self/mountinfo"):
    place, options = line.split()[4:6]
    print(place, "ro" in options.split(","), "nosuid" in options.split(","))
"""


def _both_ways() -> None:
    scenario = replace(tools.tp09().scenario("client-nominal"), steps=())
    job = tools.job(_LOOK, scenario)
    prepared = worker.prepare(tools.options("full"), os.getppid())
    assert prepared.base is not None
    told = []
    for base in (prepared.base, None):
        prepared.base = base
        (run,) = Runner(prepared).play(job)
        assert prepared.base == base
        assert run.end.outcome == "completed", tools.summary(run.transcript)
        said = run.transcript.stdout.decode().splitlines()
        at = 1 + next(i for i, line in enumerate(said) if line.startswith("/submission"))
        told.append((said[:at], dict(line.split(" ", 1) for line in said[at:])))
    with_it, without = told
    for one, other in zip(with_it[0], without[0], strict=True):
        assert one == other
    # What lay on the root itself (four files) was mounted one by one.
    assert with_it[1].items() <= without[1].items()
    assert all(x.startswith("/etc/") for x in without[1].keys() - with_it[1].keys())


def test_a_program_sees_the_same_with_it_and_without() -> None:
    try:
        tools.options("full")
    except HostError as error:
        missing(str(error))
    root = Path(__file__).parent.parent
    code = f"import sys; sys.path[:0] = {[str(root), str(root / 'tests')]}\n"
    code += "import test_run_baseroot as here; here._both_ways()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr


def _laid_out() -> None:
    with tempfile.TemporaryDirectory() as name:
        given, root = Path(name, "given"), Path(name, "root")
        (given / "below").mkdir(parents=True)
        (given / "file").write_text("theirs")
        root.mkdir()
        (root / "hidden").touch()
        shown = (
            "--ro-bind", str(given), "/opt/given", "--symlink", "opt/given", "/link",
            "--ro-bind-try", str(given / "nothing"), "/nothing",
            "--ro-bind-try", str(given / "file"), "/etc/file",
        )  # fmt: skip
        assert baseroot.lay(str(root), shown, {"/etc/ours": b"ours"}, ("/proc",)) == str(root)
        assert sorted(x.name for x in root.iterdir()) == ["etc", "link", "opt", "proc"]
        assert (root / "link/file").read_text() == (root / "etc/file").read_text() == "theirs"
        assert (root / "etc/ours").read_bytes() == b"ours"
        for path in (root / "new", root / "opt/given/below/new", root / "etc/ours"):
            with pytest.raises(OSError, match=os.strerror(errno.EROFS)):
                path.open("w")
        assert baseroot.lay(str(root), ("--bind", "/", "/"), {}, ()) is None
        assert baseroot.lay(str(Path(name, "absent")), (), {}, ()) is None
        assert baseroot.lay(None, shown, {}, ()) is None
        # This process is over: its mounts go with it, and the folder is removed by its maker.
        os._exit(0)


def test_all_of_it_is_read_only() -> None:
    in_network(_laid_out)


def test_nothing_that_is_needed_is_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mountpoint, other = tmp_path / "mnt", tmp_path / "other"
    assert baseroot.place_for((), str(mountpoint)) is None
    mountpoint.mkdir()
    other.mkdir()
    assert baseroot.place_for((str(other),), str(mountpoint)) == str(mountpoint)
    assert baseroot.place_for((str(mountpoint / "py"),), str(mountpoint)) is None
    (other / "link").symlink_to(mountpoint)
    assert baseroot.place_for((str(other / "link/py"),), str(mountpoint)) is None
    monkeypatch.setattr(sys, "path", [*sys.path, str(mountpoint / "site")])
    assert baseroot.place_for((), str(mountpoint)) is None


def test_where_bubblewrap_will_not_have_it_sandboxes_are_made_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def start(*_: object, base: str | None = None) -> str:
        asked.append(base)
        if base is not None:
            raise HostError("no such mount")
        return "started"

    monkeypatch.setattr(place, "start_sandboxed", start)
    monkeypatch.setattr(place.LinuxPlace, "_limited", lambda _self, program, _limits: program)
    prepared = object.__new__(place.LinuxPlace)
    prepared.bwrap, prepared.base, prepared.reachable = "/usr/bin/bwrap", "/mnt", {}
    prepared._spare = Spare(prepared._begin_spare, prepared._limited)
    monkeypatch.setattr(place.LinuxPlace, "interpreter", None, raising=False)
    limits = tools.tp09().limits
    for _ in range(2):
        assert prepared._launched((), "serveur.py", limits, None) == "started"  # type: ignore[comparison-overlap]
    assert asked == ["/mnt", None, None]
