"""A grade as its student may see it: all of the points, nothing of a hidden scenario.

Nothing is taken out of words. The submission is judged a second time without the hidden runs,
and only verdicts and points come from the whole grade: what judging never saw can't be told.
"""

from __future__ import annotations

from dataclasses import replace

from grader.judge.model import Finding, Grade, Judged
from grader.lab.model import Text

NOT_SHOWN = Text(
    {
        "fr": "Établi par un essai qui n’est pas montré ici.",
        "en": "Settled by a run that is not shown here.",
    }
)


def withheld(whole: Grade, shown: Grade) -> Grade:
    """The grade `shown`, judged from the shown runs alone, with the points of the `whole` one."""
    seen = {judged.criterion.id: judged for judged in shown.criteria}
    return replace(
        shown,
        score=whole.score,
        max_score=whole.max_score,
        complete=whole.complete,
        criteria=tuple(
            _withheld(judged, seen.get(judged.criterion.id)) for judged in whole.criteria
        ),
    )


def _withheld(whole: Judged, shown: Judged | None) -> Judged:
    """The criterion's verdict and points, with the findings that may be seen."""
    played = [f for f in shown.findings if f.run] if shown is not None else []
    if shown is not None and shown.status is whole.status and (played or not _runs(whole)):
        return replace(shown, points=whole.points, adjusted=whole.adjusted)
    hidden = Finding(
        run="",
        expectation=whole.criterion.id,
        criterion=whole.criterion.id,
        status=whole.status,
        what=NOT_SHOWN,
    )
    causes = shown.diagnoses if shown is not None and played else ()
    return replace(whole, findings=(*played, hidden), diagnoses=causes)


def _runs(judged: Judged) -> bool:
    return any(finding.run for finding in judged.findings)
