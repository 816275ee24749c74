"""What a soak that resumes takes over: results of the very trees that it would play, no others."""

from __future__ import annotations

import played_trees
import pytest

NOW = {"commit": "b", "changed_since": False, "trees": {"grader": "1", "reference": "2"}}
OTHER = {**NOW, "trees": {"grader": "1", "reference": "3"}}


def test_a_result_of_the_same_trees_holds_whatever_the_commit() -> None:
    assert played_trees.holds({**NOW, "commit": "a"}, NOW)
    assert not played_trees.holds(OTHER, NOW)


@pytest.mark.parametrize("dirty", [({"changed_since": True}, {}), ({}, {"changed_since": True})])
def test_nothing_holds_beside_changes_that_nobody_committed(
    dirty: tuple[dict[str, object], dict[str, object]],
) -> None:
    assert not played_trees.holds({**NOW, **dirty[0]}, {**NOW, **dirty[1]})


def test_of_an_older_record_the_trees_are_those_of_its_commit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = {"a": NOW["trees"], "gone": {}}
    monkeypatch.setattr(played_trees, "trees", lambda commit: found[commit])
    assert played_trees.holds({"commit": "a", "changed_since": False}, NOW)
    assert not played_trees.holds({"commit": "gone"}, {**NOW, "trees": {}})
