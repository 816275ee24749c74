"""What strace wrote, as calls on sockets: a pure reading of text that a program had a say in.

Read are the lines of `strace -f -yy -T` with absolute times in nanoseconds:

    1158  1795387920.902313796 recvfrom(4<TCP:[127.0.0.1:80->127.0.0.1:5]>, ""..., 9) = 9 <0.1>

strace escapes what could end a string or a line. A line that is understood otherwise is left
out: nothing is judged by what is read here.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from grader import transcript as tr

MOST_CALLS = 2_000
"""Calls of one run that are kept."""
_LINE_BYTES = 8_192
_TEXT = 64
"""Characters of an argument that is kept as it stands."""
_COMPLAINT = 160

_LINE = re.compile(r"(\d{1,10}) +(\d{1,12})\.(\d{6,9}) (.*)", re.DOTALL)
_NAME = re.compile(r"([a-z0-9_]{1,32})\(")
_RESUMED = re.compile(r"<\.\.\. ([a-z0-9_]{1,32}) resumed>,? ?")
_UNFINISHED = re.compile(r",? *<unfinished \.\.\.>\)?(?: += \?)?$")
_TOOK = re.compile(r" <(\d{1,9})\.(\d{1,9})>$")
_RESULT = re.compile(r"\s*= (?:(-?\d{1,18})(?:<.*>)?(?: (E[A-Z0-9]{1,20}) .*| \(.*\))?|\?.*)$")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"(?:\.\.\.)?|[^"(){}\[\],]+|.', re.DOTALL)
_SOCKET = re.compile(r"(\d{1,9})<(TCP|TCPv6|UDP|UDPv6|UNIX|socket):\[")
_EPOLL = re.compile(r"(\d{1,9})<anon_inode:\[eventpoll\]>$")
_PORT = re.compile(r"sin6?_port=htons\((\d{1,5})\)")
_ADDRESS = re.compile(r'(?:inet_addr\(|inet_pton\(AF_INET6, )"([0-9A-Fa-f.:]{1,45})"')
_LOCAL_ADDRESS = re.compile(r'\{sa_family=AF_UNIX, sun_path=(@?)"((?:[^"\\]|\\.){1,200})"')
_LOCAL_MADE = re.compile(rb"= \d{1,9}<UNIX-STREAM:\[(\d{1,12})")
_LOCAL = re.compile(rb'<UNIX-STREAM:\[(\d{1,12})(?:->\d{1,12})?(?:,@?"(?:[^"\\]|\\.)*")?\]>')
_LENGTHS = re.compile(r"iov_len=(\d{1,18})")
_SECONDS = re.compile(r"\{tv_sec=(\d{1,12}), tv_(u|n)sec=(\d{1,9})\}")
_COMMENT = re.compile(r"/\* (\w{1,32}) \*/")

_PROTOCOLS = {"TCP": "tcp", "TCPv6": "tcp6", "UDP": "udp", "UDPv6": "udp6", "UNIX": "unix",
              "socket": ""}  # fmt: skip
_FAMILIES = {"AF_INET": "", "AF_INET6": "6"}
_TYPES = {"SOCK_STREAM": "tcp", "SOCK_DGRAM": "udp"}
_OPENS, _CLOSES = frozenset("({["), frozenset(")}]")
_INSTANT = 1_000_000
"""An epoll_wait shorter than this is an event loop's turn, and tells nothing, ns."""


@dataclass(frozen=True, kw_only=True)
class Traced:
    """The calls on sockets, in the order in which they began; `cut`: there were more."""

    calls: tuple[tr.SystemCall, ...]
    cut: bool

    @property
    def entries(self) -> list[tr.AnyEntry]:
        """The calls as entries, and at their end that there were more."""
        last = self.calls[-1].t if self.calls else 0
        more = [tr.CallsCut(t=last, kept=len(self.calls))] if self.cut else []
        return [*self.calls, *more]


