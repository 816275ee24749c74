"""Mistakes as a page tells them: each once, with its places, what to read, what lies behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from grader.judge.crashes import CRASHES
from grader.judge.model import Diagnosis
from grader.lab.elsewhere import further_for, notion_for
from grader.lab.languages import language_of
from grader.lab.model import Lab
from grader.view.bytes_view import Run, decoded, prose, runs
from grader.view.difference import Difference
from grader.view.source import Excerpt, Program
from grader.view.student_model import DiagnosisView, FurtherView, PlaceView
from grader.view.student_words import page_words

CRITERIA = 4
"""Criteria that a mistake is said to explain, one by one."""
ERROR_BYTES = 300
"""Bytes of the last line of an error."""
_CRASHED = frozenset(name.partition("/")[0] for name in CRASHES)
_OF_A_TEXT = ("wrong-text", "output-altered")
"""Mistakes that are in the letters of a text."""
FIRST = 3
"""Mistakes that stand at the top; more would say that everything is wrong."""


@dataclass(kw_only=True)
class Mistakes:
    """Tells the mistakes of one grade, one after the other: what was told once is not again."""

    lab: Lab
    language: str
    programs: Mapping[str, Program]
    criteria: Mapping[str, str]
    """Titles of the criteria, by id."""
    titles: Mapping[str, str]
    """Titles of the runs, by id."""
    advice: Mapping[str, Sequence[tuple[str, str]]]
    """By notion, (anchor, title) of the advice about it."""
    errors: Mapping[str, bytes] = field(default_factory=dict)
    """By run, the last line of the error that ended it."""
    compared: Mapping[tuple[str, str], Difference] = field(default_factory=dict)
    """By run and criterion, the text asked for and what came."""
    quoted: set[str] = field(default_factory=set)
    told_further: set[str] = field(default_factory=set)
    shown: set[tuple[str, int, str]] = field(default_factory=set)

    def view(
        self, alike: Sequence[tuple[int, Diagnosis]], *, further: bool = True
    ) -> DiagnosisView:
        """Diagnoses of which the same is said, each with its number in the grade."""
        first = alike[0][1]
        notion = first.notion.in_language(self.language) if first.notion else ""
        explained = dict.fromkeys(c for _, d in alike for c in d.criteria if c in self.criteria)
        told = list(explained)[:CRITERIA] if len(explained) > CRITERIA + 1 else list(explained)
        hidden = len(explained) - len(told)
        return DiagnosisView(
            anchors=tuple(f"d{number}" for number, _ in alike),
            id=first.id,
            level=first.level,
            title=prose(first.title.in_language(self.language)),
            explanation=prose(first.explanation.in_language(self.language)),
            places=tuple(self._place(d) for _, d in alike),
            said=self._said(first),
            notion=notion,
            notion_anchor=f"statement-{first.about}" if first.about in self.lab.passages else "",
            quote=self._quote(first.about),
            criteria=tuple((c, self._criterion(c, told)) for c in told),
            more=page_words(self.language)["and_more"].format(n=hidden) if hidden else "",
            further=self._further(first) if further else None,
        )

    def _difference(self, diagnosis: Diagnosis) -> Difference | None:
        """The first text that it made wrong."""
        if diagnosis.id not in _OF_A_TEXT:
            return None
        places = ((diagnosis.run, c) for c in diagnosis.criteria)
        return next((self.compared[place] for place in places if place in self.compared), None)

    def _said(self, diagnosis: Diagnosis) -> tuple[Run, ...]:
        """Python's own words, of which the explanation speaks."""
        if diagnosis.id not in _CRASHED:
            return ()
        return runs(decoded(self.errors.get(diagnosis.run, b"")[:ERROR_BYTES]))

    def _quote(self, notion: str) -> tuple[Run, ...]:
        """What the statement says of it, the first time."""
        if notion in self.quoted or notion not in self.lab.passages:
            return ()
        self.quoted.add(notion)
        return prose(self.lab.passages[notion].in_language(self.language))

    def _criterion(self, criterion: str, beside: Sequence[str]) -> str:
        """Its title; with its role where another one beside it has the same."""
        title = self.criteria[criterion]
        if [self.criteria[c] for c in beside].count(title) < 2:
            return title
        return f"{title} ({page_words(self.language)[criterion.split('.')[0]]})"

    def _place(self, diagnosis: Diagnosis) -> PlaceView:
        program = self.programs.get(diagnosis.file or "")
        line = diagnosis.line or diagnosis.look
        shown = program is not None and line is not None and program.has(line)
        return PlaceView(
            file=runs(diagnosis.file or ""),
            line=line,
            look=diagnosis.line is None,
            href=f"#{program.anchor}-{line}" if program and shown else "",
            run=self.titles.get(diagnosis.run, diagnosis.run.split("~")[0]),
            run_anchor=f"run-{diagnosis.run}",
            excerpt=self._excerpt(program, line, diagnosis),
            difference=self._difference(diagnosis),
        )

    def _excerpt(
        self, program: Program | None, line: int | None, diagnosis: Diagnosis
    ) -> Excerpt | None:
        """The lines around it, the first time that a mistake is there."""
        if program is None or line is None or (program.path, line, diagnosis.level) in self.shown:
            return None
        self.shown.add((program.path, line, diagnosis.level))
        return program.excerpt(line, diagnosis.also)

    def _further(self, diagnosis: Diagnosis) -> FurtherView | None:
        language = language_of(diagnosis.file or "", self.lab.languages).id
        text = further_for(diagnosis.about, language)
        if text is None or diagnosis.about in self.told_further:
            return None
        self.told_further.add(diagnosis.about)
        reading = notion_for(diagnosis.about, language).in_language(self.language)
        told = diagnosis.notion.in_language(self.language) if diagnosis.notion else ""
        also = page_words(self.language)["further_doc"].format(what=reading)
        return FurtherView(
            text=prose(text.in_language(self.language)),
            reading="" if reading == told else also,
            advice=tuple(self.advice.get(diagnosis.about, ())),
        )


def told_alike(
    numbered: Iterable[tuple[int, Diagnosis]], language: str
) -> list[list[tuple[int, Diagnosis]]]:
    """Diagnoses of which the same is said, together: a mistake that both programs make."""
    groups: dict[tuple[str, str, str], list[tuple[int, Diagnosis]]] = {}
    for number, one in numbered:
        said = (one.id, one.title.in_language(language), one.explanation.in_language(language))
        groups.setdefault(said, []).append((number, one))
    return list(groups.values())
