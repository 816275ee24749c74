"""Success and link of each criterion, on classes small enough to work out by hand."""

from __future__ import annotations

import pytest
from report_samples import grade, lab

from grader.judge.model import Grade, Status
from grader.view.item_analysis import ENOUGH, correlation, items, reading

CRITERIA = lab().criteria
IDS = [c.id for c in CRITERIA]
FAIL, PARTIAL, NOT_RUN = Status.FAIL, Status.PARTIAL, Status.NOT_RUN


def item(grades: list[Grade], identifier: str, language: str = "en"):  # type: ignore[no-untyped-def]
    return next(i for i in items(CRITERIA, grades, language) if i.id == identifier)


def test_the_least_passed_criterion_comes_first() -> None:
    grades = [grade("a", {IDS[3]: FAIL, IDS[5]: FAIL}), grade("b", {IDS[5]: FAIL})]
    assert [i.id for i in items(CRITERIA, grades, "en")][:2] == [IDS[5], IDS[3]]


def test_half_points_count_half_and_what_was_not_run_does_not_count() -> None:
    grades = [grade("a"), grade("b", {IDS[0]: PARTIAL}), grade("c", {IDS[0]: NOT_RUN})]
    found = item(grades, IDS[0])
    assert found.success == 0.75
    assert [(status, n) for status, _, n, _ in found.parts] == [
        (Status.PASS, 1), (PARTIAL, 1), (NOT_RUN, 1)
    ]  # fmt: skip


def test_a_criterion_that_goes_with_the_rest_is_told_from_one_that_goes_against_it() -> None:
    rest = dict.fromkeys(IDS[2:], FAIL)
    strong = [grade(f"s{i}", {IDS[1]: FAIL}) for i in range(ENOUGH)]
    weak = [grade(f"w{i}", {**rest, IDS[0]: FAIL}) for i in range(ENOUGH)]
    along, against = item([*strong, *weak], IDS[0]), item([*strong, *weak], IDS[1])
    assert along.link == "1.00"
    assert "clearly tells" in along.reading
    assert against.link == "−1.00"
    assert "read the criterion again" in against.reading


def test_a_criterion_is_not_compared_with_itself() -> None:
    # All other criteria are the same for everybody: there is nothing to go along with.
    grades = [grade(str(i), {IDS[0]: FAIL} if i % 2 else {}) for i in range(2 * ENOUGH)]
    found = item(grades, IDS[0])
    assert found.link == ""
    assert "as much elsewhere" in found.reading


def test_of_a_small_class_no_link_is_told() -> None:
    grades = [grade(str(i), {IDS[0]: FAIL} if i % 2 else {}) for i in range(ENOUGH - 1)]
    found = item(grades, IDS[0])
    assert found.link == ""
    assert "too few" in found.reading


@pytest.mark.parametrize(
    ("success", "link", "told"),
    [
        (None, None, "Nobody was graded."),
        (0.0, None, "Nobody has it"),
        (1.0, None, "Everybody has it."),
        (0.9, 0.5, "Easy, clearly"),
        (0.6, 0.3, "Medium, goes fairly well"),
        (0.3, 0.1, "Hard, hardly depends"),
        (0.3, -0.1, "Hard, done better by those who have less"),
    ],
)
def test_plain_words(success: float | None, link: float | None, told: str) -> None:
    assert reading(success, link, 50, "en").startswith(told)


def test_correlation() -> None:
    assert correlation([0, 1, 2], [1, 3, 5], [1, 1, 1]) == pytest.approx(1)
    assert correlation([0, 1, 0, 1], [0, 0, 1, 1], [1] * 4) == pytest.approx(0)
    assert correlation([0.1] * 3, [1, 2, 3], [1] * 3) is None


def test_a_pair_counts_as_often_as_it_weighs() -> None:
    xs, ys, weights = [0.0, 1.0, 0.5], [0.1, 0.7, 0.9], [3, 1, 2]
    each = [
        [value for value, n in zip(of, weights, strict=True) for _ in range(n)] for of in (xs, ys)
    ]
    assert correlation(xs, ys, weights) == pytest.approx(correlation(each[0], each[1], [1] * 6))


def test_who_did_the_same_counts_each() -> None:
    one = {IDS[0]: FAIL}
    alike = [*(grade(f"f{i}", one) for i in range(3)), *(grade(f"p{i}") for i in range(9))]
    found = item(alike, IDS[0])
    assert found.success == 0.75
    assert [(status, n) for status, _, n, _ in found.parts] == [(Status.PASS, 9), (FAIL, 3)]
    assert found.failing == 3


def test_how_many_have_to_fix_it() -> None:
    assert item([grade("a", {IDS[0]: FAIL})], IDS[0]).failing_words == "See the submission to fix"
    two = [grade("a", {IDS[0]: FAIL}), grade("b", {IDS[0]: FAIL})]
    assert item(two, IDS[0], "fr").failing_words == "Voir les 2 remises à revoir"
