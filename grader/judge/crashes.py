"""Conditions of a program, or a thread of it, that an uncaught exception ended.

Each one asks for the exception's type, the call on the line that raised it, and what
the sockets showed: never for a message alone.
"""

from __future__ import annotations

import ast
import codecs
import re
from collections.abc import Callable

from grader.judge.facts import Facts
from grader.judge.foreign import thread_exception
from grader.judge.hit import EVERYTHING, Hit
from grader.judge.panics import PANIC, thread_panic
from grader.judge.seen import expected_port, is_refused, we_closed_before
from grader.judge.situation import method
from grader.judge.traceback import Traceback, task_traceback
from grader.lab.model import Action
from grader.transcript import Sent

_SENDS = ("send", "sendall", "sendto")
_READS = ("recv", "recvfrom", "recv_into", "makefile")
_BINDS = ("bind", "create_server", "TCPServer", "ThreadingTCPServer")
_NOT_CONNECTED = re.compile(r"^\[(?:Errno (?:107|57)|WinError 10057)\]")
"""ENOTCONN on Linux, macOS and Windows."""
_IN_USE = re.compile(r"^\[(?:Errno (?:98|48)|WinError 10048)\]")
"""EADDRINUSE on Linux, macOS and Windows."""
_BAD_DESCRIPTOR = re.compile(r"^\[(?:Errno 9|WinError 10038)\]")
"""EBADF on Linux and macOS, ENOTSOCK on Windows."""
_NO_SUCH_ADDRESS = re.compile(r"^\[(?:Errno (?:99|49)|WinError 10049)\]")
"""EADDRNOTAVAIL on Linux, macOS and Windows."""
_NO_WAY = re.compile(r"^\[(?:Errno (?:101|113|51|65)|WinError 1006[05]|WinError 10051)\]")
"""ENETUNREACH and EHOSTUNREACH on Linux, macOS and Windows (and its time-out)."""
_NO_STREAM = re.compile(r"^\[(?:Errno (?:95|102)|WinError 10045)\]")
"""EOPNOTSUPP on Linux, macOS and Windows."""
_LOST_BYTE = re.compile(
    r"^'utf-?8' codec can't decode bytes? (?:0x([0-9a-f]{2}) )?in position", re.I
)
_BYTES_LITERAL = re.compile(r"""\b[rR]?[bB][rR]?(['"]).*[^\x00-\x7f]""")
_QUOTED = re.compile(r"""(b?(?:'(?:[^'\\]|\\.){1,400}'|"(?:[^"\\]|\\.){1,400}"))\s*$""")
_ACCENTS = re.compile(r"""(['"])(?:(?!\1).)*[^\x00-\x7f](?:(?!\1).)*\1""")
"""A string with a letter that is no ASCII."""
_RESETS = ("ConnectionResetError", "ConnectionAbortedError", "BrokenPipeError")


def crash(facts: Facts) -> Hit | None:
    """The mistake behind the exception that ended the program, or None if there was none."""
    trace = facts.traceback
    if trace is None or _was_kept(facts, trace):
        return None
    return _named(facts, trace, "exception")


def task_crash(facts: Facts) -> Hit | None:
    """The same of an exception that ended one thread or task, and not the program."""
    if facts.traceback is not None:
        return None
    said = facts.stderr.data
    trace = task_traceback(said) or thread_exception(said) or thread_panic(said)
    if trace is None or _was_kept(facts, trace):
        return None
    return _named(facts, trace, "thread")


def _was_kept(facts: Facts, trace: Traceback) -> bool:
    """It waited in send() for one who did not read, until we closed: no mistake of its own."""
    slow = {s.connection for s in facts.scenario.steps if s.action is Action.STOP_READING}
    waited = any(
        method(call) == "send()" and call.connection in slow
        for _, state in facts.states
        if state.why == "waiting"
        for call in state.calls
    )
    return waited and trace.type in _RESETS and trace.at_call(*_SENDS)


def _named(facts: Facts, trace: Traceback, otherwise: str) -> Hit:
    for kind, asks in _FOREIGN if trace.foreign else _KINDS:
        if asks(facts, trace):
            identifier, _, variant = kind.partition("/")
            return _hit(facts, trace, identifier, variant)
    if trace.foreign and otherwise == "exception":
        otherwise = "uncaught"
    return _hit(facts, trace, "exit-status", otherwise)


