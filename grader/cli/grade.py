"""`wiregrade grade`: a folder of submissions to a folder of reports."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from msgspec import structs

from grader import __version__
from grader.batch import adjustments, output, pages, unchanged
from grader.batch.faults import is_internal
from grader.batch.grading import Done, Grading, Settings, Waiting, is_alone, marker_of
from grader.batch.index import Index
from grader.batch.index import opened as opened_index
from grader.batch.judging import judge_run
from grader.batch.plan import LabSource
from grader.batch.saved import fingerprint
from grader.batch.shards import Shard, listing_of, part_of
from grader.batch.shared import PlayedOnce, in_teams
from grader.cli import due, only_some, profiling
from grader.cli.errors import DONE, FAULT, INTERRUPTED, NOT_ALL_PASS, CommandError
from grader.cli.executor import prepared
from grader.cli.importing import announce, counting, options_of
from grader.cli.labs import open_lab
from grader.cli.progress import progress
from grader.cli.report import identifiers
from grader.cli.running import playing, say_untraced
from grader.cli.streams import listed, note, safe, say
from grader.cli.summary import is_certified, summary
from grader.intake.importing import ClassRead, class_at
from grader.judge.model import Grade
from grader.lab.model import Text
from grader.run.errors import HostError
from grader.run.jobs import Plays
from grader.run.meter import OFF, Meter

_SHOWN = 10
_WORDS: dict[str, tuple[str, str]] = {
    "distrusted": (
        "Des fichiers ont changé depuis qu’ils ont été écrits~; noté de nouveau~: {ids}",
        "Files were changed since they were written; graded once more: {ids}",
    ),
    "changed": (
        "{out} vient d’un autre labo, d’autres options ou d’une autre version ({what})~: "
        "tout est noté de nouveau.",
        "{out} was made with another lab, other options or another version ({what}): "
        "everything is graded anew.",
    ),
    "edited": (
        "Le labo a changé depuis que {out} a été écrit ({what})~: les exécutions que cela touche "
        "sont refaites, les autres reprises, et tout est jugé de nouveau.",
        "The lab was changed since {out} was written ({what}): the runs that this touches are "
        "played again, the others are taken over, and everything is judged anew.",
    ),
    "shard": (
        "Partie {shard} de la classe (remises~: {mine} sur {total}).",
        "Part {shard} of the class (submissions: {mine} of {total}).",
    ),
    "interrupted": (
        "Interrompu~: {done} sur {total} sont notées. La même commande reprend à partir de là.",
        "Interrupted: {done} of {total} are graded. The same command goes on from there.",
    ),
    "fault": (
        "{name}~: faute de Wiregrade, pas de l’étudiant (référence {reference} dans {log})",
        "{name}: a fault of Wiregrade, not the student's (reference {reference} in {log})",
    ),
    "incomplete": (
        "{name}~: pas noté en entier, ce n’est pas la faute de l’étudiant (référence "
        "{reference} dans {log})",
        "{name}: not graded completely, which is not the student's fault (reference "
        "{reference} in {log})",
    ),
}


def run(given: argparse.Namespace) -> int:
    """Grade; the report's path is the last line on stdout."""
    source = open_lab(given.lab, given.languages)
    language: str = given.lang or source.lab.language
    given.lang = language
    importing = options_of(given, source.lab)
    with (
        class_at(Path(given.submissions), source.lab.roles, importing, Path(given.out)) as found,
        ExitStack() as stack,
    ):
        asked = importing.deadline.due if given.due and importing.deadline else None
        return _grade(given, source, found, asked, stack)


