"""`wiregrade report --audience research`: a copy of a class without its names."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Iterable
from pathlib import Path

from grader.batch import adjustments, output, pages, research, saved
from grader.batch.alike import Alike
from grader.batch.judging import judge_run
from grader.batch.nameless import Nameless
from grader.batch.pages import PageSettings
from grader.batch.plan import LabSource
from grader.cli.errors import BAD_INPUT, DONE, FAULT, CommandError
from grader.cli.streams import note, safe, say
from grader.judge.model import Grade
from grader.lab.model import Lab, Text
from grader.lab.texts import texts_of

_SEED = "00" * 16
_STAYS = (
    "Ce qui n’a pas pu être retiré\u00a0: un surnom, un nom mal orthographié ou collé à d’autres "
    "lettres, une ou deux lettres seules, un nom que personne n’a donné ici, un nom en UTF-16 ou "
    "écrit en échappements (\\u00e9, %C3%A9, base64), ce que le style d’un "
    "programme dit de son auteur\u00a0; qui a lu un programme le reconnaît. Les fichiers du labo "
    "sont copiés tels quels. Relisez avant de publier.",
    "What could not be removed: a nickname, a name that is misspelt or run together with other "
    "letters, one or two letters alone, a name that nobody gave here, a name in UTF-16 or written "
    "in escapes (\\u00e9, %C3%A9, base64), what the style of a program tells of its "
    "author; who has read a program knows it again. The lab's files are copied as they are. "
    "Read it before you publish it.",
)
_CAPTURES = (
    "Les captures gardent l’heure de chaque essai, et donc l’ordre des noms de la classe\u00a0; "
    "celles où un nom a été vu, ou dont l’essai en a montré un, ne sont pas copiées.",
    "Captures keep the time of each run, and so the order of the class's names; those in which a "
    "name was seen, or whose run has shown one, are not copied.",
)


def write(
    folder: output.OutputFolder,
    graded: tuple[output.Marker, LabSource, PageSettings],
    given: argparse.Namespace,
    identifiers: Iterable[str],
) -> int:
    """Make the copy of `folder`, which is only read, in a folder that is not there yet."""
    marker, source, settings = graded
    place = Path(given.copy)
    _refuse_used(place)
    listed, named = 0, dict[str, list[str]]()
    for name in identifiers:
        listed += 1
        if (found := saved.load(folder, name)) is not None:
            named[name] = research.names_of(found)
    if not named:
        raise CommandError(f"{folder.path} holds no graded submission", BAD_INPUT)
    names = research.pseudonyms(named, secrets.token_bytes(32))
    nameless = Nameless({names[key]: one for key, one in named.items()}, words_of(source.lab))
    marker = research.marker_of(marker, settings.language, captures=given.captures)
    making = research.Research(
        folder=folder, source=source, settings=settings,
        judge=adjustments.judging(folder, judge_run), options=marker.options, pseudonym=names,
        nameless=nameless, given=adjustments.load(folder), captures=given.captures,
    )  # fmt: skip
    with output.opened(place) as copy:
        copy.mark(marker)
        done = _written(making, copy)
        copied = [key for key in named if key in done]
        if reasons := making.given_to(copied):
            adjustments.save(copy, reasons)
        settings = pages.of_class(settings, marker)
        pages.write_class(copy, source.lab, settings, list(done.values()))
    lost = listed - len(done)
    _tell(len(done), lost, sorted(nameless.spared), place, given)
    return FAULT if lost else DONE


def _written(making: research.Research, copy: output.OutputFolder) -> dict[str, Grade]:
    """The grades of those that could be copied, by their ids before."""
    done = {}
    alike = Alike()
    # In the order of pseudonyms: that of the names, in the files' dates, would tell whose they are.
    for key in sorted(making.pseudonym, key=making.pseudonym.__getitem__):
        try:
            if (one := saved.load(making.folder, key)) is None:
                raise ValueError(f"{key}/submission.json is gone")
            done[key] = alike.grade(making.write(copy, one))
        except ValueError as error:
            note(f"wiregrade: {safe(key)}: {safe(str(error))}")
    return done


def words_of(lab: Lab) -> list[str]:
    """What the lab says itself: ids, and the messages of its exchanges. None of it is a name."""
    words = [criterion.id for criterion in lab.criteria]
    words += [scenario.id for scenario in lab.scenarios]
    for scenario in lab.scenarios:
        texts = texts_of(lab, scenario, _SEED)
        words += [*texts, *(text for name, text in texts.items() if name not in scenario.texts)]
    return words


def _refuse_used(place: Path) -> None:
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        shown = safe(str(place))
        raise CommandError(
            Text(
                {
                    "fr": f"{shown} n’est pas vide\u00a0: nommez un autre dossier avec --out (une "
                    "copie a ses propres pseudonymes, et ne se mêle pas à une autre)",
                    "en": f"{shown} is not empty: name another folder with --out (a copy has "
                    "pseudonyms of its own, and does not mix with another)",
                }
            ),
            BAD_INPUT,
        )


def _tell(
    copied: int, lost: int, spared: list[str], place: Path, given: argparse.Namespace
) -> None:
    number = 1 if given.lang == "en" else 0
    shown = safe(str(place))
    say(
        (
            f"Copie pour la recherche, dans {shown}\nRemises sous pseudonyme\u00a0: {copied}",
            f"Copy for research, in {shown}\nSubmissions under pseudonyms: {copied}",
        )[number]
    )
    if lost:
        note((f"Remises laissées de côté\u00a0: {lost}", f"Submissions left out: {lost}")[number])
    if spared:
        words = safe(", ".join(spared))
        note(
            (
                f"Noms qui restent, car le labo ou Python emploie le même mot\u00a0: {words}",
                f"Names that stay, as the lab or Python uses the same word: {words}",
            )[number]
        )
    note(_STAYS[number])
    if given.captures:
        note(_CAPTURES[number])