def _hit(facts: Facts, trace: Traceback, kind: str, variant: str) -> Hit:
    ended = () if facts.exited is None else (facts.exited[0],)
    place = trace.place
    return Hit(
        id=kind,
        evidence=(*facts.stderr_entries[-2:], *ended),
        line=place.line if place else None,
        file=(place.file or None) if place else None,
        variant=variant,
        fields={
            "error": trace.type,
            "port": expected_port(facts),
            "path": facts.scenario.path,
        },
        reach=EVERYTHING,
    )


def _written(facts: Facts) -> int:
    """The entry in which the traceback began to be written."""
    return facts.stderr_entries[0] if facts.stderr_entries else facts.last


def _source(trace: Traceback) -> str:
    return trace.place.source if trace.place else ""


# --- before anything was done on the network ---------------------------------------------


def _bytes_literal(_facts: Facts, trace: Traceback) -> bool:
    if not trace.is_syntax:
        return False
    return "ASCII literal" in trace.message or _BYTES_LITERAL.search(_source(trace)) is not None


def _undecodable(_facts: Facts, trace: Traceback) -> bool:
    """No line of the program could be shown: it is not text in the encoding it says."""
    return trace.is_syntax and not _source(trace)


def _syntax(_facts: Facts, trace: Traceback) -> bool:
    return trace.is_syntax


def _module(facts: Facts, trace: Traceback) -> bool:
    return trace.type in ("ModuleNotFoundError", "ImportError") and not facts.connected


def _argument(facts: Facts, trace: Traceback) -> bool:
    early = not facts.connected and not facts.listeners
    return early and trace.type in ("IndexError", "ValueError") and "argv" in _source(trace)


def _port_text(facts: Facts, trace: Traceback) -> bool:
    early = not facts.connected and trace.type == "TypeError" and _at_address(trace)
    return early and "integer" in trace.message


def _address(facts: Facts, trace: Traceback) -> bool:
    return not facts.connected and trace.type == "TypeError" and _at_address(trace)


def _family_forgotten(facts: Facts, trace: Traceback) -> bool:
    """A name for a socket of the internet, which is what socket() makes where nothing is said."""
    return (
        facts.scenario.protocol == "unix" and _address(facts, trace) and "AF_INET" in trace.message
    )


def _no_name(facts: Facts, trace: Traceback) -> bool:
    """Something else than a name for a Unix-domain socket."""
    return facts.scenario.protocol == "unix" and _address(facts, trace)


def _two_arguments(facts: Facts, trace: Traceback) -> bool:
    """The calls that make a socket as well, without the parentheses of the tuple."""
    if facts.connected or facts.listeners or facts.dialed:
        return False
    if trace.type == "TypeError" and trace.at_call("create_server"):
        return "positional" in trace.message or "tuple" in trace.message
    unpacks = trace.type in ("ValueError", "TypeError") and "unpack" in trace.message
    return unpacks and trace.at_call("create_connection", "create_server")


def _at_address(trace: Traceback) -> bool:
    return trace.at_call("bind", "connect", "connect_ex")


def _options(facts: Facts, trace: Traceback) -> bool:
    """The kernel knows no option of that number, and the number was put together by `|`."""
    refused = trace.type in ("OSError", "PermissionError") and not facts.connected
    return refused and trace.at_call("setsockopt") and "|" in _source(trace)


# --- addresses ---------------------------------------------------------------------------


def _no_listen(facts: Facts, trace: Traceback) -> bool:
    return trace.type == "OSError" and trace.at_call("accept") and not facts.listeners


def _taken(facts: Facts, trace: Traceback) -> bool:
    in_use = trace.type == "OSError" and _IN_USE.search(trace.message) is not None
    return in_use and trace.at_call(*_BINDS)


def _name_taken(facts: Facts, trace: Traceback) -> bool:
    """A file of that name is there, and bind() replaces none."""
    return facts.scenario.protocol == "unix" and (
        _foreign_taken(facts, trace) if trace.foreign else _taken(facts, trace)
    )


def _no_such_file(facts: Facts, trace: Traceback) -> bool:
    """There is no socket by the name that was dialled."""
    if facts.scenario.protocol != "unix" or facts.role != "client" or facts.connected:
        return False
    lost = trace.type in ("FileNotFoundError", "ConnectionRefusedError")
    return lost and trace.at_call("connect") and not is_refused(facts)


def _reuse(facts: Facts, trace: Traceback) -> bool:
    return len(facts.started) > 1 and _taken(facts, trace)


def _taken_twice(facts: Facts, trace: Traceback) -> bool:
    return bool(facts.listeners) and _taken(facts, trace)


