"""The file lab.yaml: criteria, messages, roles, tolerance, limits, the list of scenarios."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from typing import cast

from grader.lab import fields_lab as known
from grader.lab import values
from grader.lab.catalogue import read_notions, read_rewordings
from grader.lab.fields import names
from grader.lab.fields_lab import ENCODINGS
from grader.lab.languagefile import read_languages
from grader.lab.languages import Language, suffixes_of
from grader.lab.late import FORM as LATE_FORM
from grader.lab.late import LateRule, parse_rule
from grader.lab.messages import check_names, read_framing, read_messages
from grader.lab.model import (
    ROLES,
    Accents,
    Criterion,
    Lab,
    Limits,
    Protocol,
    Role,
    RoleFiles,
    Text,
    Tolerance,
)
from grader.lab.problems import Place, Problems, meant, shown
from grader.lab.program import path as read_path
from grader.lab.program import protocol as read_protocol
from grader.lab.shared import Shared, read_shared
from grader.lab.values import Fields
from grader.lab.yamlfile import Broken, Mapping, Node

LAB_FILE = "lab.yaml"

SCENARIO_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_LAB_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_CRITERION_ID = re.compile(r"(server|client)\.[a-z0-9][a-z0-9_-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z]{2})?")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]+")

_ROLE_FILES: dict[Role, RoleFiles] = {
    "server": RoleFiles(words=("serveur", "server")),
    "client": RoleFiles(words=("client",)),
}


@dataclass(frozen=True)
class Listed:
    """A scenario's id as lab.yaml lists it."""

    place: Place
    id: str


@dataclass(frozen=True)
class LabFile:
    """What lab.yaml says; `lab` still lacks its scenarios.

    The names are those that the scenarios may use, among them names of things that are
    wrong in themselves, which are no reason for a second error message.
    """

    lab: Lab
    listed: tuple[Listed, ...]
    messages: frozenset[str]
    criteria: dict[str, Place]
    shared: Shared = field(default_factory=dict)
    """Lists of steps that scenarios use, by name."""


def read_lab_file(node: Node, problems: Problems) -> LabFile:
    """Read the tree of lab.yaml."""
    fields = Fields(node, problems, "the lab", names(known.LAB))
    language = "fr"
    if given := fields.get("language"):
        language = (
            values.word(given, problems, "language", _LANGUAGE, "a language code such as fr")
            or language
        )
    given = fields.get("framing")
    framing = read_framing(given, problems) if given else None
    messages = read_messages(fields.need("messages"), problems, language, framing)
    path = read_path(fields.get("path"), problems)
    check_names(messages, {}, problems, ("i", "path") if path else ("i",))
    criteria = _criteria(fields.need("criteria"), problems, language)
    _check_requires(criteria, problems)
    listed = _listed(fields.need("scenarios"), problems)
    late, due = _late(fields.get("late"), problems)
    languages = read_languages(fields.get("languages"), problems)
    protocol = read_protocol(fields.get("protocol"), "tcp", problems)
    lab = Lab(
        id=values.word(
            fields.need("lab"), problems, "lab", _LAB_ID, "an id of a-z, 0-9, '-' and '_'"
        ),
        title=values.people(fields.need("title"), problems, "title", language),
        language=language,
        port=_port(fields, protocol, problems),
        messages={name: message for name, (_, message) in messages.items()},
        framing=framing,
        criteria=tuple(criterion for _, criterion in criteria.values()),
        scenarios=(),
        roles=_roles(fields.get("roles"), languages, problems),
        tolerance=_tolerance(fields.get("tolerance"), problems),
        limits=_limits(fields.get("limits"), problems),
        python=_optional_text(fields, "python", problems),
        salt=_optional_text(fields, "salt", problems) or "",
        statement=_optional_people(fields, "statement", problems, language),
        notions=read_notions(fields.get("notions"), problems, language),
        passages=read_notions(fields.get("passages"), problems, language, "passages"),
        diagnoses=read_rewordings(fields.get("diagnoses"), problems, language),
        late=late,
        due=due,
        protocol=protocol,
        path=path,
        languages=languages,
    )
    if criteria and lab.max_score == 0:
        problems.add(fields.need("criteria").place, "every criterion is taken out: no points left")
    return LabFile(
        lab=lab,
        listed=listed,
        messages=frozenset(messages),
        criteria={name: place for name, (place, _) in criteria.items()},
        shared=read_shared(fields.get("steps"), problems),
    )


def _port(fields: Fields, protocol: Protocol, problems: Problems) -> int:
    """The port; 0 where all is said over Unix-domain sockets."""
    if protocol == "unix" and fields.get("port") is None:
        return 0
    return values.whole(fields.need("port"), problems, "port", 1, 65535)


def _optional_text(fields: Fields, key: str, problems: Problems) -> str | None:
    node = fields.get(key)
    return values.text(node, problems, key) if node else None


def _optional_people(fields: Fields, key: str, problems: Problems, language: str) -> Text | None:
    node = fields.get(key)
    return values.people(node, problems, key, language) if node else None


def _criteria(node: Node, problems: Problems, language: str) -> dict[str, tuple[Place, Criterion]]:
    if not isinstance(node, Mapping):
        values.wrong_kind(node, problems, "criteria", "`id:` lines with what belongs to each below")
        return {}
    criteria = {}
    for entry in node.entries:
        if not _CRITERION_ID.fullmatch(entry.key):
            problems.add(
                entry.place,
                f"a criterion's id begins with the role that it is about, such as server.listen"
                f" or client.close, not {shown(entry.key)}",
            )
        criterion = _criterion(entry.key, entry.value, problems, language)
        criteria[entry.key] = (entry.place, criterion)
    if not criteria:
        problems.add(node.place, "there is no criterion")
    return criteria


