"""How a scenario starts the program, and over what it speaks: arguments, environment, protocol."""

from __future__ import annotations

import re
from typing import cast

from grader.lab import values
from grader.lab.fields import names
from grader.lab.fields_scenario import PROGRAM
from grader.lab.model import Family, Protocol
from grader.lab.problems import Problems, shown
from grader.lab.values import Fields
from grader.lab.yamlfile import Mapping, Node, Scalar

PORT, PATH = "{{port}}", "{{path}}"
"""Stand for the port, for the name of a socket, in an argument or a value of the environment."""
SOCKET_NAME = r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,79}$"
"""A file beside the program: short enough for every system, wherever the folder is."""
_MOST_ARGS = 32
_LONGEST = 4096
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")
_KEPT = ("PATH", "HOME", "LD_PRELOAD", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH")
"""Variables that are the sandbox's own."""


def protocol(node: Node | None, usual: Protocol, problems: Problems) -> Protocol:
    """`protocol: udp`."""
    if node is None:
        return usual
    known = ("tcp", "udp", "unix")
    return cast(Protocol, values.choice(node, problems, "protocol", known))


def path(node: Node | None, problems: Problems) -> str:
    """`path: chat.sock`."""
    if node is None:
        return ""
    form = "the name of a socket in the program's folder, such as chat.sock (no folder, 80 bytes)"
    return values.word(node, problems, "path", re.compile(SOCKET_NAME), form)


def family(network: Node | None, problems: Problems) -> Family:
    """`network: {family: ipv6}`; what is wrong with the rest of it is told elsewhere."""
    node = network.get("family") if isinstance(network, Mapping) else None
    if node is None:
        return "ipv4"
    return cast(Family, values.choice(node, problems, "family", ("ipv4", "ipv6")))


def args(node: Node | None, problems: Problems) -> tuple[str, ...]:
    """`program: {args: [...]}`: texts, or whole numbers."""
    fields = _fields(node, problems)
    if fields is None or (told := fields.get("args")) is None:
        return ()
    items = values.items(told, problems, "args")
    if len(items) > _MOST_ARGS:
        problems.add(told.place, f"args: at most {_MOST_ARGS}")
    return tuple(_text(item, "args", problems) for item in items)


def env(node: Node | None, problems: Problems) -> dict[str, str]:
    """`program: {env: {NAME: value}}`."""
    fields = None if node is None else Fields(node, Problems(), "program", names(PROGRAM))
    if fields is None or (told := fields.get("env")) is None:
        return {}
    if not isinstance(told, Mapping):
        values.wrong_kind(told, problems, "env", "`NAME: value` lines")
        return {}
    found = {}
    for entry in told.entries:
        if not _VARIABLE.fullmatch(entry.key):
            problems.add(entry.place, f"env: {shown(entry.key)} must be a name such as SERVER_PORT")
        elif entry.key in _KEPT or entry.key.startswith("WIREGRADE"):
            problems.add(entry.place, f"env: {entry.key} belongs to the sandbox")
        found[entry.key] = _text(entry.value, "env", problems)
    return found


def filled(text: str, port: int, path: str = "") -> str:
    """The text with the port, or the name of the socket, in it."""
    return text.replace(PORT, str(port)).replace(PATH, path or PATH)


def _fields(node: Node | None, problems: Problems) -> Fields | None:
    return None if node is None else Fields(node, problems, "program", names(PROGRAM))


def _text(node: Node, what: str, problems: Problems) -> str:
    if (
        isinstance(node, Scalar)
        and isinstance(node.value, int)
        and not isinstance(node.value, bool)
    ):
        return str(node.value)
    found = values.text(node, problems, what)
    if "\0" in found or len(found) > _LONGEST:
        problems.add(node.place, f"{what}: at most {_LONGEST} characters, and no NUL")
    return found
