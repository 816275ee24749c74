"""What `wiregrade export` says, in French and in English (`~` is a no-break space)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.cli.streams import safe
from grader.lab.model import Text

_NAMES_SHOWN = 10

_WORDS: dict[str, tuple[str, str]] = {
    "one_file": (
        "{path} est un seul résultat~: --id n’a de sens que pour un dossier",
        "{path} is one result: --id is for a folder",
    ),
    "nobody": ("{path} ne contient aucune remise notée", "{path} holds no graded submission"),
    "misplaced": (
        "--{option} n’est que pour~: {formats}",
        "--{option} is for {formats} only",
    ),
    "no_worksheet": (
        "--to {format} remplit votre fichier~: téléchargez-le, puis donnez-le avec --worksheet",
        "--to {format} fills your own file: download it, then name it with --worksheet",
    ),
    "no_output": (
        "--to {format} fait une archive~: donnez son nom avec --output",
        "--to {format} makes an archive: name it with --output",
    ),
    "no_key": (
        "--column {key}=...~: les colonnes connues sont {known}",
        "--column {key}=...: the columns known are {known}",
    ),
    "needs_folder": (
        "--to {format} joint les comptes rendus~: donnez le dossier, pas un seul résultat",
        "--to {format} takes the reports: name the folder, not one result",
    ),
    "no_report": (
        "{path} n’est plus là~: wiregrade report le récrit",
        "{path} is gone: wiregrade report writes it again",
    ),
    "same_file": (
        "--output est votre fichier lui-même~; donnez un autre nom",
        "--output is your own file; give another name",
    ),
    "unreadable": ("{path} ne peut pas être lu~: {why}", "{path} cannot be read: {why}"),
    "terminal": (
        "{path} contient des caractères de commande~: --output FICHIER, pas un terminal",
        "{path} has control characters: --output FILE, not a terminal",
    ),
    "context": (
        "classroom50 a besoin de ces variables, que la tâche donne~: {names}",
        "classroom50 needs these variables, which the job gives: {names}",
    ),
    "hidden": (
        "ce labo cache des scénarios aux étudiants, et {format} les montrerait. Faites des copies "
        "(wiregrade report {path} --audience student), puis exportez-les~; ou --with-hidden, si "
        "seuls des enseignants le liront",
        "this lab hides scenarios from students, and {format} would show them. Make copies "
        "(wiregrade report {path} --audience student), then export these; or --with-hidden, if "
        "only teachers will read it",
    ),
    "no_grade": (
        "{id} n’a pas de note~: une partie n’a pas pu être évaluée, et ce n’est pas sa faute",
        "{id} has no grade: a part could not be graded, through no fault of its author",
    ),
    "nobody_matched": (
        "personne de {path} n’a été retrouvé parmi les remises (par exemple {names})~; "
        "rien n’a été écrit",
        "nobody in {path} was found among the submissions (for example {names}); "
        "nothing was written",
    ),
    "written": ("Notes écrites~: {count}", "Grades written: {count}"),
    "reports": ("Comptes rendus joints~: {count}", "Reports put in: {count}"),
    "left": (
        "Rangées sans remise, laissées telles quelles~: {count}",
        "Rows without a submission, left as they were: {count}",
    ),
    "scale": (
        "Le fichier note sur {there}, le labo sur {ours}~: les notes sont ramenées à {there}.",
        "The file's maximum is {there}, the lab's {ours}: grades are on the scale of {there}.",
    ),
    "ungraded": (
        "Sans note, car une partie n’a pas pu être évaluée ({count})~: {names}",
        "Without a grade, because a part could not be graded ({count}): {names}",
    ),
    "unmatched": (
        "Pas retrouvés dans le fichier ({count})~: {names}",
        "Not found in the file ({count}): {names}",
    ),
    "contested": (
        "Plusieurs remises pour une même personne, aucune n’est notée ({count})~: {names}",
        "Several submissions for one person, none of them is written ({count}): {names}",
    ),
    "no_folder": (
        "Sans dossier Moodle connu, laissés de côté ({count})~: {names}",
        "Without a known Moodle folder, left out ({count}): {names}",
    ),
    "try_worksheet": (
        "La feuille de notes aide à les retrouver~: --worksheet",
        "The grading worksheet helps to find them: --worksheet",
    ),
    "too_long": (
        "GitLab ne lit pas de rapport de plus de 30 Mo~: --output DOSSIER/ en fait un par remise",
        "GitLab reads no report of more than 30 MB: --output FOLDER/ makes one for each submission",
    ),
    "one_folder": (
        "aucune remise n’a de dossier Moodle connu~; donnez la feuille avec --worksheet",
        "no submission has a known Moodle folder; name the worksheet with --worksheet",
    ),
}


def word(key: str, language: str) -> str:
    """The words, with their places still to fill."""
    return _WORDS[key][1 if language == "en" else 0].replace("~", "\u00a0")


def both(key: str, /, **values: str) -> Text:
    """The sentence in both languages."""
    return Text({language: word(key, language).format(**values) for language in ("fr", "en")})


@dataclass(frozen=True)
class Told:
    """Sentences about submissions, in one language."""

    language: str

    def say(self, key: str, /, **values: object) -> str:
        """The sentence."""
        return word(key, self.language).format(**values)

    def names(self, key: str, names: Sequence[str]) -> str:
        """The sentence with these names: how many, and the first of them."""
        shown = ", ".join(safe(name) for name in names[:_NAMES_SHOWN])
        more = ", …" if len(names) > _NAMES_SHOWN else ""
        return self.say(key, count=len(names), names=shown + more)