def parse(output: bytes, zero: int, most: int = MOST_CALLS) -> Traced:
    """Read what strace wrote, at most `most` calls. `zero` is the real time of t = 0, ns."""
    calls: list[tr.SystemCall] = []
    last_of: dict[int, int] = {}
    for call in filter(None, (_call(line, zero) for line in _whole_lines(output))):
        place = last_of.get(call.pid)
        if place is not None and _is_again(calls[place], call):
            calls[place] = _together(calls[place], call)
            continue
        if len(calls) >= most:
            return Traced(calls=_in_order(calls), cut=True)
        last_of[call.pid] = len(calls)
        calls.append(call)
    return Traced(calls=_in_order(calls), cut=False)


def with_local(output: bytes) -> bytes:
    """The same, with calls on Unix-domain sockets made such that `parse` reads them too.

    Only where a scenario is about them, and only those that socket() or accept() returned: event
    loops have pairs of their own, which are nobody's exchange.
    """
    made = set(_LOCAL_MADE.findall(output))

    def marked(found: re.Match[bytes]) -> bytes:
        return b"<UNIX:[%b]>" % found[1] if found[1] in made else found[0]

    return _LOCAL.sub(marked, output).replace(b"socket(AF_UNIX,", b"socket(UNIX,")


def merged(entries: Sequence[tr.AnyEntry], told: Sequence[tr.AnyEntry]) -> list[tr.AnyEntry]:
    """The entries of a run with what was told of it beside; the last one stays last.

    Both are in order, and of two at the same time that of the run comes first.
    """
    both = heapq.merge(entries[:-1], told, key=lambda entry: entry.t)
    return [*both, *entries[-1:]]


def complaint(said: bytes) -> str:
    """Why strace would not attach, in its own words, short."""
    text = said.decode("ascii", "replace").strip().splitlines()
    words = [line.removeprefix("strace: ") for line in text if line.startswith("strace: ")]
    first = next(iter([*words, *text]), "no reason given")
    plain = "".join(c if c.isprintable() else "?" for c in first)
    return f"strace may not look on here: {plain[:_COMPLAINT]}"


# --- lines ---------------------------------------------------------------------------------


@dataclass
class _Line:
    """A whole call: `text` from its name to its result."""

    pid: int
    at: int
    text: str


@dataclass
class _Open:
    """Calls that have begun and not returned, by thread."""

    begun: dict[int, _Line] = field(default_factory=dict)

    def finished(self, pid: int, rest: str) -> _Line | None:
        head = self.begun.pop(pid, None)
        return None if head is None else _Line(pid, head.at, head.text + rest)


def _whole_lines(output: bytes) -> Iterator[_Line]:
    """Every call in one piece: what strace told in two is put together."""
    open_calls = _Open()
    for raw in output.split(b"\n"):
        match = _LINE.fullmatch(raw[:_LINE_BYTES].decode("ascii", "replace"))
        if match is None:
            continue
        pid, text = int(match[1]), match[4]
        at = int(match[2]) * 1_000_000_000 + int(match[3].ljust(9, "0"))
        if resumed := _RESUMED.match(text):
            line = open_calls.finished(pid, _glue(text[resumed.end() :]))
        elif unfinished := _UNFINISHED.search(text):
            open_calls.begun[pid] = _Line(pid, at, text[: unfinished.start()])
            line = None
        else:
            line = _Line(pid, at, text) if _NAME.match(text) else None
        if line is not None:
            yield line
    for left in open_calls.begun.values():
        yield _Line(left.pid, left.at, f"{left.text}) = ?")


def _glue(rest: str) -> str:
    """The arguments that were told later are arguments of their own."""
    return rest if rest.startswith(")") else f", {rest}"


def _is_again(last: tr.SystemCall, call: tr.SystemCall) -> bool:
    """It asks once more for what was not there: a program that polls does so a million times."""
    if call.error not in ("EAGAIN", "EWOULDBLOCK") and not _has_timed_out(call):
        return False
    fresh = replace(last, t=call.t, took=call.took, times=1)
    return fresh == call


