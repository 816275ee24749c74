"""Classes as platforms name them: every student found, none invented, none lost."""

from __future__ import annotations

import contextlib
import unicodedata
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import lms_classes
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lms_classes import HARD_NAMES, LAYOUTS, Downloaded, programs, roster_csv

from grader.batch import output
from grader.intake import entrants
from grader.intake.bounds import BOUNDS
from grader.intake.errors import InputError
from grader.intake.importing import ClassRead, Options, class_at
from grader.intake.lateness import Deadline
from grader.intake.layouts.model import Piece
from grader.intake.layouts.pattern import compiled
from grader.intake.people import in_teams, persons_of, with_roster
from grader.intake.roles import DEFAULT_ROLES
from grader.intake.roster import Roster, Student, read_roster
from grader.lab.late import parse_rule

Row = tuple[str, frozenset[tuple[str, bytes]]]


def rows(found: ClassRead) -> Counter[Row]:
    """Each row by its name, and the programs that were read."""
    read = [(one.name, one.read()) for one in found.entrants]
    return Counter(
        (name, frozenset((f.path, f.data) for f in s.files if f.path.endswith(".py")))
        for name, s in read
    )


def truth(made: Downloaded) -> Counter[Row]:
    return Counter((name, frozenset(files.items())) for name, files in made.rows)


def read(path: Path, **options: object) -> tuple[ClassRead, Counter[Row]]:
    with class_at(path, DEFAULT_ROLES, Options(**options)) as found:  # type: ignore[arg-type]
        return found, rows(found)


def ids(found: ClassRead) -> list[str]:
    return [one.id for one in found.entrants]


def test_a_sample_is_hard() -> None:
    assert len(HARD_NAMES) >= 30
    assert any(not unicodedata.is_normalized("NFC", name) for name in HARD_NAMES)
    assert max(Counter(HARD_NAMES).values()) == 2


@pytest.mark.parametrize("name", LAYOUTS)
def test_everybody_comes_out_of_the_unpacked_folder_and_of_the_zip(
    name: str, tmp_path: Path
) -> None:
    layout, make = LAYOUTS[name]
    made = make()
    found, told = read(made.folder(tmp_path / "x"))
    assert (found.layout, found.unmatched) == (layout, ())
    assert told == truth(made)
    assert sum(one.origin.flagged_late for one in found.entrants) == made.late
    assert len({one.lower() for one in ids(found)}) == len(made.rows)

    zipped, again = read(made.zip(tmp_path / "x.zip"))
    assert again == told
    assert [o.id for o in zipped.entrants] == ids(found)
    inner, wrapped = read(made.zip(tmp_path / "y.zip", inside="Devoir É/"))
    assert wrapped == told
    assert inner.inside == "Devoir É"
    forced, same = read(tmp_path / "x", layout=layout)
    assert (same, ids(forced)) == (told, ids(found))


@pytest.mark.parametrize(
    "name", ["moodle-folders", "brightspace-folders", "plain-folders", "github"]
)
def test_ids_depend_on_nobody_else(name: str, tmp_path: Path) -> None:
    """Half of the class has the same ids as in the whole class, but for namesakes."""
    layout, make = LAYOUTS[name]
    made = make()
    whole, _ = read(made.folder(tmp_path / "x"))
    tops = sorted({path.split("/")[0] for path in made.files if "/" in path})
    half = Downloaded(files={p: d for p, d in made.files.items() if p.split("/")[0] in tops[::2]})
    part, _ = read(half.folder(tmp_path / "h"), layout=layout)
    own = {one.origin.entries[0]: one.id for one in whole.entrants if one.name != "Jean Martin"}
    seen = {one.origin.entries[0]: one.id for one in part.entrants if one.name != "Jean Martin"}
    both = own.keys() & seen.keys()
    assert len(both) > 10
    assert {entry: own[entry] for entry in both} == {entry: seen[entry] for entry in both}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("bom", [True, False])
def test_a_roster_names_who_is_blind_or_slugged(delimiter: str, bom: bool, tmp_path: Path) -> None:
    for place, made in enumerate((lms_classes.moodle(folders=True), lms_classes.canvas())):
        roster = read_roster(roster_csv(made.roster, delimiter=delimiter, bom=bom))
        path = made.folder(tmp_path / str(place))
        found, _ = read(path, roster=roster)
        assert (found.unknown, found.absent, found.doubtful) == ((), (), ())
        wanted = [r.get("Nom complet") or " ".join(r["Student"].split()) for r in made.roster]
        wanted = [unicodedata.normalize("NFC", name) for name in wanted]
        assert Counter(one.name for one in found.entrants) == Counter(wanted)
        without, _ = read(path)
        assert ids(without) == ids(found)  # a roster changes what people are called only


