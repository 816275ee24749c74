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
from itertools import groupby

from grader.lab.model import (
    Action,
    ExpectBound,
    ExpectConnected,
    ExpectExit,
    ExpectListening,
    ExpectStdout,
    Lab,
    Level,
    ReferenceStep,
    Role,
    Scenario,
)
from grader.prove.forms import CannotKnowError, Knowledge, with_port
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
    Print,
    Program,
    Read,
    ReadEnd,
    Say,
    Send,
    Shut,
    Style,
    agree,
    joined,
)

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


def model_student(lab: Lab, role: Role) -> Program:
    """The program that does all that the graded scenarios of `role` ask for (one at least).

    Raises:
        UnservableError: there can be no such program, and why.
    """
    scenarios = graded(lab, role)
    statement = _Statement(lab, role, scenarios)
    lives = [(s.id, path) for s in scenarios for path in statement.lives(s)]
    if parting := agree([path for _, path in lives]):
        one, other = (lives[number][0] for number in parting)
        where = "in two lives" if one == other else f"here and in {one}"
        raise UnservableError(
            other,
            f"no program can do all that is asked for {where}: nothing that the {role} reads"
            " tells it which of the two exchanges it is in",
        )
    style = Style(
        reuse_address=any(s.action is Action.RESTART for each in scenarios for s in each.steps),
        patient=any(s.action is Action.REFUSE for each in scenarios for s in each.steps),
    )
    return Program(paths=joined([path for _, path in lives]), style=style)


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
        acts += self._exchange(scenario, steps, knowledge)
        shown = self._made_prints(acts, knowledge) if self.is_made else self._with_prints(acts)
        more = (Accept(), ReadEnd()) if self.serves_on else ()
        return (*shown, *more, Exit(self._status(scenario)))

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
        return any(
            not self.lab.within(s).messages[name].is_plain
            for s in self.scenarios
            for name in (
                *(m for step in s.steps for m in step.messages),
                *(e.message for e in s.expect if isinstance(e, ExpectStdout)),
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
                        yield self._made_send(scenario, step.messages, knowledge)
                    else:
                        yield self._send(step.messages, read)
                case Action.END:
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
        return Listen(host="" if address == "any" else address, port=self._port(ports))

    def _connect(self) -> Connect:
        return Connect(host="localhost", port=self._port(self._asked(ExpectConnected, "port")))

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
        try:
            made = knowledge.said(name)
        except CannotKnowError as error:
            raise UnservableError(
                scenario.id,
                f"no program can know {error.name}, which is in {name}: it is drawn anew, and the"
                " reference has not sent it before",
            ) from error
        return Send(messages=names, text="", made=made, framing=knowledge.framing(name, made))

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
                if ready[0] not in read:
                    with_prints.append(Say(self.lab.messages[ready[0]].text))
                    waiting.remove(ready[0])
                    continue
                together = read[ready[0]].messages
                with_prints.append(Print(messages=tuple(n for n in together if n in waiting)))
                waiting = [name for name in waiting if name not in together]
        return with_prints

    def _made_prints(self, acts: Sequence[Act], knowledge: Knowledge) -> list[Act]:
        """The acts with all that is to be printed, and can be known, before the end of them."""
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
                shown.append(Print(messages=(name,), made=made, times=times))
        at = next((i for i in reversed(range(len(acts))) if isinstance(acts[i], Read | Send)), -1)
        return [*acts[: at + 1], *shown, *acts[at + 1 :]]

    def _prints(self) -> dict[str, tuple[str, ...]]:
        """Each message that some graded scenario wants on stdout, and those before it."""
        wanted: dict[str, tuple[str, ...]] = {}
        for scenario in self.scenarios:
            for e in scenario.expect:
                if isinstance(e, ExpectStdout):
                    before = (e.after,) if e.after else ()
                    wanted[e.message] = (*wanted.get(e.message, ()), *before)
        return wanted


def _in_turn(steps: Sequence[ReferenceStep]) -> list[ReferenceStep]:
    """Requests that are sent together, each with its own answer where there are as many.

    A program that knows where a message ends answers each as if it had come alone.
    """
    found: list[ReferenceStep] = []
    waiting = list(steps)
    while waiting:
        step = waiting.pop(0)
        answers = waiting[: len(step.messages)]
        paired = len(answers) > 1 and all(one.action is Action.RECEIVE for one in answers)
        if step.action is not Action.SEND or not paired:
            found.append(step)
            continue
        del waiting[: len(answers)]
        for name, answer in zip(step.messages, answers, strict=True):
            found += [replace(step, messages=(name,)), answer]
    return found


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
