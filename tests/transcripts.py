"""Transcripts made by hand: what the engine would have recorded, without an engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from grader import transcript as tr
from grader.judge.grade import judge
from grader.judge.model import Finding, Grade, Judged, Problem, Programs
from grader.lab.load import load_lab
from grader.lab.model import Lab, Role
from grader.resources import scenarios_root
from grader.submission import MissingRole

LAB: Lab = load_lab(scenarios_root() / "tp09")
GREETING = LAB.messages["greeting"].text
HELLO = LAB.messages["hello"].text
GOODBYE = LAB.messages["goodbye"].text
NOMINAL = {"greeting": GREETING, "hello": HELLO, "goodbye": GOODBYE}
DRAWN = {
    "greeting": "Le hibou du phare compte douze bateaux égarés",
    "hello": "Trois tambours violets traversent la place du marché",
    "goodbye": "Une lanterne verte veille sur le canal",
}


class Play:
    """Builds the transcript of one run, entry by entry; each step takes a millisecond."""

    def __init__(self, scenario: str, port: int = 65432) -> None:
        role: Role = "server" if scenario.startswith("server") else "client"
        texts = dict(NOMINAL)
        if scenario.endswith("drawn"):
            texts |= DRAWN
        if scenario == "server-drawn":
            texts["greeting"] = GREETING
        if scenario == "client-drawn":
            texts |= {"hello": HELLO, "goodbye": GOODBYE}
        self.texts = texts
        self.entries: list[tr.AnyEntry] = []
        self.header = tr.Header(
            run=scenario,
            scenario=scenario,
            role=role,
            program="serveur.py" if role == "server" else "client.py",
            texts=texts,
            port=port,
            delivery="separate",
            seed="seed",
            isolation="full",
            facts="kernel",
            interpreter="Python 3.11.7",
            started="2024-01-01T00:00:00.000+00:00",
        )
        self._sent = 0
        self._add(tr.Started(t=0))

    def _add(self, entry: tr.AnyEntry) -> Play:
        self.entries.append(entry)
        return self

    @property
    def _t(self) -> int:
        return 1_000_000 * len(self.entries)

    def listens(
        self,
        port: int = 65432,
        address: str = "0.0.0.0",
        protocol: str = "tcp",
        v6only: bool = False,
        assumed: bool = False,
    ) -> Play:
        return self._add(
            tr.Listener(
                t=self._t, protocol=protocol, address=address, port=port, backlog=1, v6only=v6only,
                assumed=assumed,
            )
        )  # fmt: skip

    def connected(self, port: int = 65432) -> Play:
        ours, theirs = ("127.0.0.1", 40000), ("127.0.0.1", port)
        if self.header.role == "client":
            ours, theirs = theirs, ours
        return self._add(tr.Connected(t=self._t, local=ours, remote=theirs))

    def dials(self, port: int, protocol: str = "tcp") -> Play:
        return self._add(tr.Dialed(t=self._t, protocol=protocol, address="127.0.0.1", port=port))

    def receives(self, data: bytes | str) -> Play:
        raw = data.encode() if isinstance(data, str) else data
        return self._add(tr.Received(t=self._t, data=raw))

    def sends(self, message: str, piece: str = "") -> Play:
        """Send it whole; `piece`: only that, the first of two."""
        data = (piece or self.texts[message]).encode()
        self._sent += len(data)
        pieces = 2 if piece else 1
        return self._add(tr.Sent(t=self._t, data=data, messages=(message,), pieces=pieces))

    def consumed(self) -> Play:
        return self._add(tr.Consumed(t=self._t, total=self._sent))

    def prints(self, data: bytes | str) -> Play:
        raw = data.encode() if isinstance(data, str) else data
        return self._add(tr.Stdout(t=self._t, data=raw + b"\r\n"))

    def errs(self, data: str) -> Play:
        return self._add(tr.Stderr(t=self._t, data=data.encode()))

    def raises(self, error: str, line: int, source: str, file: str | None = None) -> Play:
        path = f"/submission/{file or self.header.program}"
        return self.errs(
            f'Traceback (most recent call last):\n  File "{path}", line {line}, in <module>\n'
            f"    {source}\n{error}\n"
        )

    def fin(self) -> Play:
        return self._add(tr.EndOfStream(t=self._t))

    def rst(self) -> Play:
        return self._add(tr.ConnectionReset(t=self._t))

    def we_close(self) -> Play:
        return self._add(tr.Closed(t=self._t, how="close"))

    def presses_enter(self, *, guessed: bool = False) -> Play:
        return self._add(tr.Keyboard(t=self._t, data=b"\n", guessed=guessed))

    def waits(self, name: str, target: str, queue: int = 0, pending: int = 0) -> Play:
        local, remote = ("127.0.0.1", 65432), ("127.0.0.1", 40000)
        sockets = (
            tr.Socket(
                protocol="tcp",
                state="listen",
                local=("0.0.0.0", 65432),
                remote=("0.0.0.0", 0),
                receive_queue=pending,
                send_queue=1,
            ),
            tr.Socket(
                protocol="tcp",
                state="established",
                local=local,
                remote=remote,
                receive_queue=queue,
                send_queue=0,
            ),
        )
        call = tr.Call(pid=2, tid=2, name=name, fd=4, target=target)
        return self._add(tr.State(t=self._t, why="waiting", calls=(call,), sockets=sockets))

    def exits(self, status: int = 0) -> tr.Transcript:
        self._add(tr.Exited(t=self._t, status=status))
        crashed = any(isinstance(e, tr.Stderr) and b"Traceback" in e.data for e in self.entries)
        outcome = "crashed" if status and crashed else "completed"
        return self.ends(outcome, status=status)

    def signalled(self, signal: str) -> tr.Transcript:
        self._add(tr.Exited(t=self._t, signal=signal))
        return self.ends("crashed", signal=signal)

    def stuck(self, line: int = 14) -> tr.Transcript:
        self._add(tr.Killed(t=self._t, why="stuck"))
        frame = tr.Frame(file=self.header.program, line=line, function="<module>")
        self._add(tr.Position(t=self._t, frames=(frame,)))
        return self.ends("stuck")

    def limit(self, limit: str, line: int = 14) -> tr.Transcript:
        self._add(tr.LimitReached(t=self._t, limit=limit, value="5"))
        self._add(tr.Killed(t=self._t, why="limit"))
        frame = tr.Frame(file=self.header.program, line=line, function="<module>")
        self._add(tr.Position(t=self._t, frames=(frame,)))
        return self.ends("timeout" if limit == "wall" else "limit", limit=limit)

    def ends(
        self,
        outcome: str,
        *,
        limit: str | None = None,
        status: int | None = None,
        signal: str | None = None,
        problem: str = "",
    ) -> tr.Transcript:
        end = tr.Ended(
            t=self._t, outcome=outcome, limit=limit, status=status, signal=signal, problem=problem
        )
        self._add(end)
        return tr.of(self.header, self.entries)


def server(scenario: str = "server-nominal") -> Play:
    """A server that listens as it should and is connected to."""
    return Play(scenario).listens().connected()


def client(scenario: str = "client-nominal") -> Play:
    """A client that is connected as it should be."""
    return Play(scenario).connected()


def served(play: Play) -> Play:
    """The rest of a right server's exchange, but for its end."""
    play.receives(play.texts["greeting"]).sends("hello").consumed().prints(play.texts["hello"])
    return play.sends("goodbye").prints(play.texts["goodbye"])


