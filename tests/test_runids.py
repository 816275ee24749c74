from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.runids import is_cold, is_loaded, is_traced, number_of, offset_of, run_id, traced_id

SCENARIOS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)


@pytest.mark.parametrize(
    ("identifier", "number", "offset", "run"),
    [
        ("server-nominal", 1, None, "server-nominal"),
        ("server-nominal", 2, None, "server-nominal~2"),
        ("server-split-every", 1, 17, "server-split-every@17"),
        ("server-split-every", 3, 17, "server-split-every@17~3"),
    ],
)
def test_names(identifier: str, number: int, offset: int | None, run: str) -> None:
    assert run_id(identifier, number, offset) == run


@given(SCENARIOS, st.integers(1, 2000), st.none() | st.integers(1, 70000))
def test_a_name_says_all_that_is_in_it(scenario: str, number: int, offset: int | None) -> None:
    run = run_id(scenario, number, offset)
    assert (number_of(run), offset_of(run)) == (number, offset)


@given(st.text())
def test_any_other_text_is_a_run_that_was_played_once(text: str) -> None:
    assert number_of(text.replace("~", "")) == 1
    assert offset_of(text.replace("@", "")) is None


def test_the_first_is_idle_and_every_second_is_loaded() -> None:
    assert [is_loaded(number) for number in range(1, 5)] == [False, True, False, True]


def test_of_idle_and_of_loaded_repeats_every_second_is_cold() -> None:
    assert [is_cold(number) for number in range(1, 6)] == [False, True, True, False, False]


@given(SCENARIOS, st.integers(1, 2000), st.none() | st.integers(1, 70000))
def test_a_traced_run_is_no_repeat_and_no_cut(
    scenario: str, number: int, offset: int | None
) -> None:
    assert is_traced(traced_id(scenario))
    assert not is_traced(run_id(scenario, number, offset))
    assert offset_of(traced_id(scenario)) is None
