"""Which commit a clone stands at, and when it was made, read from `.git` without running git.

A student's repository may hold a configuration that makes git run programs (`core.fsmonitor`,
`gpg.program`, hooks); nothing of it is read here. What can't be read is not known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from grader.intake import gitobjects
from grader.intake.errors import Refused
from grader.intake.sources import Source

_REF = re.compile(r"refs/(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*")
_SHA = re.compile(r"[0-9a-f]{40}")
_COMMITTER = re.compile(rb"^committer [^\n]*> (\d{1,12}) ([+-])(\d\d)(\d\d)$", re.MULTILINE)
_SUBMIT = re.compile(r"refs/tags/submit/(?P<time>[0-9TZ:.-]{8,32})-(?P<sha>[0-9a-f]{4,40})")
_SMALL, _REFS, _PACK = 4096, 4 * 2**20, 64 * 2**20
_PACKS = 20


@dataclass(frozen=True)
class Commit:
    """The commit of HEAD. `time` is the committer's; None where the object can't be read."""

    sha: str
    time: datetime | None


def head(source: Source, folder: str) -> Commit | None:
    """The commit that the clone in `folder` stands at; None where nobody can tell."""
    return _Repository(source, f"{folder}/.git").head()


class _Repository:
    def __init__(self, source: Source, git: str) -> None:
        self._source = source
        self._git = git

    def head(self) -> Commit | None:
        text = self._read("HEAD", _SMALL).decode("ascii", "replace").strip()
        sha = self._resolved(text[5:]) if text.startswith("ref: ") else text
        if sha is None or not _SHA.fullmatch(sha):
            return None
        return Commit(sha, self._tagged(sha) or self._time(sha))

    def _resolved(self, ref: str) -> str | None:
        if not _REF.fullmatch(ref) or ".." in ref:
            return None
        loose = self._read(ref, _SMALL).decode("ascii", "replace").strip()
        return loose or self._packed_refs().get(ref)

    def _packed_refs(self) -> dict[str, str]:
        lines = self._read("packed-refs", _REFS).decode("ascii", "replace").splitlines()
        return {line[41:]: line[:40] for line in lines if line[40:41] == " "}

    def _tagged(self, sha: str) -> datetime | None:
        """Classroom 50: a tag `submit/<UTC time>-<short sha>` of this commit is when."""
        names = [f"refs/tags/submit/{n}" for n in self._names("refs/tags/submit")]
        found = (_SUBMIT.fullmatch(name) for name in (*names, *self._packed_refs()))
        times = (_utc(tag["time"]) for tag in found if tag and sha.startswith(tag["sha"]))
        return max((time for time in times if time is not None), default=None)

    def _time(self, sha: str) -> datetime | None:
        try:
            data = self._object(sha)
        except ValueError:
            return None
        committed = _COMMITTER.search(data.partition(b"\n\n")[0])
        if committed is None:
            return None
        minutes = int(committed[3]) * 60 + int(committed[4])
        offset = timedelta(minutes=-minutes if committed[2] == b"-" else minutes)
        try:
            return datetime.fromtimestamp(int(committed[1]), UTC).astimezone(timezone(offset))
        except (ValueError, OverflowError, OSError):
            return None

    def _object(self, sha: str) -> bytes:
        """The commit's content. Raises ValueError."""
        data = self._read(f"objects/{sha[:2]}/{sha[2:]}", gitobjects.OBJECT_BYTES)
        if data:
            return gitobjects.loose(data)
        packs = [n[:-4] for n in self._names("objects/pack") if n.endswith(".idx")]
        for name in packs[:_PACKS]:
            index = self._read(f"objects/pack/{name}.idx", _PACK)
            offset = gitobjects.offset_in(index, sha)
            if offset is not None:
                pack = self._read(f"objects/pack/{name}.pack", _PACK)
                return gitobjects.packed(pack, index, offset)
        raise ValueError("no such object")

    def _names(self, folder: str) -> tuple[str, ...]:
        return self._source.names(f"{self._git}/{folder}")

    def _read(self, path: str, limit: int) -> bytes:
        """A file of the repository; empty where there is none, or a larger one than `limit`."""
        try:
            data = self._source.read(f"{self._git}/{path}", limit)
        except Refused:
            return b""
        return data if len(data) <= limit else b""


def _utc(text: str) -> datetime | None:
    """`20261001T101500Z`, `2026-10-01T10-15-00Z`: digits, whatever is between them."""
    digits = "".join(c for c in text if c.isdigit())[:14]
    try:
        return datetime.strptime(f"{digits}+0000", "%Y%m%d%H%M%S%z")
    except ValueError:
        return None
