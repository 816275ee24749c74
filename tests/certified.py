"""Repeats that differ and a sweep, made by hand, for the tests of what shows them."""

from __future__ import annotations

from grader.judge.model import Certification, Difference, Status, Sweep, Verdict
from grader.lab.model import Text

DIFFERENCE = Difference(
    role="server",
    scenario="server-nominal",
    expectation="stdout:goodbye",
    criterion="server.print2",
    verdicts=(
        Verdict(status=Status.PASS, runs=("server-nominal", "server-nominal~3")),
        Verdict(status=Status.FAIL, runs=("server-nominal~2",)),
    ),
)
UNCERTIFIED = Certification(repeats=3, runs=12, verdicts=14, differences=(DIFFERENCE,))
CERTIFIED = Certification(repeats=3, runs=12, verdicts=14, differences=())
DATA = "la connexion est établie".encode()
SWEEP = Sweep(
    scenario="server-coalesced",
    role="server",
    message="greeting",
    data=DATA,
    run="server-coalesced@18",
    offsets=tuple(range(1, len(DATA))),
    failed=(18,),
    what=Text({"fr": "Sauf à l’intérieur d’un caractère.", "en": "But inside a character."}),
)
