"""What names say, one platform at a time: traps of each, and names drawn by Hypothesis."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.intake.layouts import dates
from grader.intake.layouts.blackboard import blackboard
from grader.intake.layouts.brightspace import brightspace
from grader.intake.layouts.canvas import canvas
from grader.intake.layouts.clones import FOLDER, clones
from grader.intake.layouts.detect import NAMES, RECOGNISERS, Ambiguous, detect
from grader.intake.layouts.gradescope import METADATA, gradescope
from grader.intake.layouts.model import Item, Reading, Recogniser
from grader.intake.layouts.moodle import moodle
from grader.intake.layouts.pattern import PatternError, by_pattern, compiled

_LETTERS = st.characters(
    blacklist_categories=("Cs", "Cc"), blacklist_characters="/\\_\x00", codec="utf-8"
)
PERSONS = st.text(_LETTERS, min_size=1, max_size=30).map(lambda s: unicodedata.normalize("NFC", s))
FILES = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="/\\\x00"),
    min_size=1, max_size=40,
).map(lambda s: unicodedata.normalize("NFC", s))  # fmt: skip
NUMBERS = st.integers(0, 10**12)


def files(*names: str) -> tuple[Item, ...]:
    return tuple(Item(name=name, kind="file") for name in names)


def folders(*names: str, inside: str = "") -> tuple[Item, ...]:
    held = frozenset({inside} - {""})
    return tuple(Item(name=name, kind="folder", inside=held) for name in names)


def said(reading: Reading) -> list[tuple[str, str | None]]:
    return [(piece.name, piece.file) for piece in reading.pieces]


@given(PERSONS, NUMBERS, FILES)
def test_moodle_finds_the_first_mark_whatever_a_file_is_called(
    person: str, number: int, file: str
) -> None:
    for name in (file, f"y_7_assignsubmission_file_{file}"):
        (piece,) = moodle(files(f"{person}_{number}_assignsubmission_file_{name}"), {}).pieces
        assert (piece.file, piece.ids) == (name, {"participant": str(number)})
        assert piece.key == f"{person}_{number}"


def test_moodle_without_an_id_and_with_other_plugins() -> None:
    items = folders("Default group_assignsubmission_file_", "Zoé_12_assignsubmission_poodll")
    assert said(moodle(items, {})) == [("Default group", None), ("Zoé", None)]
    reading = moodle(files("Zoé_12_assignfeedback_file_x.html", "Zoé_12.py"), {})
    assert (reading.known, reading.unmatched) == (
        ("Zoé_12_assignfeedback_file_x.html",),
        ("Zoé_12.py",),
    )


@given(
    st.text(st.characters(categories=("Ll", "Lo", "Nd")), min_size=1, max_size=20),
    st.booleans(), NUMBERS, NUMBERS, FILES,
)  # fmt: skip
def test_canvas(person: str, late: bool, user: int, attachment: int, file: str) -> None:
    person = unicodedata.normalize("NFC", person)
    name = f"{person}{'_LATE' if late else ''}_{user}_{attachment}_{file}"
    (piece,) = canvas(files(name), {}).pieces
    assert (piece.name, piece.late, piece.key) == (person, late, str(user))
    assert piece.file == file or "re-uploaded" in piece.notes


def test_canvas_texts_and_uploads_again() -> None:
    reading = canvas(
        files(
            "doejane_12_text.html", "doejane_12_34_client-1.py", "doejane_12_35_client-10.py",
            "doejane_12_36_client-2.py", "12_34_f.py", "LATE_anon_x9_5_f.py",
        ),
        {},
    )  # fmt: skip
    assert said(reading) == [
        ("doejane", "text.html"),
        ("doejane", "client.py"),
        ("anon_x9", "f.py"),
    ]
    assert reading.pieces[1].item.endswith("client-10.py")
    assert reading.unmatched == ("12_34_f.py",)


@given(PERSONS.filter(lambda s: " - " not in f" {s} " and s.strip() == s), NUMBERS)
def test_brightspace(person: str, user: int) -> None:
    base = f"{user}-77 - {person} - Oct 12, 2026 1145 PM"
    (piece,) = brightspace(folders(base), {}).pieces
    assert (piece.name, piece.ids["user"]) == (person, str(user))
    assert piece.time == datetime(2026, 10, 12, 23, 45)
    (flat,) = brightspace(files(f"{base} - mon client - 2025 - 1.py"), {}).pieces
    assert (flat.name, flat.file) == (person, "mon client - 2025 - 1.py")


def test_blackboard_user_names_with_underscores() -> None:
    stamp = "_attempt_2026-10-01-10-00-00"
    names = [f"TP_9_{user}{stamp}_c.py" for user in ("jean_dupont", "dupont", "a_b_c")]
    reading = blackboard(files(*names), {})
    assert [piece.name for piece in reading.pieces] == ["jean_dupont", "dupont", "a_b_c"]
    assert reading.doubts == ("no-receipt",)
    # A receipt knows, but only of its own name: the rest of it is the student's.
    receipt = f"TP_9_jean_dupont{stamp}.txt"
    lie = blackboard(files(receipt), {receipt: "Comments:\nName: Le Prof (admin)\n"})
    assert [piece.name for piece in lie.pieces] == ["dupont"]
    true = blackboard(files(receipt), {receipt: "Name: Jean Dupont (jean_dupont)\n"})
    assert [(p.name, p.key, p.item) for p in true.pieces] == [("Jean Dupont", "jean_dupont", "")]


def test_blackboard_of_two_assignments_says_so() -> None:
    stamp = "_attempt_2026-10-01-10-00-00"
    reading = blackboard(files(f"TP8_a{stamp}_c.py", f"Projet_a{stamp}_c.py"), {})
    assert reading.doubts == ("several-assignments", "no-receipt")


def test_clones() -> None:
    held = folders("tp9-jean-a", "tp9-jean-b", inside=".git")
    assert clones(held, {}).doubts == ("prefix-guessed",)
    assert [p.name for p in clones(held, {}).pieces] == ["a", "b"]
    sure = clones(held, {FOLDER: "tp9-submissions"})
    assert (sure.doubts, [p.name for p in sure.pieces]) == ((), ["jean-a", "jean-b"])
    one = clones(folders("tp9-jean", inside=".git"), {})
    assert ([p.name for p in one.pieces], one.doubts) == (["tp9-jean"], ())
    c50 = (Item(name="c-tp-x", kind="folder", inside=frozenset({".git", ".classroom50.yaml"})),)
    assert clones(c50, {}).layout == "classroom50"


def test_gradescope_reads_what_the_disarmed_loader_lets_through() -> None:
    text = """\
