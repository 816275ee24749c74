"""Copies of a graded class for research: pseudonyms in place of the names that are known.

The copy is a graded folder like the one that it is made of: `report`, `diff` and `export` work on
it. Its key is drawn anew and kept nowhere, so that nobody can tell afterwards whose is whose; the
order of the rows and the time of day of the runs, which would, are not in it.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec

from grader import __version__
from grader import transcript as tr
from grader.batch import adjustments, pages, saved
from grader.batch.judging import Judge, judge_run, judged
from grader.batch.nameless import Nameless, telling_words
from grader.batch.output import RESEARCH, Marker, OutputFolder
from grader.batch.pages import PageSettings
from grader.batch.plan import LabSource
from grader.intake.layouts.detect import RECOGNISERS
from grader.intake.layouts.model import Item, ItemKind
from grader.intake.reading import digest_of
from grader.judge.adjusted import adjusted
from grader.judge.model import Grade
from grader.lab.model import Lab
from grader.run.jobs import PlayedRun, Run
from grader.submission import Origin, SourceFile, Submission

_DIGITS = 12
_DAY = 24 * 60 * 60
"""Seconds."""
_KINDS: tuple[ItemKind, ...] = ("file", "folder")
_OWN = frozenset((
    # Of what intake said.
    "code", "blame", "role",
    # Of a transcript.
    "run", "scenario", "delivery", "seed", "isolation", "facts", "interpreter", "started", "side",
    "protocol", "address", "local", "remote", "connection", "messages", "how", "status", "reason",
    "name", "target", "state", "why", "signal", "limit", "value", "kind", "error", "outcome",
))  # fmt: skip
"""Fields that hold words of ours, of the kernel or of the lab: they are no text of anybody's."""
_SAID_BY_US = (tr.SAME_CAUSE, tr.SAME_CAUSE_WHOLE)


_Ends = TypeVar("_Ends", tr.Connected, tr.Socket)


class NamesStayError(ValueError):
    """Without the names the result would be another one: this submission is left out."""


@dataclass(frozen=True, kw_only=True)
class Research:
    """What the copy is made of: a graded folder, its lab, who is in it."""

    folder: OutputFolder
    source: LabSource
    settings: PageSettings
    judge: Judge
    options: dict[str, str]
    pseudonym: dict[str, str]
    nameless: Nameless
    given: dict[str, adjustments.ByCriterion]
    captures: bool

    def write(self, copy: OutputFolder, found: saved.Saved) -> Grade:
        """One submission's files; its grade, slim.

        Raises:
            ValueError: what was saved is not whole any more.
            NamesStayError: it would be graded differently without its names.
        """
        before = saved.submission_of(self.folder, found)
        runs = saved.runs_of(self.folder, found)
        traced = saved.traced_of(self.folder, found)
        after = self._submission(before, found)
        kept, kept_traced = (tuple(map(self._run, of)) for of in (runs, traced))
        old = judged(self.judge, self.source, before, found.seed, runs)
        new = judged(self._judge_of(found.id), self.source, after, found.seed, kept)
        if _verdicts(old) != _verdicts(new):
            raise NamesStayError("without names its result would be another one: left out")
        mark = saved.mark_of(__version__, self.source.digest, self.options, after)
        whole = saved.describe(after, found.seed, mark, kept, kept_traced)
        saved.save(copy, after, (*kept, *kept_traced), whole)
        every = (*kept, *kept_traced)
        pages.write(copy, after.id, pages.pages_of(
            self.source.lab, self.settings, new, after, every
        ))  # fmt: skip
        return pages.slim(new)

    def given_to(self, identifiers: Iterable[str]) -> dict[str, adjustments.ByCriterion]:
        """Those of these submissions, under their pseudonyms, reasons without names."""
        return {
            self.pseudonym[identifier]: self._adjustments(identifier)
            for identifier in identifiers
            if identifier in self.given
        }

    def _adjustments(self, identifier: str) -> adjustments.ByCriterion:
        return {
            criterion: replace(one, why=self.nameless.text(one.why))
            for criterion, one in self.given.get(identifier, {}).items()
        }

    def _judge_of(self, identifier: str) -> Judge:
        mine = self._adjustments(identifier)

        def judge(
            lab: Lab, submission: Submission, seed: str, transcripts: Sequence[tr.Recorded]
        ) -> Grade:
            return adjusted(judge_run(lab, submission, seed, transcripts), mine)

        return judge

    def _submission(self, before: Submission, found: saved.Saved) -> Submission:
        name = self.pseudonym[found.id]
        files = tuple(
            SourceFile(path=self.nameless.text(file.path), data=self.nameless.data(file.data))
            for file in before.files
        )
        programs, remarks, problem, missing = self.nameless.anything(
            (before.programs, before.remarks, before.problem, before.missing), _OWN
        )
        return replace(
            before, id=name, name=name, files=files, digest=digest_of(files), programs=programs,
            remarks=remarks, problem=problem, missing=missing, origin=_origin(before.origin),
        )  # fmt: skip

    def _run(self, played: Run) -> PlayedRun:
        """Without names, and without the time of day: a class is played in the order of names."""
        whole = played.read()
        streams = tr.Transcript(
            whole.header, tuple(map(self._without_names, self._streams(whole.entries)))
        )
        clean = self.nameless.anything(streams, _OWN)
        if whole.end.problem in _SAID_BY_US:
            end = msgspec.structs.replace(clean.end, problem=whole.end.problem)
            clean = msgspec.structs.replace(clean, entries=(*clean.entries[:-1], end))
        day = f"{whole.header.started[:10]}T00:00:00Z"
        header = msgspec.structs.replace(clean.header, started=day)
        # A name that came in pieces is no word in a capture, which has headers between them.
        nobodys = self.captures and clean == whole
        wire = played.pcapng if nobodys else b""
        wire = wire if self.nameless.data(wire) == wire else b""
        return PlayedRun(transcript=msgspec.structs.replace(clean, header=header), pcapng=wire)

    def _without_names(self, entry: tr.AnyEntry) -> tr.AnyEntry:
        """The entry; the name of a Unix-domain socket is a program's own word."""
        if isinstance(entry, tr.State):
            return msgspec.structs.replace(entry, sockets=tuple(map(self._ends, entry.sockets)))
        if isinstance(entry, tr.Connected):
            return self._ends(entry)
        if isinstance(entry, tr.Listener | tr.Dialed) and entry.protocol == "unix":
            return msgspec.structs.replace(entry, address=self.nameless.text(entry.address))
        return entry

    def _ends(self, entry: _Ends) -> _Ends:
        if entry.protocol != "unix":
            return entry
        (ours, _), (theirs, _) = entry.local, entry.remote
        return msgspec.structs.replace(
            entry, local=(self.nameless.text(ours), 0), remote=(self.nameless.text(theirs), 0)
        )

    def _streams(self, entries: Sequence[tr.AnyEntry]) -> list[tr.AnyEntry]:
        """The entries; what was written or sent has lost names that came in pieces, too."""
        out = list(entries)
        streams: dict[tuple[str, ...], list[int]] = {}
        for index, entry in enumerate(entries):
            if isinstance(entry, tr.Stdout | tr.Stderr):
                streams.setdefault((type(entry).__name__, entry.side), []).append(index)
            elif isinstance(entry, tr.Received):
                streams.setdefault(("Received", entry.connection), []).append(index)
        for indexes in streams.values():
            cleaned = self.nameless.pieces([_data(out[index]) for index in indexes])
            for index, data in zip(indexes, cleaned, strict=True):
                out[index] = msgspec.structs.replace(out[index], data=data)
        return out