def _criterion(identifier: str, node: Node, problems: Problems, language: str) -> Criterion:
    fields = Fields(node, problems, f"criterion {shown(identifier)}", names(known.CRITERION))
    requires = fields.get("requires")

    def people(key: str) -> Text:
        return values.people(fields.need(key), problems, key, language)

    enabled = fields.get("enabled")
    return Criterion(
        id=identifier,
        role="client" if identifier.startswith("client.") else "server",
        points=_points(fields.need("points"), problems),
        title=people("title"),
        requirement=people("requirement"),
        hint=people("hint"),
        enabled=values.flag(enabled, problems, "enabled") if enabled else True,
        requires=tuple(
            values.text(item, problems, "requires")
            for item in (values.items(requires, problems, "requires") if requires else ())
        ),
    )


def _check_requires(criteria: dict[str, tuple[Place, Criterion]], problems: Problems) -> None:
    """What is required is there, and nothing requires itself in a ring."""
    for name, (place, criterion) in criteria.items():
        for wanted in criterion.requires:
            if wanted not in criteria:
                hint = meant(wanted, tuple(criteria))
                problems.add(place, f"requires: no criterion {shown(wanted)}{hint}")
        waiting, seen = list(criterion.requires), set[str]()
        while waiting:
            if (one := waiting.pop()) == name:
                problems.add(place, f"requires: {shown(name)} requires itself in the end")
                break
            if one in criteria and one not in seen:
                seen.add(one)
                waiting += criteria[one][1].requires


def _points(node: Node, problems: Problems) -> Fraction:
    return values.points(node, problems, "points")


def _listed(node: Node, problems: Problems) -> tuple[Listed, ...]:
    listed: dict[str, Listed] = {}
    for item in values.items(node, problems, "scenarios"):
        identifier = values.word(
            item,
            problems,
            "a scenario",
            SCENARIO_ID,
            "an id of a-z, 0-9 and '-' (its file is that with .yaml)",
        )
        if identifier in listed:
            first = listed[identifier].place.line
            problems.add(
                item.place, f"scenario {shown(identifier)} stands twice, first in line {first}"
            )
        elif identifier:
            listed[identifier] = Listed(item.place, identifier)
    return tuple(listed.values())


def _roles(
    node: Node | None, languages: tuple[Language, ...], problems: Problems
) -> dict[Role, RoleFiles]:
    """How programs are recognised; their suffixes are those of the languages, unless given."""
    suffixes = suffixes_of(languages)
    roles = {role: replace(files, suffixes=suffixes) for role, files in _ROLE_FILES.items()}
    if node is None:
        return roles
    fields = Fields(node, problems, "roles", ROLES)
    for key in fields.keys:
        role = cast(Role, key)
        entry = Fields(fields.need(key), problems, f"role '{key}'", names(known.ROLE))
        words = values.items(entry.need("words"), problems, "words")
        found = RoleFiles(
            words=tuple(values.text(item, problems, "a word").casefold() for item in words),
            suffixes=suffixes,
        )
        if own := entry.get("suffixes"):
            form = "an ending such as .py"
            given = values.items(own, problems, "suffixes")
            found = replace(
                found,
                suffixes=tuple(
                    values.word(item, problems, "a suffix", _SUFFIX, form) for item in given
                ),
            )
        roles[role] = found
    return roles


def _tolerance(node: Node | None, problems: Problems) -> Tolerance:
    tolerance = Tolerance()
    if node is None:
        return tolerance
    fields = Fields(node, problems, "tolerance", names(known.TOLERANCE))
    if encodings := fields.get("encodings"):
        given = values.items(encodings, problems, "encodings")
        chosen = tuple(values.choice(item, problems, "encodings", ENCODINGS) for item in given)
        tolerance = replace(tolerance, encodings=chosen)
    if accents := fields.get("accents"):
        words = tuple(option.value for option in Accents)
        word = values.choice(accents, problems, "accents", words)
        tolerance = replace(tolerance, accents=Accents(word))
    if edits := fields.get("edits"):
        tolerance = replace(tolerance, edits=values.whole(edits, problems, "edits", 0, 10))
    return tolerance


def _late(node: Node | None, problems: Problems) -> tuple[LateRule | None, datetime | None]:
    rule, due = None, None
    if node is None:
        return rule, due
    fields = Fields(node, problems, "late", names(known.LATE))
    if penalty := fields.get("penalty"):
        try:
            rule = parse_rule(values.text(penalty, problems, "penalty"))
        except ValueError:
            problems.add(penalty.place, f"penalty must be a rule {LATE_FORM}")
    if until := fields.get("due"):
        try:
            due = datetime.fromisoformat(values.text(until, problems, "due"))
        except ValueError:
            problems.add(until.place, "due must be a date such as 2026-10-01T23:59+02:00")
    return rule, due


def _limits(node: Node | None, problems: Problems) -> Limits:
    limits = Limits()
    if node is None or isinstance(node, Broken):
        return limits
    fields = Fields(node, problems, "limits", names(known.LIMITS))
    kinds = {field.name: field.kind for field in known.LIMITS}
    given: dict[str, float] = {}
    before = len(problems)
    for key in fields.keys:
        if kinds[key] == "seconds":
            given[key] = values.seconds(fields.need(key), problems, key)
        elif kinds[key] == "size":
            given[key] = values.size(fields.need(key), problems, key)
        else:
            given[key] = values.whole(fields.need(key), problems, key, 1, 65536)
    limits = Limits(**given)  # type: ignore[arg-type]  # only those of seconds have no int
    if limits.promised > limits.wall and len(problems) == before:
        problems.add(node.place, "limits: 'wall' must be at least the 'promised' time")
    return limits
