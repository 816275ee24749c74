"""The `reference:` list of a scenario: read, and checked to make sense as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.lab import connections, texts, values, ways
from grader.lab import fields as known
from grader.lab.connections import ALONE, Group, Placed
from grader.lab.context import Context
from grader.lab.fields_scenario import STEP, STEP_OPTIONS
from grader.lab.model import Action, Delivery, Drawn, Level, ReferenceStep, Role
from grader.lab.problems import Problems, meant, shown
from grader.lab.rounds import add_round, named_outside
from grader.lab.script import MAX_SEND
from grader.lab.values import Fields
from grader.lab.words import Words
from grader.lab.yamlfile import Broken, Entry, Mapping, Node, Scalar
from grader.lab.yamlfile import Sequence as Items

MAX_STEPS = 1000
MAX_ROUNDS = 100
"""How many times something may be repeated."""

_WORDS = known.names(STEP)
"""What a line may begin with; the end of the connection is `receive: end`."""
_OPTIONS = known.names(STEP_OPTIONS)
_OTHER_SIDE: dict[Role, dict[Action, Action]] = {
    "server": {Action.ACCEPT: Action.CONNECT, Action.REFUSE: Action.CONNECT},
    "client": {Action.CONNECT: Action.ACCEPT},
}
"""What a reference of the role's peer can't do, and what was probably meant."""


# --- reading -----------------------------------------------------------------------------


def read_steps(node: Node, context: Context) -> tuple[Placed, ...]:
    """Read the list; several messages sent each by itself become a step each.

    What is to be repeated becomes the steps of each round: who plays and judges sees no loop.
    """
    placed: list[Placed] = []
    eithers = 0
    context.fixed = frozenset(named_outside(node))
    for item, group in connections.side_by_side(node, context):
        repeat = item.get("repeat") if isinstance(item, Mapping) else None
        if ways.is_either(item):
            eithers += 1
            placed += ways.read_either(
                item, eithers, context, lambda one: _one(one, context, ALONE)
            )
            if group.number:
                context.problems.add(item.place, "either: not in a 'together'")
        elif repeat is None:
            placed += _one(item, context, group)
        else:
            placed += _repeated(repeat, context, group)
        if len(placed) > MAX_STEPS:
            context.problems.add(item.place, f"more than {MAX_STEPS} steps in a scenario")
            break
    return tuple(connections.with_sockets(placed, context))


def _one(item: Node, context: Context, group: Group) -> list[Placed]:
    for key in ("together", "either", "repeat"):
        if isinstance(item, Mapping) and item.get(key) is not None:
            context.problems.add(item.place, f"'{key}' stands in the list itself, not in another")
            return []
    step = _step(item, context)
    if step is None:
        return []
    step = connections.in_group(step, group, item, context)
    once = [step]
    if step.action is Action.SEND and step.delivery.mode == "separate":
        once = [replace(step, messages=(name,)) for name in step.messages]
    times = connections.times_of(step, item, context)
    return [Placed(item.place, replace(one)) for _ in range(times) for one in once]


def _repeated(node: Node, context: Context, group: Group) -> list[Placed]:
    """The steps of a `repeat`, once for each round, with the round's own messages."""
    fields = Fields(node, context.problems, "repeat", known.names(known.REPEAT))
    times = values.whole(fields.need("times"), context.problems, "times", 1, MAX_ROUNDS)
    once: list[Placed] = []
    for item in values.items(fields.need("steps"), context.problems, "steps"):
        if isinstance(item, Mapping) and item.get("repeat") is not None:
            context.problems.add(item.place, "a 'repeat' within another: write one of them out")
        else:
            once += _one(item, context, group)
    names = [name for item in once for name in item.step.messages]
    every: list[Placed] = []
    for number in range(1, times + 1):
        own = add_round(context, names, number, fields.place)
        every += [
            Placed(
                item.place,
                replace(item.step, messages=tuple(own.get(n, n) for n in item.step.messages)),
            )
            for item in once
        ]
    return every


