"""`wiregrade adjust`: points by hand, with a reason; nothing is run.

They are kept in a file of their own (`grader.batch.adjustments`); then all is judged and written
again, as `report` does: the class's page knows of them, too.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path

from grader.batch import adjustments, output
from grader.cli.errors import CommandError
from grader.cli.report import graded, identifiers, rewrite
from grader.cli.streams import safe
from grader.judge.model import Adjustment
from grader.lab.model import Criterion, Lab, Text
from grader.results import read_result
from grader.view.words import decimal


def run(given: argparse.Namespace) -> int:
    """Write the adjustment, then the pages; status as of `report`."""
    given.anonymous = None  # the class's page stays as it is
    with output.opened(Path(given.out), existing=True) as folder:
        _, source, _ = graded(folder, given)
        _known("id", given.id, identifiers(folder))
        criterion = _criterion(source.lab, given.criterion)
        kept = adjustments.load(folder)
        own = kept.setdefault(given.id, {})
        if given.remove:
            if given.points is not None or given.why is not None:
                raise _error("incomplete")
            if own.pop(criterion.id, None) is None:
                raise _error("none", id=safe(given.id), name=criterion.id)
        else:
            own[criterion.id] = _adjustment(given, criterion)
            _refuse_ungraded(folder, given.id, criterion)
        adjustments.save(folder, kept)
        return rewrite(folder, given)


def _adjustment(given: argparse.Namespace, criterion: Criterion) -> Adjustment:
    if given.points is None or given.why is None:
        raise _error("incomplete")
    points = Fraction(given.points)
    if points > criterion.points:
        raise _error("range", name=criterion.id, most=decimal(criterion.points, given.lang))
    why = given.why.strip()
    if not why:
        raise _error("no_why")
    if len(why) > adjustments.WHY_CHARACTERS:
        raise _error("long_why", most=str(adjustments.WHY_CHARACTERS))
    # What an argument holds that is no text (a stray byte) would be in no JSON.
    why = why.encode("utf-8", "replace").decode()
    return Adjustment(points=points, why=why, date=_today())


def _today() -> str:
    return datetime.now().astimezone().date().isoformat()


def _criterion(lab: Lab, name: str) -> Criterion:
    by_name = {one.id: one for one in lab.criteria if one.enabled}
    _known("criterion", name, [*by_name])
    return by_name[name]


def _known(what: str, name: str, known: Sequence[str]) -> None:
    if name in known:
        return
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    listed = ", ".join(near or known[:20])
    raise _error(f"{what}_{'near' if near else 'unknown'}", name=safe(name), listed=listed)


def _refuse_ungraded(folder: output.OutputFolder, identifier: str, criterion: Criterion) -> None:
    """What was not judged has nothing to adjust: its points would count in no maximum."""
    data = folder.read(f"{identifier}/result.json")
    try:
        found = read_result(data or b"")
    except ValueError:
        raise _error("unreadable", id=safe(identifier)) from None
    if any(c.id == criterion.id and c.status == "not_run" for c in found.criteria):
        raise _error("not_run", id=safe(identifier), name=criterion.id)


_WORDS: Mapping[str, tuple[str, str]] = {
    "id_near": (
        "il n’y a pas de remise «~{name}~»~; vouliez-vous dire {listed}~?",
        "there is no submission {name}; did you mean {listed}?",
    ),
    "id_unknown": (
        "il n’y a pas de remise «~{name}~» (il y a {listed})",
        "there is no submission {name} (there are {listed})",
    ),
    "criterion_near": (
        "le labo n’a pas de critère «~{name}~»~; vouliez-vous dire {listed}~?",
        "the lab has no criterion {name}; did you mean {listed}?",
    ),
    "criterion_unknown": (
        "le labo n’a pas de critère «~{name}~» (il y a {listed})",
        "the lab has no criterion {name} (there are {listed})",
    ),
    "incomplete": (
        "il faut --points et --why, ou bien --remove seul",
        "--points and --why are needed, or else --remove alone",
    ),
    "range": (
        "les points de {name} vont de 0 à {most}",
        "the points of {name} go from 0 to {most}",
    ),
    "no_why": (
        "un ajustement a besoin d’un motif, que l’étudiant lira~: --why TEXTE",
        "an adjustment needs a reason, which the student will read: --why TEXT",
    ),
    "long_why": (
        "le motif est trop long ({most} caractères au plus)",
        "the reason is too long ({most} characters at most)",
    ),
    "none": (
        "{name} n’est pas ajusté pour {id}",
        "{name} is not adjusted for {id}",
    ),
    "not_run": (
        "{name} n’a pas été noté pour {id}, par une faute qui n’est pas la sienne~: notez de "
        "nouveau, puis ajustez",
        "{name} was not graded for {id}, through no fault of theirs: grade once more, then adjust",
    ),
    "unreadable": (
        "{id}/result.json ne peut pas être lu~: notez de nouveau",
        "{id}/result.json can't be read: grade once more",
    ),
}


def _error(key: str, **words: str) -> CommandError:
    french, english = (text.replace("~", "\u00a0").format(**words) for text in _WORDS[key])
    return CommandError(Text({"fr": french, "en": english}))
