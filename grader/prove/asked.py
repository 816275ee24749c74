"""What a lab asks of a role: its graded scenarios, and that no program may be able to do it."""

from __future__ import annotations

from grader.lab.model import Lab, Level, Role, Scenario, Text


class UnservableError(Exception):
    """No program can do what the graded scenarios of a role ask for.

    `scenario` is the id of one that shows it, `said` the reason in both languages.
    """

    def __init__(self, scenario: str, english: str, french: str) -> None:
        super().__init__(english)
        self.scenario = scenario
        self.said = Text({"fr": french.replace("~", "\u00a0"), "en": english})


def graded(lab: Lab, role: Role) -> tuple[Scenario, ...]:
    """The graded scenarios of a role, in the lab's order."""
    return tuple(s for s in lab.scenarios if s.tests == role and s.level is Level.GRADED)


def unknown(scenario: Scenario, name: str, error: Exception) -> UnservableError:
    """Of `name` a program would have to know what it can't; `error` says what."""
    what = getattr(error, "name", error)
    return UnservableError(
        scenario.id,
        f"no program can know {what}, which is in {name}: it is drawn anew, and the"
        " reference has not sent it before",
        f"aucun programme ne peut connaître {what}, qui est dans {name}~: c’est tiré au sort, et la"
        " référence ne l’a pas envoyé avant",
    )