def _step(node: Node, context: Context) -> ReferenceStep | None:
    if isinstance(node, Scalar) and isinstance(node.value, str):
        entry = Entry(node.place, node.value, Scalar(node.place, None))
        node = Mapping(node.place, (entry,))
    if not isinstance(node, Mapping):
        values.wrong_kind(node, context.problems, "a step", "such as `connect` or `send: hello`")
        return None
    actions = [entry for entry in node.entries if entry.key in _WORDS]
    if not actions:
        _tell_unknown(node, context.problems)
        return None
    if actions[0].key not in [*Action]:
        told = f"'{actions[0].key}' needs what belongs to it, in a line of its own"
        context.problems.add(actions[0].place, told)
        return None
    for entry in actions[1:]:
        context.problems.add(
            entry.place, f"'{entry.key}' stands beside '{actions[0].key}': begin a new '- ' line"
        )
    only = Mapping(node.place, tuple(entry for entry in node.entries if entry not in actions[1:]))
    fields = Fields(only, context.problems, "a step", (actions[0].key, *_OPTIONS))
    return _of_action(actions[0], fields, context)


def _tell_unknown(node: Mapping, problems: Problems) -> None:
    for entry in node.entries:
        if entry.key == "end":
            problems.add(entry.place, "the end of the connection is awaited by `receive: end`")
        elif entry.key not in _OPTIONS:
            hint = meant(entry.key, _WORDS)
            problems.add(entry.place, f"a step: unknown action {shown(entry.key)}{hint}")
    if all(entry.key in _OPTIONS for entry in node.entries):
        problems.add(node.place, f"a step needs an action, one of: {', '.join(_WORDS)}")


def _of_action(entry: Entry, fields: Fields, context: Context) -> ReferenceStep:
    problems = context.problems
    action = Action(entry.key)
    messages: tuple[str, ...] = ()
    if action is Action.SEND:
        messages = _sent(entry.value, context)
    elif action is Action.RECEIVE:
        action, messages = _received(entry, context)
    elif action is Action.DROP:
        messages = (context.message(entry.value, "drop"),)
    elif action is Action.TYPE or connections.is_name(entry):
        pass
    elif not isinstance(entry.value, Broken | Scalar) or (
        isinstance(entry.value, Scalar) and entry.value.value is not None
    ):
        problems.add(entry.value.place, f"'{entry.key}' takes nothing after it")
    if meant_action := _OTHER_SIDE[context.role].get(action):
        problems.add(
            entry.place,
            f"'{action}' is for the test of the other role: here the {context.role} is tested,"
            f" so did you mean '{meant_action}'?",
        )
    proves, delivery = fields.get("proves"), fields.get("delivery")
    if proves and action not in connections.PROVE:
        told = "only 'receive' can prove something ('drop' and 'silence' too)"
        problems.add(proves.place, f"{told}, not '{entry.key}'")
        proves = None
    if delivery and context.datagrams:
        problems.add(delivery.place, "delivery: over UDP each message is a datagram, whole")
        delivery = None
    if delivery and action is not Action.SEND:
        problems.add(delivery.place, f"only 'send' has a delivery, not '{entry.key}'")
        delivery = None
    step = ReferenceStep(
        action=action,
        messages=messages,
        proves=context.proves(proves),
        delivery=_delivery(delivery, problems) if delivery else Delivery(),
        stop_on_miss=_stops(fields.get("on_miss"), problems),
        demand=context.demand(fields.get("level"), proves),
        **connections.read(entry, action, fields, context),
    )
    return replace(
        step,
        optional=ways.read_optional(fields.get("optional"), step, fields.get("proves"), context),
    )


def _sent(node: Node, context: Context) -> tuple[str, ...]:
    names = node.items if isinstance(node, Items) else (node,)
    if not names:
        context.problems.add(node.place, "send: no message")
    return tuple(context.message(name, "send") for name in names)


