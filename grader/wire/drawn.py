"""Where the packets of a connection are drawn that had none: of a Unix-domain socket.

It has a name, and neither addresses nor ports: those that packets must have are made up.
"""

from __future__ import annotations

from grader.transcript import Connected

Ends = tuple[tuple[str, int], tuple[str, int]]
_HERE = "127.0.0.1"
_NAMED, _FIRST_NAMELESS, _MOST = 65535, 49152, 16000


def ends_of(entry: Connected, number: int) -> Ends:
    """The reference's end and the program's, of the connection that is number `number`."""
    if entry.protocol != "unix":
        return entry.local, entry.remote
    nameless = (_HERE, _FIRST_NAMELESS + number % _MOST)
    named = (_HERE, _NAMED)
    return (named, nameless) if entry.local[0] else (nameless, named)


def name_of(entry: Connected) -> str:
    """The name of the socket, where it has one."""
    return (entry.local[0] or entry.remote[0]) if entry.protocol == "unix" else ""
