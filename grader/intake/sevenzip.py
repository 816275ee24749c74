"""Reading 7z, where py7zr is installed: in a process of its own, with limits of its own.

A header of 7z may ask for gigabytes, and what py7zr uses to decompress is code in C that nobody
here has read. So a child does it: no privileges, no files, bounded memory and CPU time; it gets
the archive by a pipe and gives the members back by another. Nothing is written to disk.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import msgspec

from grader.intake import paths
from grader.intake.errors import Refused
from grader.intake.gathering import Gathering

MAGIC = b"7z\xbc\xaf\x27\x1c"
_MEMORY = 512 * 2**20
"""Address space of the child. 7-Zip's strongest preset has a dictionary of 64 MiB."""
_CPU_S = 20
_PATIENCE_S = 120.0
"""Wall time, for a child that waits for I don't know what: its CPU time is the real limit."""
_NOBODY = 65534
_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop());"
    "from grader.intake import sevenzip; sevenzip.main(sys.argv.pop())"
)


class _Limits(msgspec.Struct, frozen=True):
    """What the child may take in: sizes in bytes."""

    suffixes: tuple[str, ...]
    work: int
    file: int
    files: int
    nested: int


class _Member(msgspec.Struct, frozen=True):
    """One member; `data` is None where it is not kept, since there is too much of it."""

    name: str
    kind: str
    """`file`, `folder`, `link` or `other`."""
    size: int
    data: bytes | None = None


class _Told(msgspec.Struct, frozen=True):
    """What the child says: the members, or the `code` of what is wrong."""

    members: tuple[_Member, ...] = ()
    code: str = ""


def gather_7z(data: bytes, gathering: Gathering) -> None:
    """Take in the regular files of a 7z archive, the shallow ones first.

    Raises:
        Refused: `broken-archive`, `encrypted-archive`, `unsupported-archive`, `too-large`, or
            `seven-zip-missing` (the host's fault: py7zr is not installed).
    """
    if os.name != "posix" or find_spec("py7zr") is None:
        raise Refused("seven-zip-missing")
    told = _asked(data, gathering)
    if told.code:
        raise Refused(told.code)
    members: dict[str, _Member] = {}
    for member in told.members:
        gathering.see()
        if member.kind == "folder" or (path := gathering.path_of(member.name)) is None:
            continue
        if member.kind != "file":
            gathering.note("link-refused" if member.kind == "link" else "not-a-file", path)
            continue
        if path in members:
            gathering.note("duplicate-name", path)
        members[path] = member
    for path in sorted(members, key=lambda path: (path.count("/"), path)):
        _keep(path, members[path], gathering)


def _keep(path: str, member: _Member, gathering: Gathering) -> None:
    held = member.data
    if paths.archive_suffix(path) and not gathering.is_program(path):

        def load() -> bytes:
            if held is None:
                raise Refused("too-large", path)
            return held

        gathering.archives[path] = load
    elif not gathering.fits(path, member.size):
        pass
    elif held is None:
        gathering.note("too-many-files", path)
    else:
        gathering.keep(path, held)


def _asked(data: bytes, gathering: Gathering) -> _Told:
    bounds = gathering.bounds
    limits = _Limits(
        gathering.suffixes, bounds.work_for(len(data)), bounds.file_bytes, bounds.total_bytes,
        bounds.nested_bytes,
    )  # fmt: skip
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", _BOOT, msgspec.json.encode(limits).decode(),
             json.dumps(sys.path)],
            input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/",
            timeout=_PATIENCE_S, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return _Told(code="too-large")
    except OSError as error:
        raise Refused("unreadable", error.strerror or type(error).__name__) from error
    try:
        return msgspec.msgpack.decode(done.stdout, type=_Told)
    except msgspec.MsgspecError:
        # A limit ended it, or it could not even say that there is no memory.
        return _Told(code="too-large")


# --- the child ---------------------------------------------------------------------------


class _TooMuch(Exception):  # noqa: N818 -- it ends the reading, and is no error of ours
    """More bytes come out than are allowed."""


