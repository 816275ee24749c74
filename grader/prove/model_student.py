"""The model student of a lab: the program that does what its graded scenarios ask for.

It knows what a student knows, the statement: the texts that it has to send and the order of
things; never a text drawn anew. One program serves all graded scenarios of its role. Where
there can be none, no student could pass either: that is an error of the lab.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cached_property
from itertools import groupby, takewhile

from grader.lab.model import (
    Action,
    ExpectBound,
    ExpectConnected,
    ExpectExit,
    ExpectFile,
    ExpectListening,
    ExpectStdout,
    Lab,
    Level,
    ReferenceStep,
    Role,
    Scenario,
)
from grader.lab.ways import one_way
from grader.prove.forms import CannotKnowError, Knowledge, with_port
from grader.prove.model_several import USUAL_PATIENCE_S, Clients, asks, idles, overlap
from grader.prove.plan import (
    ONE_READ,
    UNTIL_END,
    Accept,
    Act,
    Close,
    Connect,
    Exit,
    Listen,
    Nothing,
    On,
    Path,
    Print,
    Program,
    Read,
    ReadEnd,
    Rest,
    Say,
    Send,
    Shut,
    Style,
    Write,
    agree,
    joined,
)
from reference.templates import Template

_ENDS = (Action.HALF_CLOSE, Action.CLOSE, Action.RESET)
_BEGINS = (Action.CONNECT, Action.ACCEPT, Action.REFUSE, Action.RESTART)


class UnservableError(Exception):
    """No program can do what the graded scenarios of a role ask for.

    `scenario` is the id of one that shows it.
    """

    def __init__(self, scenario: str, message: str) -> None:
        super().__init__(message)
        self.scenario = scenario


def graded(lab: Lab, role: Role) -> tuple[Scenario, ...]:
    """The graded scenarios of a role, in the lab's order."""
    return tuple(s for s in lab.scenarios if s.tests == role and s.level is Level.GRADED)


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
        who = ", nor who comes or speaks next," if statement.attentive else ""
        raise UnservableError(
            other,
            f"no program can do all that is asked for {where}: nothing that the {role} reads{who}"
            " tells it which of the two exchanges it is in",
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
        udp = [s for s in self.scenarios if s.protocol == "udp"]
        if udp and len(udp) < len(self.scenarios):
            other = next(s for s in self.scenarios if s.protocol != "udp")
            raise UnservableError(
                udp[0].id, f"UDP is spoken here, and TCP in {other.id}: a {self.role} speaks one"
            )
        return bool(udp)

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
        messages = with_port(self.lab.within(scenario).messages, self.lab.port)
        knowledge = Knowledge(messages)
        if self.is_made:
            steps = _in_turn(steps)
        if self.attentive or self.datagrams:
            acts += self._several(scenario, steps, knowledge)
        else:
            acts += self._exchange(scenario, steps, knowledge)
        if self.is_made:
            shown = self._made_prints(scenario, acts, knowledge)
        else:
            shown = self._with_prints(acts)
        shown = _with_files(shown, [*self._files(scenario, knowledge)])
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
        for number, run in enumerate(runs := _runs(steps)):
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
                        yield from _made_reads(run, knowledge)
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
                    rest = [one for later in runs[number + 1 :] for one in later]
                    last = _is_last([one for one in rest if one.connection == on])
                    yield Close(first=True) if last else Shut()
                    is_open[on] = not last
                case _ if step.action in _ENDS and is_open.get(on) and not read_to_end.get(on):
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
        ports = self._asked(ExpectListening, "port")
        addresses = self._asked(ExpectBound, "address")
        address = str(addresses[0]) if addresses else "any"
        host = "" if address == "any" else address
        return Listen(host=host, port=self._port(ports), datagrams=self.datagrams)

    def _connect(self) -> Connect:
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
                found[other], f"{field} {other} is asked for here, and {one} in {found[one]}"
            )
        return list(found)

    def _status(self, scenario: Scenario) -> int:
        own = [e for e in scenario.expect if isinstance(e, ExpectExit)]
        others = [e for s in self.scenarios for e in s.expect if isinstance(e, ExpectExit)]
        return next((e.status for e in (*own, *others) if e.status is not None), 0)

    # --- messages ------------------------------------------------------------------------

    def _reading(self) -> _Reading:
        """The one way of reading that serves all graded scenarios."""
        all_runs = [(s, run, after) for s in self.scenarios for run, after in _sends(s.steps)]
        if all(step.delivery.mode == "separate" for _, run, _ in all_runs for step in run):
            return _Reading.ONE_READ
        if all(after in _ENDS for _, _, after in all_runs):
            return _Reading.UNTIL_END
        for scenario, run, _ in all_runs:
            if names := [m for step in run for m in step.messages if m in scenario.texts]:
                raise UnservableError(
                    scenario.id,
                    f"no program can know where {names[0]} ends: its text is drawn anew, messages"
                    " don't always come by themselves, and the connection goes on behind it",
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
            raise self._unknown(scenario, name, error) from error

    @staticmethod
    def _unknown(scenario: Scenario, name: str, error: Exception) -> UnservableError:
        what = getattr(error, "name", error)
        return UnservableError(
            scenario.id,
            f"no program can know {what}, which is in {name}: it is drawn anew, and the"
            " reference has not sent it before",
        )

    def _files(self, scenario: Scenario, knowledge: Knowledge) -> Iterator[Write]:
        """The files that it leaves, each made of what it knows in the end.

        Those of other scenarios too, where it can: nothing need tell it which one it is in.
        """
        own = [e for e in scenario.expect if isinstance(e, ExpectFile)]
        others = [e for s in self.scenarios for e in s.expect if isinstance(e, ExpectFile)]
        done = {e.name for e in own if e.absent}
        for e in (*own, *others):
            if e.absent or e.name in done:
                continue
            try:
                made = knowledge.said(e.message) if e.message else Template((b"something",))
                called = knowledge.filled(e.made) if e.made is not None else None
            except (CannotKnowError, KeyError) as error:
                if e not in own:
                    continue  # of another scenario alone
                raise self._unknown(scenario, e.name, error) from error
            done.add(e.name)
            yield Write(name=e.name, made=made, called=called)

    # --- the screen ----------------------------------------------------------------------

    def _with_prints(self, acts: Sequence[Act]) -> list[Act]:
        """The acts with prints: each text as soon as it is read and those before it are out."""
        wanted = self._prints()
        sent = {m for s in self.scenarios for st in s.steps if st.action is Action.SEND
                for m in st.messages}  # fmt: skip
        read = {m: act for act in acts if isinstance(act, Read) for m in act.messages}
        waiting = [name for name in wanted if name in read or name not in sent]
        there: set[str] = {name for name in waiting if name not in read}
        with_prints: list[Act] = []
        for act in acts:
            if isinstance(act, Read):
                there |= {*act.messages}
            with_prints.append(act)
            while ready := [n for n in waiting if n in there and not ({*wanted[n]} & {*waiting})]:
                times = self._times(ready[0])
                if ready[0] not in read:
                    with_prints += [Say(self.lab.messages[ready[0]].text)] * times
                    waiting.remove(ready[0])
                    continue
                together = read[ready[0]].messages
                names = tuple(n for n in together if n in waiting)
                with_prints.append(Print(messages=names, times=times))
                waiting = [name for name in waiting if name not in together]
        return with_prints

    def _made_prints(
        self, scenario: Scenario, acts: Sequence[Act], knowledge: Knowledge
    ) -> list[Act]:
        """The acts with all that is to be printed, and can be known, before the end of them.

        A client of datagrams says words of its own only where they are asked for: it knows
        whether it has waited in vain.
        """
        own = {e.message for e in scenario.expect if isinstance(e, ExpectStdout)}
        wanted = {
            (e.message, e.times or 1): None
            for s in self.scenarios
            for e in s.expect
            if isinstance(e, ExpectStdout) and e.how != "absent"
        }
        shown: list[Act] = []
        for name, times in wanted:
            if name not in knowledge.messages:
                continue  # another scenario's own
            with suppress(CannotKnowError):
                made = knowledge.said(name)
                if self.datagrams and not made.names and name not in own:
                    continue
                shown.append(Print(messages=(name,), made=made, times=times))
        last = Read | Send | Nothing
        at = next((i for i in reversed(range(len(acts))) if isinstance(acts[i], last)), -1)
        return [*acts[: at + 1], *shown, *acts[at + 1 :]]

    def _times(self, name: str) -> int:
        """How many times a text is to be printed."""
        expected = (e for s in self.scenarios for e in s.expect if isinstance(e, ExpectStdout))
        return max((e.times or 1 for e in expected if e.message == name), default=1)

    def _prints(self) -> dict[str, tuple[str, ...]]:
        """Each message that some graded scenario wants on stdout, and those before it."""
        wanted: dict[str, tuple[str, ...]] = {}
        for scenario in self.scenarios:
            for e in scenario.expect:
                if isinstance(e, ExpectStdout):
                    before = (e.after,) if e.after else ()
                    wanted[e.message] = (*wanted.get(e.message, ()), *before)
        return wanted


def _with_files(acts: Sequence[Act], files: Sequence[Act]) -> list[Act]:
    """The acts with files written at the end of what is asked for."""
    end = next((i for i, act in enumerate(acts) if isinstance(act, Rest)), len(acts))
    return [*acts[:end], *files, *acts[end:]]


def _in_turn(steps: Sequence[ReferenceStep]) -> list[ReferenceStep]:
    """Requests that are sent together, each with its own answer where there are as many.

    A program that knows where a message ends answers each as if it had come alone.
    """
    found: list[ReferenceStep] = []
    waiting = list(steps)
    while waiting:
        step = waiting.pop(0)
        if step.action is not Action.SEND:
            found.append(step)
            continue
        more = list(takewhile(lambda one: _goes_on(step, one), waiting))  # noqa: B023
        names = tuple(name for one in (step, *more) for name in one.messages)
        answers = waiting[len(more) : len(more) + len(names)]
        paired = len(answers) > 1 and all(one.action is Action.RECEIVE for one in answers)
        if not paired or len(answers) < len(names):
            found.append(step)
            continue
        del waiting[: len(more)]
        del waiting[: len(answers)]
        for name, answer in zip(names, answers, strict=True):
            found += [replace(step, messages=(name,)), answer]
    return found


def _goes_on(step: ReferenceStep, other: ReferenceStep) -> bool:
    """Whether the same is sent again, as a network doubles a datagram."""
    return other.action is Action.SEND and (other.connection, other.messages) == (
        step.connection,
        step.messages,
    )


def _made_reads(run: Sequence[ReferenceStep], knowledge: Knowledge) -> Iterator[Read]:
    for step in run:
        for name in step.messages:
            yield Read(messages=(name,), form=knowledge.read(name))


def _runs(steps: Sequence[ReferenceStep]) -> list[list[ReferenceStep]]:
    """The steps one by one, sends that follow each other together."""
    runs: list[list[ReferenceStep]] = []
    kinds = groupby(steps, key=lambda step: (step.action is Action.SEND, step.connection))
    for (is_send, _), group in kinds:
        members = list(group)
        runs += [members] if is_send else [[step] for step in members]
    return runs


def _sends(
    steps: Sequence[ReferenceStep],
) -> Iterator[tuple[list[ReferenceStep], Action | None]]:
    """Each run of sends, and the action behind it."""
    runs = _runs(steps)
    for number, run in enumerate(runs):
        if run[0].action is Action.SEND:
            after = runs[number + 1][0].action if number + 1 < len(runs) else None
            yield run, after


def _is_last(later: Sequence[ReferenceStep]) -> bool:
    """Whether the reference sends nothing more in this connection."""
    for step in later:
        if step.action in _BEGINS:
            break
        if step.action in (Action.SEND, Action.HALF_CLOSE):
            return False
    return True
