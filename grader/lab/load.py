"""Reads a lab: a folder with lab.yaml and one file for each scenario that it lists.

All problems are found in one go. The same bytes, saved as a snapshot with the results, load
the same way again (`load_lab_bytes`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from grader.lab.labfile import LAB_FILE, LabFile, Listed, read_lab_file
from grader.lab.model import Lab, Level, Role, RoleFiles, Scenario
from grader.lab.problems import LabError, LabProblem, Place, Problems, near, shown
from grader.lab.scenariofile import read_scenario
from grader.lab.yamlfile import MAX_BYTES, Broken, parse

MAX_FILES = 200
"""YAML files of a lab's folder."""

__all__ = ["LabError", "LabProblem", "lab_files", "load_lab", "load_lab_bytes"]


def load_lab(folder: Path) -> Lab:
    """Load the lab in `folder`.

    Raises:
        LabError: with every problem of every file; the lab's author is to blame.
    """
    return load_lab_bytes(lab_files(folder), where=folder)


def lab_files(folder: Path) -> dict[str, bytes]:
    """The YAML files of a lab's folder by name, in the order of their names.

    A file beyond `yamlfile.MAX_BYTES` is cut just behind that size, and told by the loader.

    Raises:
        LabError: the folder, or a file in it, can't be read, or holds too many.
    """
    place = Place(str(folder / LAB_FILE), 1, 1)
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".yaml")
        if len(paths) > MAX_FILES:
            raise LabError([LabProblem(place, f"more than {MAX_FILES} YAML files in the folder")])
        return {path.name: _bounded(path) for path in paths if path.is_file()}
    except OSError as error:
        reason = f"{error.strerror or error}: {error.filename}"
        raise LabError([LabProblem(place, f"the lab can't be read ({reason})")]) from error


def load_lab_bytes(files: Mapping[str, bytes], where: Path | None = None) -> Lab:
    """Load a lab from its files' contents by name, as `lab_files` gives them.

    `where` is the folder that problems name.

    Raises:
        LabError: with every problem of every file; the lab's author is to blame.
    """
    problems = Problems()

    def called(name: str) -> str:
        return str(where / name) if where else name

    if LAB_FILE not in files:
        problems.add(Place(called(LAB_FILE), 1, 1), "there is no such file; a lab begins with it")
        problems.raise_any()
    lab = read_lab_file(parse(called(LAB_FILE), files[LAB_FILE], problems), problems)
    scenarios: list[Scenario] = []
    proved: set[str] = set()
    complete = True
    for listed in lab.listed:
        data = _find(listed, files, problems)
        tree = parse(called(f"{listed.id}.yaml"), data, problems) if data is not None else None
        if tree is None or isinstance(tree, Broken):
            complete = False
            continue
        scenario, proves = read_scenario(tree, listed.id, lab, problems)
        scenarios.append(scenario)
        if scenario.level is Level.GRADED:
            proved.update(proves)
    if complete:
        _check_proved(lab, proved, problems)
    problems.raise_any()
    return replace(lab.lab, scenarios=tuple(scenarios), roles=_roles(lab.lab, scenarios))


def _roles(lab: Lab, scenarios: list[Scenario]) -> dict[Role, RoleFiles]:
    """The roles that the lab asks for: of no other a program is missing."""
    asked = {criterion.role for criterion in lab.criteria}
    asked |= {role for scenario in scenarios for role in scenario.roles}
    return {role: files for role, files in lab.roles.items() if role in asked}


def _bounded(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _find(listed: Listed, files: Mapping[str, bytes], problems: Problems) -> bytes | None:
    name = f"{listed.id}.yaml"
    if name in files:
        return files[name]
    others = [other.removesuffix(".yaml") for other in files if other != LAB_FILE]
    close = near(listed.id, others)
    hint = f"; did you mean {shown(close[0])}?" if close else ""
    problems.add(listed.place, f"there is no file {name} beside lab.yaml{hint}")
    return None


def _check_proved(lab: LabFile, proved: Collection[str], problems: Problems) -> None:
    """A criterion without evidence could never be lost, or never be earned."""
    for criterion in lab.lab.criteria:
        if criterion.enabled and criterion.id not in proved:
            problems.add(
                lab.criteria[criterion.id],
                f"no graded scenario proves {shown(criterion.id)}; write `proves: {criterion.id}`"
                " where its evidence is, or take it out with `enabled: false`",
            )