def _not_of_this_host(facts: Facts, trace: Traceback) -> bool:
    """The kernel has no such address to bind to, and so nothing ever listened."""
    if facts.role != "server" or facts.listeners or trace.type != "OSError":
        return False
    return trace.at_call(*_BINDS) and _NO_SUCH_ADDRESS.search(trace.message) is not None


def _unreachable(facts: Facts, trace: Traceback) -> bool:
    """No way leads to the address that was dialled."""
    if facts.role != "client" or facts.connected or is_refused(facts):
        return False
    late = trace.type == "TimeoutError"
    lost = trace.type == "OSError" and _NO_WAY.search(trace.message) is not None
    return (late or lost) and trace.at_call("connect", "create_connection")


def _no_stream(facts: Facts, trace: Traceback) -> bool:
    """The socket can't listen at all: it is none of connections."""
    if trace.type != "OSError" or facts.listeners or facts.connected:
        return False
    return trace.at_call("listen", "accept") and _NO_STREAM.search(trace.message) is not None


def _datagram_refused(facts: Facts, trace: Traceback) -> bool:
    """Nobody takes datagrams on that port, says the kernel at the next send or read."""
    refused = trace.type == "ConnectionRefusedError" and bool(facts.datagram)
    return refused and not facts.connected and trace.at_call(*_SENDS, *_READS)


def _nobody(facts: Facts, trace: Traceback) -> bool:
    return trace.type == "ConnectionRefusedError" and is_refused(facts)


def _failure_ignored(facts: Facts, trace: Traceback) -> bool:
    """Sends or reads on the socket whose connect() has failed."""
    failed = facts.role == "client" and not facts.connected
    talks = trace.at_call(*_SENDS, *_READS)
    broken = trace.type == "BrokenPipeError" or (
        trace.type == "OSError" and _NOT_CONNECTED.search(trace.message) is not None
    )
    return failed and talks and broken and (is_refused(facts) or bool(facts.dialed))


def _name(facts: Facts, trace: Traceback) -> bool:
    early = not facts.connected and trace.type in ("gaierror", "OSError", "ConnectionRefusedError")
    dialled = bool(facts.dialed) or trace.type == "gaierror"
    return early and trace.at_call("bind", "connect") and dialled and not is_refused(facts)


# --- the exchange ------------------------------------------------------------------------


def _tuple(facts: Facts, trace: Traceback) -> bool:
    kinds = ("AttributeError", "TypeError")
    return bool(facts.connected) and trace.type in kinds and "'tuple'" in trace.message


def _three_values(facts: Facts, trace: Traceback) -> bool:
    """Another number of names than the two things that accept() returns."""
    unpacks = trace.type == "ValueError" and "unpack" in trace.message
    return bool(facts.connected) and unpacks and trace.at_call("accept")


def _writes_to_nobody(facts: Facts, trace: Traceback) -> bool:
    lost = trace.type in _RESETS and trace.at_call(*_SENDS)
    return lost and we_closed_before(facts, _written(facts))


def _reset(facts: Facts, trace: Traceback) -> bool:
    return trace.type in _RESETS and we_closed_before(facts, _written(facts))


def _listening_socket(facts: Facts, trace: Traceback) -> bool:
    """Not connected, says the kernel, while our connection is open: another socket is meant."""
    ours = we_closed_before(facts, _written(facts))
    if facts.role != "server" or not facts.connected or ours:
        return False
    reads = trace.type == "OSError" and trace.at_call(*_READS, *_SENDS)
    return (reads and _NOT_CONNECTED.search(trace.message) is not None) or (
        trace.type == "BrokenPipeError" and trace.at_call(*_SENDS)
    )


def _reads_listening_socket(facts: Facts, trace: Traceback) -> bool:
    """The line that raised it reads, and does not send as well."""
    reads = trace.at_call(*_READS) and not trace.at_call(*_SENDS)
    return reads and _listening_socket(facts, trace)


def _closed_listener(facts: Facts, trace: Traceback) -> bool:
    closed = trace.type == "OSError" and _BAD_DESCRIPTOR.search(trace.message) is not None
    return bool(facts.connected) and closed and trace.at_call("accept")


def _not_a_function(_facts: Facts, trace: Traceback) -> bool:
    return trace.type == "TypeError" and trace.at_call("start_new_thread")


def _result_as_target(_facts: Facts, trace: Traceback) -> bool:
    """The thread could not call its target: no line of the submission was reached."""
    return trace.type == "TypeError" and trace.place is None and "callable" in trace.message


