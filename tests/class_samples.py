"""Classes of any size made from numbers, with hostile and hard names, for pages to show."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from report_samples import HOSTILE, judged, lab, text

from grader.judge.model import Diagnosis, Digests, Grade, Problem, Programs, RunSummary, Status
from grader.lab.model import Level

FIRST = ("Zoé", "Émile", "Éloïse", "Anaïs", "Łukasz", "Đorđe", "Ana", "Ömer", "李", "مريم", "Ольга",
         "François", "Noël", "Séverine", "O’Brian", "Jean-Luc", "🦊")  # fmt: skip
LAST = ("Dupont", "Martin", "Lefèvre", "N’Guyen", "García", "Σωκράτης", "עברית", "Müller", "Ng")
HARD = (
    HOSTILE,
    '=HYPERLINK("http://x","y")',
    "@SUM(1;+2)",
    "-2+3",
    "a,b;c\"d'e",
    "\u202egnp.exe",
    "x\u0301" * 60,
    "</script><!--<script>",
    "{{ 7*7 }} ${7*7}",
    "Dupont\n=1+1",
    "W" * 255,
    "\udce9t\udce9",
    " ",
    "__proto__",
)
"""Names that something might obey, or stumble over."""

MISTAKES = (
    ("one-recv-two-messages", "Une seule lecture pour deux messages", "énoncé, partie 2"),
    ("never-closes", "La connexion n’est pas fermée", "énoncé, parties 1.1 et 2"),
    ("second-accept", "Le serveur attend un autre client", "énoncé, partie 2"),
    ("str-to-send", "Un texte est envoyé au lieu d’octets", "énoncé, partie 1.3"),
    ("no-print", "Le message reçu n’est pas affiché", "énoncé, partie 2"),
    ("wrong-port", "Un autre port que celui de l’énoncé", "énoncé, partie 1.1"),
)


def name_of(number: int) -> str:
    """Each fiftieth is a hard one."""
    if number % 50 == 7:
        return HARD[number // 50 % len(HARD)] + (str(number) if number >= 50 * len(HARD) else "")
    first, last = FIRST[number % len(FIRST)], LAST[number // len(FIRST) % len(LAST)]
    return f"{last} {first} {number}"


def made_class(size: int, seed: str = "class") -> list[Grade]:
    """So many grades, the same ones each time."""
    return [_grade(number, random.Random(f"{seed}/{number}")) for number in range(size)]


def _grade(number: int, drawn: random.Random) -> Grade:
    skill = drawn.random()
    statuses = []
    for i, _ in enumerate(lab().criteria):
        luck = drawn.random() * 0.5 + skill * 0.9 - i * 0.01
        statuses.append(
            Status.PASS if luck > 0.45 else Status.PARTIAL if luck > 0.42 else Status.FAIL
        )
    if number % 97 == 5:
        statuses[drawn.randrange(len(statuses))] = Status.NOT_RUN
    lost = [c.id for c, s in zip(lab().criteria, statuses, strict=True) if s is Status.FAIL]
    made = _mistakes(drawn, lost)
    criteria = tuple(
        judged(c, s, causes=[d.id for d in made if c.id in d.criteria])
        for c, s in zip(lab().criteria, statuses, strict=True)
    )
    counted = [j for j in criteria if j.status is not Status.NOT_RUN]
    content = hashlib.sha256(
        (f"alike {number // 45}" if number % 45 < 3 else f"{number}").encode()
    ).hexdigest()
    grade = Grade(
        id=f"s-{number:05}",
        name=name_of(number),
        seed=f"{drawn.getrandbits(64):x}",
        programs=Programs(server="serveur.py", client="client.py"),
        score=sum((j.points for j in counted), Fraction(0)),
        max_score=sum((j.criterion.points for j in counted), Fraction(0)),
        complete=len(counted) == len(criteria),
        criteria=tuple(replace(j, findings=()) for j in criteria),
        advice=(),
        runs=(),
        diagnoses=tuple(made),
        remarks=(),
        digests=Digests(submission=content, lab="lab", programs={"server": content}),
    )
    return _odd(grade, number)


def _mistakes(drawn: random.Random, lost: Sequence[str]) -> list[Diagnosis]:
    if not lost:
        return []
    chosen = drawn.sample(MISTAKES, k=min(len(lost), drawn.choice((1, 1, 2))))
    share = -(-len(lost) // len(chosen))
    return [
        Diagnosis(
            id=identifier, role="server", run="server-nominal", level="error", title=text(title),
            explanation=text("…"), file="serveur.py", line=3, notion=text(notion),
            criteria=tuple(lost[i * share : (i + 1) * share]),
        )
        for i, (identifier, title, notion) in enumerate(chosen)
    ]  # fmt: skip


def _odd(grade: Grade, number: int) -> Grade:
    if number % 101 == 3:
        said = text(f"L’archive «\u00a0{grade.name}.zip\u00a0» est abîmée.")
        return replace(grade, problem=Problem(code="broken", blame="student", message=said))
    if number % 83 == 4:
        return replace(grade, programs=Programs(server="serveur.py", client=None))
    if number % 61 == 6:
        run = RunSummary(
            id="server-nominal", scenario="server-nominal", role="server", level=Level.GRADED,
            delivery="separate", outcome="timeout", limit="wall", exit=None, seconds=15.0,
        )  # fmt: skip
        return replace(grade, runs=(run,))
    return grade
