"""A lab as data: criteria, messages, tolerance, limits and scenarios.

Only `grader.lab.load` builds these from YAML; everything else reads them. Texts for people
are by language (`Text`). Points are exact fractions.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Literal

from grader.lab.languages import PYTHON, Language
from grader.lab.late import LateRule
from reference.framing import Framing
from reference.templates import Template

Role = Literal["server", "client"]
ROLES: tuple[Role, ...] = ("server", "client")
Protocol = Literal["tcp", "udp", "unix"]
Family = Literal["ipv4", "ipv6"]
Tests = Literal["server", "client", "both"]
"""What a scenario tests: one role against the reference, or the two with each other."""


@dataclass(frozen=True)
class Text:
    """A text for people in one or more languages, `{"fr": ..., "en": ...}`."""

    by_language: dict[str, str]

    def in_language(self, language: str) -> str:
        """The text in `language`, else in French, else in any."""
        texts = self.by_language
        return texts.get(language) or texts.get("fr") or next(iter(texts.values()), "")


class Level(StrEnum):
    """What a scenario is for."""

    GRADED = "graded"
    ADVICE = "advice"


class Demand(StrEnum):
    """How much is lost where one step or expectation does not hold."""

    MUST = "must"
    SHOULD = "should"
    """Half at most of the criterion that it proves."""
    ADVICE = "advice"
    """Nothing: it is said as a remark."""


class Visibility(StrEnum):
    """Whether students may see a scenario and what it came to; the most visible first."""

    VISIBLE = "visible"
    AFTER_DUE = "after_due"
    """Once the date for handing in has passed: the teacher says when."""
    HIDDEN = "hidden"


class Accents(StrEnum):
    """Whether a text without its accents is the same text."""

    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """How far a text may be from the one asked for; the rules of `tp09.md`."""

    encodings: tuple[str, ...] = ("utf-8", "latin-1", "cp1252")
    accents: Accents = Accents.OPTIONAL
    edits: int = 2
    """Edit distance (after folding case and dropping punctuation) that still earns half."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a run may use. Times in seconds, sizes in bytes."""

    wall: float = 15.0
    promised: float = 10.0
    advice_wall: float = 6.0
    """Wall time of an advice run: it gives no points, so it may not cost a whole limit."""
    pair_wall: float = 8.0
    """Wall time of two programs with each other: well between 5 and 10 s, the time limits that
    programs give themselves most often, so that it does not hang on load which comes first."""
    cpu: float = 5.0
    memory: int = 512 * 2**20
    processes: int = 64
    file_size: int = 16 * 2**20
    work_size: int = 64 * 2**20
    output: int = 2**20
    """Bytes kept of stdout, and as many of stderr."""
    open_files: int = 256


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """What points are given for."""

    id: str
    role: Role
    points: Fraction
    title: Text
    requirement: Text
    """The sentence of the statement that asks for it."""
    hint: Text
    enabled: bool = True
    requires: tuple[str, ...] = ()
    """Criteria without which this one can't be reached: where one is lost, so is this."""


class Compare(StrEnum):
    """How what came is compared with a message."""

    TOLERANT = "tolerant"
    """As a fair teacher would, by the lab's tolerance."""
    EXACT = "exact"
    IGNORE_CASE = "ignore-case"


@dataclass(frozen=True)
class Formed:
    """A text or bytes, with values in it."""

    template: Template


@dataclass(frozen=True, kw_only=True)
class Generated:
    """So many bytes made from the seed: any `bytes`, `text` of letters and blanks, `lines`."""

    size: int
    kind: Literal["bytes", "text", "lines"] = "bytes"


@dataclass(frozen=True, kw_only=True)
class Draw:
    """A short text drawn anew for each submission and scenario.

    `length`: letters of a word, bytes at least of a text; `low` to `high`: of a number.
    """

    kind: Literal["word", "name", "number", "text", "hex"]
    length: int = 0
    low: int = 1
    high: int = 999


@dataclass(frozen=True)
class Patterned:
    """Whatever matches a pattern; `template` is its text, `captures` what it takes out."""

    template: Template
    captures: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnyOf:
    """Any one of several messages, by name."""

    names: tuple[str, ...]


Content = Formed | Generated | Draw | Patterned | AnyOf


