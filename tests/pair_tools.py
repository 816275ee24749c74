"""Two tiny programs with each other: played for real, or told as a transcript."""

from __future__ import annotations

from textwrap import dedent

import msgspec
from engine_tools import SEED, tp09

from grader import transcript as tr
from grader.lab.model import Role, Scenario
from grader.run.engine import Engine
from grader.run.jobs import Job, Partner
from grader.submission import SourceFile

GREETING = "Bonjour Client, je suis le serveur 65432, la connexion est établie"
HELLO = "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert"
GOODBYE = "Serveur 65432, je vous dis au revoir"

HEAD = f"""\
import os, socket, sys, threading, time
GREETING, HELLO, GOODBYE = {GREETING!r}.encode(), {HELLO!r}.encode(), {GOODBYE!r}.encode()
def listen(port=65432):
    s = socket.socket(); s.bind(("", port)); s.listen(); return s
def dial(port=65432):
    s = socket.socket(); s.connect(("localhost", port)); return s
"""

RIGHT_SERVER = """
    s = listen(); c, _ = s.accept(); c.sendall(GREETING)
    print(c.recv(1024).decode()); print(c.recv(1024).decode()); c.close()
    """
RIGHT_CLIENT = """
    s = dial(); print(s.recv(1024).decode()); s.sendall(HELLO); s.sendall(GOODBYE); s.close()
    """


def scenario() -> Scenario:
    """The lab's scenario for both."""
    return tp09().scenario("own-pair")


def source(text: str) -> bytes:
    """A tiny program's bytes."""
    return (HEAD + dedent(text)).encode()


def job(server: str, client: str, key: str = "k") -> Job:
    """A job for two tiny programs."""
    return Job(
        key=key, lab=tp09(), role="both", scenarios=(scenario(),), program="serveur.py",
        files=(SourceFile(path="serveur.py", data=source(server)),), seed=SEED,
        partner=Partner(
            program="client.py", files=(SourceFile(path="client.py", data=source(client)),)
        ),
    )  # fmt: skip


def run(where: Engine, server: str, client: str) -> tr.Transcript:
    """The transcript of two tiny programs."""
    (played,) = where.play([job(server, client)])
    (only,) = played.runs
    return only.transcript


# --- told ----------------------------------------------------------------------------------


def told(*entries: tr.AnyEntry, outcome: str = "completed") -> tr.Transcript:
    """A transcript of these entries, 1 ms between them."""
    header = tr.Header(
        run="own-pair", scenario="own-pair", role="both", program="serveur.py", texts={},
        port=65432, delivery="separate", seed=SEED, isolation="full", facts="kernel",
        interpreter="Python 3.11", started="2026-01-01T00:00:00+00:00", partner="client.py",
    )  # fmt: skip
    timed = [msgspec.structs.replace(e, t=i * 1_000_000) for i, e in enumerate(entries)]
    end = tr.Ended(t=len(timed) * 1_000_000, outcome=outcome)
    return tr.of(header, [*timed, end])


def started(side: Role) -> tr.Started:
    return tr.Started(t=0, side=side)


def listens(port: int = 65432) -> tr.Listener:
    return tr.Listener(t=0, side="server", protocol="tcp", address="0.0.0.0", port=port)


def segment(side: Role, kind: str, data: str = "", port: int = 65432) -> tr.Segment:
    return tr.Segment(t=0, side=side, kind=kind, connection=1, port=port, data=data.encode())


def prints(side: Role, text: str) -> tr.Stdout:
    return tr.Stdout(t=0, side=side, data=text.encode())


def ends(side: Role, status: int = 0, outcome: str = "completed") -> tuple[tr.AnyEntry, ...]:
    return (
        tr.Exited(t=0, side=side, status=status),
        tr.Ended(t=0, side=side, outcome=outcome, status=status),
    )


def stuck(side: Role, call: str = "recvfrom", line: int = 7) -> tuple[tr.AnyEntry, ...]:
    target = "listener" if call.startswith("accept") else "connection"
    calls = (tr.Call(pid=1, tid=1, name=call, fd=3, target=target),)
    frames = (tr.Frame(file=f"{side}.py", line=line, function="<module>"),)
    return (
        tr.State(t=0, side=side, why="waiting", calls=calls, sockets=()),
        tr.Killed(t=0, side=side, why="stuck"),
        tr.Position(t=0, side=side, frames=frames),
        tr.Ended(t=0, side=side, outcome="stuck"),
    )


BEGUN = (
    started("server"), listens(), started("client"), segment("client", "connected"),
)  # fmt: skip
EXCHANGE = (
    *BEGUN,
    segment("server", "data", GREETING),
    prints("client", GREETING + "\n"),
    segment("client", "data", HELLO),
    segment("client", "data", GOODBYE),
    segment("client", "fin"),
    *ends("client"),
    prints("server", f"{HELLO}\n{GOODBYE}\n"),
    segment("server", "fin"),
    *ends("server"),
)
"""A whole exchange that goes well."""
