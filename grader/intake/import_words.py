"""What a teacher is told when a class can't be read as it is, in French and English."""

from __future__ import annotations

from grader.intake.layouts.detect import NAMES, TITLES, Ambiguous
from grader.intake.texts import same, text
from grader.lab.model import Text


def ambiguous(found: Ambiguous) -> Text:
    """More than one layout may be meant, or one reads too few of the names."""
    names = ", ".join(
        f"{TITLES[layout]} ({count}/{found.total})" for layout, count in found.candidates
    )
    choices = " | ".join([*(layout for layout, _ in found.candidates), "plain"])
    return text(
        "Ces noms peuvent venir de plusieurs plateformes : {names}. Dites laquelle : "
        "--layout {choices}",
        "These names may come from more than one place: {names}. Say which: --layout {choices}",
        names=same(names),
        choices=same(choices),
    )


def not_that(layout: str, total: int) -> Text:
    """Not one name is as the layout that was asked for writes them."""
    return text(
        "Aucun des {total} noms n’est de la forme {title}. Sans --layout, Wiregrade cherche "
        "lui-même ; les autres choix : {names}.",
        "None of the {total} names is as {title} writes them. Without --layout, Wiregrade finds "
        "out by itself; the other choices: {names}.",
        total=same(str(total)),
        title=same(TITLES[layout]),
        names=same(", ".join(NAMES)),
    )


def needs_mapping() -> Text:
    """Google Drive's names say nothing of persons."""
    return text(
        "Les noms de Google Drive ne disent pas qui a déposé quoi. Donnez un fichier de "
        "correspondance : --roster LISTE.csv, avec une colonne « dossier » (ou « fichier ») et une "
        "colonne « nom ».",
        "Names from Google Drive don't say who handed in what. Give a mapping: --roster LIST.csv, "
        "with a column 'folder' (or 'file') and a column 'name'.",
    )
