"""What the reference wants to know before it sends more, on which connections."""

from __future__ import annotations

from collections import Counter

from grader.run.look import Look
from reference import commands as c

_LOOKS = 100
"""Ready in so many looks, but never calm: one of its threads has something else to do."""


class Wants:
    """Messages and pieces that wait to be sent."""

    def __init__(self) -> None:
        self.ready: dict[str, c.AwaitReady] = {}
        """Connections with a message to be sent."""
        self.consumed: list[str] = []
        """Connections with a further piece to be sent."""
        self._seen: Counter[str] = Counter()

    @property
    def anything(self) -> bool:
        """Something waits."""
        return bool(self.ready or self.consumed)

    @property
    def calm(self) -> bool:
        """A message waits for the whole program to be calm."""
        return any(asked.calm for asked in self.ready.values())

    def clear(self) -> None:
        """Nothing waits any more."""
        self.ready.clear()
        self.consumed.clear()
        self._seen.clear()

    def consumed_in(self, look: Look, *, enough: bool = False) -> tuple[str, bool] | None:
        """A connection of which all was read, as was wanted; it is wanted no more.

        And whether it was, or it was waited for `enough`.
        """
        for name in self.consumed:
            if name in look.consumed or enough:
                self.consumed.remove(name)
                return name, name in look.consumed
        return None

    def ready_in(self, look: Look, *, enough: bool = False) -> tuple[str, bool] | None:
        """A connection on which the next message can be sent; it is wanted no more.

        And whether it is as calm as was asked, or is only never going to be. `enough`: it was
        waited for long enough; who is at rest but for a clock of its own is taken to be so.
        """
        for name, asked in self.ready.items():
            if name not in look.ready:
                continue
            self._seen[name] += 1
            calm = not asked.calm or (look.idle if asked.rests else look.calm)
            calm = calm or (enough and (look.rests or look.calm))
            if calm or (not asked.rests and self._seen[name] > _LOOKS):
                del self.ready[name], self._seen[name]
                return name, calm
        return None

    def give_up(self) -> str:
        """A connection on which the message is sent without being wanted."""
        name = next(iter(self.ready))
        self.forget(name)
        return name

    def forget(self, name: str) -> None:
        """Nothing waits there any more."""
        self.ready.pop(name, None)
        del self._seen[name]
