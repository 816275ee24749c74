"""Whose result stands for what was handed in: who hands in the same bytes gets it, too."""

from __future__ import annotations

from collections.abc import Callable

from grader.batch import kept, saved
from grader.batch.output import OutputFolder


class Twins:
    """Knows, for what was handed in, one submission that has a result of it in the folder."""

    def __init__(self, folder: OutputFolder, content: Callable[[saved.Saved], str]) -> None:
        """`content`: what a saved result is of, but for whose it is; empty: of another lab."""
        self._folder = folder
        self._content = content
        self._ids: dict[str, str] = {}
        """Content -> whose result it is."""
        self._contents: dict[str, str] = {}
        """The other way round, and of those who have stood for it before."""

    def know(self, content: str, identifier: str) -> None:
        """The result of that submission is whole; it stands for the content if none does yet."""
        if self._ids.setdefault(content, identifier) == identifier:
            self._contents[identifier] = content

    def know_all(self) -> None:
        """Look for results of before in the whole folder."""
        for path in sorted(self._folder.path.glob("*/submission.json")):
            identifier = path.parent.name
            found = saved.load(self._folder, identifier)
            if found is not None and (content := self._content(found)):
                self.know(content, identifier)

    def knows(self, content: str, identifier: str) -> bool:
        """Whether somebody else than this one has the result of that content."""
        return self._ids.get(content, identifier) != identifier

    def of(self, content: str) -> str:
        """Who has it; empty: nobody."""
        return self._ids.get(content, "")

    def whole(self, content: str) -> saved.Saved | None:
        """What is saved of whoever has it; None where that is not as it was written."""
        identifier = self.of(content)
        found = saved.load(self._folder, identifier) if identifier else None
        if found is None or self._content(found) != content:
            return None
        if kept.is_forged(self._folder, found.id):
            return None
        try:
            return found if saved.is_whole(self._folder, found) else None
        except ValueError:  # edited since
            return None

    def stand_for(self, content: str, identifier: str) -> None:
        """From now on this one's result stands for it."""
        self._ids[content] = identifier
        self._contents[identifier] = content

    def forget(self, identifier: str) -> str:
        """What lies there is about to be something else: the content that it stood for, if any."""
        content = self._contents.pop(identifier, "")
        if content:
            self._ids.pop(content, None)
        return content

    def distrust(self, content: str) -> None:
        """Its result does not hold after all."""
        self._ids.pop(content, None)
