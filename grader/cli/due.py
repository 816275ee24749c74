"""Whether the date for handing in has passed, for copies that students get, and why it is so said.

The date that a class was graded with (`grade --due`) comes before the lab's: somebody may have
given more time. `--due-passed` is a person's word, and comes before both.
"""

from __future__ import annotations

from datetime import UTC, datetime

from grader.batch.output import MARKER, Marker
from grader.cli.errors import CommandError
from grader.cli.streams import note
from grader.lab.late import with_offset
from grader.lab.model import Lab, Visibility

_WORDS = {
    "told": (
        "--due-passed~: les copies montrent les scénarios cachés jusqu’à la date de rendu ({n}).",
        "--due-passed: copies show the scenarios that are hidden until the due date ({n}).",
    ),
    "passed": (
        "La date de rendu ({due}) est passée~: les copies montrent les scénarios cachés "
        "jusque-là ({n}).",
        "The due date ({due}) has passed: copies show the scenarios that are hidden until "
        "then ({n}).",
    ),
    "to_come": (
        "La date de rendu ({due}) n’est pas passée~: les scénarios cachés jusque-là ({n}) ne "
        "sont pas dans les copies~; --due-passed les montre.",
        "The due date ({due}) has not passed: copies are without the scenarios that are hidden "
        "until then ({n}); --due-passed shows them.",
    ),
    "none": (
        "Le labo n’a pas de date de rendu~: les scénarios cachés jusque-là ({n}) ne sont pas "
        "dans les copies~; --due-passed les montre.",
        "The lab has no due date: copies are without the scenarios that are hidden until "
        "then ({n}); --due-passed shows them.",
    ),
}


def has_passed(lab: Lab, marker: Marker, language: str, *, told: bool) -> bool:
    """Whether `after_due` scenarios are shown now; where the lab has some, says why on stderr."""
    due = due_of(lab, marker)
    if told:
        why = "told"
    elif due is None:
        why = "none"
    else:
        why = "passed" if datetime.now(UTC) > due else "to_come"
    waiting = sum(one.visibility is Visibility.AFTER_DUE for one in lab.scenarios)
    if waiting:
        words = _WORDS[why][0 if language == "fr" else 1].replace("~", "\u00a0")
        shown = due.isoformat(" ", "minutes") if due else ""
        note(words.format(due=shown, n=waiting))
    return why in ("told", "passed")


def due_of(lab: Lab, marker: Marker) -> datetime | None:
    """The date that counts for this class, with its offset; None: there is none."""
    if marker.due:
        try:
            return with_offset(datetime.fromisoformat(marker.due))
        except ValueError as error:  # somebody has edited it
            raise CommandError(f"the due date in {MARKER} is none; grade once more") from error
    return with_offset(lab.due) if lab.due else None


def marked(asked: datetime | None, lab: Lab, before: Marker | None, *, some_only: bool) -> str:
    """What a marker says of `--due`: the date in ISO 8601 with its offset, empty without one.

    Where only some of a class are graded anew (`some_only`) the later date stays: the others may
    still have that time.
    """
    if before is None or not some_only:
        return asked.isoformat() if asked else ""
    if asked is None:
        return before.due
    earlier = due_of(lab, before)
    return max(asked, earlier or asked).isoformat()
