"""docs/lab-cookbook.md is true: every recipe loads, its schema takes it, and it can be played."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from engine_tools import bwrap, python
from test_lab_schema import errors

from grader.cli import app
from grader.lab.load import load_lab_bytes

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "lab-cookbook.md").read_text("utf-8")
RECIPE = re.compile(r"^## (\d+)\. (.*?)$.*?```yaml\n(.*?)```.*?```yaml\n(.*?)```", re.M | re.S)
HEAD = "lab: recipe\ntitle: Recipe\nlanguage: en\nport: 7000\n"
CRITERION = "  {}: {{points: 1, title: T, requirement: R, hint: H}}\n"
NOT_MADE = {"11", "12"}
"""Programs that are not made from a lab: one that asks again, one that types."""


@dataclass(frozen=True)
class Recipe:
    number: str
    lab: bytes
    scenario: bytes
    id: str

    @property
    def files(self) -> dict[str, bytes]:
        return {"lab.yaml": self.lab, f"{self.id}.yaml": self.scenario}


def recipes() -> list[Recipe]:
    found = []
    for number, _, lab, scenario in RECIPE.findall(PAGE):
        name = scenario.split("\n")[0].removeprefix("scenario: ")
        proved = dict.fromkeys(re.findall(r"proves: ([\w.-]+)", lab + scenario))
        criteria = "criteria:\n" + "".join(map(CRITERION.format, proved))
        text = f"{HEAD}{lab}{criteria}scenarios: [{name}]\n"
        found.append(Recipe(number, text.encode(), scenario.encode(), name))
    return found


def test_there_are_sixteen() -> None:
    assert [recipe.number for recipe in recipes()] == [str(n) for n in range(1, 17)]


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.id)
def test_each_loads(recipe: Recipe) -> None:
    assert load_lab_bytes(recipe.files).scenarios[0].id == recipe.id
    assert errors("lab", recipe.lab) == []
    assert errors("scenario", recipe.scenario) == []


@pytest.mark.sandbox
@pytest.mark.parametrize(
    "recipe", [r for r in recipes() if r.number not in NOT_MADE], ids=lambda recipe: recipe.id
)
def test_each_can_be_earned(
    recipe: Recipe, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bwrap()
    for name, data in recipe.files.items():
        (tmp_path / name).write_bytes(data)
    status = app.main(["try", str(tmp_path), "--python", python()])
    assert status == 0, capsys.readouterr()
