"""What a program is doing, in the words of its own language: `recv()`, `accept()`, `input()`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from grader.transcript import Call

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
    "poll": "select()",
    "ppoll": "select()",
    "select": "select()",
    "pselect6": "select()",
    "epoll_wait": "select()",
    "epoll_pwait": "select()",
    "epoll_pwait2": "select()",
    "nanosleep": "sleep()",
    "clock_nanosleep": "sleep()",
}

_FOR = {
    "futex": "call_thread",
    "wait4": "call_child",
    "waitid": "call_child",
}

_STREAMS = {"connection": "recv()", "listener": "accept()", "socket": "recv()"}


def call_words(calls: Iterable[Call], table: Mapping[str, str]) -> str:
    """One short phrase for what the threads wait in; empty where nothing can be said.

    A thread that only waits for another one says nothing while another is known to wait
    for the network or the keyboard.
    """
    listed = tuple(calls)
    if not listed:
        return ""
    if any(call.name == "running" for call in listed):
        return table["m_runs"]
    named = _unique(name for call in listed if (name := _python_name(call)))
    if named:
        return table["m_waits"].format(calls=", ".join(named))
    others = _unique(table[key] for call in listed if (key := _FOR.get(call.name)))
    if others:
        return table["m_waits_for"].format(calls=", ".join(others))
    unknown = _unique(call.name for call in listed)
    return table["m_waits"].format(calls=", ".join(unknown))


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
