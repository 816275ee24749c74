"""A made-up student's program: it plays the plan below, as written by Wiregrade.

This file is copied whole into each submission that a lab is proved with; it runs there
alone, with nothing but the standard library.
"""
# ruff: noqa: T201, ANN401

from __future__ import annotations

import contextlib
import os
import select
import socket
import sys
import threading
import types
from typing import Any

PLAN: dict[str, Any] = {}

Op = list[Any]
TRIES = 80
PAUSE_S = 0.025
LONG_S = 60
SIZE = 65536
BESIDE = "? {} ?"
LONGEST = 131072
"""Bytes of a message that values are taken out of; what a reference sends is not hostile."""


class Student:
    """One run of the plan: its sockets, and what it has read. `do_x` plays the op `x`."""

    def __init__(self, style: dict[str, Any]) -> None:
        self.style = style
        self.listener: socket.socket | None = None
        self.connection: socket.socket | None = None
        self.kept: list[socket.socket] = []
        self.heard: dict[int, bytes] = {}
        self.values: dict[str, bytes] = {}
        self.unread = b""
        self.on = ""
        self.others: dict[str, tuple[socket.socket | None, bytes]] = {}
        self.status = 0
        self.attention: Any = None
        self.datagram: bytes | None = None

    def library(self) -> Library:
        """What messages are."""
        return library

    def play(self, paths: list[list[Op]]) -> None:
        """Play the path that fits what is read."""
        at = 0
        while at < len(paths[0]):
            if self.attention and library.modules["attention"].is_turn(paths, at):
                paths = self.attention.turn(paths, at)
            op = reading(paths, at)
            if any(path[at][0] == "nothing" for path in paths):
                paths = self.listened(paths, at)
                op = reading(paths, at)
            if op[0] == "take":
                paths = self.take(paths, at, op)
            elif op[0] in ("read", "read-end"):
                data = self.read(op[2] if op[0] == "read" else -1)
                paths = fitting(paths, at, data)
                op = paths[0][at]
                if op[0] == "read":
                    self.heard[op[1]] = data
            else:
                getattr(self, "do_" + op[0])(*op[1:])
            at += 1

    # --- sockets -------------------------------------------------------------------------

    def made(self, port: int, datagrams: bool) -> socket.socket:
        """A new socket; without a port it is one by a name."""
        kind = socket.SOCK_DGRAM if datagrams else socket.SOCK_STREAM
        family = socket.AF_INET if port else getattr(socket, "AF_UNIX", -1)
        sock = socket.socket(family, kind)
        self.kept.append(sock)
        self.limit(sock)
        return sock

    def limit(self, sock: socket.socket) -> None:
        """Give it a time limit, if the style has one."""
        if self.style["time_limit"]:
            sock.settimeout(LONG_S)

    def do_listen(self, host: str, port: int, datagrams: bool) -> None:
        """Be where the clients come to."""
        sock = self.made(port, datagrams)
        if self.style["reuse_address"]:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port) if port else host)
        if datagrams:
            self.connection = sock
        else:
            sock.listen()
            self.listener = sock
        if self.style["attentive"]:
            kinds = library.modules["attention"]
            self.attention = (kinds.Datagrams if datagrams else kinds.Connections)(self)

    def do_on(self, name: str) -> None:
        """Go on with the connection of that name; datagrams all come through one socket."""
        if self.attention and self.listener is None:
            self.on = name
            return
        self.others[self.on] = (self.connection, self.unread)
        self.on = name
        self.connection, self.unread = self.others.get(name, (None, b""))

    def do_accept(self) -> None:
        """Take a client; with datagrams, whoever speaks first is the client."""
        if self.listener is None:
            sock = self.there()
            _, address = sock.recvfrom(SIZE)
            sock.connect(address)
            return
        self.connection, _ = self.listener.accept()
        self.kept.append(self.connection)
        self.limit(self.connection)

    def do_connect(self, host: str, port: int, datagrams: bool) -> None:
        """Dial; a patient student tries again."""
        for _ in range(TRIES):
            self.connection = self.made(port, datagrams)
            try:
                self.connection.connect((host, port) if port else host)
                return
            except (ConnectionRefusedError, FileNotFoundError):
                if not self.style["patient"]:
                    raise
                self.connection.close()
                select.select([], [], [], PAUSE_S)
        raise ConnectionRefusedError

    def there(self) -> socket.socket:
        """The connection."""
        if self.connection is None:
            raise RuntimeError("no connection")
        return self.connection

    def listened(self, paths: list[list[Op]], at: int) -> list[list[Op]]:
        """Wait for a while: the paths in which nothing comes, or those that read what is there."""
        silent = [path for path in paths if path[at][0] == "nothing"]
        others = [path for path in paths if path[at][0] != "nothing"]
        while select.select([self.there()], [], [], silent[0][at][1])[0]:
            if others:
                return others
            if not self.recv(0):  # else nobody asked for it
                break
        return silent

    def do_nothing(self, seconds: float | None) -> None:
        """Nothing has come."""

    def do_pause(self, seconds: float) -> None:
        """Do nothing for a while."""
        select.select([], [], [], seconds)

    def do_rest(self) -> None:
        """Take whatever still comes, without end."""
        self.attention.rest()

    def read(self, amount: int) -> bytes:
        """Read `amount` bytes; 0: what is there, -1: all up to the end."""
        data = self.recv(amount)
        while data and self.wants_more(amount, len(data)):
            more = self.recv(amount - len(data) if amount > 0 else 0)
            if not more:
                break
            data += more
        return data

    def take(self, paths: list[list[Op]], at: int, op: Op) -> list[list[Op]]:
        """Read a message by its framing, and take its values out of it."""
        _, _, _, framing, amount = op
        frame = self.framed(library.framing(framing), amount)
        body = library.framing(framing).body_in(frame) if framing else frame
        paths = library.fitting(paths, at, body if frame else None)
        op = paths[0][at]
        if op[0] == "take":
            found = library.matched(op[1], body) or {}
            self.values.update(found)
            self.values[op[2][0]] = body
        return paths

    def framed(self, framing: Any, amount: int) -> bytes:
        """One frame, or what comes at once; what came behind it waits for the next."""
        if self.datagram is not None:
            return self.datagram
        if framing is None:
            data, self.unread = self.unread or self.read(amount), b""
            return data
        while (size := framing.length_in(self.unread)) is None:
            more = self.recv(0)
            if not more:
                size = len(self.unread)
                break
            self.unread += more
        frame, self.unread = self.unread[:size], self.unread[size:]
        return frame

    def do_make(self, what: list[Any], framing: Op | None, spoiled: str) -> None:
        """Send a message made of values; one of a framing in a frame."""
        body = library.rendered(what, self.values)
        self.send(library.frame(body, framing, spoiled))

    def do_tell(
        self, what: list[Any], times: int, to_stderr: bool, half: bool, beside: bool
    ) -> None:
        """Print something made of values."""
        text = library.rendered(what, self.values).decode("utf-8", "replace")
        for _ in range(times):
            shown = text[: len(text) // 2] if half else text
            shown = BESIDE.format(shown) if beside else shown
            print(shown, file=sys.stderr if to_stderr else sys.stdout)

    def do_write(self, called: str | Op, what: list[Any], half: bool, other: bool) -> None:
        """Leave a file made of values beside the program."""
        name = called if isinstance(called, str) else library.rendered(called, self.values).decode()
        data = library.rendered(what, self.values)
        if other:
            data = bytes(byte ^ 1 for byte in data)
        folder = os.path.dirname(name)  # noqa: PTH120
        if folder:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
        with open(name, "wb") as file:  # noqa: PTH123
            file.write(data[: len(data) // 2] if half else data)

    def wants_more(self, amount: int, have: int) -> bool:
        """Whether to read on."""
        if amount > 0:
            return have < amount
        if amount < 0:
            return True
        if not self.style["byte_by_byte"]:
            return False
        there, _, _ = select.select([self.there()], [], [], 0)
        return bool(there)

    def recv(self, most: int) -> bytes:
        """What one call returns; a reset is an end, too."""
        size = 1 if self.style["byte_by_byte"] else most if most > 0 else SIZE
        if self.style["impatient"]:
            self.wait_for([self.there()])
        try:
            return self.there().recv(size)
        except ConnectionResetError:
            if self.style["brittle"]:
                raise
            return b""

    def wait_for(self, watched: list[socket.socket]) -> list[socket.socket]:
        """Those of them that have something to be read; an impatient one ends before that."""
        limit = self.style["impatient"] or None
        there, _, _ = select.select(watched, [], [], limit)
        if not there:
            sys.exit(0)
        return there

    def do_send(self, text: str) -> None:
        """Send a text."""
        self.send(text.encode(self.style["encoding"], "replace"))

    def do_echo(self, slot: int) -> None:
        """Send what was read."""
        self.send(self.heard[slot])

    def send(self, data: bytes) -> None:
        """Send bytes, in two pieces if that is the style."""
        half = len(data) // 2 if self.style["pieces"] else 0
        for piece in (data[:half], data[half:]):
            if piece and self.attention:
                self.attention.send(piece)
            elif piece:
                self.there().sendall(piece)

    def do_shut(self) -> None:
        """End the own side only."""
        self.there().shutdown(socket.SHUT_WR)

    def do_close(self) -> None:
        """Close, unless the end of the program is to do it."""
        if self.style["leave_open"]:
            return
        if self.style["shut_before_close"]:
            with contextlib.suppress(OSError):
                self.there().shutdown(socket.SHUT_RDWR)
        self.there().close()

    # --- the screen ----------------------------------------------------------------------

    def do_print(self, slot: int, to_stderr: bool, half: bool, beside: bool) -> None:
        """Print what was read."""
        data = self.heard[slot]
        text = data.decode("utf-8", "replace")
        if half:
            text = text[: len(text) // 2]
        if beside:
            text = BESIDE.format(text)
        if to_stderr:
            print(text, file=sys.stderr)
        elif self.style["show"] == "bytes" and not half:
            print(data)
        else:
            self.do_say(text)

    def do_say(self, text: str) -> None:
        """Print a text."""
        show, encoding = self.style["show"], self.style["encoding"]
        if show == "among others":
            print("*" * 20)
            print("1) ->", text)
            print("*" * 20)
        elif show == "one line":
            print(">>>", text, end=" ; ", flush=True)
        elif encoding != "utf-8":
            sys.stdout.buffer.write(text.encode(encoding, "replace") + b"\n")
            sys.stdout.buffer.flush()
        else:
            print(text)

    # --- the end -------------------------------------------------------------------------

    def do_hang(self) -> None:
        """Wait for one more client, or for nobody."""
        if self.listener is not None:
            self.listener.accept()
        threading.Event().wait()

    def do_crash(self) -> None:
        """Fail."""
        raise RuntimeError("made to fail")

    def do_exit(self, status: int) -> None:
        """Remember how to end."""
        self.status = status


class Library:
    """What a message is: modules of the reference, brought along in the plan."""

    def __init__(self, sources: dict[str, str]) -> None:
        self.modules: dict[str, Any] = {}
        for name, text in sources.items():
            module = types.ModuleType(f"reference_{name}")
            sys.modules[module.__name__] = module
            exec(compile(text, f"<{name}>", "exec"), module.__dict__)  # noqa: S102 -- our own
            self.modules[name] = module
        if "patterns" in self.modules:
            self.modules["patterns"].MOST_BYTES = LONGEST
        self.last: tuple[str, bytes, dict[str, bytes] | None] = ("", b"", {})

    def framing(self, made: Op | None) -> Any:
        """The framing that the plan names."""
        return None if made is None else getattr(self.modules["framing"], made[0])(*made[1:])

    def matched(self, form: str, body: bytes) -> dict[str, bytes] | None:
        """The values in a message of that form; None if it has another."""
        if (form, body) != self.last[:2]:
            found = self.modules["patterns"].compiled(form).match(body) if form else {}
            self.last = form, body, found
        return self.last[2]

    def fitting(self, paths: list[list[Op]], at: int, body: bytes | None) -> list[list[Op]]:
        """Those paths whose next message may be this one, the most certain ones first.

        Nothing at all is the end of the connection; an empty line is a message.
        """
        if body is None:
            return [path for path in paths if path[at][0] == "read-end"] or paths
        takes = [path for path in paths if path[at][0] == "take"]
        fit = [path for path in takes if self.matched(path[at][1], body) is not None]
        sure = [path for path in fit if path[at][1] and len(path[at][2]) == 1]
        return sure or [path for path in fit if path[at][1]] or fit or takes or paths

    def rendered(self, what: list[Any], values: dict[str, bytes]) -> bytes:
        """Bytes from terms of the plan."""
        terms = tuple(map(self.term, what))
        made: bytes = self.modules["templates"].Template(terms).render(values)
        return made

    def term(self, part: Any) -> Any:
        """A term as the modules have it: bytes, a name, or a function with its values."""
        templates = self.modules["templates"]
        if isinstance(part, list):
            return templates.Computed(part[0], tuple(map(self.term, part[1:])))
        return part if isinstance(part, bytes) else templates.Name(part)

    def frame(self, body: bytes, made: Op | None, spoiled: str) -> bytes:
        """The body in its frame, or with something wrong."""
        if spoiled == "other":
            body = bytes(byte ^ 1 for byte in body)
        framing = self.framing(made)
        frame: bytes = body if framing is None or spoiled == "unframed" else framing.wrapped(body)
        if spoiled == "short":
            return frame[: max(1, len(frame) // 2)]
        if spoiled == "order":
            return frame[: made[1]][::-1] + frame[made[1] :] if made else frame
        if spoiled == "length":
            longer: bytes = framing.wrapped(body + b"?")
            return longer[: framing.size] + body
        return frame


library = Library({})


def reading(paths: list[list[Op]], at: int) -> Op:
    """The next op; where a message or the end may come, how the message is read."""
    ops = [path[at] for path in paths if path[at][0] in ("take", "read")]
    return ops[0] if ops and paths[0][at][0] == "read-end" else paths[0][at]


def fitting(paths: list[list[Op]], at: int, data: bytes) -> list[list[Op]]:
    """Those paths whose next read may have given `data`; all of them if none may."""
    if not data:
        return [path for path in paths if path[at][0] == "read-end"] or paths
    reads = [path for path in paths if path[at][0] == "read"]
    text = data.decode("utf-8", "replace")
    known = [path for path in reads if path[at][3] == text]
    return known or [path for path in reads if path[at][3] is None] or reads or paths


def main() -> None:
    """Play the plan, and end as it says."""
    global library
    library = Library(PLAN.get("library", {}))
    student = Student(PLAN["style"])
    if PLAN["style"]["thread"]:
        thread = threading.Thread(target=student.play, args=(PLAN["paths"],))
        thread.start()
        thread.join()
    else:
        student.play(PLAN["paths"])
    sys.exit(student.status)


if __name__ == "__main__":
    main()