def _grade(
    given: argparse.Namespace,
    source: LabSource,
    found: ClassRead,
    asked: datetime | None,
    stack: ExitStack,
) -> int:
    """`asked` is the date of `--due`; `stack` ends with the command."""
    language: str = given.lang
    out = Path(given.out)
    output.check(out)
    output.check_apart(out, Path(given.submissions))
    only_some.refuse_unknown(given.id, {one.id for one in found.entrants})
    meter = profiling.meter(given)
    where = prepared(given, source, stack, meter)
    entrants, listing = found.entrants, None
    if given.shard is not None:
        found = replace(found, entrants=part_of(entrants, given.shard))
        listing = listing_of(entrants, found.entrants)
    settings = Settings(
        isolation=where.isolation,
        facts=where.facts,
        python=where.python,
        language=language,
        seed=given.seed,
        strace=where.strace,
        certify=given.certify,
        sweep=given.sweep,
    )
    announce(found, given.attempts, language)
    if given.shard is not None:
        words, mine = _word("shard", language), len(found.entrants)
        note(words.format(shard=given.shard, mine=mine, total=len(entrants)))
    if given.dry_run:
        from grader.cli.dry_run import plan_text

        entries = [Waiting.of(one) for one in found.entrants
                   if not given.id or one.id in given.id]  # fmt: skip
        fresh = given.fresh or bool(given.id)
        known = output.OutputFolder(out)
        sharing = not given.no_cache
        teams = found.teams
        say(plan_text(entries, known, source, settings, fresh=fresh, sharing=sharing, teams=teams))
        return DONE
    base = fingerprint(
        __version__, source.digest, *(part for item in settings.options.items() for part in item)
    )
    with output.opened(out) as folder, opened_index(folder.path, base) as index:
        _refuse_other_part(folder, given.shard)
        anew = given.fresh or bool(given.id) or given.no_cache or is_alone(settings)
        _say_if_changed(folder, source, settings, anew=anew)
        made = marker_of(source, settings, str(given.shard or ""))
        if given.id:
            only_some.refuse_other(folder.marker(), made)
        before = folder.marker()
        until = due.marked(asked, source.lab, before, some_only=bool(given.id))
        # Until the end tells, what was left before is left.
        left = before.left if before is not None else 0
        made = structs.replace(made, due=until, listing=listing, left=left)
        if given.id and before is not None:
            _refuse_other_class(before, listing)
            made = structs.replace(made, listing=before.listing, parts=before.parts)
        elif listing is not None and before is not None and before.listing != listing:
            # Cut off, its results must not be taken for those of the class that it is of now.
            folder.remove("results.json")
        marker = made.named(anonymous=given.anonymous, before=before)
        settings = pages.of_class(settings, marker)
        folder.mark(marker)
        judge = adjustments.judging(folder, judge_run)
        fresh = given.fresh or bool(given.id)
        grading = Grading(
            folder, source, settings, judge, fresh=fresh, sharing=not given.no_cache,
            given=adjustments.told(folder), index=index, meter=meter,
            some_only=bool(given.id),
        )  # fmt: skip
        shown = _Class(given, source, settings, folder, found, index, meter)
        if given.id:
            listed = identifiers(folder)
            shown.keep(only_some.others(folder, source, settings, judge, listed, given.id))
        with where.begin(folder.path) as engine:
            counted = profiling.Counted(engine)
            status = shown.grade(grading, counted)
        profiling.tell(given, meter, where.workers, counted.runs)
        shown.say()
        return status


class _Class:
    """One class while it is graded."""

    def __init__(
        self,
        given: argparse.Namespace,
        source: LabSource,
        settings: Settings,
        folder: output.OutputFolder,
        found: ClassRead,
        index: Index,
        meter: Meter = OFF,
    ) -> None:
        self._index = index
        self._given = given
        self._meter = meter
        self._source = source
        self._settings = settings
        self._folder = folder
        self._entrants = found.entrants
        self._order = {one.id: place for place, one in enumerate(found.entrants)}
        asked = (one for one in found.entrants if not given.id or one.id in given.id)
        self._in_teams = in_teams(asked, lambda one: one.team)
        self._teams = found.teams
        self._done: list[Done] = []
        self._summary = ""

    def keep(self, others: Iterable[Done]) -> None:
        """Those who stay as they are, in the class's pages."""
        for done in others:
            self._done.append(done)
            self._order.setdefault(done.grade.id, len(self._order))

    def grade(self, grading: Grading, engine: Plays) -> int:
        """Grade all; whatever ends it, the class's pages hold what is done."""
        language = self._settings.language
        total = len(self._in_teams)
        # Each only when its turn comes: a class may be big.
        waiting = map(Waiting.of, self._in_teams) if self._in_teams else ()
        try:
            with progress(total, language) as shown:
                played = PlayedOnce(
                    playing(engine, self._settings.certify, shown.tell), self._teams
                )
                # Wherever an interrupt comes: what is being judged is written before it is counted.
                with closing(grading.grade(waiting, played)) as graded:
                    for done in graded:
                        self._done.append(done)
                        shown.show(done)
        except KeyboardInterrupt:
            self._write(grading)
            words = _word("interrupted", language)
            note(words.format(done=len(self._done), total=total))
            return INTERRUPTED
        except HostError:
            self._write(grading)
            raise
        grades = self._write(grading)
        self._tell_faults()
        _say_distrusted(grading.distrusted, language)
        taken_over = sum(done.taken_over for done in self._done)
        report = safe(str(Path(self._given.out) / "index.html"))
        self._summary = summary(
            self._source.lab, grades, language, report=report, taken_over=taken_over
        )
        if not all(one.grade.complete for one in self._done):
            return FAULT
        return _status(grades, self._given.fail_under)

    def say(self) -> None:
        """The summary of a class that was graded to its end: last, as nobody may read it."""
        if self._summary:
            say(self._summary)

    def _write(self, grading: Grading) -> list[Grade]:
        taken = {one.grade.id for one in self._done}
        self._done += {one.grade.id: one for one in grading.undelivered()
                       if one.grade.id not in taken}.values()  # fmt: skip
        self._mark_left()
        done = sorted(self._done, key=lambda one: self._order[one.grade.id])
        grades = counting(self._entrants, [one.grade for one in done])
        made = unchanged.made_from(self._settings, grades)
        anew = self._given.no_cache or not unchanged.is_written(self._index, self._folder, made)
        if anew:
            with self._meter.of("class", ""):
                sums = pages.write_class(self._folder, self._source.lab, self._settings, grades)
            unchanged.written(self._index, self._folder, made, sums)
        grading.settle()
        return grades

    def _mark_left(self) -> None:
        """What is not graded is told by the class's page, by `verify` and to `merge`."""
        done = {one.grade.id for one in self._done}
        left = sum(one.id not in done for one in self._in_teams)
        if self._given.id:
            left += self._settings.left  # of the others nothing is known anew
        marker = self._folder.marker()
        if left != self._settings.left and marker is not None:
            self._settings = replace(self._settings, left=left)
            self._folder.mark(structs.replace(marker, left=left))

    def _tell_faults(self) -> None:
        log = safe(str(self._folder.path / output.LOG))
        for done in self._done:
            if not done.fault:
                continue
            ours = done.grade.complete or is_internal(done.grade.problem)
            words = _word("fault" if ours else "incomplete", self._settings.language)
            name = safe(done.grade.name)
            note(words.format(name=name, reference=done.reference, log=log))
            if self._given.debug:
                note("\n".join(f"  {safe(line)}" for line in done.fault.splitlines()))
        if why := next((done.untraced for done in self._done if done.untraced), ""):
            say_untraced(why, self._settings.language)


