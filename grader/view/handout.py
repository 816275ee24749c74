"""What a lab's handout shows, as plain data: made from the lab that grades, so both are one.

Students see nothing of scenarios that are hidden from them (`grader.lab.visibility`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from grader.lab.model import ROLES, Lab, Level, Role, Scenario
from grader.lab.visibility import for_students
from grader.view.message_words import content_of, framing_of, kind_of
from grader.view.script_words import script_words
from grader.view.scripted import Block, Way, base_name, blocks, exit_of, files_of, printed
from grader.view.words import decimal


@dataclass(frozen=True, kw_only=True)
class Said:
    """A message: its name, what it says, and where it ends if not as all do."""

    name: str
    said: str
    literal: bool
    """`said` is the message itself, not words about it."""
    ends: str


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One scenario that students may see."""

    id: str
    title: str
    advice: str
    program: str
    """Whose the program's side is: « your server »."""
    reference: str
    blocks: tuple[Block, ...]
    demands: tuple[str, ...]
    """What else the program has to do, in words that follow « your program… »."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A criterion."""

    title: str
    requirement: str
    points: str


@dataclass(frozen=True, kw_only=True)
class Handout:
    """Everything on the page, from top to bottom."""

    title: str
    lead: str
    statement: str
    """Markdown, as the author wrote it; empty: there is none."""
    port: str
    """The port and the protocol, or the name of the Unix-domain socket."""
    named: bool
    """It is a name."""
    files: tuple[str, ...]
    framing: str
    messages: tuple[Said, ...]
    exchanges: tuple[Exchange, ...]
    criteria: tuple[tuple[str, tuple[Asked, ...]], ...]
    """By role."""
    total: str


def handout(lab: Lab, language: str, statement: str = "", only: str = "") -> Handout:
    """Build it: exchanges of the graded scenarios that students see, or of the one of id `only`.

    Raises:
        KeyError: `only` is none that students see.
    """
    seen = for_students(lab, due_passed=False)
    chosen: Iterable[Scenario] = (s for s in seen.scenarios if s.level is Level.GRADED)
    if only:
        chosen = (seen.scenario(only),)
    named = lab.protocol == "unix" and bool(lab.path)
    lead = lab.statement.in_language(language) if lab.statement is not None else ""
    return Handout(
        title=lab.title.in_language(language),
        lead=lead,
        statement=statement,
        port=lab.path if named else f"{lab.port}/{lab.protocol.upper()}",
        named=named,
        files=tuple(_files(lab, language)),
        framing=framing_of(lab.framing, language),
        messages=tuple(_messages(seen, language)),
        exchanges=tuple(exchange(seen, scenario, language) for scenario in chosen),
        criteria=tuple(_criteria(lab, language)),
        total=decimal(lab.max_score, language),
    )


def exchange(lab: Lab, scenario: Scenario, language: str) -> Exchange:
    """One scenario."""
    words = script_words(language)
    role: Role = "client" if scenario.tests == "client" else "server"
    other = "client" if role == "server" else "server"
    both = scenario.tests == "both"
    demands = [text for text, _ in printed(lab, scenario, language)]
    demands += [text for text, _ in files_of(lab, scenario, language)]
    demands += [text for text in (exit_of(scenario, language),) if text]
    return Exchange(
        id=scenario.id,
        title=scenario.title.in_language(language),
        advice=scenario.advice.in_language(language) if scenario.advice else "",
        program=words[f"your_{role}"],
        reference=words[f"your_{other}"] if both else words[f"their_{other}"],
        blocks=blocks(lab, scenario, language),
        demands=tuple(demands),
    )


def arrow(way: Way) -> str:
    """An arrow from the program, on the left, to the other side, or back."""
    return {Way.TO_PROGRAM: "←", Way.TO_REFERENCE: "→", Way.AT_PROGRAM: "•"}.get(way, "…")


def _files(lab: Lab, language: str) -> Iterator[str]:
    words = script_words(language)
    for role in ROLES:
        if (files := lab.roles.get(role)) is not None:
            yield words["file_named"].format(
                role=words[role.capitalize()],
                words=words["or"].join(f"`{word}`" for word in files.words),
                suffixes=", ".join(f"`{suffix}`" for suffix in files.suffixes),
            )


def _messages(lab: Lab, language: str) -> Iterator[Said]:
    for name, message in lab.messages.items():
        if "/" in name or base_name(lab, name) != name:
            continue  # written on the spot, or of one round
        own = message.framing if message.framing != lab.framing else None
        yield Said(
            name=name,
            said=content_of(lab, name, language),
            literal=kind_of(lab, name, language) == "words",
            ends=framing_of(own, language),
        )


def _criteria(lab: Lab, language: str) -> Iterator[tuple[str, tuple[Asked, ...]]]:
    words = script_words(language)
    for role in ROLES:
        found = tuple(
            Asked(
                title=one.title.in_language(language),
                requirement=one.requirement.in_language(language),
                points=_points(one.points, language),
            )
            for one in lab.criteria
            if one.enabled and one.role == role
        )
        if found:
            yield words[role.capitalize()], found


def _points(points: Fraction, language: str) -> str:
    return decimal(points, language)
