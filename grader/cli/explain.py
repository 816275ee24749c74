"""`wiregrade explain`: a named mistake of the reports, in words; without a name, all of them."""

from __future__ import annotations

import argparse
import os
import shutil
import textwrap
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from grader.cli.errors import DONE, CommandError
from grader.cli.labs import open_lab
from grader.cli.streams import safe, say
from grader.formats.safe import one_line
from grader.lab.catalogue import FIELD, Confidence, Entry
from grader.lab.library import DEFAULT_LAB
from grader.lab.model import Lab, Text
from grader.lab.sayings import Sayings, sayings_of
from grader.view.words import LANGUAGES, labelled

_SURE = {
    Confidence.CERTAIN: (
        "Certain~: prouvé par ce qui a été vu.",
        "Certain: proved by what was seen.",
    ),
    Confidence.LIKELY: (
        "Probable~: la cause habituelle de ce qui a été vu.",
        "Likely: the usual cause of what was seen.",
    ),
    Confidence.POSSIBLE: (
        "Possible~: une cause parmi d’autres.",
        "Possible: one cause among several.",
    ),
}
_REMARK = ("Une remarque~: elle ne coûte pas de points.", "A remark: it costs no points.")
_READ = ("À relire", "Read again")
_OFF = ("Le labo {lab} ne le dit jamais.", "The lab {lab} never says it.")


def run(given: argparse.Namespace) -> int:
    """Explain one, or list all that reports may name; or the notions that they are about."""
    lab = open_lab(given.lab or DEFAULT_LAB).lab
    # Who names no lab is not in one: the language is that of the terminal.
    usual = lab.language if given.lab else language_of(os.environ) or lab.language
    given.lang = language = given.lang or usual
    sayings = sayings_of(lab)
    if given.notions:
        column = max(map(len, sayings.base.notions))
        for name in sorted(sayings.base.notions):
            say(f"{name:{column}}  {one_line(sayings.notion(name).in_language(language))}")
        return DONE
    if given.diagnosis is None:
        for line in _listed(sayings, language):
            say(line)
        return DONE
    identifier, _, variant = given.diagnosis.partition("/")
    if identifier not in sayings.base.entries:
        raise CommandError(_unknown(given.diagnosis, tuple(sayings.base.entries)))
    for line in _explained(sayings, lab, identifier, variant, language):
        say(line)
    return DONE


def language_of(environment: Mapping[str, str]) -> str:
    """The language that the terminal asks for, if it is one of ours; empty: it is none."""
    named = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    chosen = next(filter(None, named), "")[:2].lower()
    return chosen if chosen in LANGUAGES else ""


def _listed(sayings: Sayings, language: str) -> Iterator[str]:
    column = max(map(len, sayings.base.entries))
    for identifier in sorted(sayings.base.entries):
        if (entry := sayings.entry(identifier)) is not None:
            yield f"{identifier:{column}}  {_said(entry.title, sayings, entry, language)}"


def _explained(
    sayings: Sayings, lab: Lab, identifier: str, variant: str, language: str
) -> Iterator[str]:
    entry = sayings.entry(identifier, variant)
    if entry is None:
        yield _word(_OFF, language).format(lab=lab.id)
        return
    yield _said(entry.title, sayings, entry, language)
    yield ""
    yield from _wrapped(_said(entry.explanation, sayings, entry, language))
    yield ""
    notion = one_line(sayings.notion(entry.notion).in_language(language))
    yield from _wrapped(f"{labelled(_word(_READ, language), language)}{notion}")
    yield _word(_SURE[entry.confidence], language)
    if entry.level == "remark":
        yield _word(_REMARK, language)
    variants = [name for name in sayings.base.entries[identifier] if name]
    if variants and not variant:
        yield ""
        yield from (f"  wiregrade explain {identifier}/{name}" for name in variants)


def _said(text: Text, sayings: Sayings, entry: Entry, language: str) -> str:
    """The text with an ellipsis for what only a run could tell."""
    known = {"line": "", "at": "", "notion": sayings.notion(entry.notion).in_language(language)}
    filled = FIELD.sub(lambda found: known.get(found[1], "…"), text.in_language(language))
    return one_line(filled)


def _wrapped(text: str) -> list[str]:
    room = max(40, min(shutil.get_terminal_size().columns, 100))
    # textwrap breaks at ASCII blanks only: the no-break ones of French stay.
    return textwrap.wrap(text, room, break_on_hyphens=False, break_long_words=False) or [""]


def _word(words: tuple[str, str], language: str) -> str:
    return words[1 if language == "en" else 0].replace("~", "\u00a0")


def _unknown(name: str, known: tuple[str, ...]) -> Text:
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    hint = {
        "fr": f"vouliez-vous dire {' ou '.join(near)}\u00a0?",
        "en": f"did you mean {' or '.join(near)}?",
    }
    if not near:
        hint = {
            "fr": "wiregrade explain, sans nom, les donne tous.",
            "en": "wiregrade explain, without a name, lists them all.",
        }
    return Text(
        {
            "fr": f"aucune erreur ne s’appelle {safe(name)}\u00a0; {hint['fr']}",
            "en": f"no mistake is called {safe(name)}; {hint['en']}",
        }
    )
