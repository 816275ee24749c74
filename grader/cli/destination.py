"""Where a command's document goes: stdout, or a file that is written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from grader.cli.errors import BAD_INPUT, FAULT, CommandError
from grader.cli.streams import note, safe
from grader.lab.model import Text


def refuse_existing(path: Path, *, force: bool) -> None:
    """Nothing that is there is overwritten unless that is asked for.

    Raises:
        CommandError: there is something.
    """
    if path.is_dir():
        shown = safe(str(path))
        raise CommandError(
            Text({"fr": f"{shown} est un dossier, pas un fichier", "en": f"{shown} is a folder"})
        )
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
        status = FAULT if error.errno in (errno.ENOSPC, errno.EDQUOT) else BAD_INPUT
        why = error.strerror or error
        raise CommandError(f"{safe(str(path))} cannot be written: {why}", status) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


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
