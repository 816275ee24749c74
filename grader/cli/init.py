"""`wiregrade init`: the files that a course's platform wants, ready to be committed or uploaded."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

import grader
from grader.cli.errors import BAD_INPUT, DONE, CommandError
from grader.cli.streams import safe, say
from grader.lab.library import builtin_labs
from grader.lab.model import Text

EXECUTABLE = frozenset({"run_autograder", "setup.sh", "run.sh"})
_DOT = "dot-"
_NEXT = {
    "github": (
        "Suite~: déposez ces fichiers dans le dépôt du devoir~; chaque push est vérifié, voir "
        "l’onglet Actions.",
        "Next: commit these files in the assignment's repository; each push is checked, see the "
        "tab Actions.",
    ),
    "gitlab": (
        "Suite~: déposez ce fichier dans le projet du devoir~; chaque push est vérifié, voir "
        "Build / Pipelines.",
        "Next: commit this file in the assignment's project; each push is checked, see Build / "
        "Pipelines.",
    ),
    "gradescope": ("Suite~: README.md, dans ce dossier.", "Next: README.md in that folder."),
    "prairielearn": ("Suite~: README.md, dans ce dossier.", "Next: README.md in that folder."),
}
PLATFORMS = tuple(_NEXT)


def run(given: argparse.Namespace) -> int:
    """Write the platform's files below the folder; none of them replaces another unasked."""
    given.lang = language = given.lang or "fr"
    if given.lab not in builtin_labs():
        raise CommandError(_unknown(given.lab))
    folder = Path(given.folder)
    files = dict(rendered(given.platform, lab=given.lab, language=language))
    there = [str(name) for name in files if (folder / name).exists()]
    if there and not given.force:
        raise CommandError(_there(folder, there), BAD_INPUT)
    for name, text in files.items():
        _write(folder / name, text, executable=name.name in EXECUTABLE)
        say(safe(str(folder / name)))
    say(_NEXT[given.platform][1 if language == "en" else 0].replace("~", "\u00a0"))
    return DONE


def rendered(platform: str, *, lab: str, language: str) -> Iterator[tuple[PurePosixPath, str]]:
    """The platform's files: where each one goes, and its text."""
    words = {"@LAB@": lab, "@LANG@": language, "@VERSION@": grader.__version__}
    for path, file in _files(resources.files("grader.templates") / platform, PurePosixPath()):
        text = file.read_text("utf-8")
        for word, meaning in words.items():
            text = text.replace(word, meaning)
        yield path, text


def _files(
    folder: Traversable, below: PurePosixPath
) -> Iterator[tuple[PurePosixPath, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        name = entry.name
        path = below / (f".{name.removeprefix(_DOT)}" if name.startswith(_DOT) else name)
        if entry.is_dir():
            yield from _files(entry, path)
        else:
            yield path, entry


def _write(path: Path, text: str, *, executable: bool) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Line ends as they are: these are read on Linux, wherever they were made.
        path.write_text(text, "utf-8", newline="\n")
        path.chmod(0o755 if executable else 0o644)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror or error}") from error


def _unknown(lab: str) -> Text:
    known = ", ".join(builtin_labs())
    return Text(
        {
            "fr": f"{lab!r} n’est pas un labo intégré ({known}). Un labo à vous se range à côté "
            "des fichiers écrits, qui disent où.",
            "en": f"{lab!r} is no built-in lab ({known}). One of your own goes beside the files "
            "that are written, which say where.",
        }
    )


def _there(folder: Path, names: list[str]) -> Text:
    listed = ", ".join(names)
    return Text(
        {
            "fr": f"déjà dans {folder}\u00a0: {listed}. Rien n’a été écrit\u00a0; avec --force, "
            "ils sont remplacés.",
            "en": f"already in {folder}: {listed}. Nothing was written; --force replaces them.",
        }
    )