@pytest.mark.parametrize("make", [lms_classes.moodle_teams, lms_classes.canvas_groups])
def test_a_team_is_a_row_for_each_member(make: object, tmp_path: Path) -> None:
    made = make()  # type: ignore[operator]
    roster = read_roster(roster_csv(made.roster))
    found, told = read(made.folder(tmp_path / "x"), roster=roster)
    assert told == truth(made)
    assert (found.absent, found.doubtful) == ((), ())
    teams = Counter(one.team for one in found.entrants if one.team)
    assert {*teams.values()} == {3}
    assert len({*ids(found)}) == len(made.rows)
    alone, _ = read(tmp_path / "x")
    assert len(alone.entrants) == len(teams) + len(found.unknown)


def test_google_needs_a_mapping(tmp_path: Path) -> None:
    made = lms_classes.google()
    path = made.folder(tmp_path / "x")
    with pytest.raises(InputError, match="--roster"):
        read(path, layout="google")
    found, told = read(path, layout="google", roster=read_roster(roster_csv(made.roster)))
    assert told == truth(made)
    assert (found.layout, found.unknown, found.absent) == ("google", (), ())


def test_the_roster_shows_who_handed_in_nothing(tmp_path: Path) -> None:
    made = lms_classes.moodle(folders=True)
    listed = [*made.roster, {"Identifiant": "Participant 1", "Nom complet": "Absente Zélie"}]
    gone = made.roster.pop(4)
    listed = [row for row in listed if row is not gone]
    found, _ = read(made.folder(tmp_path / "x"), roster=read_roster(roster_csv(listed)))
    assert found.absent == ("Absente Zélie",)
    assert found.unknown == (HARD_NAMES[4],)
    absent = next(one for one in found.entrants if one.name == "Absente Zélie").read()
    assert absent.problem is not None
    assert (absent.problem.code, absent.problem.blame) == ("nothing-handed-in", "student")
    assert len(found.entrants) == len(HARD_NAMES) + 1


def test_namesakes_are_not_guessed(tmp_path: Path) -> None:
    made = lms_classes.plain("folders")
    path = made.folder(tmp_path / "x")
    names = [{"nom": "Jean Martin 19", "groupe": "A"}, {"nom": "MARTIN 19 jean", "groupe": "B"}]
    found, told = read(path, roster=read_roster(roster_csv(names)))
    assert "Jean Martin 19" not in found.absent  # an exact name is one person's
    assert found.absent == ("MARTIN 19 jean",)
    twins = [{"nom": "jean MARTIN 19"}, {"nom": "MARTIN 19 jean"}]
    found, told = read(path, roster=read_roster(roster_csv(twins)))
    assert found.doubtful == ()  # one of them is written alike but for case
    unsure = [{"nom": "19 jean MARTIN"}, {"nom": "MARTIN 19 jean"}]
    found, told = read(path, roster=read_roster(roster_csv(unsure)))
    assert found.doubtful == ("Jean Martin 19",)
    assert len(found.absent) == 2
    assert truth(made) <= told


def test_what_is_not_matched_has_a_row_all_the_same(tmp_path: Path) -> None:
    made = lms_classes.moodle(folders=True)
    made.files |= {
        "retard par mail/client.py": b"# mail\n", "dupond.zip": b"no zip", "notes.ods": b"",
        "X_9_assignfeedback_file/r.html": b"", "Note-TP9.csv": b"",
    }  # fmt: skip
    found, told = read(made.folder(tmp_path / "x"))
    assert found.layout == "moodle"
    assert found.unmatched == ("dupond.zip", "retard par mail")
    assert found.ignored == ("Note-TP9.csv", "X_9_assignfeedback_file", "notes.ods")
    assert told[("retard par mail", frozenset({("client.py", b"# mail\n")}))] == 1
    assert {one.name for one in found.entrants} >= {"dupond"}
    assert len(found.entrants) == len(HARD_NAMES) + 2
    origins = Counter(one.origin.layout for one in found.entrants)
    assert origins == {"moodle": len(HARD_NAMES), "plain": 2}


