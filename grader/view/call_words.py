"""One traced call in words: `recv(1024)` and `27 octets`, as its author would write and read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from grader.transcript import SystemCall
from grader.view.bytes_view import escaped
from grader.view.words import LANGUAGES, byte_count, count

_NAMES: Mapping[str, str] = {
    "accept4": "accept",
    "recvfrom": "recv",
    "recvmsg": "recv",
    "recvmmsg": "recv",
    "sendto": "send",
    "sendmsg": "send",
    "sendmmsg": "send",
    "read": "recv",
    "readv": "recv",
    "write": "send",
    "writev": "send",
    "sendfile": "send",
    "poll": "select",
    "ppoll": "select",
    "pselect6": "select",
    "epoll_wait": "select",
    "epoll_pwait": "select",
}
_NOTHING_YET = ("EAGAIN", "EWOULDBLOCK", "EINPROGRESS")

_TABLE: dict[str, tuple[str, str]] = {
    "listener": ("écoute {fd}", "listener {fd}"),
    "connection": ("connexion {fd}", "connection {fd}"),
    "socket": ("socket {fd}", "socket {fd}"),
    "accepted": ("connexion {fd}", "connection {fd}"),
    "accepted_from": ("connexion {fd}, de {address}", "connection {fd}, from {address}"),
    "connected": ("connecté", "connected"),
    "end": ("0 octet~: fin du flux", "0 bytes: end of stream"),
    "from": ("{size}, de {address}", "{size}, from {address}"),
    "partly": ("seulement {given} sur {size}", "only {given} of {size}"),
    "ready": ("prêt", "ready"),
    "nothing": ("rien dans ce délai", "nothing in that time"),
    "never": ("n’est jamais revenu", "never returned"),
    "times": ("{n} fois", "{n} times"),
    "ms": ("{n} ms", "{n} ms"),
    "no_capture": (
        "Ici le réseau n’est pas capturé~: la colonne de droite est notée par la référence, "
        "souvent quelques millisecondes plus tard.",
        "The network is not captured here: the right column is the reference's own record, "
        "often some milliseconds late.",
    ),
    "seg_connected": ("connexion établie (SYN, SYN/ACK)", "connection made (SYN, SYN/ACK)"),
    "seg_refused": (
        "RST~: rien n’écoute sur le port {port}",
        "RST: nothing listens on port {port}",
    ),
    "seg_fin": ("FIN~: n’enverra plus rien", "FIN: will send no more"),
    "seg_rst": ("RST~: connexion coupée", "RST: connection cut"),
    "EAGAIN": ("rien pour l’instant", "nothing yet"),
    "EWOULDBLOCK": ("rien pour l’instant", "nothing yet"),
    "EINPROGRESS": ("en cours", "under way"),
    "ECONNREFUSED": ("personne n’y écoute", "nobody listens there"),
    "ECONNRESET": ("coupé par l’autre côté", "cut by the other side"),
    "EPIPE": ("l’autre côté a fermé", "the other side has closed"),
    "ENOTCONN": ("pas connecté", "not connected"),
    "EISCONN": ("déjà connecté", "connected already"),
    "EADDRINUSE": ("adresse déjà prise", "address already in use"),
    "EADDRNOTAVAIL": ("pas une adresse d’ici", "no address of this machine"),
    "EACCES": ("pas permis", "not allowed"),
    "EINVAL": ("argument refusé", "argument refused"),
    "ETIMEDOUT": ("délai dépassé", "timed out"),
}
_BY_LANGUAGE: tuple[Mapping[str, str], ...] = tuple(
    MappingProxyType({key: texts[i].replace("~", "\u00a0") for key, texts in _TABLE.items()})
    for i in range(len(LANGUAGES))
)


@dataclass(frozen=True, kw_only=True)
class Said:
    """A call in words; nothing of it can be obeyed by a terminal or a page."""

    on: str
    """Which socket, `connexion 4`; empty for `socket()`."""
    call: str
    result: str
    """Empty where it did what it is for and there is no more to say."""
    bad: bool
    """It failed, or never returned."""


def said(call: SystemCall, kind: str, language: str) -> Said:
    """The call in words. `kind` is what its socket is: `listener`, `connection` or `socket`."""
    table = _table(language)
    result = _result(call, language)
    if call.times > 1:
        result = f"{table['times'].format(n=count(call.times, language))}, {result}"
    return Said(
        on=table[kind].format(fd=call.fd) if call.fd is not None else "",
        call=f"{_name(call)}({_argument(call, language)})",
        result=result,
        bad=call.result is None or (bool(call.error) and call.error not in _NOTHING_YET),
    )


def kinds(calls: Iterable[SystemCall]) -> list[str]:
    """What the socket of each call is by then; calls in the order in which they began."""
    known: dict[int, str] = {}
    out = []
    for call in calls:
        name = _name(call)
        fd = -1 if call.fd is None else call.fd
        if name in ("listen", "connect"):
            known[fd] = "listener" if name == "listen" else "connection"
        out.append(known.get(fd, "socket"))
        if name == "accept" and call.result is not None and call.result >= 0:
            known[call.result] = "connection"
        elif name == "close":
            known.pop(fd, None)
    return out


def no_capture(language: str) -> str:
    """What to say where segments are told by the reference and not by the kernel."""
    return _table(language)["no_capture"]


def segment_words(kind: str, port: int, size: int, names: Sequence[str], language: str) -> str:
    """A segment in words; `names` are those of the texts that it carries, `size` its bytes."""
    if kind != "data":
        # A kind that is not ours comes from a file, and is no pattern to fill in.
        words = _table(language).get(f"seg_{kind}")
        return kind if words is None else words.format(port=port)
    shown = byte_count(size, language)
    return f"{', '.join(names)}, {shown}" if names else shown


def _table(language: str) -> Mapping[str, str]:
    return _BY_LANGUAGE[LANGUAGES.index(language) if language in LANGUAGES else 0]


def _name(call: SystemCall) -> str:
    name = _NAMES.get(call.name, call.name)
    if call.address is not None and name in ("recv", "send") and call.protocol.startswith("udp"):
        return f"{name}from" if name == "recv" else f"{name}to"
    return escaped(name)


def _argument(call: SystemCall, language: str) -> str:
    name = _NAMES.get(call.name, call.name)
    argument = escaped(call.argument)
    if name == "socket":
        return escaped(call.protocol).upper().replace("6", ", IPv6")
    if name in ("bind", "connect") and call.address is not None:
        return _address(call)
    if name == "recv":
        return ", ".join(filter(None, (_number(call.size), argument)))
    if name == "send":
        size = "" if call.size is None else byte_count(call.size, language)
        return ", ".join(filter(None, (size, argument)))
    if name == "select" and argument:
        return _table(language)["ms"].format(n=argument)
    if name == "setsockopt":
        return argument.replace(" ", ", ")
    return argument if name != "accept" else ""


def _result(call: SystemCall, language: str) -> str:
    table = _table(language)
    if call.error:
        plain = table.get(call.error)
        error = escaped(call.error)
        return f"{error} ({plain})" if plain else error
    if call.result is None:
        return table["never"]
    match _NAMES.get(call.name, call.name):
        case "socket":
            return table["socket"].format(fd=call.result)
        case "accept":
            key = "accepted" if call.address is None else "accepted_from"
            where = _address(call) if call.address is not None else ""
            return table[key].format(fd=call.result, address=where)
        case "connect":
            return table["connected"]
        case "recv":
            return _received(call, language)
        case "send":
            given = byte_count(call.result, language)
            if call.size is not None and call.result < call.size:
                size = byte_count(call.size, language)
                return table["partly"].format(given=count(call.result, language), size=size)
            return given if call.size is None else ""
        case "select":
            return table["ready" if call.result else "nothing"]
        case _:
            return ""


def _received(call: SystemCall, language: str) -> str:
    table = _table(language)
    if call.result == 0 and not call.protocol.startswith("udp"):
        return table["end"]
    size = byte_count(call.result or 0, language)
    if call.address is None:
        return size
    return table["from"].format(size=size, address=_address(call))


def _address(call: SystemCall) -> str:
    address = call.address or ("", 0)
    host = escaped(address[0])
    if call.protocol == "unix":
        return host
    return f"[{host}]:{address[1]}" if ":" in host else f"{host}:{address[1]}"


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
