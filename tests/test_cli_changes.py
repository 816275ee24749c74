"""When files are looked at again: after every way to save, once, and when it is over."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.cli import changes
from grader.cli.changes import Changes, Look, look_at


class Scripted:
    """Looks that were written down, one after the other."""

    def __init__(self, *looks: Look) -> None:
        self.left = list(looks)
        self.waited: list[str] = []

    def __call__(self) -> Look:
        return self.left.pop(0)

    def changes(self) -> Changes:
        return Changes(self, lambda: self.waited.append("alarm"), self._breath)

    def _breath(self) -> None:
        self.waited.append("breath")


def file(written: int, size: int = 1, inode: int = 1) -> tuple[int, int, int]:
    return (written, size, inode)


A, B, C = file(1), file(2), file(3)


def test_nothing_new_waits_for_the_alarm() -> None:
    looks = Scripted({"a": A}, {"a": A}, {"a": A}, {"a": B}, {"a": B})
    assert looks.changes().wait() == ("a",)
    assert looks.waited == ["alarm", "alarm", "breath"]


def test_a_save_in_pieces_is_one_change_when_two_looks_agree() -> None:
    empty, half = {"a": file(2, 0)}, {"a": file(3, 10)}
    whole = {"a": file(4, 20), "b": file(4)}
    looks = Scripted({"a": A, "b": A}, empty, half, whole, whole, whole)
    found = looks.changes()
    assert found.wait() == ("a", "b")
    assert looks.waited == ["breath"] * 3
    assert len(looks.left) == 1


def test_what_is_saved_meanwhile_counts_at_once() -> None:
    looks = Scripted({"a": A}, {"a": B}, {"a": B}, {"a": C}, {"a": C})
    found = looks.changes()
    assert found.wait() == ("a",)
    assert found.wait() == ("a",)
    assert "alarm" not in looks.waited


def test_what_is_as_before_when_it_settles_is_no_change() -> None:
    looks = Scripted({"a": A}, {}, {"a": A}, {"a": B}, {"a": B})
    assert looks.changes().wait() == ("a",)
    assert looks.waited.count("alarm") == 1


def in_place(folder: Path) -> None:
    (folder / "serveur.py").write_text("print(2)  # longer\n")


def renamed_over(folder: Path) -> None:
    (folder / ".serveur.py.swp").write_text("print(2)\n")
    times = (folder / "serveur.py").stat()
    os.utime(folder / ".serveur.py.swp", ns=(times.st_atime_ns, times.st_mtime_ns))
    (folder / ".serveur.py.swp").replace(folder / "serveur.py")


def backed_up(folder: Path) -> None:
    (folder / "serveur.py").rename(folder / ".backup")
    (folder / "serveur.py").write_text("print(2)  # longer\n")


def several(folder: Path) -> None:
    (folder / "client.py").write_text("print(3)\n")
    (folder / "sub" / "x.py").write_text("print(3)\n")


def removed(folder: Path) -> None:
    (folder / "serveur.py").unlink()


@pytest.mark.parametrize(
    ("save", "named"),
    [
        (in_place, ("serveur.py",)),
        (renamed_over, ("serveur.py",)),
        (backed_up, ("serveur.py",)),
        (several, ("client.py", "sub/x.py")),
        (removed, ("serveur.py",)),
    ],
)
def test_every_way_to_save(
    tmp_path: Path, save: Callable[[Path], None], named: Sequence[str]
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "serveur.py").write_text("print(1)\n")
    alarms = iter([lambda: save(tmp_path)])
    found = Changes(lambda: look_at(tmp_path), lambda: next(alarms)(), lambda: None)
    assert found.wait() == named


def test_caches_hidden_files_and_our_own_page_are_not_looked_at(tmp_path: Path) -> None:
    for name in ("__pycache__/a.pyc", ".git/index", ".serveur.py.swp", "report.html", "a.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    (tmp_path / "link.py").symlink_to("a.py")
    assert list(look_at(tmp_path, leave_out=tmp_path / "report.html")) == ["a.py"]
    assert look_at(tmp_path / "gone") == {}


def test_there_is_an_end_to_looking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "FILES_SEEN", 3)
    for number in range(9):
        (tmp_path / f"{number}.py").write_text("")
    assert len(look_at(tmp_path)) == 3


@pytest.mark.parametrize("there", [True, False])
def test_without_the_systems_word_it_looks_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    """Where watchfiles is not installed; or where it gives up."""
    given_up = SimpleNamespace(watch=lambda *path, **how: iter(()))
    monkeypatch.setitem(sys.modules, "watchfiles", given_up if there else None)
    program = tmp_path / "serveur.py"
    program.write_text("1")
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            program.write_text("22")

    monkeypatch.setattr(changes, "_wait", wait)
    assert changes.of_path(program).wait() == ("serveur.py",)
    assert waits[:3] == [changes._ALARM_S] * 3


def test_the_systems_word_wakes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Path, dict[str, object]]] = []

    def watch(path: Path, **how: object) -> Iterator[set[object]]:
        asked.append((path, how))
        yield set()  # nothing for a while
        (tmp_path / "serveur.py").write_text("22")
        yield {("modified", "serveur.py")}
        raise OSError("no more watches")

    monkeypatch.setitem(sys.modules, "watchfiles", SimpleNamespace(watch=watch))
    monkeypatch.setattr(changes, "_wait", lambda seconds: None)
    found = changes.of_path(tmp_path)
    assert found.wait() == ("serveur.py",)
    assert asked[0][0] == tmp_path
    assert asked[0][1]["yield_on_timeout"]
