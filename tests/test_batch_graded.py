"""A graded class, read one result at a time, from files that somebody may have edited."""

from __future__ import annotations

import json
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from export_samples import result_of
from report_samples import grade, lab, stuck_grade

from grader import results
from grader.batch import graded
from grader.batch.graded import (
    GradedFolder,
    NoResultsError,
    graded_folder,
    listed_ids,
    read_file,
)
from grader.batch.output import OutputFolder
from grader.formats.csv import csv_rows
from grader.formats.ctrf import ctrf_pieces
from grader.formats.gitlab import code_quality_pieces
from grader.formats.junit import junit_pieces


def folder_of(path: Path, *ids: str) -> OutputFolder:
    """An output folder with a result for each."""
    listed = [{"id": one, "more": [1, {"id": "x"}]} for one in ids]
    path.mkdir(exist_ok=True)
    (path / "results.json").write_text(json.dumps({"submissions": listed, "tool": {}}))
    made = results.encode(result_of(stuck_grade())).decode()
    for one in ids:
        (path / one).mkdir()
        (path / one / "result.json").write_text(made.replace('"dupont_marie"', json.dumps(one)))
    return OutputFolder(path)


def test_a_class_in_its_order_again_and_again(tmp_path: Path) -> None:
    found = graded_folder(folder_of(tmp_path, "zoe", "abel", "max"))
    assert len(found) == 3
    for _ in range(2):
        assert [one.id for one in found] == ["zoe", "abel", "max"]


def test_only_some(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "zoe", "abel", "max")
    assert [one.id for one in graded_folder(folder, ["max", "zoe"])] == ["zoe", "max"]
    with pytest.raises(NoResultsError, match="no submission 'abell'; did you mean abel"):
        graded_folder(folder, ["abell"])


@pytest.mark.parametrize("bad", ["../x", "a/b", "", ".", "a\n", "é", "x" * 65])
def test_an_id_is_never_a_way_out(tmp_path: Path, bad: str) -> None:
    (tmp_path / "results.json").write_text(json.dumps({"submissions": [{"id": bad}]}))
    with pytest.raises(NoResultsError, match="ids that are not Wiregrade's"):
        graded_folder(OutputFolder(tmp_path))


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_as_we_write_it_a_submission_at_a_time_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    ids = ["zoe", "abel", "max"]
    named = [replace(grade(), id=one, name='"}\n    },\n    {') for one in ids]
    whole = b"".join(results.encoded(lab(), "full", named))
    listed = tmp_path / "results.json"
    monkeypatch.setattr(graded, "_CHUNK", chunk)
    monkeypatch.setattr(graded, "mmap", None)  # never all of it at once
    listed.write_bytes(whole)
    assert graded_folder(OutputFolder(tmp_path)).ids == ids
    monkeypatch.undo()
    for cut in (1, len(whole) // 2, len(whole) - 20, len(whole) - 3):
        listed.write_bytes(whole[:cut])
        with pytest.raises(NoResultsError):
            graded_folder(OutputFolder(tmp_path))
    listed.write_bytes(b"".join(results.encoded(lab(), "full", [])))
    assert graded_folder(OutputFolder(tmp_path)).ids == []


def test_an_id_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text('{"submissions": [{"id": "a"}, {"id": "a"}]}')
    with pytest.raises(NoResultsError, match="an id twice"):
        graded_folder(OutputFolder(tmp_path))


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"submissions": 3}', b"\xff\xfe"])
def test_what_is_no_results_json_is_said(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "results.json").write_bytes(data)
    with pytest.raises(NoResultsError, match=r"is no results\.json"):
        graded_folder(OutputFolder(tmp_path))


def test_what_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoResultsError, match="is not there"):
        graded_folder(OutputFolder(tmp_path))
    folder = folder_of(tmp_path, "zoe", "abel")
    (tmp_path / "abel" / "result.json").unlink()
    with pytest.raises(NoResultsError, match=r"abel/result\.json cannot be read"):
        list(graded_folder(folder))


def test_who_is_listed_is_read_from_the_list_alone(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "zoe", "abel")
    (tmp_path / "zoe" / "result.json").unlink()
    assert listed_ids(folder) == ["zoe", "abel"]
    listed = tmp_path / "results.json"
    listed.write_bytes(b'{"submissions": 3}')
    with pytest.raises(ValueError, match="submissions"):
        listed_ids(folder)
    listed.unlink()
    with pytest.raises(FileNotFoundError):
        listed_ids(folder)


def test_a_result_of_somebody_else_is_refused(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "zoe", "abel")
    (tmp_path / "abel" / "result.json").write_bytes(results.encode(result_of(grade("zoe"))))
    with pytest.raises(NoResultsError, match="is the result of zoe"):
        list(graded_folder(folder))


@pytest.mark.parametrize("data", [b"", b"{}", b'{"id": 3}', b"\xff"])
def test_what_is_no_result_json_is_said(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(data)
    with pytest.raises(NoResultsError, match=r"is no result\.json"):
        read_file(path)
    with pytest.raises(NoResultsError, match="cannot be read"):
        read_file(tmp_path / "nowhere")


def test_a_result_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(results.encode(result_of(stuck_grade())))
    assert read_file(path) == result_of(stuck_grade())


def peak(pieces: Iterable[object], *, kept: bool = False) -> int:
    """Bytes held at most while all pieces are made and thrown away (or kept)."""
    tracemalloc.start()
    try:
        deque(pieces, maxlen=None if kept else 0)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


SMALL, BIG = 10, 40
A_FEW = 3 * 1024
"""Bytes of a submission that may stay: an id, what a cache takes of it."""


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> dict[int, GradedFolder]:
    made = {}
    for count in (SMALL, BIG):
        ids = (f"s{i:04}" for i in range(count))
        made[count] = graded_folder(folder_of(tmp_path_factory.mktemp(str(count)), *ids))
    return made


EXPORTS: dict[str, Callable[[GradedFolder], Iterable[object]]] = {
    "csv": csv_rows,
    "junit": lambda graded: junit_pieces(graded, "fr"),
    "ctrf": lambda graded: ctrf_pieces(graded, "fr"),
    "gitlab": code_quality_pieces,
}


@pytest.mark.parametrize("export", EXPORTS)
def test_a_bigger_class_takes_no_more_memory(classes: dict[int, GradedFolder], export: str) -> None:
    make = EXPORTS[export]
    # What the class needs is needed each time; what else the process does meanwhile is not.
    small, big = (min(peak(make(classes[count])) for _ in range(3)) for count in (SMALL, BIG))
    assert big - small < (BIG - SMALL) * A_FEW


def test_a_class_that_is_held_takes_more(classes: dict[int, GradedFolder]) -> None:
    """Or the test above would show nothing."""
    small, big = (peak(classes[count], kept=True) for count in (SMALL, BIG))
    assert big - small > 3 * (BIG - SMALL) * A_FEW
