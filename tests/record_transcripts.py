"""Record the transcripts of `tests/transcripts` anew, through the real sandbox.

    python tests/record_transcripts.py [ID...]

Each program is played as a submission is, C programs built as one. What is said of
each one is printed, so that a look at the output shows what has changed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

if __name__ == "__main__":  # run as a script: the packages lie one folder up
    sys.path[:0] = [str(Path(__file__).resolve().parent.parent)]

import msgspec
from engine_tools import SEED, options
from recorded import Recorded, all_recorded

from grader import transcript as tr
from grader.lab.languages import KNOWN, PYTHON
from grader.run.engine import Engine
from grader.run.jobs import Job
from grader.submission import SourceFile


def job_of(case: Recorded) -> Job:
    """The job that plays a program's scenarios."""
    role = case.scenarios[0].tests
    name = ("serveur" if role == "server" else "client") + case.program.suffix
    return Job(
        key=case.name, lab=replace(case.lab, languages=(PYTHON, KNOWN["c"])), role=role,
        scenarios=case.scenarios, program=name,
        files=(SourceFile(path=name, data=case.source),), seed=SEED,
    )  # fmt: skip


def play(cases: Iterable[Recorded]) -> dict[str, list[tr.Transcript]]:
    """The transcripts of fresh runs, by the program's name, in the order of its scenarios."""
    found: dict[str, list[tr.Transcript]] = {}
    with Engine(options("full", jobs=2)) as engine:
        for played in engine.play(job_of(case) for case in cases):
            found[played.key] = [_timeless(run.transcript) for run in played.runs]
    return found


def _timeless(transcript: tr.Transcript) -> tr.Transcript:
    """Without the date: nothing that is judged."""
    header = msgspec.structs.replace(transcript.header, started="2024-01-01T00:00:00.000+00:00")
    return tr.of(header, transcript.entries)


def main(wanted: list[str]) -> int:
    """Record the programs of these ids (or `id/name`); of all, if none is given."""
    cases = [c for c in all_recorded() if not wanted or {c.id, c.name} & set(wanted)]
    found = play(cases)
    wrong = 0
    for case in cases:
        for transcript in found[case.name]:
            case.saved(transcript.header.scenario).write_bytes(tr.dump(transcript))
        made = case.diagnoses(found[case.name])
        right = (case.id in [d.id for d in made]) == case.is_hit
        wrong += not right
        said = ", ".join(f"{d.id}{f':{d.line}' if d.line else ''} [{d.level}]" for d in made)
        ends = "/".join(t.end.outcome for t in found[case.name])
        print(f"{'ok ' if right else 'NOT'} {case.name:45} {ends:20} {said}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
