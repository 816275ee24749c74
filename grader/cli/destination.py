"""Where a command's document goes: stdout, or a file that is written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

from grader.cli.errors import BAD_INPUT, FAULT, CommandError
from grader.cli.streams import note, safe
from grader.lab.model import Text

_BEGINNING = 256
"""Characters of a file that say whose it is."""


def refuse_existing(path: Path, *, force: bool) -> None:
    """Nothing that is there is overwritten unless that is asked for.

    Raises:
        CommandError: there is something.
    """
    _refuse_folder(path)
    if not force and (path.exists() or path.is_symlink()):
        shown = safe(str(path))
        raise CommandError(
            Text(
                {
                    "fr": f"{shown} existe déjà\u00a0; rien n’a été écrit. "
                    "Donnez un autre nom, ou --force",
                    "en": f"{shown} exists; nothing was written. Give another name, or --force",
                }
            )
        )


def refuse_unwritable(path: Path, *, made: Path | None = None) -> None:
    """What is written when all is done is looked at before anything is.

    `made` is a folder that will be there by then.

    Raises:
        CommandError: it is a folder, its folder is not there, or nobody may write there.
    """
    try:
        _refuse_folder(path)
        there = path.exists()
        # A link may lead to what is not there yet, as the file is written.
        folder = path.parent if there else Path(os.path.realpath(path)).parent
        if not there and made is not None and folder == made.resolve() and not made.exists():
            return
        if not folder.is_dir():
            shown, where = safe(str(path)), safe(str(folder))
            raise CommandError(
                Text(
                    {
                        "fr": f"{shown} ne peut pas être écrit\u00a0: il n’y a pas de dossier "
                        f"{where}",
                        "en": f"{shown} cannot be written: there is no folder {where}",
                    }
                )
            )
        may = os.access(path, os.W_OK) if there else os.access(folder, os.W_OK | os.X_OK)
    except OSError as error:
        raise _unwritable(path, error) from error
    if not may:
        raise _unwritable(path, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


def refuse_other(path: Path, is_ours: Callable[[str], bool]) -> None:
    """What was written before is replaced, and nothing else: `is_ours` is told how it begins.

    Raises:
        CommandError: there is a file of something else, or it cannot be read.
    """
    if not path.is_file():
        return
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            beginning = file.read(_BEGINNING)
    except OSError as error:
        raise _unwritable(path, error) from error
    if beginning and not is_ours(beginning):
        shown = safe(str(path))
        raise CommandError(
            Text(
                {
                    "fr": f"{shown} existe déjà et contient autre chose\u00a0; rien n’a été fait. "
                    "Donnez un autre nom",
                    "en": f"{shown} exists and holds something else; nothing was done. "
                    "Give another name",
                }
            )
        )


def write(path: Path, text: str) -> None:
    """Write what `refuse_unwritable` let pass, in place: it may be a device.

    Raises:
        CommandError: it cannot be written after all.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error) from error


def refuse_around(place: Path, out: Path) -> None:
    """What is made of a graded folder goes neither into it nor around it.

    Raises:
        CommandError: it would.
    """
    one, other = place.resolve(), out.resolve()
    if one.is_relative_to(other) or other.is_relative_to(one):
        shown, there = safe(str(place)), safe(str(out))
        raise CommandError(
            Text(
                {
                    "fr": f"rien n’est écrit dans {shown}, car {there} est dedans ou autour"
                    "\u00a0: nommez un autre dossier avec --out",
                    "en": f"nothing is written to {shown}, as {there} is in it or around it: name "
                    "another folder with --out",
                }
            ),
            BAD_INPUT,
        )


@contextlib.contextmanager
def opened(path: Path | None, *, force: bool = False) -> Iterator[IO[bytes]]:
    """A file to write to, which takes its place when all of it is there; None is stdout.

    Raises:
        CommandError: the file is there already, or cannot be written.
    """
    if path is None:
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    refuse_existing(path, force=force)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.wiregrade-part")
    try:
        with temporary.open("xb") as file:
            yield file
        temporary.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        shown = safe(str(path))
        raise CommandError(
            Text({"fr": f"{shown} est un dossier, pas un fichier", "en": f"{shown} is a folder"})
        )


def _unwritable(path: Path, error: OSError) -> CommandError:
    """A full disk is the host's; a path that is none is whose who gave it."""
    status = FAULT if error.errno in (errno.ENOSPC, errno.EDQUOT) else BAD_INPUT
    shown, why = safe(str(path)), error.strerror or error
    said = {
        "fr": f"{shown} ne peut pas être écrit\u00a0: {why}",
        "en": f"{shown} cannot be written: {why}",
    }
    return CommandError(Text(said), status)


def append_job_summary(text: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Add to the summary of the job that GitHub Actions runs; whether there is such a job."""
    return _append("GITHUB_STEP_SUMMARY", text + "\n", environment, "the job summary")


def append_step_outputs(text: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Add `name=value` lines to the outputs of the step; whether there is such a step."""
    return _append("GITHUB_OUTPUT", text, environment, "the step's outputs")


def _append(variable: str, text: str, environment: Mapping[str, str], what: str) -> bool:
    place = environment.get(variable)
    if not place:
        return False
    try:
        with Path(place).open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        note(f"wiregrade: {what} could not be written: {error}")
    return True


def refuse_link(path: Path) -> None:
    """In a folder of somebody's, it may lead to a file of one's own."""
    if path.is_symlink():
        shown = safe(str(path))
        raise CommandError(
            Text(
                {
                    "fr": f"{shown} est un lien\u00a0; rien n’a été écrit. Donnez un autre nom",
                    "en": f"{shown} is a link; nothing was written. Give another name",
                }
            )
        )