def test_who_is_unsure_says_so_and_names_the_next_step(tmp_path: Path) -> None:
    made = lms_classes.plain("folders")
    made.files["Élodie_12_assignsubmission_file/client.py"] = b""
    path = made.folder(tmp_path / "x")
    with pytest.raises(InputError, match=r"Moodle \(1/37\).*--layout moodle \| plain"):
        read(path)
    found, _ = read(path, layout="plain")
    assert len(found.entrants) == len(HARD_NAMES) + 1
    found, _ = read(path, layout="moodle")
    assert len(found.unmatched) == len(HARD_NAMES)
    with pytest.raises(InputError, match="Canvas"):
        read(path, layout="canvas")


def test_attempts(tmp_path: Path) -> None:
    made = lms_classes.blackboard()
    path = made.folder(tmp_path / "x")
    last, _ = read(path)
    first, told = read(path, attempts="first")
    assert ids(first) == ids(last)
    assert frozenset(programs(1000).items()) in {files for _, files in told}
    best, every = read(path, attempts="best")
    twice = len(HARD_NAMES) // 3
    assert len(best.entrants) == len(HARD_NAMES) + twice == every.total()
    assert len({one.person for one in best.entrants}) == len(HARD_NAMES)
    assert len({*ids(best)}) == len(best.entrants)
    numbers = Counter((one.origin.attempt, one.origin.attempts) for one in best.entrants)
    assert numbers == {(1, 1): len(HARD_NAMES) - twice, (1, 2): twice, (2, 2): twice}


def test_lateness_is_known_where_the_time_is(tmp_path: Path) -> None:
    deadline = Deadline(
        due=datetime(2026, 10, 1, 10, 5, tzinfo=UTC),
        rule=parse_rule("2/day,max=4"),
        max_score=Fraction(20),
    )
    found, _ = read(lms_classes.gradescope().folder(tmp_path / "g"), deadline=deadline)
    late = [one.origin.late for one in found.entrants if one.origin.late]
    assert 20 < len(late) < len(HARD_NAMES)
    assert {one.penalty for one in late} == {"2"}
    assert found.timeless == 0
    found, _ = read(lms_classes.canvas().folder(tmp_path / "c"), deadline=deadline)
    assert found.timeless == len(HARD_NAMES)
    assert not any(one.origin.late for one in found.entrants)


def test_a_pattern(tmp_path: Path) -> None:
    made = Downloaded()
    for place, name in enumerate(HARD_NAMES):
        for file, data in programs(place).items():
            made.files[f"2026-10-0{1 + place % 9}T10:00 [{place}] {name} -- {file}"] = data
        made.rows.append((f"[{place}] {unicodedata.normalize('NFC', name)}", programs(place)))
    pattern = compiled(r"(?P<time>\S+) (?P<student>\[(?P<number>\d+)\] .+) -- (?P<file>.+)")
    found, told = read(made.folder(tmp_path / "x"), pattern=pattern)
    assert (found.layout, told) == ("pattern", truth(made))
    assert all(one.origin.submitted for one in found.entrants)


def test_a_plain_class_is_as_it_was(tmp_path: Path) -> None:
    """The same entries and ids as `discover` finds: what was graded before stays graded."""
    from grader.intake.discover import discover

    path = lms_classes.plain("folders").folder(tmp_path / "x")
    (path / "client_leroy.py").write_bytes(b"")
    (path / "serveur_leroy.py").write_bytes(b"")
    (path / "faux").symlink_to("/etc")
    before = discover(path)
    found, _ = read(path)
    assert [(o.id, o.name) for o in found.entrants] == [(e.id, e.name) for e in before.entries]
    problem = next(o for o in found.entrants if o.name == "faux").read().problem
    assert problem is not None
    assert problem.code == "link-refused"


def test_a_zip_that_cannot_be_read_in_place_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"PK\x03\x04 no zip")
    with pytest.raises(InputError, match="damaged"):
        read(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a/client.py", b"#")
    with pytest.raises(InputError, match="Unpack"):
        read(path)


def test_a_zip_leads_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../out/client.py", b"#")
        archive.writestr("/abs/client.py", b"#")
        archive.writestr("a/client.py", b"# a\n")
        link = zipfile.ZipInfo("b.zip")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, b"/etc/passwd")
    with class_at(path, DEFAULT_ROLES) as found:
        a, b = (one.read() for one in found.entrants)
    assert [(f.path, f.data) for f in a.files] == [("client.py", b"# a\n")]
    assert b.problem is not None
    assert (b.name, b.problem.code, b.files) == ("b", "link-refused", ())
    assert found.ignored == ("../out/client.py", "/abs/client.py")