def _text_sent(_facts: Facts, trace: Traceback) -> bool:
    if trace.type != "TypeError":
        return False
    return (trace.at_call(*_SENDS) and "bytes-like" in trace.message) or trace.at_call("bytes")


def _text_written(facts: Facts, trace: Traceback) -> bool:
    """A str for the file of a connection: makefile(), or wfile of socketserver."""
    if trace.type != "TypeError" or not facts.connected or "bytes-like" not in trace.message:
        return False
    terminal = any(word in _source(trace) for word in ("stdout", "stderr"))
    due = any(not a.came for s in facts.sessions for a in s.arrivals)
    return due and not terminal and trace.at_call("write", "writelines")


def _accents_sent(facts: Facts, trace: Traceback) -> bool:
    return _text_sent(facts, trace) and _ACCENTS.search(_source(trace)) is not None


def _split(facts: Facts, trace: Traceback) -> bool:
    cut = any(e.pieces > 1 for _, e in facts.all(Sent))
    return cut and trace.type == "UnicodeDecodeError" and _is_text(_sent(facts), whole=False)


def _sent(facts: Facts) -> bytes:
    return b"".join(entry.data for _, entry in facts.all(Sent))


def _is_text(data: bytes, *, whole: bool = True) -> bool:
    """Whether there is anything that could be decoded: a file of any bytes can't.

    Unless `whole`, the rest of its last letter may be missing.
    """
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=whole)
    except UnicodeDecodeError:
        return False
    return True


def _half_read(facts: Facts, trace: Traceback) -> bool:
    """What was sent is whole and valid, and a byte of it could not be decoded by itself."""
    lost = _LOST_BYTE.search(trace.message) if trace.type == "UnicodeDecodeError" else None
    sent = _sent(facts)
    if lost is None or (lost[1] and bytes.fromhex(lost[1]) not in sent):
        return False
    return _is_text(sent) and not sent.isascii()


def _encode(_facts: Facts, trace: Traceback) -> bool:
    return trace.type == "UnicodeEncodeError"


def _decode(_facts: Facts, trace: Traceback) -> bool:
    return trace.type == "UnicodeDecodeError"


def _length(facts: Facts, trace: Traceback) -> bool:
    huge = trace.type in ("MemoryError", "OverflowError") and bool(facts.all(Sent))
    return huge and trace.at_call(*_READS, "bytearray", "recvmsg")


def _drift(facts: Facts, trace: Traceback) -> bool:
    """A number was wanted of bytes that the reference sent as text."""
    sent = b"".join(entry.data for _, entry in facts.all(Sent))
    if not sent or facts.marks_alone:
        return False  # no message has a length in front: there is nothing to be shifted against
    if trace.type == "error" and trace.at_call("unpack", "unpack_from"):
        return True
    quoted = _QUOTED.search(trace.message) if trace.type == "ValueError" else None
    if quoted is None or not trace.at_call("int", "float"):
        return False
    found = ast.literal_eval(quoted[1])
    words = found if isinstance(found, bytes) else str(found).encode("utf-8", "replace")
    return bool(words.strip()) and words in sent


def _no_keyboard(_facts: Facts, trace: Traceback) -> bool:
    # A program may raise it itself, when its peer has gone.
    raised = trace.place is not None and trace.place.source.lstrip().startswith("raise")
    return trace.type == "EOFError" and not raised


# --- Java, JavaScript, Rust and Go: the message tells, no line's text does ----------------


def _says(trace: Traceback, *words: str) -> bool:
    message = trace.message.lower()
    return any(word.lower() in message for word in words)


def _foreign_syntax(_facts: Facts, trace: Traceback) -> bool:
    return trace.type == "SyntaxError"


def _foreign_module(facts: Facts, trace: Traceback) -> bool:
    """A module of JavaScript that is not there."""
    missing = trace.type == "Error" and _says(trace, "Cannot find module", "Cannot find package")
    return missing and not facts.connected


def _foreign_argument(facts: Facts, trace: Traceback) -> bool:
    """The first argument of a program that was given none; elsewhere than in Java it has a name."""
    early = not facts.connected and not facts.listeners
    if trace.type == PANIC:
        return early and _says(trace, "with length 1", "the len is 1 but the index is 1")
    outside = trace.type == "ArrayIndexOutOfBoundsException"
    return early and outside and _says(trace, "for length 0")


