"""The facts of one run, gathered from its transcript: what checks and diagnoses ask for.

Nothing here judges. Indices are those of the transcript's entries: they are the evidence.
"""

from __future__ import annotations

from functools import cached_property
from itertools import accumulate
from typing import TypeVar

from grader.judge.foreign import last_exception
from grader.judge.hearing import Hearing, hear
from grader.judge.panics import last_panic
from grader.judge.sessions import (
    AWAITED,
    MOST_EVIDENCE,
    Arrival,
    Flow,
    Session,
    bounds_of,
    by_connection,
    consumed,
    flow,
    names_of,
    of_name,
)
from grader.judge.traceback import Traceback, last_traceback, last_was_of_a_task
from grader.lab.model import Action, Draw, ExpectStdout, Lab, ReferenceStep, Scenario
from grader.lab.words import Words, is_short, words_of
from grader.matching import Print, compare, find_print
from grader.sharing import allocate
from grader.transcript import (
    AnyEntry,
    Call,
    Closed,
    Compiled,
    Connected,
    ConnectionReset,
    Dialed,
    EndOfStream,
    Exited,
    Frame,
    Keyboard,
    Killed,
    LimitReached,
    Listener,
    OnConnection,
    Position,
    Received,
    Recorded,
    Sent,
    Started,
    State,
    Stderr,
    Stdout,
    Step,
    Transcript,
)
from reference.framing import Line, Until
from reference.templates import RenderError

__all__ = ["MOST_EVIDENCE", "Arrival", "Facts", "Flow", "Session"]

EntryType = TypeVar("EntryType", bound=AnyEntry)
JUDGED = 1 << 18
"""Bytes of a received stream in which messages are looked for; a flood is not a message."""
SHELF = 12 << 20
"""Bytes of entries that judging holds in memory, of all runs of a submission."""
_ENTRY = 200
"""What an entry takes besides its bytes."""
_HEAVY = ("entries", "_by_kind", "stdout", "stderr", "sessions", "hearing")
"""Facts that are as big as the run."""


class Shelf:
    """The runs whose entries are in memory: those that were asked for last, `SHELF` bytes of them.

    A right program's runs all stand there; of one that floods, the others are read again when
    they are asked for.
    """

    def __init__(self, room: int = SHELF) -> None:
        self._room = room
        self._weights: dict[Facts, int] = {}

    def put(self, facts: Facts, weight: int) -> None:
        """These have been read; others are forgotten where there is no room for all."""
        self._weights[facts] = weight
        while len(self._weights) > 1 and sum(self._weights.values()) > self._room:
            oldest = next(iter(self._weights))
            del self._weights[oldest]
            oldest.forget()


