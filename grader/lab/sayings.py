"""The catalogue of diagnoses as a lab wants it said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.lab.catalogue import Catalogue, Entry, catalogue
from grader.lab.elsewhere import notion_for
from grader.lab.languages import Language, language_of
from grader.lab.model import Lab, Rewording, Text


def sayings_of(lab: Lab) -> Sayings:
    """The catalogue as the lab wants it said."""
    return Sayings(catalogue(), lab.diagnoses, lab.notions, lab.languages)


@dataclass(frozen=True)
class Sayings:
    """The catalogue as a lab wants it said."""

    base: Catalogue
    rewordings: Mapping[str, Rewording]
    notions: Mapping[str, Text]
    languages: tuple[Language, ...] = ()
    """Languages of the lab, by which a program's is told."""

    def entry(self, identifier: str, variant: str = "") -> Entry | None:
        """The entry with the lab's words, or None where the lab has switched it off.

        Raises:
            KeyError: no such id.
        """
        found = self.base.entry(identifier, variant)
        title, explanation = found.title, found.explanation
        for name in (identifier, f"{identifier}/{found.variant}"):
            own = self.rewordings.get(name)
            if own is None:
                continue
            if not own.enabled:
                return None
            title, explanation = own.title or title, own.explanation or explanation
        return Entry(
            id=found.id,
            variant=found.variant,
            rank=found.rank,
            level=found.level,
            confidence=found.confidence,
            notion=found.notion,
            title=title,
            explanation=explanation,
        )

    def notion(self, key: str, program: str = "") -> Text:
        """Where to read about it: in the statement, as the lab says, else in general.

        `program` is the path of the one that it is said of; without it Python is spoken of.
        """
        own = self.notions.get(key)
        general = notion_for(key, language_of(program, self.languages).id)
        return general if own is None else Text({**general.by_language, **own.by_language})
