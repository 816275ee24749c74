"""The catalogue of diagnoses: what is said of each named mistake, how sure and how grave it is.

It is data, `scenarios/diagnoses.yaml`, which a lab may reword or switch off, id by id
(`diagnoses:` in lab.yaml). When a mistake is found is code: `grader.judge.conditions`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

from grader.lab import values
from grader.lab.fields import names
from grader.lab.fields_lab import REWORDING
from grader.lab.model import Rewording, Text
from grader.lab.problems import Problems, meant, shown
from grader.lab.values import Fields
from grader.lab.yamlfile import MAX_BYTES, Node, parse
from grader.lab.yamlfile import Mapping as Tree
from grader.resources import scenarios_root

CATALOGUE_FILE = "diagnoses.yaml"
LEVELS = ("error", "remark")
FIELD = re.compile(r"\{([a-z]+)\}")
"""A field in a text. Nothing else in braces is one: texts are no programs."""
ALWAYS = frozenset({"line", "at", "notion"})
"""Fields that every text may have."""
_LANGUAGES = ("fr", "en")
_ID = re.compile(r"[a-z][a-z0-9-]{0,62}")
_ID_LINES = "`id:` lines with what belongs to each below"
_SAID = ("title", "explanation")
_GIVEN = ("rank", "level", "confidence", "notion", *_SAID)


class Confidence(StrEnum):
    """How much the evidence proves."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


_CONFIDENCES = tuple(confidence.value for confidence in Confidence)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One way of telling a mistake: an id, or a variant of it."""

    id: str
    variant: str
    rank: int
    """The lower, the nearer to the root: what follows from a mistake ranks after it."""
    level: str
    """`error`, or `remark`: never the cause of lost points."""
    confidence: Confidence
    notion: str
    title: Text
    explanation: Text

    @property
    def fields(self) -> frozenset[str]:
        """The fields that its condition fills in, and those of every text."""
        texts = (*self.title.by_language.values(), *self.explanation.by_language.values())
        return ALWAYS | {name for text in texts for name in FIELD.findall(text)}


@dataclass(frozen=True)
class Catalogue:
    """All entries by id and variant, and where to read about each notion."""

    entries: Mapping[str, Mapping[str, Entry]]
    notions: Mapping[str, Text]
    further: Mapping[str, Text] = field(default_factory=dict)
    """By notion, what is behind it: for those who want to know more."""

    def entry(self, identifier: str, variant: str = "") -> Entry:
        """The entry that says it best: the variant, else the id itself, else its first variant.

        Raises:
            KeyError: no such id.
        """
        found = self.entries[identifier]
        return found.get(variant) or found.get("") or next(iter(found.values()))

    @property
    def names(self) -> tuple[str, ...]:
        """Every `id` and `id/variant`, in the order of the file."""
        return tuple(
            name
            for identifier, variants in self.entries.items()
            for name in dict.fromkeys((identifier, *(f"{identifier}/{v}" for v in variants if v)))
        )

    def named(self, name: str) -> Iterable[Entry]:
        """The entries that `id` (all of its variants) or `id/variant` stands for."""
        identifier, _, variant = name.partition("/")
        variants = self.entries.get(identifier, {})
        if variant:
            return [variants[variant]] if variant in variants else []
        return variants.values()


@cache
def catalogue() -> Catalogue:
    """The catalogue that ships with Wiregrade; read once.

    Raises:
        LabError: it is broken, which is our fault and not a lab's.
    """
    path = scenarios_root() / CATALOGUE_FILE
    return read_catalogue(path, path.read_bytes()[: MAX_BYTES + 1])


def read_catalogue(path: Path, data: bytes) -> Catalogue:
    """Read a catalogue; problems name `path`.

    Raises:
        LabError: with every problem of the file.
    """
    problems = Problems()
    fields = Fields(
        parse(str(path), data, problems), problems, "the catalogue",
        ("notions", "further", "diagnoses"),
    )  # fmt: skip
    notions = {
        key: text_of(node, problems, key)
        for key, node in _lines(fields.need("notions"), problems, "notions")
    }
    further = {}
    if told := fields.get("further"):
        about = Fields(told, problems, "further", tuple(notions))
        further = {key: text_of(about.need(key), problems, key) for key in about.keys}
    entries: dict[str, dict[str, Entry]] = {}
    for key, node in _lines(fields.need("diagnoses"), problems, "diagnoses"):
        entries[key] = _variants(key, node, notions, problems)
    problems.raise_any()
    return Catalogue(entries, notions, further)


def _lines(node: Node, problems: Problems, what: str) -> Iterable[tuple[str, Node]]:
    """The `name: ...` lines of a mapping whose keys are ids."""
    if not isinstance(node, Tree):
        values.wrong_kind(node, problems, what, _ID_LINES)
        return
    for entry in node.entries:
        if not _ID.fullmatch(entry.key):
            problems.add(entry.place, f"{what}: an id is made of a-z, 0-9 and '-'")
        yield entry.key, entry.value


def _variants(
    identifier: str, node: Node, notions: Mapping[str, Text], problems: Problems
) -> dict[str, Entry]:
    """The id itself, where it has words, and its variants, which take over what they don't say."""
    what = f"diagnosis {shown(identifier)}"
    fields = Fields(node, problems, what, (*_GIVEN, "variants"))
    found: dict[str, Entry] = {}
    variants = fields.get("variants")
    if variants is None or fields.get("title") is not None:
        found[""] = _entry(identifier, "", fields, None, notions, problems)
    for key, below in _lines(variants, problems, f"{what}, variants") if variants else ():
        own = Fields(below, problems, f"{what}, variant {shown(key)}", _GIVEN)
        found[key] = _entry(identifier, key, own, fields, notions, problems)
    return found