def _foreign_taken(facts: Facts, trace: Traceback) -> bool:
    taken = trace.type == "BindException" or _says(
        trace, "EADDRINUSE", "address already in use", "AddrInUse"
    )
    return taken and facts.role == "server"


def _foreign_reuse(facts: Facts, trace: Traceback) -> bool:
    return len(facts.started) > 1 and _foreign_taken(facts, trace)


def _foreign_nobody(facts: Facts, trace: Traceback) -> bool:
    words = ("ECONNREFUSED", "connection refused", "ConnectionRefused")
    refused = trace.type == "ConnectException" or _says(trace, *words)
    return refused and is_refused(facts)


def _foreign_elsewhere(facts: Facts, trace: Traceback) -> bool:
    """Nobody answers where it has dialled, or there is no such host."""
    lost = trace.type in ("ConnectException", "UnknownHostException", "NoRouteToHostException")
    lost = lost or _says(
        trace, "ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH", "ConnectionRefused",
        "connection refused", "no such host", "network is unreachable", "no route to host",
    )  # fmt: skip
    return lost and facts.role == "client" and not facts.connected


def _foreign_writes(facts: Facts, trace: Traceback) -> bool:
    lost = _says(trace, "Broken pipe", "EPIPE")
    return lost and we_closed_before(facts, _written(facts))


def _foreign_reset(facts: Facts, trace: Traceback) -> bool:
    reset = _says(trace, "Connection reset", "ECONNRESET", "Broken pipe", "EPIPE")
    return reset and we_closed_before(facts, _written(facts))


_FOREIGN: tuple[tuple[str, Callable[[Facts, Traceback], bool]], ...] = (
    ("syntax-error/foreign", _foreign_syntax),
    ("missing-module", _foreign_module),
    ("missing-argument", _foreign_argument),
    ("port-taken-by-another/file", _name_taken),
    ("no-reuseaddr", _foreign_reuse),
    ("port-taken-by-another", _foreign_taken),
    ("client-before-server", _foreign_nobody),
    ("other-port-or-host", _foreign_elsewhere),
    ("writes-after-close", _foreign_writes),
    ("dies-on-reset", _foreign_reset),
)

_KINDS: tuple[tuple[str, Callable[[Facts, Traceback], bool]], ...] = (
    ("non-ascii-bytes-literal", _bytes_literal),
    ("syntax-error/encoding", _undecodable),
    ("syntax-error", _syntax),
    ("missing-module", _module),
    ("missing-argument", _argument),
    ("port-not-a-number", _port_text),
    ("other-port-or-host/internet", _family_forgotten),
    ("address-not-a-tuple/name", _no_name),
    ("address-not-a-tuple", _address),
    ("address-not-a-tuple", _two_arguments),
    ("options-ored", _options),
    ("datagram-instead-of-stream", _no_stream),
    ("datagram-instead-of-stream", _datagram_refused),
    ("bound-to-one-interface/absent", _not_of_this_host),
    ("no-listen/accept", _no_listen),
    ("port-taken-by-another/file", _name_taken),
    ("no-reuseaddr", _reuse),
    ("port-taken-by-another/twice", _taken_twice),
    ("port-taken-by-another", _taken),
    ("client-before-server", _nobody),
    ("error-result-used", _failure_ignored),
    ("other-port-or-host/no-file", _no_such_file),
    ("other-port-or-host", _unreachable),
    ("other-port-or-host", _name),
    ("accept-tuple-not-unpacked", _tuple),
    ("accept-tuple-not-unpacked/count", _three_values),
    ("writes-after-close", _writes_to_nobody),
    ("dies-on-reset", _reset),
    ("io-on-listening-socket/receive", _reads_listening_socket),
    ("io-on-listening-socket", _listening_socket),
    ("closes-listener-in-loop", _closed_listener),
    ("thread-called-not-started/result", _not_a_function),
    ("thread-called-not-started/result", _result_as_target),
    ("send-str-not-bytes/accents", _accents_sent),
    ("send-str-not-bytes", _text_sent),
    ("send-str-not-bytes", _text_written),
    ("split-character", _split),
    ("split-character/read", _half_read),
    ("decode-error/encode", _encode),
    ("decode-error", _decode),
    ("length-prefix-wrong/memory", _length),
    ("framing-drift", _drift),
    ("keyboard-at-end-of-input", _no_keyboard),
)
"""The first that holds names the exception: causes before what merely looks like them."""

CRASHES: tuple[str, ...] = (*(kind for kind, _ in _KINDS), "exit-status")
"""What an exception can come to, by `id` or `id/variant`."""