def _received(entry: Entry, context: Context) -> tuple[Action, tuple[str, ...]]:
    if isinstance(entry.value, Scalar) and entry.value.value == "end":
        return Action.END, ()
    return Action.RECEIVE, (context.message(entry.value, "receive"),)


def _stops(node: Node | None, problems: Problems) -> bool:
    return node is not None and (
        values.choice(node, problems, "on_miss", ("continue", "stop")) == "stop"
    )


def _delivery(node: Node, problems: Problems) -> Delivery:
    if not isinstance(node, Mapping):
        match values.choice(node, problems, "delivery", ("separate", "coalesced", "split")):
            case "coalesced":
                return Delivery(mode="coalesced")
            case "split":
                hint = "`{split: [10]}`, `{split: every}` or `{split: inside-character}`"
                problems.add(node.place, f"delivery: where to split? Write {hint}")
        return Delivery()
    where = Fields(node, problems, "delivery", ("split",)).need("split")
    if isinstance(where, Scalar):
        known = ("every", "inside-character")
        values.choice(where, problems, "split", known)
        word = where.value
        return Delivery(mode="split", every=word == "every", inside=word == "inside-character")
    offsets = tuple(
        values.whole(item, problems, "an offset (bytes)", 1, MAX_SEND)
        for item in values.items(where, problems, "split")
    )
    if list(offsets) != sorted(set(offsets)):
        problems.add(where.place, "split: the offsets must grow")
    return Delivery(mode="split", offsets=offsets)


# --- as a whole --------------------------------------------------------------------------


_AWAIT = (Action.RECEIVE, Action.DROP, Action.END, Action.SILENCE)


def check_order(placed: Sequence[Placed], context: Context) -> None:
    """Tell steps that can't be played where they stand; the first without a connection only."""
    for way in ways.each_way(placed):
        _check_way(way, context)
    ways.check_optional(placed, context)


def _check_way(placed: Sequence[Placed], context: Context) -> None:
    known: dict[str, _Connection] = {}
    refused = False
    for item in placed:
        refused = _after_refusal(item, context, refused=refused)
        name, action = item.step.connection, item.step.action
        if action is Action.TYPE:
            continue
        if action is Action.RESTART and known:
            concerned = list(known.values())
        else:
            concerned = [known.setdefault(name, _Connection())]
        connection = concerned[0]
        problem = next(filter(None, [each.after(action) for each in concerned]), "")
        if problem:
            others = [other for other in known if other != name]
            hint = connections.named(name, others) if connection.missing else ""
            context.problems.add(item.place, problem + hint)
            if connection.missing:
                return


def _after_refusal(item: Placed, context: Context, *, refused: bool) -> bool:
    """Whether the program has been refused at this start of it, where no wire shows it."""
    if refused and context.path and item.step.action is Action.ACCEPT:
        context.problems.add(
            item.place,
            "'accept' after 'refuse': over Unix-domain sockets nobody sees that the program tries"
            " again; 'restart' it in between",
        )
    if item.step.action is Action.RESTART:
        return False
    return refused or item.step.action is Action.REFUSE


class _Connection:
    """What the steps so far have made of the connection."""

    def __init__(self) -> None:
        self.missing = False
        self._open = False
        self._begun = False
        self._can_send = False
        self._can_receive = False

    def after(self, action: Action) -> str:
        """Take one more step; what is wrong with it here, or nothing."""
        match action:
            case Action.CONNECT | Action.ACCEPT | Action.REFUSE:
                return self._begin(action)
            case Action.RESTART:
                self._open = False
                return "" if self._begun else "'restart' comes after something was played"
        if not self._open:
            self.missing = True
            return f"'{_spelled(action)}': there is no connection here; connect or accept first"
        problem = ""
        if action in (Action.SEND, Action.HALF_CLOSE) and not self._can_send:
            problem = f"'{_spelled(action)}' after 'half-close': nothing more can be sent"
        elif action in _AWAIT and not self._can_receive:
            problem = f"'{_spelled(action)}' after 'receive: end': nothing more can come"
        self._can_send &= action is not Action.HALF_CLOSE
        self._can_receive &= action is not Action.END
        self._open = action not in (Action.CLOSE, Action.RESET)
        return problem

    def _begin(self, action: Action) -> str:
        # When the program has ended its side, the reference ends its own before it goes on.
        still_open = self._open and self._can_receive
        self._begun = True
        self._open = self._can_send = self._can_receive = action is not Action.REFUSE
        if still_open:
            return f"'{_spelled(action)}': the connection is still open; 'close' it before"
        return ""


