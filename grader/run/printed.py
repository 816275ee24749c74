"""Whether a program has printed what it should: a quick look, to know whether to wait for more.

The judge tells later, and by its rules, what is right. What is not found here although it is there
costs a moment.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TypeGuard

from grader.lab.model import Expectation, ExpectStdout, Scenario
from grader.lab.words import Words
from reference.templates import RenderError


class Printed:
    """The texts that a run should print, as far as they are known before it."""

    def __init__(self, words: Words, scenario: Scenario) -> None:
        self._texts: list[str] = []
        for name in {e.message for e in scenario.expect if _is_printed(e)}:
            with suppress(RenderError):  # it is made of what the program says first
                self._texts.append(_squeezed(words.value(name)))

    def all_in(self, output: bytes) -> bool:
        """All of them are in it; white space, upper and lower case make no difference."""
        squeezed = _squeezed(output)
        return all(text in squeezed for text in self._texts)


def _is_printed(expectation: Expectation) -> TypeGuard[ExpectStdout]:
    return isinstance(expectation, ExpectStdout) and expectation.how != "absent"


def _squeezed(data: bytes) -> str:
    return "".join(data.decode("utf-8", "replace").split()).casefold()