def _refuse_other_part(folder: output.OutputFolder, shard: Shard | None) -> None:
    """Two parts in one folder would be neither: `merge` brings them together."""
    before = folder.marker()
    if before is None or before.shard == str(shard or ""):
        return
    french, english = "une classe entière", "a whole class"
    if before.shard:
        french, english = f"la partie {before.shard}", f"part {before.shard}"
    elif before.parts:
        french, english = "des parties réunies", "parts that were brought together"
    raise CommandError(
        Text(
            {
                "fr": f"{folder.path} contient déjà {french}\u00a0: nommez un autre dossier avec "
                "--out, puis réunissez les parties par wiregrade merge",
                "en": f"{folder.path} holds {english} already: name another folder with --out, "
                "and bring the parts together by wiregrade merge",
            }
        )
    )


def _refuse_other_class(before: output.Marker, listing: output.Listing | None) -> None:
    """Of a part whose class has changed others are to be graded: not some, and the rest as it is.

    Raises:
        CommandError: it has.
    """
    if listing is None or before.listing in (None, listing):
        return
    raise CommandError(
        Text(
            {
                "fr": "la liste de la classe a changé depuis que cette partie a été notée\u00a0: "
                "relancez la commande de chaque partie, sans --id",
                "en": "the list of the class has changed since this part was graded: give the "
                "command of each part again, without --id",
            }
        )
    )


def _say_if_changed(
    folder: output.OutputFolder, source: LabSource, settings: Settings, *, anew: bool
) -> None:
    """`anew`: no run of before is taken over, whatever has changed."""
    before = folder.marker()
    if before is None:
        return
    now = marker_of(source, settings)
    changes = [
        name
        for name in ("tool", "lab", "lab_digest")
        if getattr(before, name) != getattr(now, name)
    ]
    names = sorted({*before.options, *now.options})
    changes += [name for name in names if before.options.get(name) != now.options.get(name)]
    if not changes:
        return
    key = "changed"
    if changes == ["lab_digest"] and not anew:  # runs know by what of the lab they were played
        key, changes = "edited", _edited(before.lab_files, now.lab_files) or changes
    words = _word(key, settings.language)
    note(words.format(out=safe(str(folder.path)), what=", ".join(changes)))


def _edited(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Names of a lab's files that are others now; the first ones."""
    names = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    more = ["…"] if len(names) > _SHOWN else []
    return [*map(safe, names[:_SHOWN]), *more]


def _say_distrusted(ids: Sequence[str], language: str) -> None:
    """Results that were there and are not as they were written: nothing of them was believed."""
    if ids:
        note(_word("distrusted", language).format(ids=listed(ids)))


def _status(grades: Sequence[Grade], fail_under: str | None) -> int:
    if not all(grade.complete and is_certified(grade) for grade in grades):
        return FAULT
    if fail_under is not None and any(grade.score < Fraction(fail_under) for grade in grades):
        return NOT_ALL_PASS
    return DONE


def _word(key: str, language: str) -> str:
    return _WORDS[key][1 if language == "en" else 0].replace("~", "\u00a0")
