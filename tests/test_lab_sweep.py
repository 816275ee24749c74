from __future__ import annotations

from dataclasses import replace

import pytest
from engine_tools import tp09
from hypothesis import given
from hypothesis import strategies as st

from grader.lab.model import Action, Delivery, ReferenceStep
from grader.lab.script import script_of
from grader.lab.sweep import (
    MOST_OFFSETS,
    cut_at,
    is_inside,
    is_sweep,
    offsets_of,
    swept_data,
    swept_step,
)
from grader.lab.texts import texts_of
from reference.script import Send

EVERY = replace(
    tp09().scenario("client-split"),
    steps=(
        ReferenceStep(action=Action.ACCEPT),
        ReferenceStep(
            action=Action.SEND,
            messages=("greeting",),
            delivery=Delivery(mode="split", every=True),
        ),
    ),
)


def test_a_scenario_becomes_a_run_for_each_byte() -> None:
    assert is_sweep(EVERY)
    assert not is_sweep(tp09().scenario("client-split"))
    texts = texts_of(tp09(), EVERY, "0")
    data = swept_data(EVERY, texts)
    assert data == texts["greeting"].encode()
    assert offsets_of(data) == tuple(range(1, len(data)))
    sent = script_of(tp09(), cut_at(EVERY, 17), texts).steps[1]
    assert isinstance(sent, Send)
    assert sent.pieces == (data[:17], data[17:])
    assert not is_sweep(cut_at(EVERY, 17))
    assert swept_step(EVERY).messages == ("greeting",)


@pytest.mark.parametrize(("offset", "inside"), [(0, False), (1, False), (2, True), (3, False)])
def test_inside_a_character(offset: int, inside: bool) -> None:
    assert is_inside("aé".encode(), offset) is inside


@given(st.text(max_size=900))
def test_a_long_text_is_cut_at_a_sample_of_its_bytes(text: str) -> None:
    data = text.encode()
    offsets = offsets_of(data)
    assert list(offsets) == sorted(set(offsets))
    assert all(0 < offset < len(data) for offset in offsets)
    assert len(offsets) <= MOST_OFFSETS
    if len(data) > 1:
        assert {1, len(data) - 1} <= {*offsets}
    if any(is_inside(data, offset) for offset in range(1, len(data))):
        assert any(is_inside(data, offset) for offset in offsets)


def test_of_a_sample_most_are_used() -> None:
    assert len(offsets_of(b"a" * 5000)) == MOST_OFFSETS
    assert len(offsets_of("é".encode() * 2500)) == MOST_OFFSETS
    assert offsets_of(b"a") == offsets_of(b"") == ()
