"""The two ways in which input can be refused: the whole folder, or one submission."""

from __future__ import annotations

from grader.lab.model import Text


class InputError(Exception):
    """The path given on the command line can't be used: exit status 2.

    `text` says what is wrong and what to do next; `str()` is its English.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text.in_language("en"))
        self.text = text


class Refused(Exception):  # noqa: N818 -- it names an outcome, and never leaves the package
    """One submission can't be read. `code` is a problem of `grader.intake.texts`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
