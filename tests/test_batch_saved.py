"""What the output folder keeps of a submission comes back as it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import transcript as tr
from grader.batch import output, saved
from grader.judge.model import Problem, Programs, Remark
from grader.lab.model import Text
from grader.run.jobs import PlayedRun, Run
from grader.submission import MissingRole, SourceFile, Submission


def played(run: str = "server-nominal") -> PlayedRun:
    header = tr.Header(
        run=run, scenario="server-nominal", role="server", program="a/serveur.py", texts={},
        port=65432, delivery="separate", seed="5eed", isolation="full", facts="kernel",
        interpreter="3.11.7", started="2026-01-01T00:00:00Z",
    )  # fmt: skip
    entries = (
        tr.Started(t=0),
        tr.Stdout(t=1, data=b"\xff\x00"),
        tr.Ended(t=2, outcome="completed"),
    )
    return PlayedRun(transcript=tr.of(header, entries), pcapng=b"pcap")


def submission() -> Submission:
    note = Text({"fr": "Aucun programme", "en": "No program"})
    return Submission(
        id="dupont",
        name="Dupont Zoé",
        files=(
            SourceFile(path="a/serveur.py", data=b"print(1)\n"),
            SourceFile(path="a/outils.py", data=b"x = 1\n"),
            SourceFile(path="photo.jpg", data=b"\xff" * 1000),
        ),
        programs=Programs(server="a/serveur.py", client=None),
        digest="00ff",
        remarks=(Remark(code="role-guessed", text=note),),
        missing=(
            MissingRole(
                role="client",
                problem=Problem(code="missing-file", blame="student", message=note),
            ),
        ),
    )


def back(runs: Iterable[Run]) -> list[tuple[object, ...]]:
    """All that can be asked of the runs, wherever they lie."""
    return [
        (
            r.header,
            r.end,
            r.causes,
            r.transcript,
            r.read(),
            r.pcapng,
            r.has_wire,
            b"".join(r.wire()),
        )
        for r in runs
    ]


def test_traced_runs_come_back_and_one_that_is_gone_is_no_loss(tmp_path: Path) -> None:
    kept = saved.bounded(submission(), (".py",))
    runs, traced = (played(),), (played("server-nominal~trace"), played("server-drawn~trace"))
    with output.opened(tmp_path) as folder:
        described = saved.describe(kept, "5eed", "f00", runs, traced)
        described = saved.save(folder, kept, (*runs, *traced), described)
        folder.remove("dupont/runs/server-drawn~trace.jsonl")
        found = saved.load(folder, "dupont")
        assert found == described
        assert back(saved.runs_of(folder, found)) == back(runs)
        assert back(saved.traced_of(folder, found)) == back(traced[:1])


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    kept = saved.bounded(submission(), (".py",))
    assert [f.path for f in kept.files] == ["a/serveur.py", "a/outils.py"]
    runs = (played(), played("server-nominal~2"))
    with output.opened(tmp_path) as folder:
        saved.save(folder, kept, runs, saved.describe(kept, "5eed", "f00", runs))
        found = saved.load(folder, "dupont")
        assert found is not None
        assert (found.fingerprint, found.seed) == ("f00", "5eed")
        assert saved.submission_of(folder, found) == kept
        assert back(saved.runs_of(folder, found)) == back(runs)


def test_what_is_gone_or_changed_is_told(tmp_path: Path) -> None:
    kept = saved.bounded(submission(), (".py",))
    with output.opened(tmp_path) as folder:
        found = saved.save(folder, kept, (played(),), saved.describe(kept, "", "", (played(),)))
        assert saved.is_whole(folder, found)
        assert saved.altered(folder, found) == ([], [])
        folder.write("dupont/runs/server-nominal.pcapng", b"another wire")
        assert saved.altered(folder, found) == ([], ["runs/server-nominal.pcapng"])
        folder.remove("dupont/source/01-serveur.py")
        assert saved.altered(folder, found)[0] == ["source/01-serveur.py"]
        assert not saved.is_whole(folder, found)


def test_a_file_without_a_sum_is_not_whole(tmp_path: Path) -> None:
    kept = saved.bounded(submission(), (".py",))
    with output.opened(tmp_path) as folder:
        whole = saved.save(folder, kept, (played(),), saved.describe(kept, "", "", (played(),)))
        for name in ("source/01-serveur.py", "runs/server-nominal.jsonl"):
            sums = {key: value for key, value in whole.artifacts.items() if key != name}
            assert not saved.is_whole(folder, msgspec.structs.replace(whole, artifacts=sums))


@pytest.mark.parametrize("name", ["../secret", "runs/../../x", "/etc/passwd", "runs/", "x"])
def test_sums_of_files_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    found = saved.describe(submission(), "", "", ())
    edited = msgspec.structs.replace(found, artifacts={name: ""})
    with output.opened(tmp_path) as folder, pytest.raises(ValueError, match="not a name of ours"):
        saved.altered(folder, edited)


def test_two_problems_without_files_are_two_results() -> None:
    def marked(one: Submission) -> str:
        return saved.mark_of("1", "lab", {"isolation": "full"}, one)

    blank = replace(submission(), files=(), digest="")
    words = Text({"fr": "abîmée", "en": "damaged"})
    broken = replace(blank, problem=Problem(code="broken", blame="student", message=words))
    locked = replace(blank, problem=Problem(code="locked", blame="student", message=words))
    assert len({marked(blank), marked(broken), marked(locked)}) == 3
    # What was saved has the same mark as what it was made from.
    assert saved.mark_of("1", "lab", {"isolation": "full"}, saved.describe(broken, "", "", ())) == (
        marked(broken)
    )


def test_nothing_saved_and_nothing_whole_are_nothing(tmp_path: Path) -> None:
    with output.opened(tmp_path) as folder:
        assert saved.load(folder, "dupont") is None
        folder.write("dupont/submission.json", b'{"fingerprint": 1')
        assert saved.load(folder, "dupont") is None


def test_a_transcript_that_is_gone_is_said(tmp_path: Path) -> None:
    with output.opened(tmp_path) as folder:
        found = saved.describe(submission(), "", "", (played(),))
        with pytest.raises(ValueError, match="is gone"):
            saved.runs_of(folder, found)


def test_names_in_an_edited_file_lead_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "secret.jsonl").write_bytes(b"{}")
    with output.opened(tmp_path / "out") as folder:
        found = saved.describe(submission(), "", "", (played("../../../secret"),))
        with pytest.raises(ValueError, match="not a name of ours"):
            saved.runs_of(folder, found)


def test_big_programs_are_cut_and_programs_come_first() -> None:
    big = b"#" * (saved.FILE_BYTES + 1)
    files = (*(SourceFile(path=f"m{i}.py", data=big) for i in range(9)),)
    files += (SourceFile(path="zz.py", data=big),)
    kept = saved.bounded(
        Submission(
            id="a", name="a", files=files, programs=Programs(server="zz.py", client=None), digest=""
        ),
        (".py",),
    )
    assert kept.files[0].path == "zz.py"
    assert sum(len(f.data) for f in kept.files) == saved.TOTAL_BYTES
    assert max(len(f.data) for f in kept.files) == saved.FILE_BYTES


@given(st.lists(st.text(min_size=1, max_size=100), unique=True, max_size=60))
def test_names_of_copies_are_plain_and_distinct(paths: list[str]) -> None:
    names = saved.safe_names(paths)
    assert set(names) == set(paths)
    assert len({name.lower() for name in names.values()}) == len(paths)
    for name in names.values():
        assert name.isascii()
        assert name.isprintable()
        assert not {*name} & {*'/\\ :*?"<>|'}
        assert not name.startswith(".")
        assert not name.endswith((".", " "))
        assert len(name) < 100


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_fingerprints_differ_where_the_parts_do(one: list[str], other: list[str]) -> None:
    same = saved.fingerprint(*one) == saved.fingerprint(*other)
    assert same == (one == other)
