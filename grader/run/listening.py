"""The program's listeners, recorded as they appear, and which of them to dial."""

from __future__ import annotations

import msgspec

from grader import transcript as tr
from grader.run.recorder import Recorder
from reference.script import Family

_ANY_IPV4, _ANY_IPV6 = "0.0.0.0", "::"  # noqa: S104 -- seen, not bound


class Listeners:
    """What was seen to listen since the program was started; `port` is the statement's.

    `path`: it is to listen by that name, and not on a port.
    """

    def __init__(
        self,
        port: int,
        recorder: Recorder,
        *,
        datagrams: bool = False,
        family: Family = "ipv4",
        path: str = "",
    ) -> None:
        self._port, self._recorder = port, recorder
        self._protocol = "udp" if datagrams else "tcp"
        self._family = family
        self._path = path
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

    def supposed(self) -> tr.Listener:
        """Where nobody can see it listen: what the statement asks for."""
        if self._path:
            return tr.Listener(t=0, protocol="unix", address=self._path, port=0, assumed=True)
        six = self._family == "ipv6"
        return tr.Listener(
            t=0, protocol=f"{self._protocol}6" if six else self._protocol,
            address=_ANY_IPV6 if six else _ANY_IPV4, port=self._port, assumed=True,
        )  # fmt: skip

    def see_answered(self, listeners: list[tr.Listener]) -> None:
        """It has answered on the statement's port: its listeners, as far as they can be seen."""
        known = any(self._serves(one) and self._is_there(one) for one in listeners)
        self.see(listeners if known else [*listeners, self.supposed()])

    def asked_for(self, listener: tr.Listener) -> bool:
        """On the port of the statement, over IPv4 or what it asks: no other can be better."""
        if self._family == "ipv6":
            reached = listener.protocol.endswith("6")
        else:
            reached = not listener.protocol.endswith("6") or not listener.v6only
        return self._serves(listener) and self._is_there(listener) and reached

    def _is_there(self, listener: tr.Listener) -> bool:
        """On the port of the statement, or by its name."""
        if self._path:
            return listener.address == self._path
        return listener.port == self._port

    def _serves(self, listener: tr.Listener) -> bool:
        if self._path:
            return listener.protocol == "unix"
        return listener.protocol.startswith(self._protocol)

    def first_asked_for(self) -> tr.Listener | None:
        """The listener that the statement asks for, if it is there."""
        return next((x for x in self.now if self.asked_for(x)), None)

    def best(self) -> tr.Listener | None:
        """What the statement asks for, else its port, else any; of its protocol.

        Where IPv6 is asked for, nothing else stands for it.
        """
        serving = [x for x in self.now if self._serves(x)]
        if self._family == "ipv6":
            serving = [x for x in serving if x.protocol.endswith("6")]
        return min(
            serving, key=lambda x: (not self.asked_for(x), not self._is_there(x)), default=None
        )


def address_to_dial(listener: tr.Listener, family: Family = "ipv4") -> str:
    """Where a client of this machine reaches it, over that family if it can be.

    Of a Unix-domain socket that is its name.
    """
    if listener.address == _ANY_IPV6:
        return "::1" if listener.v6only or family == "ipv6" else "127.0.0.1"
    return "127.0.0.1" if listener.address == _ANY_IPV4 else listener.address