class Facts:
    """The facts of one run of `scenario`, each worked out when it is first asked for.

    Its entries are read then, too; `shelf` says whose stay in memory.
    """

    def __init__(
        self, recorded: Recorded, lab: Lab, scenario: Scenario, shelf: Shelf | None = None
    ) -> None:
        self._recorded = recorded
        self._shelf = shelf
        self.lab = lab.within(scenario)
        self.scenario = scenario
        self.header = recorded.header
        self.end = recorded.end
        (self.role,) = scenario.roles
        self._printed: dict[tuple[str, int], Print | None] = {}

    @property
    def transcript(self) -> Transcript:
        """What was recorded, read anew where it is not in memory."""
        return self._recorded.read()

    @cached_property
    def entries(self) -> tuple[AnyEntry, ...]:
        """All that happened."""
        entries = self._recorded.read().entries
        if self._shelf is not None:
            self._shelf.put(self, sum(len(getattr(e, "data", b"")) + _ENTRY for e in entries))
        return entries

    def forget(self) -> None:
        """Give back what takes memory; it is worked out again if it is asked for again."""
        for name in _HEAVY:
            self.__dict__.pop(name, None)

    def all(self, kind: type[EntryType]) -> list[tuple[int, EntryType]]:
        """Every entry of one kind, with its index."""
        return [(i, e) for i, e in self._by_kind.get(kind, ()) if isinstance(e, kind)]

    @cached_property
    def _by_kind(self) -> dict[type, list[tuple[int, AnyEntry]]]:
        """The entries sorted once: nearly every fact asks for one kind of them."""
        kinds: dict[type, list[tuple[int, AnyEntry]]] = {}
        for index, entry in enumerate(self.entries):
            kinds.setdefault(type(entry), []).append((index, entry))
        return kinds

    @property
    def last(self) -> int:
        """The index of `Ended`: the evidence of what never came."""
        return len(self.entries) - 1

    @cached_property
    def compiled(self) -> tuple[int, Compiled] | None:
        """How the program was built, where it had to be."""
        found = self.all(Compiled)
        return found[0] if found else None

    @property
    def unbuilt(self) -> tuple[int, Compiled] | None:
        """The same, where there is no program for it."""
        found = self.compiled
        return found if found and (found[1].status or found[1].limit) else None

    @cached_property
    def started(self) -> list[int]:
        """Where the program was started."""
        return [i for i, _ in self.all(Started)]

    @cached_property
    def listeners(self) -> list[tuple[int, Listener]]:
        """Listeners, of a scenario over UDP bound sockets: what its protocol asks for."""
        asked = self.scenario.protocol
        return [(i, e) for i, e in self.all(Listener) if e.protocol.startswith(asked)]

    @cached_property
    def internet(self) -> list[int]:
        """Where the program was seen to use TCP or UDP, and was to use a Unix-domain socket."""
        if self.scenario.protocol != "unix":
            return []
        seen = [i for i, e in self.all(Listener) if e.protocol != "unix"]
        return sorted([*seen, *(i for i, e in self.all(Dialed) if e.protocol != "unix")])

    @cached_property
    def datagram(self) -> list[int]:
        """Where the program was seen to use UDP, and was to use TCP."""
        if self.scenario.protocol != "tcp":
            return []
        bound = [i for i, e in self.all(Listener) if e.protocol.startswith("udp")]
        return bound + [i for i, e in self.all(Dialed) if e.protocol.startswith("udp")]

    @cached_property
    def dialed(self) -> list[tuple[int, Dialed]]:
        """Ports that the program tried in vain, over the protocol that it was to use."""
        asked = self.scenario.protocol
        return [(i, e) for i, e in self.all(Dialed) if e.protocol.startswith(asked)]

    @cached_property
    def connected(self) -> list[tuple[int, Connected]]:
        """The connections made."""
        return self.all(Connected)

    @cached_property
    def exited(self) -> tuple[int, Exited] | None:
        """How the program ended by itself, at its last start."""
        found = self.all(Exited)
        return found[-1] if found else None

    @cached_property
    def killed(self) -> tuple[int, Killed] | None:
        """Where and why we ended it."""
        found = self.all(Killed)
        return found[-1] if found else None

    @cached_property
    def limit(self) -> tuple[int, LimitReached] | None:
        """The limit that struck."""
        found = self.all(LimitReached)
        return found[0] if found else None

    @cached_property
    def states(self) -> list[tuple[int, State]]:
        """The frozen states, in order."""
        return self.all(State)

    @cached_property
    def keyboard(self) -> list[tuple[int, Keyboard]]:
        """Where it was seen to wait for the keyboard."""
        return [(i, e) for i, e in self.all(Keyboard) if not e.guessed]

    @cached_property
    def positions(self) -> list[tuple[int, Frame]]:
        """Where the program was seen to stand: the innermost frames of the submission."""
        return [(i, e.frames[0]) for i, e in self.all(Position) if e.frames]

    @cached_property
    def position(self) -> tuple[int, Frame] | None:
        """Where it stood last, when we ended it above all."""
        return self.positions[-1] if self.positions else None

    def position_in(self, state: int) -> tuple[int, Frame] | None:
        """Where it stood in the state at that entry: what was seen of it before the next one."""
        following = [i for i, _ in self.states if i > state]
        end = following[0] if following else len(self.entries)
        return next(((i, frame) for i, frame in self.positions if state < i < end), None)

    @cached_property
    def stuck_call(self) -> tuple[int, Call] | None:
        """The call that the last state shows it in: one on the connection rather than another."""
        order = ("connection", "listener", "keyboard", "socket")
        for index, state in reversed(self.states):
            if state.calls and state.why != "exit":
                calls = sorted(
                    state.calls,
                    key=lambda c: order.index(c.target) if c.target in order else len(order),
                )
                return index, calls[0]
        return None

    @cached_property
    def traceback(self) -> Traceback | None:
        """The uncaught exception that ended the program.

        Not one that it meets after a limit struck: by then we have closed its connections.
        """
        end = self.limit[0] if self.limit is not None else len(self.entries)
        said = b"".join(e.data for i, e in self.all(Stderr) if i < end)
        found = last_traceback(said) or last_exception(said) or last_panic(said)
        if found is None or (self.exited is not None and self.exited[1].status == 0):
            return None
        if self.exited is None and last_was_of_a_task(said):
            return None  # it went on without that thread
        return found

    @cached_property
    def stdout(self) -> Flow:
        """What was printed."""
        return flow((i, e.data) for i, e in self.all(Stdout))

    @cached_property
    def stderr(self) -> Flow:
        """What was written to standard error."""
        return flow((i, e.data) for i, e in self.all(Stderr))

    @cached_property
    def stderr_entries(self) -> tuple[int, ...]:
        """The last entries of standard error, where a traceback stands."""
        return tuple(i for i, _, _ in self.stderr.chunks[-MOST_EVIDENCE:])

    @cached_property
    def words(self) -> Words:
        """The messages of this run."""
        return words_of(self.lab, self.scenario, self.header.texts)

    @cached_property
    def left_out(self) -> frozenset[int]:
        """Steps, by number, that were not asked for: what may lack and did, ways not taken."""
        notes = [e for _, e in self.all(Step) if e.status != "begun"]
        done = {e.index for e in notes if e.status == "done"}
        played = {e.index for e in notes if e.status != "passed-over"}
        return frozenset(
            i for i, step in enumerate(self.scenario.steps)
            if (step.optional and i not in done)
            or (step.either and i not in played and (step.way or i in {e.index for e in notes}))
        )  # fmt: skip

    @cached_property
    def hearing(self) -> Hearing:
        """What the reference took for each message."""
        return hear(self.entries, self.scenario.steps, self.words)

    @cached_property
    def is_plain(self) -> bool:
        """Whether all messages of the scenario are words of the statement, told by themselves."""
        names = {name for step in self.scenario.steps for name in step.messages}
        names |= {e.message for e in self.scenario.expect if isinstance(e, ExpectStdout)}
        return all(self.lab.messages[name].is_plain for name in names)

    @cached_property
    def marks_alone(self) -> bool:
        """Whether every message of the scenario ends with a mark: none is told by its length."""
        names = {name for step in self.scenario.steps for name in step.messages}
        framings = [self.lab.messages[name].framing for name in names]
        return bool(framings) and all(
            isinstance(f, Line) or (isinstance(f, Until) and f.header is None) for f in framings
        )

    def text(self, message: str) -> str:
        """The text of a message in this run; empty where it is none, or not known."""
        content = self.lab.messages[message].content
        if content is None or isinstance(content, Draw):
            drawn = self.header.texts.get(message)
            return drawn if drawn is not None else self.lab.messages[message].text
        try:
            value = self.words.value(message, self.hearing.heard)
        except RenderError:
            return ""
        return value[:JUDGED].decode("utf-8", "replace")

    def printed(self, text: str, start: int = 0) -> Print | None:
        """Where a text stands on stdout, from offset `start` on."""
        if not text:
            return None
        key = (text, start)
        if key not in self._printed:
            self._printed[key] = find_print(text, self.stdout.data, self.lab.tolerance, start)
        return self._printed[key]

    @cached_property
    def sessions(self) -> tuple[Session, ...]:
        """What the script wanted of each connection, and what became of it."""
        steps, found = self.scenario.steps, list[Session]()
        for name in names_of(steps):
            own = [number for number in of_name(steps, name) if number not in self.left_out]
            groups = by_connection(tuple(steps[number] for number in own))
            marks = [i for i, e in self.connected if e.connection == name]
            bounds = bounds_of(groups, marks, self.started, len(self.entries))
            before = (0, *accumulate(map(len, groups)))
            found += [
                self._session(name, group, own[at : at + len(group)], *bound)
                for group, at, bound in zip(groups, before, bounds, strict=False)
            ]
        return tuple(found)

    def _session(
        self,
        name: str,
        steps: tuple[ReferenceStep, ...],
        numbers: list[int],
        connected: int | None,
        first: int,
        last: int,
    ) -> Session:
        """One connection; `numbers` are those of its `steps` in the script."""
        part = range(first, last) if connected is not None else range(0)
        entries = [
            (i, entry)
            for i in part
            if not isinstance(entry := self.entries[i], OnConnection) or entry.connection == name
        ]
        sent = tuple((i, e) for i, e in entries if isinstance(e, Sent))
        stream = flow((i, e.data) for i, e in entries if isinstance(e, Received))
        ended = self._ended(entries)
        whole = (i for i, e in entries if isinstance(e, Closed) and e.how != "half-close")
        resets = (i for i, e in entries if isinstance(e, ConnectionReset) and ended is not None)
        names = [m for s in steps if s.action in AWAITED for m in s.messages]
        by_words = self.scenario.protocol != "udp" and all(map(self._is_by_words, names))
        stream = stream.first(JUDGED) if by_words else stream
        if by_words:
            arrivals = self._arrivals(names, stream)
        else:
            arrivals = self._framed_arrivals(steps, numbers, stream)
        return Session(
            name=name,
            steps=steps,
            connected=connected,
            first=first,
            last=last,
            stream=stream,
            sent=sent,
            arrivals=arrivals,
            ended=ended,
            was_reset=any(resets),
            closed=next(whole, None),
            consumed=consumed(entries, sent),
            unsaid=frozenset(
                m
                for s in steps
                for m in s.messages
                if s.action is Action.SEND and self.words.takes(m) - self.hearing.heard.keys()
            ),
        )

    def _is_by_words(self, name: str) -> bool:
        """Whether the message is long and plain enough to be found anywhere in a stream."""
        message = self.lab.messages[name]
        return message.is_plain and not is_short(self.text(name))

    def _arrivals(self, names: list[str], stream: Flow) -> tuple[Arrival, ...]:
        texts = [self.text(name) for name in names]
        shares = allocate(stream.data, texts, self.lab.tolerance)
        return tuple(
            self._arrival(name, text, span, stream)
            for name, text, span in zip(names, texts, shares, strict=True)
        )

    def _framed_arrivals(
        self, steps: tuple[ReferenceStep, ...], numbers: list[int], stream: Flow
    ) -> tuple[Arrival, ...]:
        """What the reference took for each message, step by step."""
        arrivals: list[Arrival] = []
        for at, step in zip(numbers, steps, strict=True):
            for name in step.messages if step.action in AWAITED else ():
                share = self.hearing.shares.get(at)
                span = slice(share.begin, share.end) if share else slice(0, 0)
                heard = share.before if share else self.hearing.heard
                answer = self.words.answer(name, stream.data[span], heard)
                arrivals.append(
                    Arrival(
                        name,
                        (answer.expected or b"")[:JUDGED].decode("utf-8", "replace"),
                        span,
                        stream.data[span],
                        answer.match,
                        stream.entries(span),
                        answer,
                    )
                )
        return tuple(arrivals)

    def _arrival(self, name: str, text: str, span: slice, stream: Flow) -> Arrival:
        data = stream.data[span]
        match = compare(text, data, self.lab.tolerance)
        # The entries of the text itself: what was sent around it came in its own time.
        own = slice(span.start + match.span.start, span.start + match.span.stop)
        return Arrival(name, text, span, data, match, stream.entries(own))

    @staticmethod
    def _ended(entries: list[tuple[int, AnyEntry]]) -> int | None:
        for index, entry in entries:
            if isinstance(entry, Killed):
                return None
            if isinstance(entry, EndOfStream | ConnectionReset):
                return index
        return None
