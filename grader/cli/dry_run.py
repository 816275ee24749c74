"""`grade --dry-run`: what would be graded, and what taken over; nothing is run or written."""

from __future__ import annotations

from collections.abc import Iterable

from grader import __version__
from grader.batch import saved
from grader.batch.grading import Settings, Waiting
from grader.batch.output import OutputFolder
from grader.batch.plan import LabSource, jobs_of, seed_for
from grader.cli.streams import safe
from grader.submission import Submission
from grader.view.bytes_view import TYPOGRAPHY, escaped

_WORDS = {
    "kept": ("repris", "taken over"),
    "problem": ("rien à exécuter~: {why}", "nothing to run: {why}"),
    "runs": ("à noter, {runs} exécutions", "to be graded, {runs} runs"),
    "total": (
        "{graded} à noter, {kept} repris, {runs} exécutions~; rien n’a été exécuté ni écrit.",
        "{graded} to be graded, {kept} taken over, {runs} runs; nothing was run or written.",
    ),
}


def plan_text(
    waiting: Iterable[Waiting],
    folder: OutputFolder,
    source: LabSource,
    settings: Settings,
    *,
    fresh: bool,
) -> str:
    """A line for each submission, then the sums. Split sweeps and traces come on top of `runs`."""
    place = 1 if settings.language == "en" else 0
    words = {key: pair[place].replace("~", "\u00a0") for key, pair in _WORDS.items()}
    lines, graded, kept, total = [], 0, 0, 0
    for entry in waiting:
        submission = entry.read()
        if not fresh and _is_kept(folder, source, settings, submission):
            kept += 1
            said = words["kept"]
        else:
            graded += 1
            runs = _runs(source, settings, submission)
            total += runs
            said = words["runs"].format(runs=runs)
            if submission.problem is not None:
                why = submission.problem.message.in_language(settings.language)
                said = words["problem"].format(why=escaped(why, keep=TYPOGRAPHY))
        colon = ": " if place else "\u00a0: "
        lines.append(f"{safe(entry.name)}{colon}{said}")
    lines.append(words["total"].format(graded=graded, kept=kept, runs=total))
    return "\n".join(lines)


def _is_kept(
    folder: OutputFolder, source: LabSource, settings: Settings, submission: Submission
) -> bool:
    """Whether its files are whole and of this very submission, lab and options."""
    found = saved.load(folder, submission.id)
    mark = saved.mark_of(__version__, source.digest, settings.options, submission)
    if found is None or found.fingerprint != mark:
        return False
    try:
        whole = saved.is_whole(folder, found)
    except ValueError:  # edited since
        return False
    return whole and folder.read(f"{submission.id}/result.json") is not None


def _runs(source: LabSource, settings: Settings, submission: Submission) -> int:
    seed = seed_for(source.lab, submission, settings.seed)
    jobs = jobs_of(source.lab, submission, seed, settings.certify)
    return sum(len(job.scenarios) for job in jobs) * settings.certify