def _entry(
    identifier: str,
    variant: str,
    own: Fields,
    above: Fields | None,
    notions: Mapping[str, Text],
    problems: Problems,
) -> Entry:
    def given(key: str) -> Node | None:
        return own.get(key) or (above.get(key) if above else None)

    def needed(key: str) -> Node:
        return given(key) or own.need(key)

    level = given("level")
    notion = values.choice(needed("notion"), problems, "notion", tuple(notions))
    return Entry(
        id=identifier,
        variant=variant,
        rank=values.whole(needed("rank"), problems, "rank", 0, 1000),
        level=values.choice(level, problems, "level", LEVELS) if level else "error",
        confidence=Confidence(
            values.choice(needed("confidence"), problems, "confidence", _CONFIDENCES)
        ),
        notion=notion,
        title=text_of(own.need("title"), problems, "title"),
        explanation=text_of(own.need("explanation"), problems, "explanation"),
    )


def text_of(node: Node, problems: Problems, what: str) -> Text:
    """A text in French and in English, both with the same fields."""
    text = values.people(node, problems, what, _LANGUAGES[0])
    fields = {language: set(FIELD.findall(said)) for language, said in text.by_language.items()}
    if fields and (set(fields) != set(_LANGUAGES) or len(set(map(frozenset, fields.values()))) > 1):
        problems.add(node.place, f"{what}: French and English, with the same fields in braces")
    return text


# --- what a lab says of it ---------------------------------------------------------------


def read_rewordings(node: Node | None, problems: Problems, language: str) -> dict[str, Rewording]:
    """The section `diagnoses:` of lab.yaml: by `id` or `id/variant`, other words, or none."""
    if node is None:
        return {}
    if not isinstance(node, Tree):
        values.wrong_kind(node, problems, "diagnoses", _ID_LINES)
        return {}
    known = catalogue()
    found: dict[str, Rewording] = {}
    for entry in node.entries:
        entries = tuple(known.named(entry.key))
        if not entries:
            hint = meant(entry.key, known.names) if "/" in entry.key else _near(entry.key, known)
            problems.add(entry.place, f"diagnoses: no diagnosis {shown(entry.key)}{hint}")
        found[entry.key] = _rewording(entry.key, entry.value, entries, problems, language)
    return found


def _near(name: str, known: Catalogue) -> str:
    return meant(name, tuple(known.entries))


def _rewording(
    name: str, node: Node, entries: tuple[Entry, ...], problems: Problems, language: str
) -> Rewording:
    what = f"diagnosis {shown(name)}"
    if not isinstance(node, Tree):
        # `off` and `no` are texts here, `false` is not: none of them says what is meant.
        values.wrong_kind(
            node, problems, what, "{enabled: false}, or its title and explanation reworded"
        )
        return Rewording()
    fields = Fields(node, problems, what, names(REWORDING))
    texts: dict[str, Text] = {}
    for key in _SAID:
        if (said := fields.get(key)) is None:
            continue
        texts[key] = values.people(said, problems, key, language)
        _check_fields(said, texts[key], entries, problems)
    enabled = fields.get("enabled")
    return Rewording(
        enabled=values.flag(enabled, problems, "enabled") if enabled else True,
        title=texts.get("title"),
        explanation=texts.get("explanation"),
    )


def _check_fields(node: Node, text: Text, entries: tuple[Entry, ...], problems: Problems) -> None:
    """Only what is filled in for every entry that the text stands for."""
    filled = frozenset.intersection(*(e.fields for e in entries)) if entries else frozenset()
    for said in text.by_language.values():
        for name in FIELD.findall(said):
            if entries and name not in filled:
                there = ", ".join(f"{{{field}}}" for field in sorted(filled))
                problems.add(node.place, f"nothing is filled in for {{{name}}}; there are: {there}")


def read_notions(
    node: Node | None, problems: Problems, language: str, section: str = "notions"
) -> dict[str, Text]:
    """The section `notions:` of lab.yaml: where the statement speaks of each notion.

    `passages:` is read in the same way: what it says there.
    """
    if node is None:
        return {}
    known = tuple(catalogue().notions)
    fields = Fields(node, problems, section, known)
    return {key: values.people(fields.need(key), problems, key, language) for key in fields.keys}
