"""Parts of a class: each entrant in one of them, what belongs together in the same."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.shards import Shard, listing_of, missing_parts, part_of
from grader.intake.entrants import Entrant
from grader.submission import Origin, Submission


def nothing(entrant: Entrant) -> Submission:
    raise AssertionError(entrant)


def entrant(identifier: str, person: str = "", team: str = "") -> Entrant:
    return Entrant(
        id=identifier, name=identifier, person=person or identifier, team=team,
        origin=Origin(layout="plain"), fetch=nothing,
    )  # fmt: skip


CLASSES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 8)), max_size=40
).map(
    lambda made: [
        entrant(f"e{number:02}", f"p{person}", f"t{team}" if team else "")
        for number, (person, team) in enumerate(made)
    ]
)  # fmt: skip


@given(CLASSES, st.integers(1, 7))
def test_everybody_is_in_one_part_with_those_they_belong_to(
    entrants: list[Entrant], of: int
) -> None:
    parts = [part_of(entrants, Shard(index, of)) for index in range(1, of + 1)]
    assert sorted(one.id for part in parts for one in part) == [one.id for one in entrants]
    for part in parts:
        assert [one.id for one in part] == sorted(one.id for one in part)
        others = [one for one in entrants if one not in part]
        assert not {one.person for one in part} & {one.person for one in others}
        assert not {one.team for one in part if one.team} & {one.team for one in others}


@given(CLASSES, st.integers(1, 7))
def test_parts_of_one_class_say_so_and_add_up(entrants: list[Entrant], of: int) -> None:
    parts = [part_of(entrants, Shard(index, of)) for index in range(1, of + 1)]
    told = [listing_of(entrants, part) for part in parts]
    assert len({one.digest for one in told}) == 1
    persons = len({one.person for one in entrants})
    assert {one.persons for one in told} == {persons}
    assert sum(one.here for one in told) == persons


def test_another_class_is_another_list() -> None:
    one, two, three = entrant("a"), entrant("b"), entrant("c")
    digests = [
        listing_of(entrants, ()).digest
        for entrants in (
            [one, two],
            [one, three],
            [one, two, three],
            # The same people, and they are dealt otherwise.
            [entrant("a", team="t"), entrant("b", team="t")],
        )
    ]
    assert len(set(digests)) == 4
    assert listing_of([two, one], ()).digest == digests[0]


def test_a_class_of_single_persons_is_dealt_evenly() -> None:
    entrants = [entrant(f"e{number}") for number in range(10)]
    sizes = [len(part_of(entrants, Shard(index, 4))) for index in range(1, 5)]
    assert sorted(sizes) == [2, 2, 3, 3]


@pytest.mark.parametrize("text", ["1/1", "2/4", "4/4"])
def test_a_part_is_written_as_it_is_read(text: str) -> None:
    assert str(Shard.parse(text)) == text


@pytest.mark.parametrize("text", ["", "2", "0/4", "5/4", "1/0", "-1/4", "a/b", "1/2/3", "²/4"])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(text))):
        Shard.parse(text)


def test_missing_parts_are_named() -> None:
    assert missing_parts([Shard(1, 3), Shard(3, 3)]) == [Shard(2, 3)]
    assert missing_parts([]) == []
