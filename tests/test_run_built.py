"""What builds give, and how it is kept for a batch."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.lab.languages import KNOWN
from grader.run import built as module
from grader.run.built import (
    Artifact,
    BuildCache,
    Built,
    TooManyFilesError,
    key_of,
    read_artifacts,
)
from grader.submission import SourceFile

BUILT = Built(
    command=("cc",), status=0, output=b"x", took=5,
    artifacts=(Artifact("program", b"\x7fELF", True),),
)  # fmt: skip


def told(*files: tuple[object, bytes], end: object = {"status": 0}) -> bytes:
    parts = [json.dumps(head).encode() + b"\n" + data for head, data in files]
    return b"".join(parts) + json.dumps(end).encode() + b"\n"


def test_files_and_status_are_read() -> None:
    data = told(
        ({"path": "a/X.class", "size": 3, "executable": False}, b"\n{}"),
        ({"path": "program", "size": 0, "executable": True}, b""),
    )
    assert read_artifacts(data) == (
        0, (Artifact("a/X.class", b"\n{}", False), Artifact("program", b"", True)),
    )  # fmt: skip
    assert read_artifacts(told(end={"status": 1})) == (1, ())


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[]\n", b"null\n", b'{"path": 1, "size": 1}\n', told(end={}),
        told(({"path": "../x", "size": 0}, b"")), told(({"path": "/etc/x", "size": 0}, b"")),
        told(({"path": "x", "size": 99}, b"")), told(({"path": "x", "size": -1}, b"")),
        told(({"path": "x" * 5000, "size": 0}, b"")), told(({"path": "a//x", "size": 0}, b"")),
        told(({"path": "\udcff", "size": 0}, b"")), told(({"path": "a\0", "size": 0}, b"")),
        told(({"path": "a/" * 40 + "x", "size": 0}, b"")),
        told(({"path": "x", "size": True}, b"y")), told(end={"status": False}),
        told(end={"status": 257}), told(end={"status": -65}), told(end={"status": 0.0}),
        b"[" * 4000 + b"\n", b'{"status": ' + b"[" * 4000 + b"\n",
        told(*[({"path": f"{n}", "size": 0}, b"") for n in range(401)]),
    ],
)  # fmt: skip
def test_what_can_not_be_used_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- json's, or ours
        read_artifacts(data)


def test_a_name_is_kept_as_the_compiler_wrote_it() -> None:
    """Java looks for a class by its bytes: é of one letter, or of two."""
    for name in ("tp/E\u0301le\u0300ve.class", "tp/\xc9l\xe8ve.class", "a\\b", "C:x", "x" * 240):
        _, (made,) = read_artifacts(told(({"path": name, "size": 0}, b"")))
        assert made.path == name


def test_too_many_files_are_told_apart() -> None:
    files = [({"path": f"{n}", "size": 0}, b"") for n in range(401)]
    assert len(read_artifacts(told(*files[:400]))[1]) == 400
    with pytest.raises(TooManyFilesError):
        read_artifacts(told(*files))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        read_artifacts(data)
    except ValueError:
        return


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[BuildCache]:
    fd = os.open(tmp_path, os.O_RDONLY)
    yield BuildCache(fd)
    os.close(fd)


def test_a_build_is_kept(cache: BuildCache) -> None:
    with cache.alone("k"):
        assert cache.get("k") is None
        cache.put("k", BUILT)
    with cache.alone("k"):
        assert cache.get("k") == BUILT
    assert cache.get("other") is None


def test_the_oldest_makes_room(
    cache: BuildCache, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "_MOST_KEPT", 1)
    cache.put("a", BUILT)
    cache.put("b", BUILT)
    assert cache.get("a") is None
    assert cache.get("b") == BUILT
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_the_key_changes_with_all_that_a_build_is_made_from() -> None:
    files = [SourceFile(path="a.c", data=b"x"), SourceFile(path="b.h", data=b"y")]
    base = key_of(KNOWN["c"], ("gcc",), "12", "a.c", files, "sandbox")
    assert base == key_of(KNOWN["c"], ("gcc",), "12", "a.c", files[::-1], "sandbox")
    others = {
        key_of(KNOWN["c++"], ("gcc",), "12", "a.c", files, "sandbox"),
        key_of(KNOWN["c"], ("gcc", "-O2"), "12", "a.c", files, "sandbox"),
        key_of(KNOWN["c"], ("gcc",), "13", "a.c", files, "sandbox"),
        key_of(KNOWN["c"], ("gcc",), "12", "b.c", files, "sandbox"),
        key_of(KNOWN["c"], ("gcc",), "12", "a.c", files[:1], "sandbox"),
        key_of(KNOWN["c"], ("gcc",), "12", "a.c", files, "plain"),
        key_of(replace(KNOWN["c"], environment={"LANG": "fr"}), ("gcc",), "12", "a.c", files,
               "sandbox"),
    }  # fmt: skip
    assert len(others | {base}) == 8


def test_there_is_a_program_or_there_is_none() -> None:
    assert BUILT.ok
    assert not Built(command=(), status=0, output=b"", took=0).ok
    assert not Built(command=(), status=1, output=b"", took=0, artifacts=BUILT.artifacts).ok
    limited = Built(
        command=(), status=0, output=b"", took=0, artifacts=BUILT.artifacts, limit="cpu"
    )
    assert not limited.ok
