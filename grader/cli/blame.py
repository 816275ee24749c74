"""Which error is whose, what is said of it, and with which exit status."""

from __future__ import annotations

from grader.batch.output import DiskFullError, OutputError
from grader.cli.errors import BAD_INPUT, FAULT, CommandError
from grader.cli.streams import in_words
from grader.intake.errors import InputError
from grader.lab.library import UnknownLabError
from grader.lab.problems import LabError
from grader.run.errors import HostError
from reference.endpoint import PortTakenError
from reference.socketfile import NoUnixSocketsError


def told(error: Exception, language: str | None) -> tuple[str, int]:
    """What to print on stderr for this error, and the exit status."""
    tongue = language or "fr"
    match error:
        case CommandError():
            return _said(in_words(error.message, tongue)), error.status
        case InputError():
            return _said(in_words(error.text, tongue)), BAD_INPUT
        case LabError():
            count = len(error.problems)
            lines = "\n".join(in_words(one.told(tongue), tongue) for one in error.problems)
            said = f"{count} problem{'s'[: count != 1]} in the lab"
            if tongue == "fr" and any(problem.french for problem in error.problems):
                said = f"{count} problème{'s'[: count != 1]} dans le labo"
            return f"{lines}\nwiregrade: {said}", BAD_INPUT
        case DiskFullError():
            return _said(in_words(str(error), tongue)), FAULT
        case UnknownLabError() | OutputError():
            return _said(in_words(str(error), tongue)), BAD_INPUT
        case HostError() | PortTakenError() | NoUnixSocketsError():
            return _said(in_words(str(error), tongue)), FAULT
        case _:
            what = f"{type(error).__name__}: {in_words(str(error), tongue)}"
            fault = f"this is a fault of Wiregrade, not yours ({what}); "
            return _said(fault + "the same command with --debug shows where"), FAULT


def _said(message: str) -> str:
    return f"wiregrade: {message}"
