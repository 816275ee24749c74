"""A bounded look at a program's text: what it calls. The text is hostile, and never parsed.

Comments and strings are taken out first, so that « # puis le client connect() » says
nothing. The patterns run in linear time on any text: every string alternative also accepts
a string without an end, and repeats are possessive.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.lab.model import Role

_COMMENT_OR_STRING = re.compile(
    r'''
      \#[^\n]*+
    | """(?:[^"\\]|\\.|"(?!""))*+(?:""")?
    | \'\'\'(?:[^'\\]|\\.|'(?!\'\'))*+(?:\'\'\')?
    | "(?:[^"\\\n]|\\.)*+"?
    | '(?:[^'\\\n]|\\.)*+'?
    ''',
    re.VERBOSE | re.DOTALL,
)
_SERVER = re.compile(
    r"\b(?:listen|accept|create_server|start_server|start_unix_server|serve_forever"
    r"|TCPServer|ThreadingTCPServer|UDPServer|StreamRequestHandler)\b"
)
_BIND = re.compile(r"\.bind\b")
_CLIENT = re.compile(r"\b(?:connect|connect_ex|create_connection|open_connection)\b")
_SOCKETS = re.compile(r"\b(?:socket|asyncio|socketserver|recv|recvfrom|sendall)\b")


@dataclass(frozen=True)
class Signs:
    """What the text of one program shows."""

    roles: frozenset[Role]
    """Roles that its calls speak for."""
    sockets: bool
    """It has to do with sockets at all: it is not a module of helpers."""


def code_of(data: bytes) -> str:
    """The text without comments and strings; bytes that are not UTF-8 are kept as they come."""
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    return _COMMENT_OR_STRING.sub(" ", text)


def is_empty(data: bytes) -> bool:
    """Whether there is nothing but white space, comments, bare strings and `pass`."""
    return all(word in ("pass", "...", ";") for word in code_of(data).split())


def signs_of(data: bytes) -> Signs:
    """What the calls in the text say about its role.

    bind() alone speaks for a server (a UDP one never listens), but not beside connect():
    clients may bind, too.
    """
    code = code_of(data)
    roles: set[Role] = set()
    if _CLIENT.search(code):
        roles.add("client")
    if _SERVER.search(code) or ("client" not in roles and _BIND.search(code)):
        roles.add("server")
    return Signs(frozenset(roles), bool(roles) or _SOCKETS.search(code) is not None)