def test_one_submission_is_no_class(tmp_path: Path) -> None:
    """A zip of `dupont/client/` and `dupont/serveur/` is Dupont's, not two persons'."""
    made = Downloaded(files={"dupont/client/client.py": b"#", "dupont/serveur/serveur.py": b"#"})
    found, _ = read(made.zip(tmp_path / "x.zip"))
    assert [one.name for one in found.entrants] == ["dupont"]


def test_a_damaged_download_is_nobodys_fault(tmp_path: Path) -> None:
    """What is wrong with the class's zip is not what a student handed in."""
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("a", "b"):
            archive.writestr(f"{name}/client.py", f"# {name} {name * 99}\n")
        archive.writestr("c.zip", b"PK\x03\x04 no zip")
    data = path.read_bytes()
    path.write_bytes(data.replace(b"# a aa", b"# a ab", 1))
    with class_at(path, DEFAULT_ROLES) as found:
        problems = {one.name: one.read().problem for one in found.entrants}
    assert {n: p and (p.code, p.blame) for n, p in problems.items()} == {
        "a": ("unreadable", "host"), "b": None, "c": ("broken-archive", "student"),
    }  # fmt: skip


def test_the_roster_says_when_a_clone_was_handed_in(tmp_path: Path) -> None:
    """GitHub's list of a class has the repository's name and the time of its last push."""
    made = lms_classes.clones()
    (first, *_) = {path.split("/")[0] for path in made.files}
    rows_ = [{"student_repository_name": first, "github_username": "zz", "name": "Zoé",
              "submission_timestamp": "2026-10-01 10:00:00 UTC"}]  # fmt: skip
    found, _ = read(made.folder(tmp_path / "x"), roster=read_roster(roster_csv(rows_)))
    (zoe,) = (one for one in found.entrants if one.name == "Zoé")
    assert zoe.origin.entries == (first,)
    origin = zoe.read().origin
    assert origin is not None
    assert origin.submitted == zoe.origin.submitted == "2026-10-01T10:00:00+00:00"
    assert origin.commit


SOME = st.lists(
    st.sampled_from([*HARD_NAMES, "jean MARTIN", "Martin Jean", "12", "X"]), max_size=12
)  # fmt: skip


@given(SOME, SOME, st.booleans())
def test_matching_a_roster_loses_nobody_and_takes_nobody_twice(
    handed: list[str], listed: list[str], numbers: bool
) -> None:
    """Whatever is called alike: each piece has one row, each student has one row."""
    pieces = [
        Piece(item=f"{n}_{i}", key=f"{n}_{i}", name=n, ids={"number": str(i)} if numbers else {})
        for i, n in enumerate(handed)
    ]
    students = tuple(
        Student(name=n, ids={"number": str(i)} if i % 2 else {}) for i, n in enumerate(listed)
    )
    people = with_roster(in_teams(persons_of("moodle", pieces)), Roster(students))
    own = Counter(p.item for one in people.persons for a in one.attempts for p in a.pieces)
    assert own == Counter(piece.item for piece in pieces)
    matched = len(handed) - len(people.unknown)
    assert len(people.persons) == len(handed) + len(listed) - matched
    assert len(people.absent) == len(listed) - matched
    assert len({one.raw for one in people.persons}) == len(people.persons)
    assert {*people.doubtful} <= {*handed}


@given(SOME)
def test_the_order_of_names_says_nothing(handed: list[str]) -> None:
    pieces = [Piece(item=n, key=n, name=n) for n in dict.fromkeys(handed)]
    roster = Roster(tuple(Student(name=n) for n in HARD_NAMES))

    def told(pieces: list[Piece]) -> set[tuple[str, str, bytes]]:
        people = with_roster(in_teams(persons_of("moodle", pieces)), roster)
        return {(one.label, one.name, one.raw) for one in people.persons}

    assert told(pieces) == told(pieces[::-1])


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize(
    "place", ["Zoé_42_assignsubmission_file/", "Zoé_42_assignsubmission_file_"]
)
def test_the_zip_around_a_class_takes_nothing_from_what_may_be_handed_in(
    place: str, zipped: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archive in a class's zip is one as handed in, and not one inside another."""
    bounds = replace(BOUNDS, nested_bytes=1000, file_bytes=5000, ratio_floor=5000, ratio=2)
    monkeypatch.setattr(entrants, "BOUNDS", bounds)
    with zipfile.ZipFile(tmp_path / "tp.zip", "w") as archive:
        archive.writestr("serveur.py", b"print(1)\n")
        archive.writestr("data.bin", bytes(50_000))
    made = Downloaded(files={f"{place}tp.zip": (tmp_path / "tp.zip").read_bytes()})
    made.files |= {
        f"{place.replace('42', '43')}serveur.py": b"print(2)\n",
        f"{place.replace('42', '43')}film.mp4": bytes(50_000),
    }
    path = tmp_path / "x.zip" if zipped else made.folder(tmp_path / "x")
    if zipped:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as around:
            for name, data in made.files.items():
                around.writestr(name, data)
    with class_at(path, DEFAULT_ROLES) as found:
        handed_in = [one.read() for one in found.entrants]
    assert [(one.problem, one.programs.server) for one in handed_in] == [(None, "serveur.py")] * 2
    codes = [{remark.code for remark in one.remarks} for one in handed_in]
    assert all("file-too-large" in one for one in codes)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damage_to_a_classs_zip_is_said_and_never_an_exception(
    tmp_path: Path, data: st.DataObject
) -> None:
    path = lms_classes.moodle_teams().zip(tmp_path / "x.zip")
    whole = path.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):  # near the end lies the directory
        place = len(whole) - 1 - place % 300
    hurt = whole[:place] + data.draw(st.binary(max_size=8)) + whole[place + 4 :]
    path.write_bytes(hurt)
    with contextlib.suppress(InputError), class_at(path, DEFAULT_ROLES) as found:
        for one in found.entrants:
            one.read()


