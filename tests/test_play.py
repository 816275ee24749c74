"""Playing by hand, over real sockets, against programs that are threads of the test."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable

import pytest

from reference import commands as c
from reference import events as e
from reference import script as s
from reference.endpoint import PortTakenError
from reference.play import Player


def exactly(text: bytes) -> Callable[[bytes], int | None]:
    return lambda data: len(text) if data.startswith(text) else None


def hear(name: str, text: bytes) -> s.Receive:
    return s.Receive(message=name, length_in=exactly(text))


def say(name: str, text: bytes) -> s.Send:
    return s.Send(messages=(name,), pieces=(text,))


def free_port() -> int:
    with socket.create_server(("", 0)) as one:
        port: int = one.getsockname()[1]
        return port


class Told:
    """What the player told, and hooks for when it listens and when it has sent something."""

    def __init__(
        self,
        listening: Callable[[], None] = lambda: None,
        sent: Callable[[], object] = lambda: None,
    ) -> None:
        self.all: list[e.Event | c.Command] = []
        self._listening = listening
        self._sent = sent

    def __call__(self, what: e.Event | c.Command) -> None:
        self.all.append(what)
        if isinstance(what, c.Listen):
            self._listening()
        if isinstance(what, c.Transmit):
            self._sent()

    def statuses(self) -> list[str]:
        over = (c.StepStatus.DONE, c.StepStatus.MISSED)
        return [x.status.value for x in self.all if isinstance(x, c.Note) and x.status in over]

    def received(self) -> bytes:
        return b"".join(x.data for x in self.all if isinstance(x, e.Received))


def play(script: s.Script, told: Told, patience: float = 60) -> None:
    """With a `patience` that nothing uses up, but what nobody will ever say."""
    Player(script, told, patience=patience, settle=0.05).play()


def in_thread(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_as_a_server_it_greets_and_hears_the_client() -> None:
    port = free_port()
    seen: list[bytes] = []

    def client() -> None:
        with socket.create_connection(("127.0.0.1", port)) as one:
            seen.append(one.recv(100))
            one.sendall(b"hello")
            one.sendall(b"goodbye")

    threads: list[threading.Thread] = []
    told = Told(lambda: threads.append(in_thread(client)))
    steps = (s.Accept(), say("hi", b"hi"), hear("a", b"hello"), hear("b", b"goodbye"))
    play(s.Script((*steps, s.ReceiveEnd()), port), told)
    threads[0].join()
    assert seen == [b"hi"]
    assert told.received() == b"hellogoodbye"
    assert told.statuses() == ["done"] * 5


def test_as_a_client_it_sends_one_message_at_a_time() -> None:
    seen: list[bytes] = []
    has_read = threading.Semaphore(0)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def server() -> None:
            one, _ = listener.accept()
            with one:
                one.sendall(b"hi")
                for _ in range(2):
                    seen.append(one.recv(100))
                    has_read.release()

        thread = in_thread(server)
        # A thread that is not scheduled for a while would find both messages at once.
        told = Told(sent=lambda: has_read.acquire(timeout=60))
        steps = (s.Connect(), hear("hi", b"hi"), say("a", b"hello"), say("b", b"goodbye"))
        play(s.Script((*steps, s.ReceiveEnd()), port), told)
        thread.join()
    assert seen == [b"hello", b"goodbye"]
    assert told.statuses() == ["done"] * 5


def test_a_client_waits_for_a_server_that_comes_later() -> None:
    port = free_port()
    dials: list[c.Command] = []
    listeners: list[socket.socket] = []

    told = Told()

    def tell(what: e.Event | c.Command) -> None:
        told(what)
        if isinstance(what, c.Dial):
            dials.append(what)
            listeners.append(socket.create_server(("127.0.0.1", port)))

    Player(s.Script((s.Connect(),), port), tell, patience=60, settle=0.05).play()
    listeners[0].close()
    assert told.statuses() == ["done"]
    assert len(dials) == 1


def test_silence_gives_a_step_up_and_plays_on() -> None:
    port = free_port()
    done = threading.Event()

    def client() -> None:
        with socket.create_connection(("127.0.0.1", port)):
            done.wait(10)

    threads: list[threading.Thread] = []
    told = Told(lambda: threads.append(in_thread(client)))
    play(s.Script((s.Accept(), hear("a", b"hello"), s.ReceiveEnd()), port), told, patience=0.3)
    done.set()
    threads[0].join()
    assert told.statuses() == ["done", "missed", "missed"]


def test_a_part_of_a_message_is_taken_after_a_short_silence() -> None:
    port = free_port()
    done = threading.Event()

    def client() -> None:
        with socket.create_connection(("127.0.0.1", port)) as one:
            one.sendall(b"hel")
            done.wait(10)

    threads: list[threading.Thread] = []
    told = Told(lambda: threads.append(in_thread(client)))
    play(s.Script((s.Accept(), hear("a", b"hello")), port), told)
    done.set()
    threads[0].join()
    assert told.statuses() == ["done", "done"]


def test_a_reset_is_told_as_one() -> None:
    port = free_port()

    def client() -> None:
        with contextlib.closing(socket.create_connection(("127.0.0.1", port))) as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    threads: list[threading.Thread] = []
    told = Told(lambda: threads.append(in_thread(client)))
    play(s.Script((s.Accept(), s.ReceiveEnd()), port), told)
    threads[0].join()
    assert any(isinstance(what, e.ConnectionReset) for what in told.all)


def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server(("", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTakenError):
            play(s.Script((s.Accept(),), port), Told())


def test_nothing_stays_open_after_an_interrupt() -> None:
    port = free_port()

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play(s.Script((s.Accept(),), port), Told(interrupt))
    socket.create_server(("", port)).close()


def test_two_clients_by_hand() -> None:
    """Both are there at once, each with its name."""
    listener = socket.create_server(("127.0.0.1", free_port()))
    port = listener.getsockname()[1]

    def serve() -> None:
        with listener, contextlib.ExitStack() as stack:
            first, second = (stack.enter_context(listener.accept()[0]) for _ in range(2))
            second.sendall(b"to " + first.recv(100))

    thread = threading.Thread(target=serve)
    thread.start()
    told = Told()
    steps = (
        s.Connect(connection="alice"),
        s.Connect(connection="bob"),
        s.Send(messages=("hello",), pieces=(b"hello",), connection="alice"),
        s.Receive(message="to", length_in=exactly(b"to hello"), connection="bob"),
    )
    play(s.Script(steps, port), told)
    thread.join()
    assert told.statuses() == ["done"] * 4
    assert [x.connection for x in told.all if isinstance(x, e.Received)] == ["bob"]
