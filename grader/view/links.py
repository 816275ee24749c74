"""Where a student's page may point to, and small files that it carries with it."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

ATTACHED = 64 * 1024
"""Bytes of one capture that a page carries."""
ATTACHED_IN_ALL = 512 * 1024
"""Bytes of all captures that a page carries."""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file beside the page, or inside it. Without `href` it was too big to be taken along."""

    href: str
    name: str
    size: int | None = None
    """Bytes, where the page carries it (or would)."""
    drawn: ClassVar[bool] = False
    """Of a capture: no wire carried its packets, they are made of the reference's own record."""


@dataclass(frozen=True, kw_only=True)
class DrawnCapture(Attachment):
    """Packets of what is on no network: a Unix-domain socket."""

    drawn: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class Links:
    """Where a page may point to; relative addresses. What is not given is not linked."""

    class_page: str | None = None
    wires: Mapping[str, Attachment] = field(default_factory=dict)
    """Captures by run id."""
    records: Mapping[str, str] = field(default_factory=dict)
    """Transcripts by run id: all that was recorded, nothing cut."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Further files, by the name to show (`grades.csv`)."""


def beside(run: str) -> Attachment:
    """The capture of a run where it lies in the output folder."""
    return Attachment(href=f"runs/{run}.pcapng", name=f"{run}.pcapng")


def carried(captures: Iterable[tuple[str, bytes]]) -> dict[str, Attachment]:
    """Captures, each with its run's id, for a page that is alone: `data:` addresses, bounded."""
    found: dict[str, Attachment] = {}
    room = ATTACHED_IN_ALL
    for run, data in captures:
        fits = len(data) <= min(ATTACHED, room)
        room -= len(data) if fits else 0
        encoded = base64.b64encode(data).decode() if fits else ""
        href = f"data:application/octet-stream;base64,{encoded}" if fits else ""
        found[run] = Attachment(href=href, name=f"{run}.pcapng", size=len(data))
    return found