def test_a_zip_with_too_large_a_directory_is_refused(tmp_path: Path) -> None:
    """The end of a zip says how much there is: that is looked at before anything is read."""
    path = lms_classes.moodle_teams().zip(tmp_path / "x.zip")
    whole = bytearray(path.read_bytes())
    end = whole.rfind(b"PK\x05\x06")
    whole[end + 12 : end + 16] = (65 * 2**20).to_bytes(4, "little")
    path.write_bytes(whole)
    with pytest.raises(InputError, match="too large"):
        read(path)


def results_in(folder: Path) -> Path:
    """What `grade` leaves there, copies of programs included."""
    with output.opened(folder) as opened:
        opened.write(output.MARKER, b"{}")
        opened.write("dupont/source/serveur.py", b"")
    return folder


@pytest.mark.parametrize("name", LAYOUTS)
def test_results_are_no_part_of_a_class(name: str, tmp_path: Path) -> None:
    """Neither where this run writes nor what an earlier one left, whatever it is called."""
    layout, make = LAYOUTS[name]
    made = make()
    path = made.folder(tmp_path / "x")
    (path / "notes").mkdir()
    results_in(path / "wiregrade-out")
    results_in(path / "avant")
    with class_at(path, DEFAULT_ROLES, own=path / "notes") as found:
        told = rows(found)
    assert (found.layout, told) == (layout, truth(made))
    assert (found.results, found.unmatched) == (("avant", "notes", "wiregrade-out"), ())
    (tmp_path / "y").mkdir()
    path.rename(tmp_path / "y" / "Devoir")
    results_in(tmp_path / "y" / "out")
    with class_at(tmp_path / "y", DEFAULT_ROLES, own=tmp_path / "y" / "out") as found:
        assert set(found.results) >= {"out"}


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("place", ["Zoé_42_assignsubmission_file/", "dupond/", "wiregrade-out/"])
def test_a_forged_mark_hides_nobody(place: str, zipped: bool, tmp_path: Path) -> None:
    lock = (results_in(tmp_path / "real") / output.LOCK).read_bytes()
    made = lms_classes.moodle(folders=True)
    wanted = truth(made)
    forged = {output.MARKER: b"{}", output.LOCK: lock, "a/serveur.py": b"# mine\n"}
    made.files |= {place + name: data for name, data in forged.items()}
    path = made.zip(tmp_path / "x.zip") if zipped else made.folder(tmp_path / "x")
    found, told = read(path)
    (row,) = told - wanted
    assert row[1] == {("a/serveur.py", b"# mine\n")}
    assert (wanted - told, found.results) == (Counter(), ())


@pytest.mark.parametrize("zipped", [False, True])
def test_a_hidden_folder_with_a_program_has_a_row(zipped: bool, tmp_path: Path) -> None:
    made = lms_classes.plain("folders")
    made.files |= {
        ".dupont/tp/client.py": b"#", ".github/workflows/x.yml": b"", ".x/a/b/c.py": b"",
    }  # fmt: skip
    path = made.zip(tmp_path / "x.zip") if zipped else made.folder(tmp_path / "x")
    found, _ = read(path)
    assert {one.name for one in found.entrants} >= {".dupont"}
    assert len(found.entrants) == len(made.rows) + 1
    assert found.ignored == (".github", ".x")
