"""What programs in other languages cost, and whether their verdicts hold: again and again.

    python tests/soak/languages.py [ROUNDS]

Builds are timed without the cache, runs by language; each sample of `tests/languages` is graded
ROUNDS times (10), with advice, three workers at once. The result is written beside this file.
A wrong verdict is named at once, with the load that it came under; its transcripts and captures
are kept in a folder that is named with it.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

if __name__ == "__main__":  # run as a script
    TESTS = Path(__file__).resolve().parent.parent
    sys.path[:0] = [str(TESTS.parent), str(TESTS)]

import engine_tools as tools
from sample_grading import verdicts
from samples import load_samples
from test_languages import FOLDER, TAKEN, submissions

from grader import transcript as tr
from grader.batch.judging import judge_run
from grader.batch.plan import jobs_of
from grader.lab.languages import language_of, suffixes_of
from grader.lab.model import Lab
from grader.run.engine import Engine
from grader.run.jobs import Run

RESULT = Path(__file__).resolve().parent / "results" / "languages.json"


def lab() -> Lab:
    """The whole of tp09, in all languages."""
    whole = tools.tp09()
    roles = {
        role: replace(files, suffixes=suffixes_of(TAKEN)) for role, files in whole.roles.items()
    }
    return replace(whole, languages=TAKEN, roles=roles)


def main(rounds: int) -> int:
    """Grade all samples so many times; 1 if a verdict is not the expected one."""
    own, found = lab(), submissions()
    expected = {sample.name: sample.criteria for sample in load_samples(FOLDER)}
    builds: dict[str, list[float]] = defaultdict(list)
    runs: dict[str, list[float]] = defaultdict(list)
    stuck: dict[str, list[float]] = defaultdict(list)
    outcomes: dict[str, int] = defaultdict(int)
    wrong: list[str] = []
    for number in range(1, rounds + 1):
        jobs = [job for s in found.values() for job in jobs_of(own, s, f"{number:032x}")]
        played: dict[str, list[Run]] = defaultdict(list)
        # A new engine for each round: nothing is taken from the cache of the one before.
        with Engine(tools.options("full", jobs=3)) as engine:
            for made in engine.play(jobs):
                played[made.key] += made.runs
        for key, those in played.items():
            transcripts = [run.transcript for run in those]
            grade = judge_run(own, found[key], f"{number:032x}", transcripts)
            if verdicts(grade) != expected[key]:
                ends = {run.id: (run.outcome, run.seconds) for run in grade.runs}
                told = {k: v for k, v in verdicts(grade).items() if v != expected[key][k]}
                kept = _keep(those)
                wrong.append(f"round {number}, load {loads()}: {key}: {told}; {ends}; {kept}")
                print(wrong[-1], flush=True)
            for transcript in transcripts:
                _count(transcript, builds, runs, stuck)
                outcomes[transcript.end.outcome] += 1
        print(f"round {number}, load {loads()}: {len(wrong)} wrong", flush=True)
    result = {
        "rounds": rounds,
        "load_at_the_end": loads(),
        "samples": len(found),
        "runs": sum(outcomes.values()),
        "outcomes": dict(sorted(outcomes.items())),
        "wrong": wrong,
        "build_ms": _medians(builds),
        "run_ms": _medians(runs),
        "stuck_proved_after_last_news_ms": _medians(stuck),
    }
    RESULT.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2, ensure_ascii=False))
    return 1 if wrong else 0


def loads() -> str:
    """How many wanted the machine in the last minutes: 1, 5 and 15."""
    return " ".join(f"{one:.0f}" for one in os.getloadavg())


def _keep(runs: list[Run]) -> Path:
    """All that happened, in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="languages-wrong-"))
    for run in runs:
        name = folder / run.header.run
        name.with_suffix(".jsonl").write_bytes(tr.dump(run.transcript))
        name.with_suffix(".pcapng").write_bytes(run.pcapng)
    return folder


def _count(
    transcript: tr.Transcript,
    builds: dict[str, list[float]],
    runs: dict[str, list[float]],
    stuck: dict[str, list[float]],
) -> None:
    name = language_of(transcript.header.program, TAKEN).id
    builds[name] += [e.took / 1e6 for e in tools.entries(transcript, tr.Compiled)]
    if transcript.end.outcome == "completed" and transcript.header.role != "both":
        runs[name].append(transcript.end.t / 1e6)
    last = 0
    for entry in transcript.entries:
        if isinstance(entry, tr.State) and entry.why == "waiting" and last:
            stuck[name].append((entry.t - last) / 1e6)
            break
        if isinstance(entry, tr.Sent | tr.Received | tr.Stdout | tr.Connected):
            last = entry.t


def _medians(found: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    return {
        name: {"n": len(x), "median": round(statistics.median(x), 1), "max": round(max(x), 1)}
        for name, x in sorted(found.items())
        if x
    }


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10))