class _Sink:
    """Takes in one member's bytes, as py7zr wants to write them."""

    def __init__(self, name: str, kept: _Kept) -> None:
        self.name = name
        self._kept = kept
        self._limit = kept.limit_of(name)
        self.data: bytearray | None = bytearray()

    def write(self, piece: bytes) -> int:
        """Keep the piece, unless there is too much of it."""
        self._kept.spend(len(piece))
        if self.data is not None and len(self.data) + len(piece) > self._limit:
            self.data = None
        if self.data is not None:
            self.data += piece
        return len(piece)

    def close(self) -> None:
        """The member is whole: its room is taken."""
        self._kept.take(self)

    def read(self, size: int | None = None) -> bytes:
        """Nothing is read back."""
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:
        """Nobody goes back."""
        return 0

    def flush(self) -> None:
        """There is nothing behind it."""

    def size(self) -> int:
        """Bytes kept so far."""
        return len(self.data or b"")


class _Kept:
    """All members' bytes; programs, other files and archives have a room each."""

    def __init__(self, limits: _Limits) -> None:
        self._limits = limits
        self._work = 0
        self._room = {"program": limits.files, "archive": limits.nested, "other": limits.files}
        self.sinks: dict[str, _Sink] = {}

    def create(self, name: str) -> _Sink:
        """Where py7zr is to write the member `name`."""
        self.sinks[name] = sink = _Sink(name, self)
        return sink

    def limit_of(self, name: str) -> int:
        """Bytes that this member may still have."""
        kind = self._kind(name)
        most = self._limits.nested if kind == "archive" else self._limits.file
        return min(most, self._room[kind])

    def spend(self, size: int) -> None:
        """Count bytes decompressed. Raises _TooMuch."""
        self._work += size
        if self._work > self._limits.work:
            raise _TooMuch

    def take(self, sink: _Sink) -> None:
        """Count what is kept of a member."""
        self._room[self._kind(sink.name)] -= sink.size()

    def _kind(self, name: str) -> str:
        if paths.has_suffix(name, self._limits.suffixes):
            return "program"
        return "archive" if paths.archive_suffix(name) else "other"


def main(limits: str) -> None:
    """Entry point of the child: an archive from stdin, its members to stdout."""
    allowed = msgspec.json.decode(limits, type=_Limits)
    _read(_sample(), allowed)  # what is imported when first used may be out of reach afterwards
    _confine()
    try:
        told = _read(sys.stdin.buffer.read(), allowed)
    except (MemoryError, _TooMuch):
        told = _Told(code="too-large")
    sys.stdout.buffer.write(msgspec.msgpack.encode(told))


def _sample() -> bytes:
    """A small archive of our own."""
    import py7zr

    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        archive.writestr(b"x", "x")
    return out.getvalue()


def _confine() -> None:
    """Where the system can: Windows has no limits of one process, macOS none of its memory."""
    if sys.platform != "win32":
        import resource

        limits = [(resource.RLIMIT_CPU, _CPU_S), (resource.RLIMIT_FSIZE, 0)]
        if sys.platform != "darwin":
            limits.append((resource.RLIMIT_AS, _MEMORY))
        for what, most in (*limits, (resource.RLIMIT_CORE, 0)):
            resource.setrlimit(what, (most, most))
        if os.getuid() == 0:
            # Where there is no other user (a namespace with one), the limits are all there is.
            with contextlib.suppress(OSError):
                os.setgroups([])
                os.setgid(_NOBODY)
                os.setuid(_NOBODY)


def _read(data: bytes, limits: _Limits) -> _Told:
    import py7zr
    from py7zr import exceptions

    kept = _Kept(limits)
    try:
        with py7zr.SevenZipFile(io.BytesIO(data)) as archive:
            found = [(file.filename, _kind_of(file), file.uncompressed) for file in archive.files]
            regular = {name for name, kind, _ in found if kind == "file"}
            if regular:
                sink: Any = kept
                archive.extract(targets=regular, factory=sink)
    except (MemoryError, _TooMuch):
        raise
    except exceptions.PasswordRequired:
        return _Told(code="encrypted-archive")
    except exceptions.UnsupportedCompressionMethodError:
        return _Told(code="unsupported-archive")
    except Exception:
        # Bad7zFile, and struct.error, LZMAError, UnicodeDecodeError, IndexError, ...
        return _Told(code="broken-archive")
    return _Told(members=tuple(_member(kept, *one) for one in found))


def _member(kept: _Kept, name: str, kind: str, size: int) -> _Member:
    sink = kept.sinks.get(name)
    data = None if sink is None or sink.data is None else bytes(sink.data)
    return _Member(paths.decoded(name), kind, size, data)


def _kind_of(file: Any) -> str:  # noqa: ANN401 -- py7zr's, which may not be installed
    if file.is_symlink or file.is_junction:
        return "link"
    if file.is_directory:
        return "folder"
    return "other" if file.is_socket else "file"