def _spelled(action: Action) -> str:
    return "receive: end" if action is Action.END else action.value


def check_deliveries(placed: Sequence[Placed], drawn: dict[str, Drawn], context: Context) -> None:
    """Tell deliveries that don't fit the texts: offsets outside, no character to cut, ..."""
    swept = [item for item in placed if item.step.delivery.every]
    for item in swept[1:]:
        context.problems.add(item.place, "split: every stands once in a scenario: one sweep each")
    if swept and context.level is not Level.ADVICE:
        context.problems.add(
            swept[0].place,
            "split: every costs a run for each byte and is played on request only, so it gives no"
            " points: write `level: advice`",
        )
    for item in placed:
        names = [name for name in item.sent if name in context.messages]
        if len(names) < len(item.sent) or not names:
            continue
        plain = all(context.messages[name].is_plain for name in names)
        if item.step.delivery.every and not plain:
            context.problems.add(item.place, "split: every needs plain texts, without framing")
        elif plain and (problem := _misfit(item.step.delivery, names, drawn, context)):
            context.problems.add(item.place, problem)


def check_heard(placed: Sequence[Placed], context: Context) -> None:
    """Tell messages that are made of a value before it was taken out of another."""
    for way in ways.each_way(placed):
        _check_heard(way, context)


def _check_heard(placed: Sequence[Placed], context: Context) -> None:
    lab = context.lab.lab
    words = Words(context.messages, {}, lab.tolerance, lab.port, context.path)
    heard: set[str] = set()
    maybe: set[str] = set()
    """What is captured by steps that need not come."""
    for item in placed:
        there = heard | maybe if item.step.optional else heard
        for name in item.step.messages:
            if name not in words.messages:
                continue
            for value in sorted(words.takes(name) - there):
                why = "no message received above captures it"
                if value in maybe:
                    why = "only a message that may be left out captures it"
                if value == "i":
                    why = "only steps within `repeat` are counted"
                context.problems.add(item.place, f"{shown(name)} is made of {shown(value)}: {why}")
            if item.step.action in (Action.RECEIVE, Action.DROP):
                (maybe if item.step.optional else heard).update(words.captures(name))


def _misfit(
    delivery: Delivery, names: Sequence[str], drawn: dict[str, Drawn], context: Context
) -> str:
    messages = context.messages
    nominal = "".join(messages[name].text for name in names if name not in drawn).encode()
    redrawn = [drawn[name] for name in names if name in drawn]
    shortest = len(nominal) + sum(max(each.length, texts.SHORTEST) for each in redrawn)
    if delivery.mode == "coalesced":
        longest = len(nominal) + sum(each.length + texts.LONGEST for each in redrawn)
        if len(names) < 2:
            return "delivery: coalesced needs several messages: `send: [one, other]`"
        if longest > MAX_SEND:
            return f"delivery: coalesced takes at most {MAX_SEND} bytes in all"
    elif delivery.inside and nominal.isascii() and not redrawn:
        return "split: no character of this text takes several bytes; `texts: drawn` has some"
    elif delivery.every and shortest < 2:
        return "split: every needs a text of two bytes at least"
    elif delivery.offsets and delivery.offsets[-1] >= shortest:
        sure = " surely" if redrawn else ""
        return f"split: {delivery.offsets[-1]} is outside; the text{sure} has {shortest} bytes"
    return ""
