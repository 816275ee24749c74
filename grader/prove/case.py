"""What a lab is proved with: made-up programs, and what each of them is there to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grader.lab.model import Role
from grader.prove.plan import Program

Kind = Literal["model", "right", "mutant"]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One made-up program.

    `touches` are names of findings (`receive:greeting`, `stdout:hello`, `exit`, ...): what a
    mutant changes on purpose.
    """

    id: str
    role: Role
    kind: Kind
    what: str
    """What it does, in words that follow the program's name."""
    program: Program
    touches: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """A kind of mutant or right variant that this lab leaves no room for, and why."""

    id: str
    role: Role
    kind: Kind
    why: str