def _has_timed_out(call: tr.SystemCall) -> bool:
    return call.result == 0 and _READERS.get(call.name) in (_polled, _epoll)


def _together(last: tr.SystemCall, call: tr.SystemCall) -> tr.SystemCall:
    took = call.t + (call.took or 0) - last.t
    return replace(last, took=took, times=last.times + 1)


def _in_order(calls: Iterable[tr.SystemCall]) -> tuple[tr.SystemCall, ...]:
    return tuple(sorted(calls, key=lambda call: call.t))


# --- one call ------------------------------------------------------------------------------


@dataclass
class _Parts:
    """The arguments of a call as they stand, and what came of it."""

    arguments: list[str]
    result: int | None
    error: str
    took: int | None

    def argument(self, index: int) -> str:
        return self.arguments[index] if -len(self.arguments) <= index < len(self.arguments) else ""

    def number(self, index: int) -> int | None:
        text = self.argument(index)
        return int(text) if re.fullmatch(r"\d{1,18}", text) else None

    @property
    def address(self) -> tuple[str, int] | None:
        """The first address among the arguments."""
        for text in self.arguments:
            port, host = _PORT.search(text), _ADDRESS.search(text)
            if text.startswith("{sa_family=") and port and host:
                return host[1], int(port[1])
            if local := _LOCAL_ADDRESS.match(text):
                return local[1] + local[2], 0
        return None


def _call(line: _Line, zero: int) -> tr.SystemCall | None:
    """The call of a line; None for one that is on no socket, or not understood."""
    name = _NAME.match(line.text)
    if name is None or (reader := _READERS.get(name[1])) is None:
        return None
    parts = _parts(line.text[name.end() :])
    if parts is None:
        return None
    call = tr.SystemCall(
        t=line.at - zero, pid=line.pid, name=name[1], result=parts.result, error=parts.error,
        took=parts.took,
    )  # fmt: skip
    return reader(call, parts)


def _parts(text: str) -> _Parts | None:
    """Split `a, b) = 3 <0.1>`; None where the brackets do not close."""
    arguments = [""]
    depth = 0
    for token in _TOKEN.finditer(text):
        piece = token[0]
        if piece == ")" and depth == 0:
            return _finished(arguments, text[token.end() :])
        depth += (piece in _OPENS) - (piece in _CLOSES)
        if piece == "," and depth == 0:
            arguments.append("")
        else:
            arguments[-1] += piece
    return None


def _finished(arguments: Sequence[str], rest: str) -> _Parts | None:
    took = None
    if match := _TOOK.search(rest):
        took = int(match[1]) * 1_000_000_000 + int(match[2].ljust(9, "0"))
        rest = rest[: match.start()]
    result = _RESULT.fullmatch(rest)
    if result is None:
        return None
    value = None if result[1] is None else int(result[1])
    given = [argument.strip() for argument in arguments]
    # It never returned where it has no result, whatever time strace measured.
    return _Parts(given, value, result[2] or "", took if value is not None else None)


def _on_socket(call: tr.SystemCall, parts: _Parts) -> tr.SystemCall | None:
    """With descriptor and protocol, if its first argument is a socket of the internet."""
    match = _SOCKET.match(parts.argument(0))
    if match is None:
        return None
    return replace(call, fd=int(match[1]), protocol=_PROTOCOLS[match[2]])


def _socket(call: tr.SystemCall, parts: _Parts) -> tr.SystemCall | None:
    kind = parts.argument(1).split("|")[0]
    if parts.argument(0) == "UNIX" and kind == "SOCK_STREAM":
        return replace(call, protocol="unix")
    family = _FAMILIES.get(parts.argument(0))
    if family is None or kind not in _TYPES:
        return None
    return replace(call, protocol=_TYPES[kind] + family)


def _addressed(call: tr.SystemCall, parts: _Parts) -> tr.SystemCall | None:
    found = _on_socket(call, parts)
    return None if found is None else replace(found, address=parts.address)


