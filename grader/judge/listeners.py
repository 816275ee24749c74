"""Checks of addresses: where a server listens, and where a client connects to."""

from __future__ import annotations

from itertools import pairwise

from grader.judge.facts import MOST_EVIDENCE, Facts
from grader.judge.maker import Maker
from grader.judge.model import Finding, Status
from grader.judge.situation import situation_entries
from grader.lab.model import ExpectBound, ExpectConnected, ExpectListening
from grader.transcript import Listener


def check_listening(facts: Facts, expectation: ExpectListening) -> Finding:
    """A listener of the scenario's protocol on the port, at every start."""
    made = Maker(facts, "listening", expectation.proves)
    right = [i for i, e in facts.listeners if _is_at((e.address, e.port), expectation)]
    # A connection is proof of a listener that was gone before it could be looked at.
    right += [i for i, e in facts.connected if _is_at(e.remote, expectation)]
    right.sort()
    starts = [*facts.started, len(facts.entries)]
    count = sum(any(a <= i < b for i in right) for a, b in pairwise(starts))
    count = max(count, min(len(right), 1))
    if count >= expectation.times:
        return made(
            Status.PASS,
            "listening.pass",
            tuple(right[:MOST_EVIDENCE]),
            port=expectation.port,
            path=expectation.path,
        )
    if right:
        where = (*right[:MOST_EVIDENCE], *situation_entries(facts))
        return made(
            Status.FAIL,
            "listening.times",
            where,
            port=expectation.port,
            path=expectation.path,
            count=count,
            times=expectation.times,
        )
    if facts.listeners:
        index, listener = facts.listeners[0]
        return made(
            Status.FAIL,
            "listening.other",
            (index,),
            seen=listener.port or listener.address,
            port=expectation.port,
            path=expectation.path,
        )
    # Of the other protocol than the one asked for.
    if others := [i for i, _ in facts.all(Listener)]:
        return made(Status.FAIL, "listening.udp", (others[0],))
    return _nobody_listens(made, expectation.port, expectation.path)


def _is_at(place: tuple[str, int], asked: ExpectListening | ExpectConnected) -> bool:
    """Whether it is the port asked for, or the name."""
    return place[0] == asked.path if asked.path else place[1] == asked.port


def _nobody_listens(made: Maker, port: int, path: str = "") -> Finding:
    """No listener was seen; where none can be, what is known is that nobody answered."""
    blind = made.facts.header.facts == "paced"
    key = "listening.unanswered" if blind else "listening.none"
    return made(Status.FAIL, key, (), port=port, path=path)


def dialled_listener(facts: Facts) -> tuple[int, Listener] | None:
    """The listener that took the reference's connection; else the first one, on the lab's port.

    The order in which listeners were seen says nothing: of a program that listens on :: and
    on 0.0.0.0 either may be recorded first.
    """
    for _, connected in facts.connected:
        for index, listener in facts.listeners:
            if _could_take(listener, connected.remote):
                return index, listener
    ports = [e.remote[1] for _, e in facts.connected] + [facts.lab.port]
    for port in ports:
        for index, listener in facts.listeners:
            if listener.port == port:
                return index, listener
    return facts.listeners[0] if facts.listeners else None


def _could_take(listener: Listener, dialled: tuple[str, int]) -> bool:
    """Whether a connection to this address and port can have come to the listener."""
    host, port = dialled
    if listener.port != port:
        return False
    if listener.protocol.endswith("6") and listener.address == "::":
        return ":" in host or not listener.v6only
    return listener.address in (host, "0.0.0.0") and (":" in host) == (":" in listener.address)  # noqa: S104 -- compared, not bound


def is_any(listener: Listener) -> bool:
    """Whether it takes connections to all IPv4 addresses of the machine."""
    if listener.protocol.endswith("6"):
        return listener.address in ("::", "::ffff:0.0.0.0") and not listener.v6only
    return listener.address == "0.0.0.0"  # noqa: S104 -- compared, not bound


def check_bound(facts: Facts, expectation: ExpectBound) -> Finding:
    """The address of the listener that was dialled, whatever its port."""
    made = Maker(facts, "bound", expectation.proves)
    seen = dialled_listener(facts)
    if seen is None and facts.connected:
        return made(Status.NOT_RUN, "bound.unseen", (facts.connected[0][0],))
    if seen is None:
        return _nobody_listens(made, facts.lab.port)
    index, listener = seen
    if listener.assumed:
        # No machine's blindness costs a student points; the finding says that nobody has seen it.
        return made(Status.PASS, "bound.assumed", (index,))
    if is_any(listener) or (
        expectation.address != "any" and listener.address == expectation.address
    ):
        return made(Status.PASS, "bound.pass", (index,), address=listener.address)
    return made(Status.FAIL, "bound.other", (index,), address=listener.address)


def check_connected(facts: Facts, expectation: ExpectConnected) -> Finding:
    """The program's connection came to the port asked for."""
    made = Maker(facts, "connected", expectation.proves)
    asked: dict[str, object] = {"port": expectation.port, "path": expectation.path}
    right = [i for i, e in facts.connected if _is_at(e.local, expectation)]
    if right:
        return made(Status.PASS, "connected.pass", (right[0],), **asked)
    if facts.connected:
        index, connected = facts.connected[0]
        seen = connected.local[1] or connected.local[0]
        return made(Status.FAIL, "connected.other", (index,), seen=seen, **asked)
    if facts.dialed:
        index, dialed = facts.dialed[0]
        seen = dialed.port or dialed.address
        return made(Status.FAIL, "connected.other", (index,), seen=seen, **asked)
    if facts.internet:
        return made(Status.FAIL, "connected.udp", (facts.internet[0],))
    if facts.datagram:
        return made(Status.FAIL, "connected.udp", (facts.datagram[0],))
    return made(Status.FAIL, "connected.none", ())