@dataclass(frozen=True, kw_only=True)
class Message:
    """What is exchanged: words of the statement (`text`), or something else (`content`)."""

    name: str
    text: str = ""
    content: Content | None = None
    framing: Framing | None = None
    """Where it ends; None: as its own words or bytes do."""
    compare: Compare = Compare.TOLERANT
    says: Text | None = None
    """For people, what is expected, where bytes do not say it: of a pattern."""
    round_of: str = ""
    """The author's name of it, where this is one round's of a `repeat`."""

    @property
    def is_plain(self) -> bool:
        """Whether it is words of the statement that are known by themselves."""
        return self.content is None and self.framing is None


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A text of the statement drawn anew for each submission; `length` bytes of UTF-8 at least."""

    length: int = 0


# --- what the reference does -------------------------------------------------------------


class Action(StrEnum):
    """The verbs of a scenario's `reference:` list."""

    CONNECT = "connect"
    ACCEPT = "accept"
    REFUSE = "refuse"
    SEND = "send"
    RECEIVE = "receive"
    END = "end"
    HALF_CLOSE = "half-close"
    CLOSE = "close"
    RESET = "reset"
    RESTART = "restart"
    DROP = "drop"
    SILENCE = "silence"
    STOP_READING = "stop-reading"
    READ_AGAIN = "read-again"
    TYPE = "type"


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """How a text is put on the wire.

    `separate`: each message by itself when the program is ready for it; `coalesced`: all
    messages of the step in one send; `split`: piece by piece, cut at `offsets` (bytes), or
    inside the first character of several bytes (`inside`). `every` is a sweep: a run for each
    byte, cut there (`grader.lab.sweep`); by hand it is played byte by byte.
    """

    mode: Literal["separate", "coalesced", "split"] = "separate"
    offsets: tuple[int, ...] = ()
    every: bool = False
    inside: bool = False


@dataclass(frozen=True, kw_only=True)
class ReferenceStep:
    """One line of `reference:`; `proves` names the criterion that it gives evidence for."""

    action: Action
    messages: tuple[str, ...] = ()
    proves: str | None = None
    delivery: Delivery = Delivery()
    stop_on_miss: bool = False
    demand: Demand = Demand.MUST
    connection: str = ""
    """`as: alice`: the connection that it is about; empty: the one without a name."""
    together: int = 0
    """Neighbours with the same number are played side by side; 0: in its turn."""
    lasts: float | None = None
    """Of a silence: seconds, whatever the program waits for; None: until it waits."""
    within: float | None = None
    """Seconds that the program may take for it, as the statement says."""
    after: float | None = None
    """Seconds that must pass before it comes, as the statement says."""
    typed: str = ""
    """What is typed on the program's keyboard."""
    optional: bool = False
    """Of a message: it may come or not."""
    either: int = 0
    """Neighbours with the same number are ways of which one is played; 0: there is one."""
    way: int = 0
    """Which of the ways it is in, from 0."""


# --- what is expected of the program -----------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ExpectStdout:
    """The text of `message` is printed, after that of `after` where given.

    `how`: anywhere (`contains`), as a `line` of its own, or nowhere (`absent`). With `times`,
    just as many times.
    """

    message: str
    how: Literal["contains", "line", "absent"] = "contains"
    times: int | None = None
    after: str | None = None
    proves: str | None = None
    demand: Demand = Demand.MUST


@dataclass(frozen=True, kw_only=True)
class ExpectExit:
    """The program ends by itself with `status`; `None`: any ending that is no crash."""

    status: int | None = 0
    proves: str | None = None
    demand: Demand = Demand.MUST


@dataclass(frozen=True, kw_only=True)
class ExpectListening:
    """A TCP listener on `port`, at every start of the program (`times`).

    Over Unix-domain sockets one by the name `path`, and the port is 0.
    """

    port: int
    path: str = ""
    times: int = 1
    proves: str | None = None
    demand: Demand = Demand.MUST


@dataclass(frozen=True, kw_only=True)
class ExpectBound:
    """The listener's address: `any` (0.0.0.0, or :: with IPv4), or an address."""

    address: str
    proves: str | None = None
    demand: Demand = Demand.MUST


@dataclass(frozen=True, kw_only=True)
class ExpectConnected:
    """The program connects to `port`, or to `path`."""

    port: int
    path: str = ""
    proves: str | None = None
    demand: Demand = Demand.MUST


@dataclass(frozen=True, kw_only=True)
class ExpectFile:
    """The program leaves a file `name` (below its own folder) that holds `message`, or anything.

    `absent`: it leaves none. `made` is what the name is made of, where it has values in it
    (`grader.lab.filenames`).
    """

    name: str
    made: Template | None = None
    message: str | None = None
    absent: bool = False
    proves: str | None = None
    demand: Demand = Demand.MUST


