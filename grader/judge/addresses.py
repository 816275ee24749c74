"""Conditions of addresses: protocol, port and interface, and whether it listens at all."""

from __future__ import annotations

from grader.judge.checks import dialled_listener, is_any
from grader.judge.facts import Facts
from grader.judge.hit import EVERYTHING, Hit
from grader.judge.seen import (
    calls,
    expected_port,
    first_session,
    hit,
    is_refused,
    reads_connection,
    stood,
)
from grader.transcript import Dialed, Listener

_LOOPBACK = ("127.0.0.1", "::1")


def other_port(facts: Facts) -> Hit | None:
    """Another port than that of the statement, listened on or dialled."""
    port = expected_port(facts)
    if is_refused(facts):
        return None
    if facts.scenario.protocol == "unix":
        return _other_name(facts)
    if facts.role == "server":
        reached = any(e.remote[1] == port for _, e in facts.connected)
        if not facts.listeners or reached or any(e.port == port for _, e in facts.listeners):
            return None
        index, listener = facts.listeners[0]
        swapped = int.from_bytes(port.to_bytes(2, "big"), "little")
        kind = "port-byte-order" if listener.port == swapped else "other-port-or-host"
        return hit(facts, kind, ("listening",), (index,), "server", seen=listener.port, port=port)
    if any(e.local[1] == port for _, e in facts.connected):
        return None
    if facts.connected:
        where, seen = facts.connected[0][0], facts.connected[0][1].local[1]
        return hit(
            facts, "other-port-or-host", ("connected",), (where,), "client", seen=seen, port=port
        )
    if facts.dialed:
        where, dialed = facts.dialed[0]
        return hit(
            facts, "other-port-or-host", EVERYTHING, (where,), "client", seen=dialed.port, port=port
        )
    return None


def _other_name(facts: Facts) -> Hit | None:
    """Another name than the statement's, or a port where it asks for a name."""
    name, path = "other-port-or-host", facts.scenario.path
    named = [(i, e.address) for i, e in facts.listeners]
    met = [(i, e.remote[0] if facts.role == "server" else e.local[0]) for i, e in facts.connected]
    if any(seen == path for _, seen in (*named, *met)):
        return None
    where = "listening" if facts.role == "server" else "connected"
    if seen := (named if facts.role == "server" else met):
        index, other = seen[0]
        variant = "abstract" if other.startswith("@") else f"path-{facts.role}"
        return hit(facts, name, (where,), (index,), variant, seen=other, path=path)
    if facts.internet:
        return hit(facts, name, EVERYTHING, (facts.internet[0],), "internet", path=path)
    return None


def one_interface(facts: Facts) -> Hit | None:
    """A listener that takes connections to one address only."""
    if facts.scenario.protocol == "unix":
        return None  # it has none
    seen = dialled_listener(facts)
    if facts.role != "server" or seen is None or is_any(seen[1]):
        return None
    address = seen[1].address
    variant = "loopback" if address in _LOOPBACK else ""
    return hit(facts, "bound-to-one-interface", ("bound",), (seen[0],), variant, address=address)


def datagram(facts: Facts) -> Hit | None:
    """UDP and nothing of TCP; or a TCP connection that nothing goes through, and UDP beside it."""
    seen = facts.datagram or _udp_sockets(facts)
    if not seen:
        return None
    if not facts.listeners and not facts.connected:
        # No line: where it stands is not where the kind of its socket was chosen.
        return hit(facts, "datagram-instead-of-stream", EVERYTHING, (seen[0],))
    session = first_session(facts)
    if session is None or session.stream.data or not session.arrivals:
        return None
    evidence = (session.first, seen[0])
    return hit(facts, "datagram-instead-of-stream", ("receive",), evidence, "beside")


def stream(facts: Facts) -> Hit | None:
    """TCP, where the statement wants datagrams."""
    if facts.scenario.protocol != "udp" or facts.connected:
        return None
    seen = [i for i, e in facts.all(Listener) if e.protocol.startswith("tcp")]
    seen += [i for i, e in facts.all(Dialed) if e.protocol.startswith("tcp")]
    if not seen:
        return None
    return hit(facts, "datagram-instead-of-stream", EVERYTHING, (seen[0],), "stream")


def _udp_sockets(facts: Facts) -> list[int]:
    """States with a UDP socket that is set on our port, though it may have sent nothing."""
    if facts.scenario.protocol == "unix":
        return []
    port = expected_port(facts)
    return [
        index
        for index, state in facts.states
        if any(s.protocol.startswith("udp") and s.remote[1] == port for s in state.sockets)
    ]


def no_listen(facts: Facts) -> Hit | None:
    """A server that ended, or stands elsewhere, without ever listening."""
    if facts.role != "server" or facts.listeners or facts.connected or facts.datagram:
        return None
    if facts.internet:
        return None  # it does, and not where it should
    if facts.scenario.protocol == "udp":
        return None  # nobody listens there
    return stood(facts, "no-listen", EVERYTHING)


def never_accepts(facts: Facts) -> Hit | None:
    """The connection is still in the listener's queue."""
    session = first_session(facts)
    if facts.role != "server" or session is None or session.stream.data or session.consumed:
        return None
    if any(reads_connection(call) for _, call in calls(facts)):
        return None  # one was accepted: who waits in the queue is another one
    for index, state in reversed(facts.states):
        if any(s.state == "listen" and s.receive_queue > 0 for s in state.sockets):
            variant = "local" if facts.scenario.protocol == "unix" else ""
            return stood(facts, "never-accepts", EVERYTHING, (index,), variant)
    return None