submission_1:
  :submitters:
  - :name: "Zoé: d'Arc"
    :sid: 0012345
    :email: null
  - {":name": !ruby/object:Evil {}, ":sid": *a}
  :results: &a {x: [1, {y: 2}]}
submission_2: {":submitters": [], ":created_at": "2026-10-01 10:00:00.5 Z"}
evil: 1
"""
    reading = gradescope(folders("submission_1", "submission_3"), {METADATA: text})
    first, second = reading.pieces
    assert [(m.name, dict(m.ids)) for m in first.members] == [
        ("Zoé: d'Arc", {"number": "0012345"}),
        ("submission_1 (2)", {}),
    ]
    assert (second.item, second.notes, second.name) == ("", ("no-folder",), "submission_2")
    assert second.time == datetime(2026, 10, 1, 10, tzinfo=UTC)
    assert reading.unmatched == ("submission_3",)
    assert gradescope(folders("submission_1"), {METADATA: "[" * 99}).doubts == ("metadata-unread",)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-10-01T23:59", datetime(2026, 10, 1, 23, 59)),
        ("2026-10-01 23:59:00 +0200", datetime(2026, 10, 1, 21, 59, tzinfo=UTC)),
        ("jeudi 1 octobre 2026, 09:05", datetime(2026, 10, 1, 9, 5)),
        ("Thursday, 1 October 2026, 12:05 AM", datetime(2026, 10, 1, 0, 5)),
        ("Aug 9, 2026 1200 PM", datetime(2026, 8, 9, 12, 0)),
        ("1er août 2026 9h05", datetime(2026, 8, 1, 9, 5)),
        ("03/04/2026 10:00", None),
        ("Feb 30, 2026 10:00", None),
        ("Oct 12, 2026", None),
        ("-", None),
        ("2026-13-01", None),
    ],
)  # fmt: skip
def test_dates(text: str, meant: datetime | None) -> None:
    assert dates.parse(text) == meant


def test_a_pattern_is_looked_at_before_it_is_used() -> None:
    for bad in ("(", r"(?P<file>.*)", r"(?P<student>.)(?P<grade>.)"):
        with pytest.raises(PatternError):
            compiled(bad)
    reading = by_pattern(compiled(r"(?P<student>\w+?)(?P<late>!)?"), folders("zoé!", "a b"))
    assert [(p.name, p.late) for p in reading.pieces] == [("zoé", True)]
    assert reading.unmatched == ("a b",)


def test_detection_takes_what_most_names_are() -> None:
    moodles = folders(*(f"N{n}_{n}_assignsubmission_file" for n in range(3)))
    found = detect((*moodles, *folders("a", "b", "c")), {})
    assert isinstance(found, Reading)
    assert found.layout == "moodle"
    unsure = detect((*moodles, *folders(*"abcd")), {})
    assert isinstance(unsure, Ambiguous)
    assert unsure.candidates == (("moodle", 3),)
    assert detect(folders("dupont", "martin"), {}) is None
    assert detect((*folders("a", inside=".git"), *folders("b", "c")), {}) is None
    assert {*RECOGNISERS} < {*NAMES}


ANY = st.text(st.characters(blacklist_characters="/\x00"), min_size=1, max_size=60)
TRICKY = st.one_of(
    ANY,
    st.lists(
        st.sampled_from(
            ["_", "-", " - ", "assignsubmission", "file", "LATE", "anon", "12", "attempt",
             "2026-10-01-10-00-00", ".txt", ".py", "submission", "Oct 1, 2026", "é", "\u202e", "\n"]
        ),
        min_size=1, max_size=12,
    ).map("".join),
)  # fmt: skip


@settings(max_examples=200)
@given(st.lists(TRICKY, unique=True, max_size=8), st.booleans(), ANY)
@pytest.mark.parametrize("reader", RECOGNISERS.values(), ids=RECOGNISERS)
def test_no_name_is_lost_invented_or_said_twice(
    reader: Recogniser, names: list[str], is_folder: bool, text: str
) -> None:
    items = folders(*names, inside=".git") if is_folder else files(*names)
    reading = reader(items, dict.fromkeys((*names, METADATA), text))
    told = [*reading.unmatched, *reading.known, *(p.item for p in reading.pieces if p.item)]
    assert {*told} <= {*names}
    assert len(told) == len({*told}) or reading.layout == "canvas"
    # Receipts and uploads that a later one replaces are the only names without a piece.
    if reading.layout not in ("blackboard", "canvas", "gradescope"):
        assert {*told} == {*names}


@given(st.lists(TRICKY, unique=True, max_size=8))
def test_detection_never_fails(names: list[str]) -> None:
    detect(files(*names), {METADATA: "x: ["})
    detect(folders(*names, inside=".git"), {})
