"""A bounded look at a program's text: what it calls. The text is hostile, and never parsed.

Comments and strings are taken out first, so that « # puis le client connect() » says
nothing. The patterns run in linear time on any text: every string alternative also accepts
a string without an end, and repeats are possessive.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.lab.model import Role

_HASH = (".py", ".pyw", ".txt", ".sh", ".rb", ".pl")
"""Suffixes of programs whose comments begin with #, like one without a suffix."""
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
_BRACES_COMMENT_OR_STRING = re.compile(
    r"""
      //[^\n]*+
    | /\*(?:[^*]|\*(?!/))*+(?:\*/)?
    | "(?:[^"\\\n]|\\.)*+"?
    | '(?:[^'\\\n]|\\.)*+'?
    | `(?:[^`\\]|\\.)*+`?
    """,
    re.VERBOSE | re.DOTALL,
)
"""Of C, Java, JavaScript and their like."""
_SERVER = re.compile(
    r"\b(?:listen|accept|create_server|start_server|start_unix_server|serve_forever"
    r"|TCPServer|ThreadingTCPServer|UDPServer|StreamRequestHandler)\b"
)
_BIND = re.compile(r"\.bind\b")
_CLIENT = re.compile(r"\b(?:connect|connect_ex|create_connection|open_connection)\b")
_SOCKETS = re.compile(r"\b(?:socket|asyncio|socketserver|recv|recvfrom|sendall)\b")
_BRACES_SERVER = re.compile(
    r"\b(?:listen|accept|ServerSocket|ServerSocketChannel|createServer|TcpListener)\b"
    r"|\bListen(?:TCP)?\s*\("
)
_BRACES_BIND = re.compile(r"(?<![\w.>])(?<!std::)bind\s*\(")
_BRACES_CLIENT = re.compile(
    r"\b(?:connect|createConnection|SocketChannel\.open)\b"
    r"|\bnew\s+Socket\s*\(|\bDial(?:TCP|Timeout)?\s*\("
)
_BRACES_SOCKETS = re.compile(
    r"\b(?:socket|recv|recvfrom|send|sockaddr_in|getaddrinfo|Socket|SocketChannel|TcpStream)\b"
)
_MAIN = re.compile(r"\bmain\s*\(")


@dataclass(frozen=True)
class Signs:
    """What the text of one program shows."""

    roles: frozenset[Role]
    """Roles that its calls speak for."""
    sockets: bool
    """It has to do with sockets at all: it is not a module of helpers."""


def code_of(data: bytes, path: str = "") -> str:
    """The text without comments and strings; bytes that are not UTF-8 are kept as they come.

    The suffix of `path` tells how comments are written; without a known one, as in Python.
    """
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    pattern = _COMMENT_OR_STRING if has_hash_comments(path) else _BRACES_COMMENT_OR_STRING
    return pattern.sub(" ", text)


def has_hash_comments(path: str) -> bool:
    """Comments begin with # there, as in Python; else with // and /*, as in C."""
    name = path.rpartition("/")[2].casefold()
    return "." not in name or name.endswith(_HASH)


def is_empty(data: bytes, path: str = "") -> bool:
    """Whether there is nothing but white space, comments, bare strings and `pass`.

    A binary program is not empty: it is not text at all.
    """
    return all(word in ("pass", "...", ";") for word in code_of(data, path).split())


def has_main(data: bytes, path: str) -> bool:
    """The text has a function main(): it is a program of its own, and no part of another."""
    return _MAIN.search(code_of(data, path)) is not None


def signs_of(data: bytes, path: str = "") -> Signs:
    """What the calls in the text say about its role.

    bind() alone speaks for a server (a UDP one never listens), but not beside connect():
    clients may bind, too.
    """
    code = code_of(data, path)
    server, bind, client, sockets = (
        (_SERVER, _BIND, _CLIENT, _SOCKETS)
        if has_hash_comments(path)
        else (_BRACES_SERVER, _BRACES_BIND, _BRACES_CLIENT, _BRACES_SOCKETS)
    )
    roles: set[Role] = set()
    if client.search(code):
        roles.add("client")
    if server.search(code) or ("client" not in roles and bind.search(code)):
        roles.add("server")
    return Signs(frozenset(roles), bool(roles) or sockets.search(code) is not None)
