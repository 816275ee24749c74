"""What a program is doing, in the words of its own language: `recv()`, `accept()`, `input()`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from grader.transcript import Call, Socket

_PYTHON = {
    "accept": "accept()",
    "accept4": "accept()",
    "connect": "connect()",
    "recvfrom": "recv()",
    "recvmsg": "recv()",
    "recv": "recv()",
    "sendto": "send()",
    "sendmsg": "send()",
    "send": "send()",
    "nanosleep": "sleep()",
    "clock_nanosleep": "sleep()",
}

_LONGEST = 400
"""Characters of a line that is looked at."""
_FOR = {
    "futex": "call_thread",
    "wait4": "call_child",
    "waitid": "call_child",
}

_POLLS = ("poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait", "epoll_pwait2")
_POLLING = re.compile(
    r"\b(select|poll|serve_forever|handle_request|accept|recv|recvfrom|readline)\s{0,4}\("
)
"""What an author writes that comes to such a call."""
_LOOP = re.compile(r"\basyncio\.run\s{0,4}\(|\brun_(?:forever|until_complete)\s{0,4}\(")
_STREAMS = {"connection": "recv()", "listener": "accept()", "socket": "recv()"}


def call_words(
    calls: Iterable[Call],
    table: Mapping[str, str],
    sockets: Iterable[Socket] = (),
    line: str = "",
) -> str:
    """One short phrase for what the threads wait in; empty where nothing can be said.

    A thread that only waits for another one says nothing while another is known to wait
    for the network or the keyboard. Who polls does so by many names: `line`, the program's own
    where it stands, tells that of the author; else `sockets` tell what it waits for.
    """
    listed = tuple(calls)
    if not listed:
        return ""
    if any(call.name == "running" for call in listed):
        return table["m_runs"]
    named = _unique(name for call in listed if (name := _python_name(call)))
    if named:
        return table["m_waits"].format(calls=", ".join(named))
    if any(call.name in _POLLS for call in listed):
        return _polls(table, sockets, line)
    others = _unique(table[key] for call in listed if (key := _FOR.get(call.name)))
    if others:
        return table["m_waits_for"].format(calls=", ".join(others))
    unknown = _unique(call.name for call in listed)
    return table["m_waits"].format(calls=", ".join(unknown))


def _polls(table: Mapping[str, str], sockets: Iterable[Socket], line: str) -> str:
    if written := _POLLING.search(line[:_LONGEST]):
        return table["m_waits"].format(calls=f"{written[1]}()")
    states = {socket.state for socket in sockets}
    listens, talks = "listen" in states, bool(states - {"listen"})
    key = "both" if listens and talks else "client" if listens else "data" if talks else "news"
    awaited = table[f"await_{key}"]
    loop = _LOOP.search(line[:_LONGEST]) is not None
    return table["m_loops" if loop else "m_waits_for"].format(calls=awaited)


def _python_name(call: Call) -> str | None:
    if call.name in ("read", "readv"):
        if call.target == "keyboard":
            return "input()"
        return _STREAMS.get(call.target, "read()")
    if call.name in ("write", "writev"):
        return "send()" if call.target == "connection" else "write()"
    return _PYTHON.get(call.name)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
