"""The program's listeners, recorded as they appear, and which of them to dial."""

from __future__ import annotations

import msgspec

from grader import transcript as tr
from grader.run.recorder import Recorder

_ANY_IPV4, _ANY_IPV6 = "0.0.0.0", "::"  # noqa: S104 -- seen, not bound


class Listeners:
    """What was seen to listen since the program was started; `port` is the statement's."""

    def __init__(self, port: int, recorder: Recorder) -> None:
        self._port, self._recorder = port, recorder
        self._recorded: set[tuple[str, str, int]] = set()
        self.now: list[tr.Listener] = []

    def restarted(self) -> None:
        """The program starts anew: nothing listens."""
        self._recorded.clear()
        self.now = []

    def see(self, listeners: list[tr.Listener]) -> None:
        """These listen now; the new ones are recorded."""
        self.now = listeners
        for listener in listeners:
            key = (listener.protocol, listener.address, listener.port)
            if key not in self._recorded:
                self._recorded.add(key)
                self._recorder.add(lambda t, seen=listener: msgspec.structs.replace(seen, t=t))  # type: ignore[misc]

    def asked_for(self, listener: tr.Listener) -> bool:
        """TCP on the port of the statement, over IPv4: no other listener can be better."""
        over_ipv4 = listener.protocol == "tcp" or not listener.v6only
        return listener.protocol.startswith("tcp") and listener.port == self._port and over_ipv4

    def first_asked_for(self) -> tr.Listener | None:
        """The listener that the statement asks for, if it is there."""
        return next((x for x in self.now if self.asked_for(x)), None)

    def best(self) -> tr.Listener | None:
        """What the statement asks for, else its port, else any; TCP."""
        tcp = [x for x in self.now if x.protocol.startswith("tcp")]
        return min(tcp, key=lambda x: (not self.asked_for(x), x.port != self._port), default=None)


def address_to_dial(listener: tr.Listener) -> str:
    """Where a client of this machine reaches it."""
    if listener.address == _ANY_IPV6:
        return "::1" if listener.v6only else "127.0.0.1"
    return "127.0.0.1" if listener.address == _ANY_IPV4 else listener.address
