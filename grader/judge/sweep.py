"""The split sweep's result: where a cut in a message changed what the program did.

A cut failed where an expectation came out worse than in the graded runs, in which the message
came in one piece. What was wrong with the whole message already is not the cut's doing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grader.judge.criteria import WORSE
from grader.judge.diagnosis import Examined
from grader.judge.model import Status, Sweep
from grader.judge.wording import fill
from grader.lab.model import Lab, Level, Scenario, Text
from grader.lab.sayings import sayings_of
from grader.lab.sweep import is_inside, is_sweep, swept_data, swept_step
from grader.runids import offset_of

_WORDS: dict[str, tuple[str, str]] = {
    "never": (
        "Coupé en deux à {n} endroits, un par essai, le message est toujours passé. TCP transporte "
        "une suite d’octets, et votre programme s’en accommode.",
        "Cut in two at {n} places, one in each run, the message always came through. TCP carries "
        "a sequence of bytes, and your program can live with that.",
    ),
    "everywhere": (
        "Où que tombe la coupure ({n} endroits essayés), le message ne passe plus. TCP transporte "
        "une suite d’octets, pas des messages{nb}: recv() rend ce qui est arrivé, et le reste peut "
        "arriver plus tard ({notion}).",
        "Wherever the cut falls ({n} places tried), the message no longer comes through. TCP "
        "carries a sequence of bytes, not messages: recv() returns what has arrived, and the rest "
        "may arrive later ({notion}).",
    ),
    "inside": (
        "Le message passe, sauf quand la coupure tombe à l’intérieur d’un caractère ({characters})"
        "{nb}: après {failed} octets. En UTF-8 ce caractère occupe plusieurs octets, et TCP peut "
        "les livrer en deux fois{nb}: un morceau n’est pas toujours un texte ({notion}).",
        "The message comes through, but not when the cut falls inside a character ({characters}): "
        "after {failed} bytes. In UTF-8 this character takes several bytes, and TCP may deliver "
        "them in two goes: a piece is not always a text ({notion}).",
    ),
    "some": (
        "Le message ne passe pas avec une coupure après {failed} octets ({n} endroits essayés). "
        "TCP peut couper la suite d’octets n’importe où{nb}: qu’y a-t-il de particulier à ces "
        "endroits ({notion}){nb}?",
        "The message doesn’t come through with a cut after {failed} bytes ({n} places tried). TCP "
        "may cut the sequence of bytes anywhere: what is special about these places ({notion})?",
    ),
    "sample": (
        "Le message est long{nb}: {n} endroits ont été essayés sur {all}.",
        "The message is long: {n} places of {all} were tried.",
    ),
    "cut-short": (
        "Le balayage s’est arrêté avant la fin, car ses essais étaient trop longs{nb}: {n} "
        "endroits essayés.",
        "The sweep ended early, as its runs took too long: {n} places were tried.",
    ),
}
_MOST_RANGES = 6
_MOST_CHARACTERS = 3


def swept(lab: Lab, examined: Sequence[Examined], whole: Sequence[Examined]) -> tuple[Sweep, ...]:
    """The sweeps among the runs; `whole` are the runs that are none.

    A sweep that was not played, or in which no verdict was reached, is left out.
    """
    sweeps = []
    for scenario in (s for s in lab.scenarios if is_sweep(s)):
        runs = [e for e in examined if e.facts.header.scenario == scenario.id]
        usual = _usual(e for e in whole if e.facts.scenario.tests == scenario.tests)
        if found := _sweep(lab, scenario, runs, usual):
            sweeps.append(found)
    return tuple(sweeps)


def _usual(whole: Iterable[Examined]) -> dict[str, int]:
    """How bad each expectation is without a cut: the worst over the graded runs."""
    usual: dict[str, int] = {}
    for e in whole:
        for finding in e.findings:
            if e.facts.scenario.level is Level.GRADED and finding.status in WORSE:
                rank = WORSE[finding.status]
                usual[finding.expectation] = max(rank, usual.get(finding.expectation, 0))
    return usual


def _sweep(
    lab: Lab, scenario: Scenario, runs: Sequence[Examined], usual: dict[str, int]
) -> Sweep | None:
    reached = {
        offset: e
        for e in runs
        if (offset := offset_of(e.facts.header.run)) is not None and _is_verdict(e)
    }
    if not reached:
        return None
    failed = tuple(sorted(offset for offset, e in reached.items() if _is_worse(e, usual)))
    offsets = tuple(sorted(reached))
    first = reached[failed[0] if failed else offsets[0]].facts
    data = swept_data(scenario, first.header.texts)
    cut_short = next((e.facts.end.problem for e in runs if e.facts.end.outcome == "skipped"), "")
    return Sweep(
        scenario=scenario.id,
        role=first.role,
        message=", ".join(swept_step(scenario).messages),
        data=data,
        run=first.header.run,
        offsets=offsets,
        failed=failed,
        what=_what(lab, first.header.program, data, offsets, failed, cut_short=bool(cut_short)),
        problem=cut_short,
    )


def _is_verdict(e: Examined) -> bool:
    """Whether the run says anything: it was played, and not cut before the promised time."""
    return not e.is_cut and any(f.status is not Status.NOT_RUN for f in e.findings)


def _is_worse(e: Examined, usual: dict[str, int]) -> bool:
    return any(WORSE.get(f.status, 0) > usual.get(f.expectation, 0) for f in e.findings)


# --- in words ----------------------------------------------------------------------------


def _what(
    lab: Lab,
    program: str,
    data: bytes,
    offsets: Sequence[int],
    failed: Sequence[int],
    *,
    cut_short: bool,
) -> Text:
    """Where cuts failed and what is special there, in a sentence or two."""
    inside = [offset for offset in failed if is_inside(data, offset)]
    key = "some"
    if not failed:
        key = "never"
    elif len(failed) == len(offsets):
        key = "everywhere"
    elif len(inside) == len(failed):
        key = "inside"
    notion = sayings_of(lab).notion("bytes" if key == "inside" else "receive", program)
    n, places = len(offsets), len(data) - 1
    fields = {"n": n, "all": places, "notion": notion, "failed": _ranges(failed)}
    said = [fill(_WORDS[key], **fields, characters=_characters(data, inside))]
    if cut_short:
        said.append(fill(_WORDS["cut-short"], **fields))
    elif n < places:
        said.append(fill(_WORDS["sample"], **fields))
    return _joined(said)


def _ranges(offsets: Sequence[int]) -> Text:
    """« 3 à 7, 20 »: the first few places."""
    spans: list[list[int]] = []
    for offset in offsets:
        if spans and offset == spans[-1][1] + 1:
            spans[-1][1] = offset
        else:
            spans.append([offset, offset])
    made = {}
    for language, to in (("fr", "à"), ("en", "to")):
        told = [f"{a}" if a == b else f"{a} {to} {b}" for a, b in spans[:_MOST_RANGES]]
        more = "…" if len(spans) > _MOST_RANGES else ""
        made[language] = ", ".join(told) + more
    return Text(made)


def _characters(data: bytes, inside: Sequence[int]) -> str:
    """The characters that those cuts part, each once."""
    found = dict.fromkeys(_character_at(data, offset) for offset in inside)
    names = list(found)
    return ", ".join(names[:_MOST_CHARACTERS]) + ("…" if len(names) > _MOST_CHARACTERS else "")


def _character_at(data: bytes, offset: int) -> str:
    start = offset
    while is_inside(data, start):
        start -= 1
    return data[start : start + 4].decode("utf-8", "ignore")[:1]


def _joined(texts: Sequence[Text]) -> Text:
    languages = texts[0].by_language
    return Text({name: " ".join(t.in_language(name) for t in texts) for name in languages})
