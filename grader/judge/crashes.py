"""Diagnoses of a program that an uncaught exception ended.

Each one asks for the exception's type, the call on the line that raised it, and what
the sockets showed: never for a message alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from grader.judge.facts import Facts
from grader.judge.hit import EVERYTHING, Hit
from grader.judge.traceback import Traceback
from grader.lab.model import Action
from grader.transcript import Sent

_SENDS = ("send", "sendall", "sendto")
_READS = ("recv", "recvfrom", "recv_into", "makefile")
_NOT_CONNECTED = re.compile(r"^\[(?:Errno (?:107|57)|WinError 10057)\]")
"""ENOTCONN on Linux, macOS and Windows."""
_BYTES_LITERAL = re.compile(r"""\b[rR]?[bB][rR]?(['"]).*[^\x00-\x7f]""")


def crash(facts: Facts) -> Hit | None:
    """The mistake behind the exception that ended the program, or None if there was none."""
    trace = facts.traceback
    if trace is None:
        return None
    for kind, asks in _KINDS:
        if asks(facts, trace):
            return _hit(facts, trace, kind)
    return _hit(facts, trace, "exit-status", "exception")


def _hit(facts: Facts, trace: Traceback, kind: str, variant: str = "") -> Hit:
    ended = () if facts.exited is None else (facts.exited[0],)
    if kind == "decode-error" and trace.type == "UnicodeEncodeError":
        variant = "encode"
    return Hit(
        id=kind,
        evidence=(*facts.stderr_entries[-2:], *ended),
        line=trace.place.line if trace.place else None,
        file=trace.place.file if trace.place else None,
        variant=variant,
        fields={"error": trace.type},
        reach=EVERYTHING,
    )


def _bytes_literal(_facts: Facts, trace: Traceback) -> bool:
    if not trace.is_syntax:
        return False
    source = trace.place.source if trace.place else ""
    return "ASCII literal" in trace.message or _BYTES_LITERAL.search(source) is not None


def _syntax(_facts: Facts, trace: Traceback) -> bool:
    return trace.is_syntax


def _module(facts: Facts, trace: Traceback) -> bool:
    return trace.type in ("ModuleNotFoundError", "ImportError") and not facts.connected


def _argument(facts: Facts, trace: Traceback) -> bool:
    source = trace.place.source if trace.place else ""
    early = not facts.connected and not facts.listeners
    return early and trace.type in ("IndexError", "ValueError") and "argv" in source


def _port_text(facts: Facts, trace: Traceback) -> bool:
    early = not facts.connected and trace.type == "TypeError" and _at_address(trace)
    return early and "integer" in trace.message


def _address(facts: Facts, trace: Traceback) -> bool:
    return not facts.connected and trace.type == "TypeError" and _at_address(trace)


def _at_address(trace: Traceback) -> bool:
    return trace.at_call("bind", "connect", "connect_ex")


def _no_listen(facts: Facts, trace: Traceback) -> bool:
    return trace.type == "OSError" and trace.at_call("accept") and not facts.listeners


def _reuse(facts: Facts, trace: Traceback) -> bool:
    again = len(facts.started) > 1 and trace.type == "OSError"
    return again and trace.at_call("bind", "create_server", "TCPServer")


def _name(facts: Facts, trace: Traceback) -> bool:
    early = not facts.connected and trace.type in ("gaierror", "OSError", "ConnectionRefusedError")
    dialled = bool(facts.dialed) or trace.type == "gaierror"
    return early and trace.at_call("bind", "connect") and dialled and not _refused(facts)


def _nobody(facts: Facts, trace: Traceback) -> bool:
    return trace.type == "ConnectionRefusedError" and _refused(facts)


def _refused(facts: Facts) -> bool:
    return any(s.action is Action.REFUSE for s in facts.scenario.steps)


def _tuple(facts: Facts, trace: Traceback) -> bool:
    kinds = ("AttributeError", "TypeError")
    return bool(facts.connected) and trace.type in kinds and "'tuple'" in trace.message


def _listening_socket(facts: Facts, trace: Traceback) -> bool:
    """Not connected, says the kernel, while our connection is open: another socket is meant."""
    if facts.role != "server" or not facts.connected or _we_closed(facts):
        return False
    reads = trace.type == "OSError" and trace.at_call(*_READS, *_SENDS)
    return (reads and _NOT_CONNECTED.search(trace.message) is not None) or (
        trace.type == "BrokenPipeError" and trace.at_call(*_SENDS)
    )


def _we_closed(facts: Facts) -> bool:
    """Whether the reference had closed when the exception was written."""
    written = facts.stderr_entries[0] if facts.stderr_entries else facts.last
    return any(s.closed is not None and s.closed < written for s in facts.sessions)


def _closed_listener(facts: Facts, trace: Traceback) -> bool:
    return bool(facts.connected) and trace.type == "OSError" and trace.at_call("accept")


def _text_sent(_facts: Facts, trace: Traceback) -> bool:
    if trace.type != "TypeError":
        return False
    return (trace.at_call(*_SENDS) and "bytes-like" in trace.message) or trace.at_call("bytes")


def _split(facts: Facts, trace: Traceback) -> bool:
    cut = any(e.pieces > 1 for _, e in facts.all(Sent))
    return cut and trace.type == "UnicodeDecodeError"


def _decode(_facts: Facts, trace: Traceback) -> bool:
    return trace.type in ("UnicodeDecodeError", "UnicodeEncodeError")


def _reset(facts: Facts, trace: Traceback) -> bool:
    lost = ("ConnectionResetError", "ConnectionAbortedError", "BrokenPipeError")
    return trace.type in lost and _we_closed(facts)


def _no_keyboard(_facts: Facts, trace: Traceback) -> bool:
    return trace.type == "EOFError"


_KINDS: tuple[tuple[str, Callable[[Facts, Traceback], bool]], ...] = (
    ("non-ascii-bytes-literal", _bytes_literal),
    ("syntax-error", _syntax),
    ("missing-module", _module),
    ("missing-argument", _argument),
    ("port-not-a-number", _port_text),
    ("address-not-a-tuple", _address),
    ("no-listen", _no_listen),
    ("no-reuseaddr", _reuse),
    ("client-before-server", _nobody),
    ("other-port-or-host", _name),
    ("accept-tuple-not-unpacked", _tuple),
    ("dies-on-reset", _reset),
    ("io-on-listening-socket", _listening_socket),
    ("closes-listener-in-loop", _closed_listener),
    ("send-str-not-bytes", _text_sent),
    ("split-character", _split),
    ("decode-error", _decode),
    ("keyboard-at-end-of-input", _no_keyboard),
)
