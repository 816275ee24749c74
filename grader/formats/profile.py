"""A profile as a table for a terminal, and as JSON. Pure: `grader.batch.profile` counts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.formats.safe import one_line

_WIDE = 24
_PARTS = " ▏▎▍▌▋▊▉"
_ROWS: tuple[tuple[str, str, str, str], ...] = (
    ("", "read", "lire ce qui a été rendu", "reading what was handed in"),
    ("", "known", "chercher un résultat d’avant", "looking for an earlier result"),
    ("", "copy", "copier un résultat de même contenu", "copying a result of the same content"),
    ("play", "", "jouer", "playing"),
    ("play", "network", "réseau préparé", "network made ready"),
    ("play", "sandbox", "bac à sable lancé", "sandbox started"),
    (
        "play",
        "program",
        "programme~: jusqu’à l’écoute ou l’appel",
        "program: until it listens or calls",
    ),
    ("play", "exchange", "programme~: l’échange", "program: the exchange"),
    ("play", "ending", "programme~: jusqu’à sa fin", "program: until it has ended"),
    ("play", "removal", "bac à sable défait, essai écrit", "sandbox removed, run written down"),
    ("play", "watching", "CPU de Wiregrade pendant ce temps", "CPU of Wiregrade meanwhile"),
    ("play", "programs", "CPU des programmes, bac à sable inclus", "CPU of programs and sandboxes"),
    ("", "start", "lancer ce qui joue", "starting those who play"),
    ("", "judge", "juger", "judging"),
    ("", "page", "faire les pages", "making the pages"),
    ("", "files", "écrire les fichiers", "writing the files"),
    ("", "class", "les pages de la classe", "the class’s pages"),
)
_WORDS: dict[str, tuple[str, str]] = {
    "head": (
        "Où le temps est passé (remises~: {s}, essais joués~: {r})~: {t:.2f}~s, {w}",
        "Where the time went (submissions: {s}, runs played: {r}): {t:.2f} s, {w}",
    ),
    "here": ("{n} essais à la fois", "{n} runs at a time"),
    "elsewhere": ("joués ailleurs", "played elsewhere"),
    "columns": ("part du CPU", "share of the CPU"),
    "wall": ("durée s", "wall s"),
    "waiting": ("attendre une place libre (sans rien faire)", "waiting for a free worker (idle)"),
    "sum": (
        "Les durées de plusieurs essais à la fois s’ajoutent~: c’est plus que la durée du tout.",
        "Wall of several runs at a time is a sum: it is more than the batch took.",
    ),
    "slowest": (
        "Les remises les plus longues (s de travail, surtout dans)",
        "Slowest submissions (s of work, most of it in)",
    ),
}
_PLAYED = tuple(phase for place, phase, _, _ in _ROWS if place and phase)
_NAME = 46
_CPU_ALONE = ("watching", "programs")
_WALL_ALONE = ("start", "program", "exchange", "ending", "removal")


@dataclass(frozen=True, kw_only=True)
class Slow:
    """A submission that took long, s: workers at it, and reading, judging, writing."""

    id: str
    seconds: float
    waited: float
    phases: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class ProfileTold:
    """Where the time went. Seconds; of each phase wall and CPU."""

    seconds: float
    submissions: int
    runs: int
    workers: int
    """Runs at a time; 0: they were played elsewhere."""
    phases: Mapping[str, tuple[float, float]]
    slowest: Sequence[Slow]


@dataclass(frozen=True)
class _Row:
    name: str
    wall: float | None
    cpu: float | None
    depth: int


def text(told: ProfileTold, language: str) -> str:
    """The table, a line for each phase, then the slowest submissions."""
    word = _words(language)
    where = word("here").format(n=told.workers) if told.workers else word("elsewhere")
    head = word("head").format(s=told.submissions, r=told.runs, t=told.seconds, w=where)
    rows = list(_rows(told.phases, language))
    whole = sum(row.cpu or 0 for row in rows if row.depth == 0)
    waited = told.phases.get("waiting", (0.0, 0.0))[0]
    lines = [
        head,
        f"{'':{_NAME}}{word('wall'):>9}{'CPU s':>9}   {word('columns')}",
        *(_line(row, whole) for row in rows),
        f"{word('waiting'):{_NAME}}{waited:9.2f}",
        word("sum"),
    ]
    if told.slowest:
        lines += ["", word("slowest"), *_slowest(told.slowest)]
    return "\n".join(lines)


def document(told: ProfileTold) -> str:
    """The same as JSON; seconds."""
    listed: dict[str, Any] = {
        "seconds": round(told.seconds, 4),
        "submissions": told.submissions,
        "runs": told.runs,
        "runs_at_a_time": told.workers,
        "phases": {
            name: {"wall": round(wall, 6), "cpu": round(cpu, 6)}
            for name, (wall, cpu) in told.phases.items()
        },
        "slowest": [
            {
                "id": one.id,
                "seconds": round(one.seconds, 4),
                "waited": round(one.waited, 4),
                "phases": {name: round(wall, 6) for name, wall in one.phases.items()},
            }
            for one in told.slowest
        ],
    }
    return json.dumps(listed, indent=1, ensure_ascii=False) + "\n"


def is_profile(beginning: str) -> bool:
    """Whether a file that begins so is a profile, as a table or as JSON."""
    heads = (_words(language)("head").partition("{")[0] for language in ("fr", "en"))
    return beginning.startswith((*heads, '{\n "seconds": '))


def _words(language: str) -> Callable[[str], str]:
    place = 1 if language == "en" else 0
    return lambda key: _WORDS[key][place].replace("~", "\u00a0")


def _rows(phases: Mapping[str, tuple[float, float]], language: str) -> Iterable[_Row]:
    for place, phase, french, english in _ROWS:
        name = english if language == "en" else french.replace("~", "\u00a0")
        if place and not phase:
            parts = [phases.get(one, (0.0, 0.0)) for one in _PLAYED]
            wall, cpu = (sum(column) for column in zip(*parts, strict=True))
            yield _Row(name, wall, cpu, 0)
        elif phase in phases:
            wall, cpu = phases[phase]
            yield _Row(
                name,
                None if phase in _CPU_ALONE else wall,
                None if phase in _WALL_ALONE else cpu,
                1 if place else 0,
            )


def _line(row: _Row, whole: float) -> str:
    name = "  " * row.depth + row.name
    wall = f"{row.wall:9.2f}" if row.wall is not None else f"{'·':>9}"
    if row.cpu is None:
        return f"{name:{_NAME}}{wall}{'·':>9}"
    share = row.cpu / whole if whole else 0.0
    bar = "  " * row.depth + _bar(share)
    return f"{name:{_NAME}}{wall}{row.cpu:9.2f}  {share:4.0%} {bar}".rstrip()


def _bar(share: float) -> str:
    eighths = round(share * _WIDE * 8)
    return "█" * (eighths // 8) + _PARTS[eighths % 8].strip()


def _slowest(listed: Sequence[Slow]) -> Iterable[str]:
    width = max(len(one_line(one.id)) for one in listed)
    for one in listed:
        most = sorted(one.phases.items(), key=lambda pair: -pair[1])[:3]
        where = ", ".join(f"{name} {wall:.2f}" for name, wall in most)
        yield f"  {one_line(one.id):<{width}}  {one.seconds:7.2f}  {where}"