def pseudonyms(identifiers: Iterable[str], key: bytes) -> dict[str, str]:
    """A word for each id that is nobody's name; without the key nobody can work it out."""
    return {
        identifier: "p" + hmac.digest(key, identifier.encode(), "sha256").hex()[:_DIGITS]
        for identifier in identifiers
    }


def names_of(found: saved.Saved) -> list[str]:
    """All that is known to name whose work it is."""
    origin = found.origin
    if origin is None:
        return [found.id, found.name]
    team = [origin.team] if origin.team else []
    entries = [text for entry in origin.entries for text in _named_by(entry, origin.layout)]
    return [found.id, found.name, *entries, *origin.ids.values(), *origin.groups, *team]


def _named_by(entry: str, layout: str) -> list[str]:
    """What a download's name tells of a person; of the rest every program has some."""
    if reader := RECOGNISERS.get(layout):
        for kind in _KINDS:
            pieces = reader((Item(name=entry, kind=kind),), {}).pieces
            if pieces:
                return [text for piece in pieces for text in (piece.name, *piece.ids.values())]
    return [telling_words(entry)]


def marker_of(before: Marker, language: str, *, captures: bool) -> Marker:
    """What the copy says of itself: a graded folder, made for research, in this language."""
    bare = msgspec.structs.replace(before, language=language, anonymous=False, pseudonym_key="")
    return bare.copied_for(RESEARCH, captures="yes" if captures else "no")


def _data(entry: tr.AnyEntry) -> bytes:
    assert isinstance(entry, tr.Stdout | tr.Stderr | tr.Received)  # noqa: S101 -- see _streams
    return entry.data


def _origin(origin: Origin | None) -> Origin | None:
    """How many days late it was stays; who, when, from where and in which group do not."""
    if origin is None:
        return None
    late = origin.late
    if late is not None:
        # To the second, with the due date, it would be the moment of handing in.
        late = replace(late, seconds=-(-late.seconds // _DAY) * _DAY)
    return Origin(
        layout=origin.layout, attempt=origin.attempt, attempts=origin.attempts, late=late,
        flagged_late=origin.flagged_late,
    )  # fmt: skip


def _verdicts(grade: Grade) -> tuple[object, ...]:
    judged = tuple((one.criterion.id, one.status, one.points) for one in grade.criteria)
    return grade.score, grade.max_score, judged, tuple(d.id for d in grade.diagnoses)
