"""A mistake seen in one run, before its text and its consequences are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

EVERYTHING: tuple[str, ...] = ("*",)
"""The reach of a mistake after which nothing that was still to come could come."""
ADDRESSES = ("listening", "bound", "connected")


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A mistake and its evidence.

    `reach` names the expectations that it can keep from holding (`stdout`, `receive:hello`,
    `end`, ...); a name without a part after the colon stands for all of its kind.
    """

    id: str
    evidence: tuple[int, ...]
    reach: tuple[str, ...]
    variant: str = ""
    """Which of the texts of this id says it best."""
    line: int | None = None
    file: str | None = None
    fields: Mapping[str, object] = field(default_factory=dict)

    def explains(self, expectation: str) -> bool:
        """Whether it can be the cause that this expectation does not hold."""
        return any(
            name in ("*", expectation) or expectation.startswith(f"{name}:") for name in self.reach
        )
