"""Recorded runs: programs that make a mistake, or nearly do, and what the engine saw of them.

`tests/transcripts/<id>/` holds programs `hit*.py`, which the diagnosis <id> must be made of,
and `near_miss*.py`, which it must not; C programs end in `.c`. Beside each program lie its
transcripts, `<program>.<scenario>.jsonl`. The first lines of a program say, in comments:

    plays: server-nominal, server-drawn    the scenarios, of TP 09 or of a lab in tests/labs
    finds: no-print                        all errors, in order (else only <id> is looked at)

A line that ends with a comment « here » is the one that the diagnosis must point at.
`tests/record_transcripts.py` records all of them anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader import transcript as tr
from grader.judge.grade import judge
from grader.judge.model import Diagnosis, Programs
from grader.lab.load import load_lab
from grader.lab.model import Lab, Scenario
from grader.resources import scenarios_root

TESTS = Path(__file__).resolve().parent
FOLDER = TESTS / "transcripts"
LABS = (scenarios_root() / "tp09", *sorted(p.parent for p in TESTS.glob("labs/*/lab.yaml")))
_SAID = re.compile(rb"(plays|finds): ([^*\r\n]*)")
_HERE = re.compile(rb"(?:#|//) here\s*$")
_HEAD_LINES = 4


@dataclass(frozen=True)
class Recorded:
    """A program and the runs it was recorded in."""

    id: str
    program: Path
    plays: tuple[str, ...]
    finds: tuple[str, ...] | None

    @property
    def name(self) -> str:
        """`no-print/near_miss_2`."""
        return f"{self.id}/{self.program.stem}"

    @property
    def is_hit(self) -> bool:
        """The diagnosis must be made."""
        return self.program.stem.startswith("hit")

    @property
    def source(self) -> bytes:
        """The program's text."""
        return self.program.read_bytes()

    @property
    def line(self) -> int | None:
        """The line that the diagnosis must point at, where the program marks one."""
        lines = re.split(rb"\r\n|\r|\n", self.source)
        marked = [number for number, line in enumerate(lines, 1) if _HERE.search(line)]
        return marked[0] if marked else None

    @property
    def lab(self) -> Lab:
        """The lab of its scenarios."""
        return lab_of(self.plays[0])

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """What is played."""
        return tuple(self.lab.scenario(name) for name in self.plays)

    def saved(self, scenario: str) -> Path:
        """Where the transcript of a scenario lies."""
        return self.program.with_name(f"{self.program.stem}.{scenario}.jsonl")

    def transcripts(self) -> list[tr.Transcript]:
        """The saved transcripts."""
        return [tr.load(self.saved(name).read_bytes()) for name in self.plays]

    def diagnoses(self, transcripts: list[tr.Transcript]) -> list[Diagnosis]:
        """What is made of these runs of it."""
        programs = Programs(server="serveur.py", client="client.py")
        made = judge(self.lab, "x", "x", "seed", programs, transcripts)
        return list(made.diagnoses)


@cache
def lab_of(scenario: str) -> Lab:
    """The lab that has a scenario of that name."""
    for folder in LABS:
        if (folder / f"{scenario}.yaml").is_file():
            return load_lab(folder)
    raise LookupError(scenario)


@cache
def all_recorded() -> tuple[Recorded, ...]:
    """Every program of the folder, by id and name."""
    programs = [p for p in sorted(FOLDER.glob("*/*")) if p.suffix in (".py", ".c")]
    return tuple(_recorded(program) for program in programs)


def _recorded(program: Path) -> Recorded:
    head = b"\n".join(program.read_bytes().splitlines()[:_HEAD_LINES])
    said = {key.decode(): _words(value.decode("ascii")) for key, value in _SAID.findall(head)}
    if "plays" not in said:
        raise ValueError(f"{program}: no scenario is named in its first lines")
    return Recorded(program.parent.name, program, said["plays"], said.get("finds"))


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for part in text.split(",") if (word := part.strip()))
