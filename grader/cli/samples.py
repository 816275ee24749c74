"""`wiregrade validate --samples`: a lab's samples, graded and compared with `expected.yaml`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import grader
from grader.batch.plan import LabSource
from grader.batch.samples import Compared, compared, samples_in
from grader.cli.bar import Watched
from grader.cli.errors import BAD_INPUT, DONE, FAULT, INTERRUPTED, CommandError
from grader.cli.running import engine_options
from grader.cli.streams import in_words, note, safe, say
from grader.formats.safe import json_for_logs
from grader.lab.library import DEFAULT_LAB, find_lab
from grader.lab.model import Text
from grader.resources import samples_root
from grader.run.host import choose_isolation, probe

FOLDER = "samples"
"""In a lab's folder."""


def run(given: argparse.Namespace, source: LabSource) -> int:
    """Grade and compare; status 2 if a sample is not as expected.

    Raises:
        LabError: an `expected.yaml` is wrong.
        CommandError: there is no sample of that name.
    """
    folder = _folder(given)
    samples = samples_in(folder, source.lab, given.only)
    for name in given.only:
        if all(one.submission.name != name for one in samples):
            sample, there = safe(name), safe(str(folder))
            raise CommandError(
                Text(
                    {
                        "fr": f"pas d’exemple {sample} dans {there}",
                        "en": f"there is no sample {sample} in {there}",
                    }
                )
            )
    host = probe(given.python or source.lab.python)
    isolation = choose_isolation(given.isolation, "check", host)
    done: list[Compared] = []
    interrupted = False
    given.lang = given.lang or source.lab.language
    with _Progress(len(samples), given.lang) as progress:
        try:
            for one in compared(source.lab, samples, engine_options(given, host, isolation)):
                done.append(one)
                progress.done(one)
        except KeyboardInterrupt:
            interrupted = True
    if given.format == "json":
        _say_json(source, done)
    else:
        done.sort(key=lambda one: one.name)
        _show(source.lab.id, done, len(samples), given.lang)
    if interrupted:
        return INTERRUPTED
    if any(one.differences for one in done):
        return BAD_INPUT
    return FAULT if any(one.fault for one in done) else DONE


def _folder(given: argparse.Namespace) -> Path:
    """In the lab's folder; the first lab has its samples elsewhere."""
    return samples_root() if given.lab == DEFAULT_LAB else find_lab(given.lab) / FOLDER


_WORDS = {
    "fault": ("{name}~: n’a pas pu être noté~: {fault}", "{name}: could not be graded: {fault}"),
    "difference": ("{name}~: {difference}", "{name}: {difference}"),
    "right": ("{lab}~: exemples conformes~: {right} sur {total}",
              "{lab}: {right} of {total} samples are as expected"),
    "wrong": (", non conformes~: {count}", ", {count} not"),
    "lost": (", pas notés~: {count}", ", {count} could not be graded"),
    "left": (", pas joués~: {count}", ", {count} not played"),
    "not_graded": ("pas noté", "not graded"),
    "differs": ("diffère", "differs"),
    "as_expected": ("conforme", "as expected"),
    "progress": ("{name}~: {how}", "{name}: {how}"),
}  # fmt: skip


def _words(key: str, language: str, **fields: object) -> str:
    text = _WORDS[key][language != "fr"].replace("~", "\u00a0")
    return text.format(**fields)


def _show(lab: str, done: list[Compared], total: int, language: str) -> None:
    for one in done:
        if one.fault:
            told = _words("fault", language, name=one.name, fault=one.fault)
            say(in_words(told, language))
        for difference in one.differences:
            what = difference.in_language(language)
            told = _words("difference", language, name=one.name, difference=what)
            say(in_words(told, language))
    wrong = sum(bool(one.differences) for one in done)
    lost = sum(bool(one.fault) for one in done)
    right = len(done) - wrong - lost
    told = _words("right", language, lab=lab, right=right, total=total)
    for key, count in (("wrong", wrong), ("lost", lost), ("left", total - len(done))):
        told += _words(key, language, count=count) if count else ""
    say(f"{told}.")


def _say_json(source: LabSource, done: list[Compared]) -> None:
    document = {
        "schema_version": 1,
        "tool": {"name": "wiregrade", "version": grader.__version__},
        "lab": {"id": source.lab.id},
        "samples": [
            {
                "name": one.name,
                "score": str(one.grade.score),
                "expected": str(one.expected.score),
                "differences": [each.in_language("en") for each in one.differences],
                "fault": one.fault or None,
            }
            for one in done
        ],
    }
    say(json_for_logs(json.dumps(document, ensure_ascii=False, indent=1)))


class _Progress(Watched):
    """How far it is, on stderr: a bar where a person looks on, else a line for each sample."""

    def __init__(self, total: int, language: str) -> None:
        super().__init__(total)
        self._total, self._count = total, 0
        self._language = language

    def done(self, one: Compared) -> None:
        """One more is graded."""
        self._count += 1
        if self._bar is not None:
            self._bar.advance(one.name)
            return
        key = "not_graded" if one.fault else "differs" if one.differences else "as_expected"
        how = _words(key, self._language)
        told = _words("progress", self._language, name=safe(one.name), how=how)
        note(f"[{self._count:>{len(str(self._total))}}/{self._total}] {told}")
