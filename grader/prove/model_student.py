"""The model student of a lab: the program that does what its graded scenarios ask for.

It knows what a student knows, the statement: the texts that it has to send and the order of
things; never a text drawn anew. One program serves all graded scenarios of its role. Where
there can be none, no student could pass either: that is an error of the lab.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cached_property

from grader.lab.model import (
    Action,
    ExpectBound,
    ExpectConnected,
    ExpectExit,
    ExpectFile,
    ExpectListening,
    ExpectStdout,
    Lab,
    ReferenceStep,
    Role,
    Scenario,
)
from grader.lab.ways import one_way
from grader.prove.asked import UnservableError, graded, unknown
from grader.prove.forms import CannotKnowError, Knowledge, with_port
from grader.prove.model_several import USUAL_PATIENCE_S, Clients, asks, idles, overlap
from grader.prove.model_shown import Shown, with_files
from grader.prove.plan import (
    ONE_READ,
    UNTIL_END,
    Accept,
    Act,
    Close,
    Connect,
    Exit,
    Listen,
    On,
    Path,
    Program,
    Read,
    ReadEnd,
    Rest,
    Send,
    Shut,
    Style,
    agree,
    joined,
)
from grader.prove.turns import ENDS, in_turn, is_last, made_reads, runs, sends
from reference.templates import Template


def model_student(lab: Lab, role: Role, way: int = 0) -> Program:
    """The program that does all that the graded scenarios of `role` ask for (one at least).

    Of each `either` it goes that `way`, or the last one; what is optional it does.

    Raises:
        UnservableError: there can be no such program, and why.
    """
    scenarios = tuple(replace(s, steps=one_way(s.steps, way)) for s in graded(lab, role))
    statement = _Statement(lab, role, scenarios)
    lives = _lives(statement)
    parting = agree([path for _, path in lives])
    if parting and statement.has_several and not statement.attentive:
        statement = replace(statement, attends_to_all=True)
        lives = _lives(statement)
        parting = agree([path for _, path in lives])
    if parting:
        one, other = (lives[number][0] for number in parting)
        where = "in two lives" if one == other else f"here and in {one}"
        where_fr = "dans deux vies" if one == other else f"ici et dans {one}"
        who = ", nor who comes or speaks next," if statement.attentive else ""
        who_fr = ", ni qui vient ou parle ensuite," if statement.attentive else ""
        raise UnservableError(
            other,
            f"no program can do all that is asked for {where}: nothing that the {role} reads{who}"
            " tells it which of the two exchanges it is in",
            f"aucun programme ne peut faire tout ce qui est demandé {where_fr}~: rien de ce qu’il"
            f" lit{who_fr} ne lui dit dans lequel des deux échanges il est",
        )
    style = Style(
        reuse_address=any(s.action is Action.RESTART for each in scenarios for s in each.steps),
        patient=any(s.action is Action.REFUSE for each in scenarios for s in each.steps),
        attentive=statement.attentive,
    )
    return Program(paths=joined([path for _, path in lives]), style=style)


def _lives(statement: _Statement) -> list[tuple[str, Path]]:
    return [(s.id, path) for s in statement.scenarios for path in statement.lives(s)]


class _Reading(Enum):
    """How a program knows where a message ends."""

    ONE_READ = auto()
    """Each comes by itself: one recv() returns it."""
    UNTIL_END = auto()
    """Nothing comes behind it."""
    LENGTH = auto()
    """Its text is known."""


@dataclass(frozen=True)
class _Statement:
    """What the lab asks of a role, over all its graded scenarios."""

    lab: Lab
    role: Role
    scenarios: tuple[Scenario, ...]
    attends_to_all: bool = False
    """A server that is with one client at a time will not do."""

    @property
    def datagrams(self) -> bool:
        """Whether UDP is spoken: by one program, in all of its scenarios.

        Raises:
            UnservableError: some scenarios want TCP.
        """
        self._check_places()
        udp = [s for s in self.scenarios if s.protocol == "udp"]
        if udp and len(udp) < len(self.scenarios):
            other = next(s for s in self.scenarios if s.protocol != "udp")
            raise UnservableError(
                udp[0].id,
                f"UDP is spoken here, and TCP in {other.id}: a {self.role} speaks one",
                f"UDP est parlé ici, et TCP dans {other.id}~: un programme n’en parle qu’un",
            )
        return bool(udp)

    def _check_places(self) -> None:
        """That it has one name, or none, in all of its scenarios."""
        for one in self.scenarios[1:]:
            if one.path != (first := self.scenarios[0]).path:
                names = [f"the socket {s.path}" if s.path else "a port" for s in (one, first)]
                told = f"it is at {names[0]} here, and at {names[1]} in {first.id}"
                places = [f"au socket {s.path}" if s.path else "à un port" for s in (one, first)]
                raise UnservableError(
                    one.id,
                    f"{told}: a {self.role} is at one place",
                    f"il est {places[0]} ici, et {places[1]} dans {first.id}~: un programme est"
                    " à un seul endroit",
                )

    @property
    def _shown(self) -> Shown:
        return Shown(self.lab, self.scenarios, self.datagrams)

    @property
    def attentive(self) -> bool:
        """Whether it attends to several clients at once: of UDP, a server always does."""
        return self.role == "server" and (self.attends_to_all or self.datagrams)

    @property
    def has_several(self) -> bool:
        """Whether a server has several connections at once."""
        return self.role == "server" and any(overlap(s.steps) for s in self.scenarios)

    def lives(self, scenario: Scenario) -> Iterator[Path]:
        """The path of each start of the program."""
        steps: list[ReferenceStep] = []
        for step in scenario.steps:
            if step.action is Action.RESTART:
                yield self._life(scenario, steps)
                steps = []
            else:
                steps.append(step)
        yield self._life(scenario, steps)

    def _life(self, scenario: Scenario, steps: Sequence[ReferenceStep]) -> Path:
        acts: list[Act] = [self._listen()] if self.role == "server" else []
        messages = with_port(self.lab.within(scenario).messages, self.lab.port, scenario.path)
        knowledge = Knowledge(messages)
        if self.is_made:
            steps = in_turn(steps)
        if self.attentive or self.datagrams:
            acts += self._several(scenario, steps, knowledge)
        else:
            acts += self._exchange(scenario, steps, knowledge)
        if self.is_made:
            shown = self._shown.made_prints(scenario, acts, knowledge)
        else:
            shown = self._shown.with_prints(acts)
        shown = with_files(shown, [*self._shown.files(scenario, knowledge)])
        more = (Accept(), ReadEnd()) if self.serves_on and not self.attentive else ()
        return (*shown, *more, Exit(self._status(scenario)))

    def _several(
        self, scenario: Scenario, steps: Sequence[ReferenceStep], knowledge: Knowledge
    ) -> Iterator[Act]:
        def say(names: tuple[str, ...]) -> Send:
            return self._made_send(scenario, names, knowledge)

        if self.role == "client":
            yield self._connect()
            yield from asks(steps, knowledge, say, self._patience())
            return
        clients = Clients(knowledge, say, self.datagrams)
        yield from clients.acts(steps)
        if any(isinstance(e, ExpectExit) for s in self.scenarios for e in s.expect):
            yield from clients.closed()
        else:
            yield Rest()

    def _patience(self) -> float:
        """How long it waits for an answer: what the lab gives it for the next request."""
        times = [st.within for s in self.scenarios for st in s.steps if st.within is not None]
        return min(times, default=USUAL_PATIENCE_S)

    @cached_property
    def serves_on(self) -> bool:
        """Whether a server takes one client after another, and nothing is asked of its end.

        Then it awaits a further client in each of its lives: that one is never a reason why
        no program could do all.
        """
        if self.role != "server" or any(s.protocol == "udp" for s in self.scenarios):
            return False
        if any(isinstance(e, ExpectExit) for s in self.scenarios for e in s.expect):
            return False
        if any(st.action is Action.RESTART for s in self.scenarios for st in s.steps):
            return False  # it has to end to be started again
        clients = (sum(st.action is Action.CONNECT for st in s.steps) for s in self.scenarios)
        return max(clients, default=0) > 1

    @cached_property
    def is_made(self) -> bool:
        """Whether some message is no plain words: then all of them are read by their form."""
        return (
            self.attentive
            or self.datagrams
            or any(isinstance(e, ExpectFile) for s in self.scenarios for e in s.expect)
            or any(
                not self.lab.within(s).messages[name].is_plain
                for s in self.scenarios
                for name in (
                    *(m for step in s.steps for m in step.messages),
                    *(e.message for e in s.expect if isinstance(e, ExpectStdout)),
                )
            )
        )

    def _exchange(
        self, scenario: Scenario, steps: Sequence[ReferenceStep], knowledge: Knowledge
    ) -> Iterator[Act]:
        reading = _Reading.ONE_READ if self.is_made else self._reading()
        is_open: dict[str, bool] = {}
        read_to_end: dict[str, bool] = {}
        on = ""
        read: set[str] = set()
        for number, run in enumerate(found := runs(steps)):
            step, name = run[0], run[0].connection
            if name != on:
                on = name
                yield On(on)
            match step.action:
                case Action.CONNECT:
                    yield Accept()
                case Action.ACCEPT:
                    yield self._connect()
                case Action.SEND:
                    if self.is_made:
                        yield from made_reads(run, knowledge)
                    else:
                        yield from self._reads(scenario, run, reading)
                    read |= {name for one in run for name in one.messages}
                    read_to_end[on] = reading is _Reading.UNTIL_END
                case Action.RECEIVE:
                    if self.is_made:
                        said = self._made_send(scenario, step.messages, knowledge)
                    else:
                        said = self._send(step.messages, read)
                    yield replace(said, optional=step.optional)
                case Action.END:
                    yield from idles(step)
                    rest = [one for later in found[number + 1 :] for one in later]
                    last = is_last([one for one in rest if one.connection == on])
                    yield Close(first=True) if last else Shut()
                    is_open[on] = not last
                case _ if step.action in ENDS and is_open.get(on) and not read_to_end.get(on):
                    yield ReadEnd()
                    read_to_end[on] = True
            if step.action in (Action.CONNECT, Action.ACCEPT):
                is_open[on], read_to_end[on] = True, False
            if step.action in (Action.CLOSE, Action.RESET) and is_open.get(on):
                yield Close(first=False)
                is_open[on] = False
        for name in [name for name, there in is_open.items() if there]:
            if name != on:
                on = name
                yield On(on)
            yield Close(first=False)

    # --- addresses and endings -----------------------------------------------------------

    def _listen(self) -> Listen:
        if path := self.scenarios[0].path:
            return Listen(host=path, port=0)
        ports = self._asked(ExpectListening, "port")
        addresses = self._asked(ExpectBound, "address")
        address = str(addresses[0]) if addresses else "any"
        host = "" if address == "any" else address
        return Listen(host=host, port=self._port(ports), datagrams=self.datagrams)

    def _connect(self) -> Connect:
        if path := self.scenarios[0].path:
            return Connect(host=path, port=0)
        port = self._port(self._asked(ExpectConnected, "port"))
        return Connect(host="localhost", port=port, datagrams=self.datagrams)

    def _port(self, asked: Sequence[object]) -> int:
        return asked[0] if asked and isinstance(asked[0], int) else self.lab.port

    def _asked(self, kind: type, field: str) -> list[object]:
        """What all graded scenarios expect; they must agree, the program is one."""
        found = {
            getattr(e, field): s.id for s in self.scenarios for e in s.expect if isinstance(e, kind)
        }
        if len(found) > 1:
            one, other = list(found)[:2]
            raise UnservableError(
                found[other],
                f"{field} {other} is asked for here, and {one} in {found[one]}",
                f"{field} {other} est demandé ici, et {one} dans {found[one]}",
            )
        return list(found)

    def _status(self, scenario: Scenario) -> int:
        own = [e for e in scenario.expect if isinstance(e, ExpectExit)]
        others = [e for s in self.scenarios for e in s.expect if isinstance(e, ExpectExit)]
        return next((e.status for e in (*own, *others) if e.status is not None), 0)

    # --- messages ------------------------------------------------------------------------

    def _reading(self) -> _Reading:
        """The one way of reading that serves all graded scenarios."""
        all_runs = [(s, run, after) for s in self.scenarios for run, after in sends(s.steps)]
        if all(step.delivery.mode == "separate" for _, run, _ in all_runs for step in run):
            return _Reading.ONE_READ
        if all(after in ENDS for _, _, after in all_runs):
            return _Reading.UNTIL_END
        for scenario, run, _ in all_runs:
            if names := [m for step in run for m in step.messages if m in scenario.texts]:
                raise UnservableError(
                    scenario.id,
                    f"no program can know where {names[0]} ends: its text is drawn anew, messages"
                    " don't always come by themselves, and the connection goes on behind it",
                    f"aucun programme ne peut savoir où {names[0]} finit~: son texte est tiré au"
                    " sort, les messages ne viennent pas toujours seuls, et la connexion continue",
                )
        return _Reading.LENGTH

    def _reads(
        self, scenario: Scenario, run: Sequence[ReferenceStep], reading: _Reading
    ) -> Iterator[Read]:
        groups = [step.messages for step in run]
        if reading is _Reading.UNTIL_END:
            groups = [tuple(m for names in groups for m in names)]
        for names in groups:
            drawn = any(name in scenario.texts for name in names)
            text = "".join(self.lab.messages[name].text for name in names)
            amount = {
                _Reading.ONE_READ: ONE_READ,
                _Reading.UNTIL_END: UNTIL_END,
                _Reading.LENGTH: len(text.encode()),
            }[reading]
            yield Read(messages=names, amount=amount, known=None if drawn else text)

    def _send(self, names: tuple[str, ...], read: set[str]) -> Send:
        (name,) = names
        drawn = any(name in s.texts for s in self.scenarios)
        return Send(messages=names, text=self.lab.messages[name].text, echo=drawn and name in read)

    def _made_send(self, scenario: Scenario, names: tuple[str, ...], knowledge: Knowledge) -> Send:
        (name,) = names
        made = self._known(scenario, name, knowledge)
        return Send(messages=names, text="", made=made, framing=knowledge.framing(name, made))

    def _known(self, scenario: Scenario, name: str, knowledge: Knowledge) -> Template:
        try:
            return knowledge.said(name)
        except CannotKnowError as error:
            raise unknown(scenario, name, error) from error
