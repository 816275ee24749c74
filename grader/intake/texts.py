"""What students and teachers are told about a submission's files, in French and English."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from grader.judge.model import Problem, Remark
from grader.lab.model import Role, Text

NAMES_SHOWN = 5
"""Names listed in one remark; a hostile archive may have thousands."""
NAME_SHOWN = 120
"""Characters of a name that are shown."""

ROLE_WORDS: dict[Role, Text] = {
    "server": Text({"fr": "serveur", "en": "server"}),
    "client": Text({"fr": "client", "en": "client"}),
}

_PROBLEMS: dict[str, tuple[str, str, str]] = {
    "empty-submission": (
        "student",
        "Ce dépôt ne contient aucun fichier. Déposez vos deux programmes, le serveur et le client.",
        "There is no file in this submission. Hand in your two programs, server and client.",
    ),
    "nothing-handed-in": (
        "student",
        "Rien n’a été déposé.",
        "Nothing was handed in.",
    ),
    "broken-archive": (
        "student",
        "L’archive est abîmée ou incomplète : elle ne s’ouvre pas{detail}. Recréez-la, ouvrez-la "
        "une fois pour vérifier, puis déposez-la à nouveau.",
        "The archive is damaged or incomplete: it can't be opened{detail}. Make it again, open it "
        "once to be sure, then hand it in again.",
    ),
    "encrypted-archive": (
        "student",
        "L’archive est protégée par un mot de passe. Recréez-la sans mot de passe.",
        "The archive is protected by a password. Make it again without one.",
    ),
    "unsupported-archive": (
        "student",
        "Ce format d’archive n’est pas lu ici{detail}. Déposez un fichier .zip ou .tar.gz "
        "ordinaire.",
        "This kind of archive is not read here{detail}. Hand in an ordinary .zip or .tar.gz file.",
    ),
    "seven-zip-missing": (
        "host",
        "L’archive est au format 7z, qui n’est pas lu sur cette machine. Ce n’est pas la faute de "
        "l’étudiant : installez de quoi le lire (pip install 'wiregrade[7z]'), puis relancez ; ou "
        "déposez un fichier .zip.",
        "The archive is a 7z file, which is not read on this machine. It is not the student's "
        "fault: install what reads it (pip install 'wiregrade[7z]'), then run again; or hand in a "
        ".zip file.",
    ),
    "several-archives": (
        "student",
        "Le dépôt contient plusieurs archives et aucun programme à côté : {detail}. Déposez une "
        "seule archive, ou les programmes eux-mêmes.",
        "The submission holds several archives and no program beside them: {detail}. Hand in one "
        "archive, or the programs themselves.",
    ),
    "nested-archive": (
        "student",
        "Il y a une archive dans une archive dans une archive : {detail}. Mettez les programmes "
        "directement dans une seule archive.",
        "There is an archive in an archive in an archive: {detail}. Put the programs straight into "
        "one archive.",
    ),
    "too-large": (
        "student",
        "Le dépôt dépasse ce qui peut être lu{detail}. Ne déposez que vos programmes.",
        "The submission is larger than what can be read{detail}. Hand in your programs only.",
    ),
    "link-refused": (
        "student",
        "Ce dépôt est un lien vers un autre endroit ; les liens ne sont jamais suivis. Déposez les "
        "fichiers eux-mêmes.",
        "This submission is a link to another place; links are never followed. Hand in the files "
        "themselves.",
    ),
    "not-a-file": (
        "student",
        "Ce dépôt n’est ni un dossier ni un fichier ordinaire (tube, socket ou périphérique) : il "
        "n’est pas ouvert.",
        "This submission is neither a folder nor a regular file (a pipe, a socket or a device): "
        "it is not opened.",
    ),
    "unreadable": (
        "host",
        "Le dépôt n’a pas pu être lu sur cette machine{detail}. Ce n’est pas la faute de "
        "l’étudiant : corrigez les droits, puis relancez.",
        "The submission could not be read on this machine{detail}. It is not the student's fault: "
        "mend the permissions, then run again.",
    ),
    "missing-file": (
        "student",
        "Aucun programme {role} dans ce dépôt. Déposez-le sous un nom qui le dit, par exemple "
        "{example}.",
        "There is no {role} program in this submission. Hand it in under a name that says so, "
        "for example {example}.",
    ),
    "unclear-role": (
        "student",
        "Impossible de savoir quel fichier est le programme {role} : ni le nom ni le contenu de "
        "{detail} ne le disent. Donnez-lui un nom clair, par exemple {example}.",
        "It can't be told which file is the {role} program: neither the name nor the text of "
        "{detail} says so. Give it a clear name, for example {example}.",
    ),
    "empty-program": (
        "student",
        "Le fichier {detail} ne contient aucune instruction. Vérifiez que vous avez enregistré "
        "votre programme {role} avant de le déposer.",
        "The file {detail} holds no instruction. Make sure that you saved your {role} program "
        "before handing it in.",
    ),
}

_REMARKS: dict[str, tuple[str, str]] = {
    "link-refused": (
        "Liens laissés de côté, ils ne sont jamais suivis : {names}.",
        "Links left out, they are never followed: {names}.",
    ),
    "not-a-file": (
        "Laissés de côté car ce ne sont pas des fichiers ordinaires : {names}.",
        "Left out because they are not regular files: {names}.",
    ),
    "unsafe-path": (
        "Laissés de côté car leur chemin sort du dossier ou ne peut pas être un nom de "
        "fichier : {names}.",
        "Left out because their path leaves the folder or can't be a file name: {names}.",
    ),
    "file-too-large": (
        "Fichiers trop gros, laissés de côté : {names}.",
        "Files that are too large, left out: {names}.",
    ),
    "too-many-files": (
        "Trop de fichiers ou trop de données ; laissés de côté : {names}.",
        "Too many files or too much data; left out: {names}.",
    ),
    "too-deep": (
        "Dossiers emboîtés trop profondément, laissés de côté : {names}.",
        "Folders nested too deeply, left out: {names}.",
    ),
    "duplicate-name": (
        "Plusieurs fichiers portent le même nom ; le dernier a été pris : {names}.",
        "Several files have the same name; the last one was taken: {names}.",
    ),
    "case-clash": (
        "Noms qui ne diffèrent que par les majuscules d’un autre fichier ; laissés de "
        "côté : {names}.",
        "Names that differ from another file only by upper and lower case; left out: {names}.",
    ),
    "path-clash": (
        "Fichiers qui portent le nom d’un dossier, laissés de côté : {names}.",
        "Files that have the name of a folder, left out: {names}.",
    ),
    "encrypted-member": (
        "Fichiers protégés par un mot de passe, laissés de côté : {names}.",
        "Files protected by a password, left out: {names}.",
    ),
    "unknown-compression": (
        "Fichiers compressés d’une façon qui n’est pas lue ici, laissés de côté : {names}.",
        "Files compressed in a way that is not read here, left out: {names}.",
    ),
    "archive-opened": (
        "Les programmes ont été trouvés dans l’archive {names}.",
        "The programs were found inside the archive {names}.",
    ),
    "archive-ignored": (
        "Archives laissées de côté, car des programmes sont à côté : {names}.",
        "Archives left out, because there are programs beside them: {names}.",
    ),
    "several-candidates": (
        "Plusieurs fichiers peuvent être le programme {role} : {names} a été pris, car {why} ; "
        "les autres sont {others}.",
        "Several files may be the {role} program: {names} was taken, because {why}; the others "
        "are {others}.",
    ),
    "role-guessed": (
        "Le nom de {names} ne dit pas son rôle ; d’après son contenu, c’est le programme {role}.",
        "The name of {names} doesn't tell its role; from its text, it is the {role} program.",
    ),
    "re-uploaded": (
        "Déposé plusieurs fois : {names} est la dernière version, sous son nom d’origine.",
        "Handed in more than once: {names} is the last version, under its own name.",
    ),
    "odd-suffix": (
        "{names} a été pris comme programme {role}, bien que son nom ne finisse pas par {suffix}.",
        "{names} was taken as the {role} program, although its name does not end in {suffix}.",
    ),
}


def shown(name: str) -> str:
    """`name` as it can stand in a sentence: no control, no direction mark, not too long."""
    clean = "".join(
        c if unicodedata.category(c)[0] not in "CZ" or c == " " else f"\\u{ord(c):04x}"
        for c in name[: NAME_SHOWN + 1]
    )
    return clean if len(clean) <= NAME_SHOWN else clean[: NAME_SHOWN - 1] + "…"


def listed(names: Sequence[str]) -> Text:
    """The first of `names` as they can stand in a sentence, and how many more there are."""
    some = ", ".join(shown(name) for name in names[:NAMES_SHOWN])
    more = len(names) - NAMES_SHOWN
    if more <= 0:
        return same(some)
    return Text({"fr": f"{some} et {more} de plus", "en": f"{some} and {more} more"})


def same(words: str) -> Text:
    """Words that are the same in every language: names of files."""
    return Text({"fr": words, "en": words})


def text(fr: str, en: str, **values: Text) -> Text:
    """Both templates with the values filled in, each in its language."""
    return Text(
        {
            "fr": fr.format_map({key: value.in_language("fr") for key, value in values.items()}),
            "en": en.format_map({key: value.in_language("en") for key, value in values.items()}),
        }
    )


def problem(code: str, *, detail: str | Text = "", **values: Text) -> Problem:
    """The problem of that code. `detail` is shown where the text has room for it."""
    blame, fr, en = _PROBLEMS[code]
    words = detail if isinstance(detail, Text) else same(shown(detail) if detail else "")
    if " {detail}" not in en:  # it is an aside there, not a part of the sentence
        words = Text(
            {lang: f" ({said})" if said else "" for lang, said in words.by_language.items()}
        )
    return Problem(code=code, blame=blame, message=text(fr, en, detail=words, **values))


def remark(code: str, names: Sequence[str], **values: Text) -> Remark:
    """The remark of that code about these files."""
    fr, en = _REMARKS[code]
    return Remark(code=code, text=text(fr, en, names=listed(names), **values))
