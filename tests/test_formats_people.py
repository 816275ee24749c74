"""Who is who: by the surest key that tells exactly one, and nobody twice."""

from __future__ import annotations

import msgspec
import pytest
from export_samples import not_run, result_of
from hard_names import NAMES
from report_samples import grade, stuck_grade

from grader.formats.people import (
    handed_in,
    letters_of,
    matched,
    named,
    same_text,
    settled,
    words_of,
)
from grader.judge.model import Grade
from grader.results import OriginInfo, Result
from grader.view.bytes_view import escaped


def imported(one: Grade, origin: OriginInfo) -> Result:
    """A result as it is where a platform's download was imported."""
    return msgspec.structs.replace(result_of(one), origin=origin)


def origin_of(*entries: str, team: str | None = None, **ids: str) -> OriginInfo:
    """Where it was imported from."""
    return OriginInfo(
        layout="moodle", entries=entries, ids=ids, groups=(), team=team, submitted=None, attempt=1,
        attempts=1, commit=None, flagged_late=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "name", "number"),
    [
        ("Marie Dupont_12345_assignsubmission_file", "Marie Dupont", "12345"),
        ("Marie Dupont_12345_assignsubmission_file_", "Marie Dupont", "12345"),
        ("Marie Dupont_0012345_assignsubmission_onlinetext_x", "Marie Dupont", "12345"),
        ("Marie Dupont_12345", "Marie Dupont", "12345"),
        ("doejane_77", "doejane", "77"),
        ("dupont_marie", "dupont_marie", ""),
        ("Groupe A_assignsubmission_file", "Groupe A_assignsubmission_file", ""),
        ("12345", "12345", ""),
    ],
)
def test_names_of_entries(entry: str, name: str, number: str) -> None:
    assert named(entry) == (name, number)


def test_no_two_of_the_hard_names_are_taken_for_each_other() -> None:
    for form in (same_text, words_of, letters_of):
        assert len({form(name) for name in NAMES}) == len(NAMES)
        assert all(form(name) for name in NAMES)


def test_a_name_is_the_same_however_it_is_written() -> None:
    assert words_of("DUPONT Marie-Ève") == words_of("marie_eve.dupont")
    assert letters_of("Dupont, Marie-E\u0301ve") == letters_of("dupontmarieeve")
    assert same_text(" Zoe\u0301  O'Neil ") == same_text("zoé o'neil")
    # As result.json has it: what can't be seen is an escape there.
    assert same_text("a\u202eb") == same_text(escaped("a\u202eb"))


def test_what_is_needed_of_a_result() -> None:
    one, two = handed_in([result_of(stuck_grade()), result_of(not_run())], "fr")
    assert (one.id, one.name, one.number) == ("dupont_marie", "dupont_marie", "")
    assert one.score == 15
    assert one.most == 20
    assert one.said.startswith("Note\u00a0: 15/20")
    assert two.score is None


def test_what_an_import_says_of_the_person_counts() -> None:
    origin = origin_of("Marie Dupont_5_assignsubmission_file", participant="5", email="m@x.fr")
    (one,) = handed_in([imported(grade("x", name="Marie Dupont"), origin)], "fr")
    assert (one.name, one.number, one.ids["email"]) == ("Marie Dupont", "5", "m@x.fr")
    assert one.folder == origin.entries[0]


def test_a_member_of_a_team_has_their_own_name() -> None:
    origin = origin_of("Equipe A_5_assignsubmission_file", team="Equipe A")
    (one,) = handed_in([imported(grade("x", name="Marie Dupont"), origin)], "fr")
    assert (one.name, one.team, one.number) == ("Marie Dupont", "Equipe A", "")


def people(*entries: str) -> list[Result]:
    return [result_of(grade(f"id-{i}", name=name)) for i, name in enumerate(entries)]


def test_the_first_way_that_tells_exactly_one_counts() -> None:
    handed = handed_in(people("a", "b", "c"), "fr")
    sure = ({"id-0": ["1"], "id-1": [""]}, {1: ["1"], 2: ["2"], 3: [""]})
    loose = ({one.id: [one.name] for one in handed}, {1: ["b"], 2: ["a"], 3: ["c"], 4: ["c"]})
    found = matched(handed, [sure, loose])
    # `c` could be two people; `b` is row 1, which `a` has by the surer way.
    assert found == {"id-0": 1, "id-1": 1}
    matches = settled(handed, {key: (row,) for key, row in found.items()})
    assert matches.rows == {}
    assert matches.contested == ("id-0", "id-1")
    assert matches.unmatched == ("id-2",)
