"""Finds labs: a folder of the user's, or one that ships with Wiregrade, by name."""

from __future__ import annotations

from pathlib import Path

from grader.lab.labfile import LAB_FILE
from grader.lab.problems import near, shown
from grader.resources import scenarios_root

DEFAULT_LAB = "tp09"


class UnknownLabError(Exception):
    """There is no lab, or no scenario, of that name. Who typed the command can mend it.

    `near` are the names that were probably meant, `known` all names there are.
    """

    blame = "author"

    def __init__(self, message: str, near: tuple[str, ...], known: tuple[str, ...]) -> None:
        super().__init__(message)
        self.near = near
        self.known = known


def builtin_labs() -> list[str]:
    """The names of the labs that ship with Wiregrade."""
    return sorted(lab.parent.name for lab in scenarios_root().glob(f"*/{LAB_FILE}"))


_NAME_BYTES = 255
"""NAME_MAX of Linux; a longer name is no file's, and asking for one is an error."""


def find_lab(name: str) -> Path:
    """The folder of a lab: a built-in one by its name, else a path to a folder or its lab.yaml.

    A folder in the current one can't take a built-in lab's place: `./tp09` names that.

    Raises:
        UnknownLabError: with the near names and all built-in ones.
    """
    known = builtin_labs()
    if name in known:
        return scenarios_root() / name
    path = Path(name)
    if any(len(part.encode("utf-8", "surrogatepass")) > _NAME_BYTES for part in path.parts):
        raise _unknown("there is no lab of such a long name", "", known, "built-in labs")
    if path.name == LAB_FILE and path.is_file():
        return path.parent
    if (path / LAB_FILE).is_file():
        return path
    problem = f"no {LAB_FILE} in the folder {shown(name)}" if path.is_dir() else (
        f"there is no lab {shown(name)}"
    )  # fmt: skip
    raise _unknown(problem, name, known, "built-in labs")


def find_scenario(name: str) -> tuple[Path, str]:
    """The lab's folder and the scenario's id that `tp09/client-nominal` names.

    `LAB/SCENARIO`, where LAB is what `find_lab` takes; without it, the lab `tp09`.

    Raises:
        UnknownLabError: there is no such lab, or no such scenario in it.
    """
    lab, _, identifier = name.removesuffix(".yaml").rpartition("/")
    folder = find_lab(lab or DEFAULT_LAB)
    known = sorted(path.stem for path in folder.glob("*.yaml") if path.name != LAB_FILE)
    if identifier in known:
        return folder, identifier
    problem = f"there is no scenario {shown(identifier)} in the lab {lab or DEFAULT_LAB}"
    raise _unknown(problem, identifier, known, "scenarios")


def _unknown(problem: str, name: str, known: list[str], what: str) -> UnknownLabError:
    close = tuple(near(name, known))
    hint = f"; did you mean {' or '.join(close)}?" if close else ""
    listed = f" ({what}: {', '.join(known)})" if known else ""
    return UnknownLabError(f"{problem}{hint}{listed}", close, tuple(known))