def right_server(scenario: str = "server-nominal") -> tr.Transcript:
    return served(server(scenario)).fin().we_close().exits()


def right_client(scenario: str = "client-nominal") -> tr.Transcript:
    play = client(scenario).sends("greeting")
    play.prints(play.texts["greeting"]).receives(play.texts["hello"])
    return play.receives(play.texts["goodbye"]).fin().we_close().exits()


def grade(
    *transcripts: tr.Recorded,
    lab: Lab = LAB,
    problem: Problem | None = None,
    missing: tuple[MissingRole, ...] = (),
    sources: Mapping[str, bytes] = MappingProxyType({}),
) -> Grade:
    programs = Programs(server="serveur.py", client="client.py")
    return judge(lab, "x", "x", "seed", programs, transcripts, (), problem, missing, sources)


def verdicts(*transcripts: tr.Transcript) -> dict[str, str]:
    """Status of the criteria that these runs prove."""
    known = grade(*transcripts).criteria
    return {j.criterion.id: str(j.status) for j in known if str(j.status) != "not_run"}


def lost(*transcripts: tr.Transcript) -> set[str]:
    """Criteria that these runs do not pass."""
    return {name for name, status in verdicts(*transcripts).items() if status != "pass"}


def errors(*transcripts: tr.Transcript) -> list[str]:
    return [d.id for d in grade(*transcripts).diagnoses if d.level == "error"]


def remarks(*transcripts: tr.Transcript) -> list[str]:
    return [d.id for d in grade(*transcripts).diagnoses if d.level == "remark"]


def finding(transcript: tr.Transcript, expectation: str) -> Finding:
    found = [f for j in grade(transcript).criteria for f in j.findings]
    return next(f for f in found if f.expectation == expectation)


def judged(made: Grade, criterion: str) -> Judged:
    return next(j for j in made.criteria if j.criterion.id == criterion)


def without(lab: Lab, criterion: str) -> Lab:
    """The lab with one criterion switched off."""
    criteria = tuple(replace(c, enabled=False) if c.id == criterion else c for c in lab.criteria)
    return replace(lab, criteria=criteria)
