"""`OUT/.wiregrade.index`: an SQLite file with what makes the next run quick; a cache, no more.

Whatever is wrong with it (damaged, of another version, a file system without locks) it is as if
it were empty, and everything is looked at anew. A row is sealed with a sum over it and its key, so
that a damaged one is not believed. Nothing is forced to the disk; a killed writer leaves what it
had committed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.batch.output import INDEX

_JOURNAL = "-journal"
"""SQLite's own file beside it, with what a killed writer had not committed."""
_VERSION = 1
_SEAL = 8


class Index:
    """Bytes by key, in tables; without a `connection` it holds nothing and takes nothing."""

    def __init__(self, path: Path, connection: sqlite3.Connection | None) -> None:
        self._path = path
        self._connection = connection

    def get(self, table: str, key: bytes) -> bytes | None:
        """What was put there; None where there is nothing, or not what was put there."""
        if self._connection is None:
            return None
        whole = _key(table, key)
        asked = "SELECT value FROM entries WHERE key = ?"
        try:
            found = self._connection.execute(asked, (whole,)).fetchone()
        except sqlite3.Error:
            self._give_up()
            return None
        if found is None or found[0][:_SEAL] != _seal(whole, found[0][_SEAL:]):
            return None
        value: bytes = found[0][_SEAL:]
        return value

    def put(self, changes: Iterable[tuple[str, bytes, bytes | None]]) -> None:
        """Table, key and value of each change, all of them or none; None takes it away."""
        if self._connection is None:
            return
        try:
            with self._connection:
                for table, key, value in changes:
                    self._change(_key(table, key), value)
        except sqlite3.Error:
            self._give_up()

    def _change(self, key: bytes, value: bytes | None) -> None:
        assert self._connection is not None  # noqa: S101 -- asked by `put`
        if value is None:
            self._connection.execute("DELETE FROM entries WHERE key = ?", (key,))
        else:
            sealed = _seal(key, value) + value
            self._connection.execute("INSERT OR REPLACE INTO entries VALUES (?, ?)", (key, sealed))

    def now(self) -> int:
        """The time that the file system gives to what is written now, in ns; 0: nobody knows."""
        try:
            os.utime(self._path)
            return self._path.stat().st_mtime_ns
        except OSError:
            return 0

    def close(self) -> None:
        """Nothing more is put or got."""
        connection, self._connection = self._connection, None
        with contextlib.suppress(sqlite3.Error):
            if connection is not None:
                connection.close()

    def _give_up(self) -> None:
        """Have none from now on; the next run begins a new one."""
        self.close()
        _remove(self._path)


@contextlib.contextmanager
def opened(folder: Path, base: str) -> Iterator[Index]:
    """The index of an output folder, which nobody else has open meanwhile.

    It is empty where it was made on another `base`: what all of it depends on.
    """
    path = folder / INDEX
    index = Index(path, _connection(path, base))
    try:
        yield index
    finally:
        index.close()


def _connection(path: Path, base: str) -> sqlite3.Connection | None:
    """The file, emptied where it is not of this version; None where there can be none."""
    if os.name == "nt" or not (_is_plain(path) and _is_plain(Path(f"{path}{_JOURNAL}"))):
        return None
    for _ in range(2):
        connection = None
        try:
            # Two threads use it, one after the other: who judges, and who reads.
            connection = sqlite3.connect(path, check_same_thread=False, timeout=0)
            _prepare(connection, path, base)
        except sqlite3.Error:
            with contextlib.suppress(sqlite3.Error):
                if connection is not None:
                    connection.close()
            _remove(path)
            continue
        return connection
    return None


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        # The journal first: left alone, it would be played back into the next one.
        Path(f"{path}{_JOURNAL}").unlink(missing_ok=True)
        path.unlink(missing_ok=True)


def _is_plain(path: Path) -> bool:
    """It is a file, or not there: no link is followed to something else."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _prepare(connection: sqlite3.Connection, path: Path, base: str) -> None:
    for setting in ("locking_mode = EXCLUSIVE", "synchronous = OFF"):
        connection.execute(f"PRAGMA {setting}")
    # Numbers of inodes are of one file system: a copy elsewhere is another index.
    mark = f"{_VERSION} {path.parent.stat().st_dev} {path.parent.stat().st_ino} {base}"
    with connection:
        connection.execute("CREATE TABLE IF NOT EXISTS mark (mark TEXT)")
        if connection.execute("SELECT mark FROM mark").fetchall() == [(mark,)]:
            return
        connection.execute("DELETE FROM mark")
        connection.execute("INSERT INTO mark VALUES (?)", (mark,))
        connection.execute("DROP TABLE IF EXISTS entries")
        connection.execute("CREATE TABLE entries (key BLOB PRIMARY KEY, value BLOB)")


def _key(table: str, key: bytes) -> bytes:
    return b"%b\0%b" % (table.encode(), key)


def _seal(key: bytes, value: bytes) -> bytes:
    return hashlib.blake2b(key + b"\0" + value, digest_size=_SEAL).digest()
