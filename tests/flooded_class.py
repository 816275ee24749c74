"""Grades a class of floods that nobody plays; run as a script, it prints its peak in MiB.

    python tests/flooded_class.py OUT [--held]

Each run is at its limits (1 MiB of stdout and of stderr, 8 MiB on the wire, 16 MiB captured) and
comes as workers send it. `--held`: runs stay in memory until they are judged, as if there were no
spool.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

SUBMISSIONS = 2
CAPTURED = 16


def main() -> None:
    """Grade, and tell."""
    sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    from batch_tools import SETTINGS, source, submission, waiting
    from flood import MIB, MS, flood, peak_size, pieces
    from transcripts import Play

    from grader import transcript as tr
    from grader.batch import output
    from grader.batch.grading import Grading
    from grader.batch.judging import judge_run
    from grader.run import messages
    from grader.run.inbox import Inbox
    from grader.run.jobs import Job, Played, PlayedRun, Run

    out, held = Path(sys.argv[1]), "--held" in sys.argv
    wire = flood("bytes", CAPTURED * MIB)

    def flooded(scenario: str) -> PlayedRun:
        play = Play(scenario).listens().connected()
        play.entries += [tr.Received(t=MS, data=x) for x in pieces(flood("lines", 8 * MIB), 65536)]
        play.entries += [tr.Stdout(t=MS, data=x) for x in pieces(flood("lines", MIB), 4096)]
        play.entries += [tr.Stderr(t=MS, data=x) for x in pieces(flood("lines", MIB), 4096)]
        return PlayedRun(transcript=play.limit("output"), pcapng=wire)

    def sent(inbox: Inbox, run: Run) -> None:
        with tempfile.TemporaryFile(dir=out) as file:
            messages.send_run(file.fileno(), run)
            file.seek(0)
            for data in iter(lambda: file.read(MIB), b""):
                assert list(inbox.feed(data)) == []

    def played(job: Job, inbox: Inbox) -> Played:
        for scenario in job.scenarios:
            if scenario.tests == "server":
                sent(inbox, flooded(scenario.id))
        runs = inbox.taken()[0]
        if held:
            runs = [PlayedRun(transcript=run.transcript, pcapng=run.pcapng) for run in runs]
        return Played(key=job.key, role=job.role, runs=tuple(runs))

    class Engine:
        def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
            inbox = Inbox(out)
            # All are played before the first is judged.
            yield from [played(job, inbox) for job in jobs]

    names = [f"student{number}" for number in range(SUBMISSIONS)]
    with output.opened(out) as folder:
        grading = Grading(folder, source(), replace(SETTINGS, language="en"), judge_run)
        done = list(grading.grade(waiting(*map(submission, names)), Engine()))
    assert [one.grade.id for one in done] == names
    print(peak_size())


if __name__ == "__main__":
    main()
