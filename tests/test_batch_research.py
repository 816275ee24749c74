"""Copies for research: nobody's name in any byte, and the same grades as before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from batch_tools import SETTINGS, source, submission, waiting
from transcripts import right_server

from grader import results
from grader import transcript as tr
from grader.batch import grading, output, pages, research, saved
from grader.batch.grading import Grading
from grader.batch.judging import judge_run
from grader.cli import app
from grader.cli.research import words_of
from grader.judge.model import Problem
from grader.lab.model import Text
from grader.run.jobs import Job, Played, PlayedRun
from grader.submission import Late, MissingRole, Origin, Submission

TRACEBACK = (
    b'Traceback (most recent call last):\n  File "serveur.py", line 2, in <module>\n'
    b"    1 / 0\nZeroDivisionError: division by zero\n"
)
TELLING = (b"dupont", b"marie", b"martin", b"paul", b"22105678", b"groupe-b7", b"2026-10-02t08")


class Recorded:
    """Plays what was made by hand: Dupont's programs print their author's name, in pieces."""

    def __init__(self, wires: tuple[bytes, bytes] = (b"\0pcap marie", b"\0pcap")) -> None:
        self.wires = wires
        """Dupont's captures, and those of others."""

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        for job in jobs:
            run = right_server()
            header = msgspec.structs.replace(
                run.header, program=job.program, seed=job.seed, started="2026-11-22T09:13:37.123Z"
            )
            said = [tr.Stdout(t=1, data=b"par Mar"), tr.Stdout(t=2, data=b"ie Dupont\n")]
            error = tr.Stderr(t=3, data=b'File "/home/dupont/serveur_dupont.py", Martin')
            is_hers = "dupont" in job.program
            named = ("marie.sock", 0)
            socket = tr.Socket(
                protocol="unix", state="listen", local=named, remote=named, receive_queue=0,
                send_queue=5,
            )  # fmt: skip
            chosen = (
                tr.Listener(t=3, protocol="unix", address="/tmp/dupont.sock", port=0),
                tr.State(t=3, why="exit", calls=(), sockets=(socket,)),
            )
            told: tuple[tr.AnyEntry, ...] = (*said, error, *chosen) if is_hers else ()
            made = tr.Transcript(header, (run.entries[0], *told, *run.entries[1:]))
            wire = self.wires[not is_hers]
            yield Played(
                key=job.key, role=job.role, runs=(PlayedRun(transcript=made, pcapng=wire),)
            )


def entries() -> tuple[Submission, ...]:
    text = b"# Marie Dupont et Paul Martin\nprint('Dupont')\n"
    origin = Origin(
        layout="moodle", entries=("Marie Dupont_123_assignsubmission_file",),
        ids={"number": "22105678", "email": "marie.dupont@univ.example"}, groups=("groupe-b7",),
        submitted="2026-10-02T08:00", commit="abc",
        late=Late(due="2026-10-01T23:59", seconds=60, rule="1", penalty="1"),
    )  # fmt: skip
    first = submission("dupont_marie", text=text, server="dupont/serveur_dupont.py")
    return replace(first, origin=origin), submission("martin_paul", text=b"# Paul\n")


class Crashed:
    """Plays programs that end with an exception that nobody catches."""

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        for job in jobs:
            run = right_server()
            header = msgspec.structs.replace(run.header, program=job.program, seed=job.seed)
            end = tr.Ended(t=9, outcome="crashed", status=1)
            told = (tr.Stderr(t=2, data=TRACEBACK), tr.Exited(t=3, status=1), end)
            made = tr.Transcript(header, (run.entries[0], *told))
            yield Played(key=job.key, role=job.role, runs=(PlayedRun(transcript=made, pcapng=b""),))


def moodle_class() -> tuple[Submission, ...]:
    """Two persons, as Moodle's folders name them; the client is missing."""
    text = b"for file in [1]:\n    1 / 0\n"
    missing = Problem(code="missing-file", blame="student", message=Text({"fr": "Rien."}))
    made = []
    for name, number in (("Marie Dupont", "123"), ("Paul Martin", "456")):
        origin = Origin(
            layout="moodle", entries=(f"{name}_{number}_assignsubmission_file_",),
            ids={"participant": number},
        )  # fmt: skip
        one = submission(name.replace(" ", "_"), text=text)
        gone = MissingRole(role="client", problem=missing)
        made.append(replace(one, name=name, origin=origin, missing=(gone,)))
    return tuple(made)


