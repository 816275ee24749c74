"""Whatever a student says, nothing of it is obeyed: some inputs; `soak/fuzz_text.py` has many."""

from __future__ import annotations

import pytest
from fuzz_targets import TARGETS, Target
from hypothesis import HealthCheck, Phase, given, settings


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_nothing_is_obeyed(target: Target) -> None:
    examples = 100 if target.share >= 150 else 20

    # Inputs are long: making a failing one shorter takes longer than all the others.
    @settings(
        max_examples=examples,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
        print_blob=False,
    )
    @given(target.inputs)
    def holds(found: tuple[object, ...]) -> None:
        for one in found:
            target.check(one)

    holds()
