"""Large submissions wait on the disk, and are what they were to whoever asks."""

from __future__ import annotations

import pickle
from pathlib import Path

from batch_tools import submission

from grader.batch import saved
from grader.batch.aside import StoredFile, set_aside
from grader.intake.reading import digest_of
from grader.run.spool import Spool
from grader.submission import SourceFile


def test_a_small_submission_stays_as_it_is(tmp_path: Path) -> None:
    one = submission("a")
    assert set_aside(one, Spool(tmp_path)) is one


def test_a_large_one_is_the_same_to_who_plays_it_and_who_keeps_it(tmp_path: Path) -> None:
    one = submission("a", text=b"print(1)\n" * 100_000)
    aside = set_aside(one, Spool(tmp_path))
    (file,) = aside.files
    assert isinstance(file, StoredFile)
    assert (file.path, file.data) == (one.files[0].path, one.files[0].data)
    assert digest_of(aside.files) == digest_of(one.files)
    assert saved.bounded(aside, (".py",)) == saved.bounded(one, (".py",))
    sent = pickle.loads(pickle.dumps(aside))
    assert sent == one
    assert type(sent.files[0]) is SourceFile


def test_its_bytes_are_not_in_memory(tmp_path: Path) -> None:
    aside = set_aside(submission("a", text=bytes(1 << 20)), Spool(tmp_path))
    held = [value for file in aside.files for value in vars(file).values()]
    assert not any(isinstance(value, bytes) for value in held)