def _sized(call: tr.SystemCall, parts: _Parts) -> tr.SystemCall | None:
    """Three arguments and, of recvfrom and sendto, flags and an address."""
    found = _addressed(call, parts)
    if found is None:
        return None
    flags = parts.argument(3)
    return replace(found, size=parts.number(2), argument=_word("" if flags == "0" else flags))


def _gathered(call: tr.SystemCall, parts: _Parts) -> tr.SystemCall | None:
    """A list of buffers: all of them together."""
    found = _on_socket(call, parts)
    if found is None:
        return None
    lengths = [int(n) for n in _LENGTHS.findall(" ".join(parts.arguments[1:]))]
    return replace(found, size=sum(lengths) if lengths else None)


def _second(call: tr.SystemCall, parts: _Parts) -> tr.SystemCall | None:
    """The second argument says it all: a backlog, a direction."""
    found = _on_socket(call, parts)
    return None if found is None else replace(found, argument=_word(parts.argument(1)))


def _option(call: tr.SystemCall, parts: _Parts) -> tr.SystemCall | None:
    found = _on_socket(call, parts)
    if found is None:
        return None
    value = re.fullmatch(r"\[(-?\d{1,12})\]", parts.argument(3))
    words = [_word(parts.argument(2)), value[1] if value else ""]
    return replace(found, argument=" ".join(filter(None, words)))


def _copied(call: tr.SystemCall, parts: _Parts) -> tr.SystemCall | None:
    found = _on_socket(call, parts)
    return None if found is None else replace(found, size=parts.number(3))


def _polled(call: tr.SystemCall, parts: _Parts) -> tr.SystemCall | None:
    """A wait for several descriptors; kept if one of them is a socket of the internet."""
    text = " ".join(parts.arguments[:4])
    if (match := _SOCKET.search(text)) is not None:
        found = replace(call, fd=int(match[1]), protocol=_PROTOCOLS[match[2]])
        return replace(found, argument=_limit(call.name, parts))
    return None


def _epoll(call: tr.SystemCall, parts: _Parts) -> tr.SystemCall | None:
    """Its sockets are not told. What an event loop asks between two steps is left out."""
    match = _EPOLL.match(parts.argument(0))
    if match is None or (call.took is not None and call.took < _INSTANT):
        return None
    return replace(call, fd=int(match[1]), argument=_limit(call.name, parts))


def _limit(name: str, parts: _Parts) -> str:
    """The limit of a wait in ms; empty for none."""
    if name in ("poll", "epoll_wait", "epoll_pwait"):
        text = parts.argument(2 if name == "poll" else 3)
        return text if re.fullmatch(r"\d{1,10}", text) else ""
    match = _SECONDS.match(parts.argument(2 if name == "ppoll" else 4))
    if match is None:
        return ""
    part = int(match[3]) // (1000 if match[2] == "u" else 1_000_000)
    return str(int(match[1]) * 1000 + part)


def _word(text: str) -> str:
    """`1 /* SHUT_WR */` and `SHUT_WR` are the same; anything else as it stands, in short."""
    comment = _COMMENT.search(text)
    return (comment[1] if comment else text)[:_TEXT]


_READERS: Mapping[str, Callable[[tr.SystemCall, _Parts], tr.SystemCall | None]] = {
    "socket": _socket,
    "bind": _addressed,
    "connect": _addressed,
    "accept": _addressed,
    "accept4": _addressed,
    "listen": _second,
    "shutdown": _second,
    "setsockopt": _option,
    "close": _on_socket,
    "read": _sized,
    "write": _sized,
    "recvfrom": _sized,
    "sendto": _sized,
    "readv": _gathered,
    "writev": _gathered,
    "recvmsg": _gathered,
    "sendmsg": _gathered,
    "recvmmsg": _gathered,
    "sendmmsg": _gathered,
    "sendfile": _copied,
    "poll": _polled,
    "ppoll": _polled,
    "select": _polled,
    "pselect6": _polled,
    "epoll_wait": _epoll,
    "epoll_pwait": _epoll,
}
