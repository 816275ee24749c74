"""`optional: true` and `either:` in a scenario: what a program may do one way or another.

An optional `receive` costs nothing and proves nothing. Of the lists of an `either` that one is
played, and judged, whose first message comes. Both are decided by bytes (`reference.choices`), so
what may come has to be told apart, and here it is said where that can't be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from grader.lab import values
from grader.lab.connections import Placed
from grader.lab.context import Context
from grader.lab.model import Action, ReferenceStep
from grader.lab.problems import Place, shown
from grader.lab.values import Fields
from grader.lab.yamlfile import Mapping, Node

_BEGIN = (Action.CONNECT, Action.ACCEPT, Action.REFUSE, Action.RESTART)
_HEADS = (Action.RECEIVE, Action.END)


def one_way(steps: Iterable[ReferenceStep], way: int) -> tuple[ReferenceStep, ...]:
    """The steps as they are where each `either` goes that way, or its last one."""
    all_steps = tuple(steps)
    ways = {step.either: 0 for step in all_steps}
    for step in all_steps:
        ways[step.either] = max(ways[step.either], step.way)
    return tuple(s for s in all_steps if not s.either or s.way == min(way, ways[s.either]))


def count(steps: Iterable[ReferenceStep]) -> int:
    """How many ways there are at most."""
    return 1 + max((step.way for step in steps), default=0)


def each_way(placed: Sequence[Placed]) -> list[list[Placed]]:
    """The steps by each way: what is checked in their order is checked for each."""
    found: list[list[Placed]] = []
    for way in range(count(item.step for item in placed)):
        there = {id(step) for step in one_way((item.step for item in placed), way)}
        found.append([item for item in placed if id(item.step) in there])
    return found


# --- reading -----------------------------------------------------------------------------


def is_either(item: Node) -> bool:
    """Whether the item is one."""
    return isinstance(item, Mapping) and item.get("either") is not None


def read_either(
    item: Node, number: int, context: Context, read: Callable[[Node], list[Placed]]
) -> list[Placed]:
    """The steps of all its lists, one list after the other; `read` reads one item of a list.

    A criterion counts as proved only where each of the lists proves it.
    """
    problems = context.problems
    node = Fields(item, problems, "either", ("either",)).need("either")
    lists = values.items(node, problems, "either")
    if len(lists) < 2:
        problems.add(node.place, "either: two lists of steps or more")
    before, proved = set(context.proved), list[set[str]]()
    found: list[Placed] = []
    for way, steps in enumerate(lists):
        context.proved = set()
        own = [one for each in values.items(steps, problems, "either") for one in read(each)]
        proved.append(context.proved)
        found += [replace(one, step=replace(one.step, either=number, way=way)) for one in own]
    context.proved = before | (set.intersection(*proved) if proved else set())
    _check_ways(found, context)
    return found


def _check_ways(placed: Sequence[Placed], context: Context) -> None:
    add = context.problems.add
    heads: dict[int, Placed] = {}
    for item in placed:
        heads.setdefault(item.step.way, item)
        if item.step.action in _BEGIN:
            add(item.place, f"'{item.step.action}' stands outside of 'either'")
    messages: dict[tuple[str, ...], Place] = {}
    for way, head in heads.items():
        step = head.step
        if step.action not in _HEADS or (step.action is Action.END and not way):
            why = "each list begins with a `receive`, the first of them with one of a message"
            add(head.place, f"either: {why}: by that they are told apart")
            continue
        if step.optional or step.within is not None or step.after is not None:
            add(head.place, "either: the first step of a list has no 'optional', and no time")
        if step.connection != heads[0].step.connection:
            add(head.place, "either: the first steps of all lists are of one connection")
        if step.messages in messages:
            add(head.place, "either: another list begins with the same")
        messages[step.messages] = head.place
    names = [n for head in heads.values() for n in head.step.messages if n in context.messages]
    if len({context.messages[name].framing for name in names}) > 1:
        add(heads[0].place, "either: the first messages of all lists must have the same framing")


# --- as a whole --------------------------------------------------------------------------


def check_optional(placed: Sequence[Placed], context: Context) -> None:
    """Tell optional messages that nobody could tell from what must come instead."""
    for way in each_way(placed):
        for at, item in enumerate(way):
            if item.step.optional and _is_awaited_next(way, at):
                context.problems.add(
                    item.place,
                    f"optional: {shown(item.step.messages[0])} is awaited next, too: nothing would"
                    " tell which of them came; let the optional one be the second",
                )


def _is_awaited_next(way: Sequence[Placed], at: int) -> bool:
    """Whether what must come next on the connection is the same message."""
    step = way[at].step
    for item in way[at + 1 :]:
        if item.step.action is not Action.RECEIVE:
            return False
        if item.step.connection == step.connection and not item.step.optional:
            return item.step.messages == step.messages
    return False


def read_optional(
    node: Node | None, step: ReferenceStep, proves: Node | None, context: Context
) -> bool:
    """Read `optional:` of a step."""
    if node is None or not values.flag(node, context.problems, "optional"):
        return False
    add = context.problems.add
    if step.action is not Action.RECEIVE:
        add(node.place, f"optional: only a message that is received, not '{step.action}'")
    if proves is not None:
        add(proves.place, "optional: what may be left out proves nothing; leave 'proves' out")
    if step.within is not None:
        add(node.place, "optional: it has no time: it comes before what is next, or not at all")
    if step.stop_on_miss:
        add(node.place, "optional: nothing is missed where it does not come; leave 'on_miss' out")
    return True
