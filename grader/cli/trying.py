"""`wiregrade try`: a lab alive before there is any program; the model student plays all of it.

The model student (`grader.prove`) is a program made from the lab. Each scenario is told when it
has been played, a line for each event; the points come last.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from grader.cli.checked import style
from grader.cli.errors import BAD_INPUT, DONE, FAULT, CommandError
from grader.cli.labs import open_lab
from grader.cli.running import engine_options
from grader.cli.show import chosen
from grader.cli.streams import safe, say
from grader.formats.safe import no_commands
from grader.formats.writer import BOLD, DIM, Writer
from grader.judge.grade import judge
from grader.judge.model import Grade, Programs, Status
from grader.judge.unsaid import unsaid
from grader.lab.model import ROLES, Lab, Role, Scenario, Text
from grader.lab.narrow import alone
from grader.lab.sweep import is_sweep
from grader.lab.texts import seed_of
from grader.lab.visibility import proves
from grader.prove.asked import UnservableError
from grader.prove.model_student import model_student
from grader.prove.proof import program_name
from grader.prove.source import source_of
from grader.run.engines import Engine
from grader.run.host import choose_isolation, probe
from grader.run.jobs import Job
from grader.submission import SourceFile
from grader.transcript import Transcript
from grader.view.bytes_view import decoded, escaped
from grader.view.moment import MOMENT_BYTES, Moment, Place
from grader.view.sequence import moments
from grader.view.words import decimal, labelled

_SIGNS = {Place.TO_PROGRAM: "←", Place.TO_REFERENCE: "→", Place.AT_PROGRAM: "•",
          Place.AT_REFERENCE: "✗"}  # fmt: skip
_MOST = 60
"""Events of one scenario that are told."""


def run(given: argparse.Namespace) -> int:
    """Play and tell; status 2 if the model student misses points: the lab is to be mended.

    Raises:
        CommandError: there is no program that could do what the lab asks for.
        HostError: nothing can be played on this machine.
    """
    lab = open_lab(given.lab).lab
    given.lang = language = given.lang or lab.language
    scenarios = [s for s in chosen(lab, given.scenario) if s.tests != "both" and not is_sweep(s)]
    if not scenarios:
        raise CommandError(_nothing())
    by_itself = given.scenario is not None
    jobs = [job for scenario in scenarios for job in _jobs(lab, scenario, by_itself)]
    host = probe(given.python or lab.python)
    isolation = choose_isolation(given.isolation, "check", host)
    given.jobs = given.jobs or 1  # one after the other, as they are to be read
    seen: list[Transcript] = []
    with Engine(engine_options(given, host, isolation)) as engine:
        for played in engine.play(jobs):
            for one in played.runs:
                seen.append(one.transcript)
                say(_told(lab, lab.scenario(one.header.scenario), seen[-1], language))
    return _points(lab, scenarios, seen, language)


def _jobs(lab: Lab, scenario: Scenario, by_itself: bool) -> Iterator[Job]:
    role: Role = "client" if scenario.tests == "client" else "server"
    try:
        program = model_student(alone(lab, scenario.id) if by_itself else lab, role)
    except UnservableError as error:
        why = safe(str(error))
        raise CommandError(f"{safe(error.scenario)}: {why}") from error
    name = program_name(lab, role)
    yield Job(
        key=scenario.id,
        lab=lab,
        role=role,
        scenarios=(scenario,),
        program=name,
        files=(SourceFile(path=name, data=source_of(program)),),
        seed=seed_of(lab.salt, "try"),
    )


def _told(lab: Lab, scenario: Scenario, transcript: Transcript, language: str) -> str:
    out = Writer(language, style())
    out.say(f"{scenario.id}  ", scenario.title, indent="", colour=BOLD)
    left_out = unsaid(transcript, lab, scenario)
    told = moments(
        transcript, language, scenario.steps, _MOST,
        left_out=left_out, messages=lab.within(scenario).messages,
    )  # fmt: skip
    for moment in told:
        time = f"{moment.t / 1e6:8.1f} ms "
        sign = out.plain(_SIGNS.get(moment.place, "·"))
        shown = out.cut(
            no_commands(_words(moment, language)), out.width - len(time) - len(sign) - 1
        )
        out.line(f"{out.painted(time, DIM)}{sign} {shown}")
    if transcript.end.problem:
        out.say("  ", transcript.end.problem)
    return out.text()


def _words(moment: Moment, language: str) -> str:
    data = escaped(decoded(moment.data[:MOMENT_BYTES].rstrip(b"\r\n")))
    label = escaped(moment.label, keep="\u00a0\u202f")
    return labelled(label, language) + data if data else label


def _points(
    lab: Lab, scenarios: Sequence[Scenario], seen: Sequence[Transcript], language: str
) -> int:
    """The criteria that these scenarios prove, and the sum of their points."""
    names = {role: program_name(lab, role) for role in ROLES if role in lab.roles}
    programs = Programs(server=names.get("server"), client=names.get("client"))
    grade: Grade = judge(lab, "try", "try", "", programs, seen)
    proved = {name for scenario in scenarios for name in proves(scenario)}
    judged = [one for one in grade.criteria if one.criterion.id in proved]
    out = Writer(language, style())
    for one in judged:
        points = decimal(one.points, language), decimal(one.criterion.points, language)
        title = one.criterion.title.in_language(language)
        out.between(f"  {out.symbol(one.status)} ", title, "/".join(points))
    score = sum((one.points for one in judged), start=grade.score * 0)
    most = sum((one.criterion.points for one in judged), start=grade.score * 0)
    total = f"{decimal(score, language)}/{decimal(most, language)}"
    out.say("", total, indent="  ", colour=BOLD)
    say(out.text().rstrip("\n"))
    if any(one.status is Status.NOT_RUN for one in judged):
        return FAULT
    return DONE if score == most else BAD_INPUT


def _nothing() -> Text:
    return Text(
        {
            "fr": "rien à jouer ici avec la référence\u00a0: le scénario essaie les deux "
            "programmes l’un avec l’autre, ou coupe un message partout",
            "en": "nothing to play here with the reference: the scenario tries both programs with "
            "each other, or cuts a message everywhere",
        }
    )