Expectation = (
    ExpectStdout | ExpectExit | ExpectListening | ExpectBound | ExpectConnected | ExpectFile
)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One scripted exchange that tests one role, or the student's two programs together."""

    id: str
    tests: Tests
    level: Level
    title: Text
    steps: tuple[ReferenceStep, ...]
    expect: tuple[Expectation, ...]
    texts: dict[str, Drawn] = field(default_factory=dict)
    """Messages drawn anew in this scenario; the others are those of the statement."""
    advice: Text | None = None
    """For advice: what to read in the statement, when an expectation does not hold."""
    keep_time_wait: bool = False
    """Play it on a network that keeps TIME_WAIT, as a real machine does."""
    expect_of: dict[Role, tuple[Expectation, ...]] = field(default_factory=dict)
    """Where both are tested: what is expected of each. There are no `steps` then, no `expect`."""
    visibility: Visibility = Visibility.VISIBLE
    messages: dict[str, Message] = field(default_factory=dict)
    """Messages of its own, beside those of the lab."""
    protocol: Protocol = "tcp"
    family: Family = "ipv4"
    args: tuple[str, ...] = ()
    """The program's arguments; `{{port}}` stands for the port, `{{path}}` for the path."""
    env: dict[str, str] = field(default_factory=dict)
    """What is added to its environment."""
    path: str = ""
    """Over Unix-domain sockets: the socket's name in the program's folder."""

    @property
    def several(self) -> bool:
        """It has connections with names, so there may be more than one at a time."""
        return any(step.connection for step in self.steps)

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles whose programs it needs, the server first."""
        return ROLES if self.tests == "both" else (self.tests,)


@dataclass(frozen=True, kw_only=True)
class RoleFiles:
    """How a role's program is recognised: words in file names, suffixes."""

    words: tuple[str, ...]
    suffixes: tuple[str, ...] = (".py",)


@dataclass(frozen=True, kw_only=True)
class Rewording:
    """What a lab says of a diagnosis instead of the catalogue; None: as the catalogue has it."""

    enabled: bool = True
    title: Text | None = None
    explanation: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Lab:
    """A whole lab."""

    id: str
    title: Text
    language: str
    port: int
    """0: all its scenarios are played over Unix-domain sockets."""
    messages: dict[str, Message]
    criteria: tuple[Criterion, ...]
    scenarios: tuple[Scenario, ...]
    roles: dict[Role, RoleFiles]
    framing: Framing | None = None
    """How its messages are told apart unless they say otherwise; None: by their words."""
    tolerance: Tolerance = Tolerance()
    limits: Limits = Limits()
    python: str | None = None
    """The students' interpreter; None: the one behind Wiregrade's own."""
    salt: str = ""
    """Mixed into the seed of drawn texts."""
    statement: Text | None = None
    diagnoses: dict[str, Rewording] = field(default_factory=dict)
    """By `id` or `id/variant` of the catalogue of diagnoses: the lab's own words, or none."""
    notions: dict[str, Text] = field(default_factory=dict)
    """Where the statement speaks of a notion of the catalogue: « énoncé, partie 1.3 »."""
    passages: dict[str, Text] = field(default_factory=dict)
    """What it says there, in its words; reports quote it."""
    late: LateRule | None = None
    """What being late costs."""
    protocol: Protocol = "tcp"
    """What its scenarios speak unless they say otherwise."""
    path: str = ""
    """Of those over Unix-domain sockets: the socket's name in the program's folder."""
    languages: tuple[Language, ...] = (PYTHON,)
    """What programs may be written in: how each is built and run."""
    due: datetime | None = None
    """Until when; without an offset, by the clock of the machine that grades."""

    def criterion(self, identifier: str) -> Criterion:
        """The criterion of that id. Raises KeyError."""
        for criterion in self.criteria:
            if criterion.id == identifier:
                return criterion
        raise KeyError(identifier)

    def within(self, scenario: Scenario) -> Lab:
        """The lab with the messages that the scenario has of its own."""
        if not scenario.messages:
            return self
        return replace(self, messages={**self.messages, **scenario.messages})

    def scenario(self, identifier: str) -> Scenario:
        """The scenario of that id. Raises KeyError."""
        for scenario in self.scenarios:
            if scenario.id == identifier:
                return scenario
        raise KeyError(identifier)

    @cached_property
    def max_score(self) -> Fraction:
        """The points of all criteria that count."""
        return sum((c.points for c in self.criteria if c.enabled), Fraction(0))