def grade_with(out: Path, submissions: Iterable[Submission], engine: Recorded | Crashed) -> Path:
    with output.opened(out) as folder:
        folder.mark(grading.marker_of(source(), SETTINGS))
        work = Grading(folder, source(), SETTINGS, judge_run)
        done = list(work.grade(waiting(*submissions), engine))
        pages.write_class(folder, source().lab, SETTINGS, [one.grade for one in done])
    return out


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    return grade_with(tmp_path / "class", entries(), Recorded())


def every_byte(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
    }


def telling(folder: Path) -> set[tuple[str, bytes]]:
    found = every_byte(folder)
    for name, data in list(found.items()):
        if name.endswith(".jsonl"):
            # What is in base64 there.
            whole = tr.load(data)
            found[f"{name}: output"] = whole.stdout + whole.stderr
    return {
        (name, word)
        for name, data in found.items()
        for word in TELLING
        if re.search(rb"(?<![a-z0-9])" + word + rb"(?![a-z0-9])", data.lower())
        or word in name.lower().encode()
    }


def report(out: Path, *more: str) -> int:
    return app.main(["report", str(out), "--audience", "research", "--lang", "en", *more])


def test_nobodys_name_is_in_any_byte_and_the_grades_are_the_same(
    graded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert {word for _, word in telling(graded)} == {*TELLING}
    assert report(graded) == 0
    copy = tmp_path / "class-research"
    assert telling(copy) == set()
    said = capsys.readouterr()
    assert "Submissions under pseudonyms: 2" in said.out
    assert "could not be removed" in said.err
    before = results.read_results((graded / "results.json").read_bytes()).submissions
    after = results.read_results((copy / "results.json").read_bytes()).submissions
    assert sorted((x.score, x.max_score, [c.status for c in x.criteria]) for x in before) == sorted(
        (x.score, x.max_score, [c.status for c in x.criteria]) for x in after
    )
    assert [x.id for x in after] == sorted(x.id for x in after)
    assert {(x.late.penalty, x.late.seconds) for x in after if x.late} == {(1, 86_400)}
    assert not [name for name in every_byte(copy) if name.endswith(".pcapng")]
    # The time of day, in whose order the class was played, is nowhere.
    assert not [name for name, data in every_byte(copy).items() if b"09:13:37" in data]


def test_words_of_a_platform_are_nobodys_name(tmp_path: Path) -> None:
    out = grade_with(tmp_path / "class", moodle_class(), Crashed())
    assert report(out, "--out", str(tmp_path / "copy")) == 0
    copy = output.OutputFolder(tmp_path / "copy")
    names = [p.parent.name for p in (tmp_path / "copy").glob("*/submission.json")]
    assert len(names) == 2
    for found in (saved.load(copy, name) for name in names):
        assert found is not None
        assert [one.problem.code for one in found.missing] == ["missing-file"]
        kept = saved.submission_of(copy, found)
        assert kept.files[0].data == b"for file in [1]:\n    1 / 0\n"
        assert [run.read().stderr for run in saved.runs_of(copy, found)] == [TRACEBACK]
    assert telling(tmp_path / "copy") == set()


@pytest.mark.parametrize(
    ("layout", "entry", "names"),
    [
        ("moodle", "Dupont Marie_123_assignsubmission_file_echo.py", ["Dupont Marie", "123"]),
        ("canvas", "dupontmarie_LATE_77_88_echo.py", ["dupontmarie", "77"]),
        ("brightspace", "7-8 - Marie Dupont - Oct 2, 2026 1159 PM", ["Marie Dupont", "7"]),
        ("blackboard", "tp_22105678_attempt_2026-10-02-08-00-00_x.py", ["22105678", "22105678"]),
        ("plain", "dupont_marie.zip", ["dupont marie"]),
    ],
)
def test_of_a_downloads_name_only_the_person_counts(
    layout: str, entry: str, names: list[str]
) -> None:
    one = replace(submission("x"), origin=Origin(layout=layout, entries=(entry,)))
    found = saved.describe(one, "", "", ())
    assert research.names_of(found) == ["x", "x", *names]


def test_lateness_is_told_in_days(tmp_path: Path) -> None:
    late = Late(due="2026-10-01T23:59", seconds=0, rule="", penalty="1/2")
    entries = [
        replace(
            submission(f"number_{seconds}"),
            origin=Origin(layout="moodle", late=replace(late, seconds=seconds)),
        )
        for seconds in (1, 86_400, 86_401)
    ]
    out = grade_with(tmp_path / "late", entries, Recorded())
    assert report(out, "--out", str(tmp_path / "copy")) == 0
    found = results.read_results((tmp_path / "copy/results.json").read_bytes()).submissions
    told = sorted((one.late.seconds, one.late.penalty) for one in found if one.late)
    assert told == [(86_400, 0.5), (86_400, 0.5), (172_800, 0.5)]


def test_it_is_a_graded_folder_like_another(graded: Path, tmp_path: Path) -> None:
    # The class is in French, its copy in English.
    assert report(graded, "--out", str(tmp_path / "copy")) == 0
    assert app.main(["verify", str(tmp_path / "copy")]) == 0
    # 3: not every run is there, in the one as in the other.
    assert app.main(["report", str(graded)]) == app.main(["report", str(tmp_path / "copy")]) == 3
    assert app.main(["verify", str(tmp_path / "copy")]) == 0


def test_pseudonyms_are_drawn_anew_for_each_copy(graded: Path, tmp_path: Path) -> None:
    ids = []
    for name in ("one", "two"):
        assert report(graded, "--out", str(tmp_path / name)) == 0
        ids.append({path.name for path in (tmp_path / name).iterdir() if path.is_dir()})
    assert not ids[0] & ids[1]
    same = research.pseudonyms(["a", "b"], b"key")
    assert same == research.pseudonyms(["b", "a"], b"key")
    assert same != research.pseudonyms(["a", "b"], b"other key")


@pytest.mark.parametrize(
    ("wires", "kept"),
    [
        ((b"\0pcap marie", b"\0pcap"), [b"\0pcap"]),
        # What she printed came in pieces, so may what she sent have done.
        ((b"\0Mar\0\0ie", b"\0pcap"), [b"\0pcap"]),
        ((b"\0pcap", b"\0pcap paul"), []),
    ],
)
def test_captures_come_along_where_they_are_asked_for_and_name_nobody(
    tmp_path: Path, wires: tuple[bytes, bytes], kept: list[bytes]
) -> None:
    out = grade_with(tmp_path / "class", entries(), Recorded(wires))
    assert report(out, "--captures", "--out", str(tmp_path / "copy")) == 0
    found = every_byte(tmp_path / "copy").items()
    assert [data for name, data in found if name.endswith(".pcapng")] == kept


def test_reasons_of_adjustments_lose_names_too(graded: Path, tmp_path: Path) -> None:
    why = "Paul Martin l'a montré"
    given = ["adjust", str(graded), "martin_paul", "--criterion", "server.print1"]
    assert app.main([*given, "--points", "1", "--why", why]) == 3  # not every run is there
    assert report(graded, "--out", str(tmp_path / "copy")) == 0
    text = (tmp_path / "copy" / "adjustments.json").read_text("utf-8")
    assert "l'a montré" in text
    assert telling(tmp_path / "copy") == set()


def test_a_folder_that_is_not_empty_is_refused(
    graded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(graded, "--out", str(tmp_path / "copy")) == 0
    assert report(graded, "--out", str(tmp_path / "copy")) == 2
    assert "is not empty" in capsys.readouterr().err
    assert report(graded, "--zip") == 2
    assert app.main(["report", str(graded), "--captures"]) == 2


def test_one_whose_result_would_change_is_left_out(
    graded: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(research, "_verdicts", lambda grade: (grade.id,))
    assert report(graded, "--out", str(tmp_path / "copy")) == 3
    said = capsys.readouterr().err
    assert "would be another one: left out" in said
    assert "Submissions left out: 2" in said


def test_what_the_lab_says_itself_is_spared() -> None:
    words = words_of(source().lab)
    assert "server.print1" in words
    assert "Serveur 65432, je vous dis au revoir" in words
