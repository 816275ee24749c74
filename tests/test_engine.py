"""The engine on real programs: right ones in every style, their stuck twins, hostile ones."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import cast

import engine_tools as tools
import pytest
from process_tools import name_of

from grader import transcript as tr
from grader.lab.model import Action, ExpectExit, Lab
from grader.run import netns, proc, stacks
from grader.run.engine import Engine
from grader.run.errors import HostError
from grader.run.idle import Idle
from grader.run.jobs import NOTHING, EngineOptions, Job, Played
from grader.run.pieces import cut
from grader.run.place import LinuxPlace
from grader.run.worker import NAME
from grader.submission import SourceFile

pytestmark = pytest.mark.sandbox

HELLO = "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert"
GOODBYE = "Serveur 65432, je vous dis au revoir"
GREETING = "Bonjour Client, je suis le serveur 65432, la connexion est établie"

HEAD = f"""\
import os, signal, socket, struct, sys, threading, time
G = {GREETING!r}.encode()
def listen(port=PORT, address=""):
    s = socket.socket(); s.bind((address, port)); s.listen(); return s
"""

RIGHT_SERVERS = {
    "plain": """
        s = listen(); c, _ = s.accept(); c.sendall(G)
        print(c.recv(1024)); print(c.recv(1024)); c.close()
        """,
    "settimeout": """
        s = listen(); s.settimeout(5); c, _ = s.accept(); c.settimeout(5); c.sendall(G)
        print(c.recv(1024)); print(c.recv(1024)); c.close()
        """,
    "socketserver": """
        import socketserver
        class H(socketserver.BaseRequestHandler):
            def handle(self):
                self.request.sendall(G)
                print(self.request.recv(1024)); print(self.request.recv(1024))
                threading.Thread(target=self.server.shutdown).start()
        with socketserver.ThreadingTCPServer(("", PORT), H) as server:
            server.serve_forever()
        """,
    "asyncio": """
        import asyncio
        async def main():
            done = asyncio.Event()
            async def handle(r, w):
                w.write(G); await w.drain()
                print(await r.read(1024)); print(await r.read(1024))
                w.close(); await w.wait_closed(); done.set()
            async with await asyncio.start_server(handle, "0.0.0.0", PORT):
                await done.wait()
        asyncio.run(main())
        """,
    "selectors": """
        import selectors
        s = listen(); s.setblocking(False); sel = selectors.DefaultSelector()
        sel.register(s, selectors.EVENT_READ); n = 0
        while n < 2:
            for key, _ in sel.select():
                if key.fileobj is s:
                    c, _ = s.accept(); c.setblocking(False); c.send(G)
                    sel.register(c, selectors.EVENT_READ)
                else:
                    print(c.recv(1024)); n += 1
        c.close()
        """,
    "non-blocking": """
        s = listen(); s.setblocking(False)
        def again(f):
            while True:
                try: return f()
                except BlockingIOError: time.sleep(0.005)
        c, _ = again(s.accept); c.setblocking(False); c.send(G)
        print(again(lambda: c.recv(1024))); print(again(lambda: c.recv(1024))); c.close()
        """,
    "alarm": """
        def late(*_): raise SystemExit("too late")
        signal.signal(signal.SIGALRM, late); signal.alarm(8)
        s = listen(); c, _ = s.accept(); c.sendall(G)
        print(c.recv(1024)); print(c.recv(1024)); c.close()
        """,
    "rcvtimeo": """
        s = listen(); c, _ = s.accept()
        c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 5, 0))
        c.sendall(G); print(c.recv(1024)); print(c.recv(1024)); c.close()
        """,
    "heartbeat": """
        stop = threading.Event()
        def beat():
            while not stop.wait(0.02): pass
        t = threading.Thread(target=beat); t.start()
        s = listen(); c, _ = s.accept(); c.sendall(G)
        print(c.recv(1024)); print(c.recv(1024)); c.close(); stop.set(); t.join()
        """,
    "thread per client": """
        s = listen(); c, _ = s.accept()
        def talk():
            c.sendall(G); print(c.recv(1024)); print(c.recv(1024)); c.close()
        t = threading.Thread(target=talk); t.start(); t.join()
        """,
    "forked handler": """
        s = listen(); c, _ = s.accept()
        if os.fork() == 0:
            c.sendall(G); print(c.recv(1024)); print(c.recv(1024)); c.close(); os._exit(0)
        c.close(); raise SystemExit(os.wait()[1])
        """,
    "sleeps first": """
        s = listen(); c, _ = s.accept(); time.sleep(0.3); c.sendall(G)
        print(c.recv(1024)); time.sleep(0.1); print(c.recv(1024)); c.close()
        """,
    "dual stack": """
        s = socket.create_server(("", PORT), family=socket.AF_INET6, dualstack_ipv6=True)
        c, _ = s.accept(); c.sendall(G); print(c.recv(1024)); print(c.recv(1024)); c.close()
        """,
    "makefile": """
        s = listen(); c, _ = s.accept(); c.sendall(G)
        print(os.read(c.fileno(), 1024)); print(os.read(c.fileno(), 1024)); c.close()
        """,
}

RIGHT_CLIENTS = {
    "plain": """
        c = socket.create_connection(("localhost", PORT)); print(c.recv(1024))
        c.sendall(H); c.sendall(B); c.close()
        """,
    "settimeout": """
        c = socket.create_connection(("localhost", PORT), timeout=5); print(c.recv(1024))
        c.sendall(H); c.sendall(B); c.close()
        """,
    "asyncio": """
        import asyncio
        async def main():
            r, w = await asyncio.open_connection("127.0.0.1", PORT)
            print(await r.read(1024)); w.write(H); w.write(B)
            await w.drain(); w.close(); await w.wait_closed()
        asyncio.run(main())
        """,
    "tries again": """
        while True:
            try: c = socket.create_connection(("127.0.0.1", PORT)); break
            except ConnectionRefusedError: time.sleep(0.01)
        print(c.recv(1024)); c.sendall(H); c.sendall(B); c.close()
        """,
    # That one thread of it reads says nothing about the others.
    "a thread reads, another computes": """
        c = socket.create_connection(("localhost", PORT)); came = threading.Event()
        def read():
            while data := c.recv(1024): print(data); came.set()
        threading.Thread(target=read, daemon=True).start()
        came.wait(); c.sendall(H); sum(range(1_000_000)); c.sendall(B)
        c.shutdown(socket.SHUT_RDWR)
        """,
    "a thread reads, another pauses": """
        c = socket.create_connection(("localhost", PORT)); came = threading.Event()
        def read():
            while data := c.recv(1024): print(data); came.set()
        threading.Thread(target=read, daemon=True).start()
        came.wait(); c.sendall(H); time.sleep(0.05); c.sendall(B)
        c.shutdown(socket.SHUT_RDWR)
        """,
}

STUCK_SERVERS = {
    "one thread": """
        s = listen(); c, _ = s.accept(); never = threading.Event()
        def talk():
            c.sendall(G); print(c.recv(1024)); print(c.recv(1024)); c.close()
            never.wait()
        t = threading.Thread(target=talk); t.start()
        t.join()  # stuck
        """,
    "accepts again": """
        s = listen()
        while True:
            c, _ = s.accept()  # stuck
            c.sendall(G); print(c.recv(1024)); print(c.recv(1024)); c.close()
        """,
    "asyncio": """
        import asyncio
        async def main():
            async def handle(r, w):
                w.write(G); await w.drain()
                print(await r.read(1024)); print(await r.read(1024)); w.close()
            async with await asyncio.start_server(handle, "0.0.0.0", PORT) as server:
                await server.serve_forever()
        asyncio.run(main())  # stuck
        """,
    "selectors": """
        import selectors
        s = listen(); c, _ = s.accept(); c.sendall(G)
        print(c.recv(1024)); print(c.recv(1024)); c.close()
        sel = selectors.DefaultSelector(); sel.register(s, selectors.EVENT_READ)
        sel.select()  # stuck
        """,
    "select": """
        import select
        s = listen(); c, _ = s.accept(); c.sendall(G)
        print(c.recv(1024)); print(c.recv(1024)); c.close()
        select.select([s], [], [])  # stuck
        """,
    "lock": """
        s = listen(); c, _ = s.accept(); c.sendall(G)
        print(c.recv(1024)); print(c.recv(1024)); c.close()
        lock = threading.Lock(); lock.acquire()
        lock.acquire()  # stuck
        """,
    "child": """
        s = listen(); c, _ = s.accept(); c.sendall(G)
        print(c.recv(1024)); print(c.recv(1024)); c.close()
        if os.fork() == 0: s.accept(); os._exit(0)
        os.wait()  # stuck
        """,
    "in a function of another file": """
        import outil
        s = listen(); c, _ = s.accept(); c.sendall(G)
        print(c.recv(1024)); print(c.recv(1024)); c.close()
        outil.attendre(s)  # stuck
        """,
}

POLLING_SERVERS = {
    "serve_forever": """
        import socketserver
        class H(socketserver.BaseRequestHandler):
            def handle(self):
                self.request.sendall(G)
                print(self.request.recv(1024)); print(self.request.recv(1024))
        with socketserver.ThreadingTCPServer(("", PORT), H) as server:
            server.serve_forever()
        """,
    "heartbeat": """
        def beat():
            while True: time.sleep(0.02)
        threading.Thread(target=beat, daemon=True).start()
        s = listen(); c, _ = s.accept(); c.sendall(G)
        print(c.recv(1024)); print(c.recv(1024)); c.close(); s.accept()
        """,
    "non-blocking": """
        s = listen(); c, _ = s.accept(); c.sendall(G)
        print(c.recv(1024)); print(c.recv(1024)); c.close(); s.setblocking(False)
        while True:
            try: s.accept()
            except BlockingIOError: time.sleep(0.005)
        """,
    "alarm": """
        signal.signal(signal.SIGALRM, lambda *_: None); signal.alarm(30)
        s = listen(); c, _ = s.accept(); c.sendall(G)
        print(c.recv(1024)); print(c.recv(1024)); c.close(); s.accept()
        """,
    "rcvtimeo": """
        s = listen(); c, _ = s.accept(); c.sendall(G)
        print(c.recv(1024)); print(c.recv(1024)); c.close()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 30, 0)); s.accept()
        """,
}

UNPROVABLE = {
    "heartbeat": """
        def beat():
            while True: time.sleep(0.02)
        threading.Thread(target=beat, daemon=True).start()
        """,
    "alarm": "signal.signal(signal.SIGALRM, lambda *_: None); signal.alarm(60)",
    "timer": """
        t = threading.Timer(60, lambda: os._exit(2)); t.daemon = True; t.start()
        """,
    "time limit": "socket.setdefaulttimeout(60)",
}
"""What hides the proof that a program is stuck."""


def source(body: str) -> str:
    """The text of a program; its first line of its own is line 6."""
    texts = f"H = {HELLO!r}.encode(); B = {GOODBYE!r}.encode()\n"
    return HEAD + texts + dedent(body).strip() + "\n"


OTHER_FILE = SourceFile(path="outil.py", data=b"def attendre(s):\n    return s.accept()\n")


def server(body: str, *scenarios: str, lab: Lab | None = None, key: str = "k") -> Job:
    wanted = scenarios or ("server-nominal",)
    return tools.job(source(body), *wanted, lab=lab, key=key, files=(OTHER_FILE,))


def client(body: str, *scenarios: str, lab: Lab | None = None, key: str = "k") -> Job:
    return tools.job(source(body), *(scenarios or ("client-nominal",)), lab=lab, key=key)


def at_free_port() -> Lab:
    """The lab at a port of this machine that nobody has, for isolation `none`."""
    return replace(tools.tp09(), port=tools.free_port())


def statuses(transcript: tr.Transcript) -> list[str]:
    """How each step ended, in order."""
    return [s.status for s in tools.entries(transcript, tr.Step) if s.status != "begun"]


def assert_complete(transcript: tr.Transcript) -> None:
    end = transcript.end
    said = tools.summary(transcript)
    assert (end.outcome, end.status, end.signal) == ("completed", 0, None), said
    assert set(statuses(transcript)) == {"done"}, said
    assert not tools.entries(transcript, tr.Killed), said


def assert_stuck_at(transcript: tr.Transcript, text: str, marked: str = "# stuck") -> None:
    said = tools.summary(transcript)
    assert transcript.end.outcome == "stuck", said
    positions = tools.entries(transcript, tr.Position)
    assert positions, said
    for position in positions:
        assert position.frames[-1].file == "prog.py", said
        assert tools.line_of(text, marked) in [f.line for f in position.frames], said
    assert b"Fatal Python error" not in transcript.stderr, said


@pytest.mark.skipif(stacks.find() is None and not os.environ.get("CI"), reason="needs py-spy")
def test_the_line_of_one_that_is_stuck_and_goes_on_is_seen(full_engine: Engine) -> None:
    """Our close wakes it, and it ends by itself: nothing else would say where it stood."""
    text = source("""
        s = listen(); c = s.accept()[0]; c.sendall(G)
        print(c.recv(1024)); print(c.recv(1024))
        c.recv(1024)  # stuck
        c.close()
        """)
    transcript = tools.run(full_engine, tools.job(text, "server-nominal"))
    said = tools.summary(transcript)
    assert (transcript.end.outcome, transcript.end.status) == ("completed", 0), said
    kinds = [type(e) for e in transcript.entries]
    (position,) = tools.entries(transcript, tr.Position)
    assert [f.line for f in position.frames] == [tools.line_of(text, "# stuck")], said
    assert kinds.index(tr.Position) == kinds.index(tr.State) + 1, said


# --- right programs ----------------------------------------------------------------------


@pytest.mark.parametrize("style", RIGHT_SERVERS)
def test_a_right_server_completes(full_engine: Engine, style: str) -> None:
    transcript = tools.run(full_engine, server(RIGHT_SERVERS[style]))
    assert_complete(transcript)
    assert transcript.stdout.count(b"\n") == 2
    sent = tools.entries(transcript, tr.Sent)
    assert [s.messages for s in sent] == [("hello",), ("goodbye",)]
    assert all(s.guaranteed for s in sent)
    # Each message was read before the next one was sent, and printed before or after, never lost.
    assert [c.total for c in tools.entries(transcript, tr.Consumed)][:1] == [len(HELLO.encode())]


@pytest.mark.parametrize("reads", ["c.settimeout(0.3)", "select.select([c], [], [], 0.3)"])
def test_who_forgets_to_speak_and_reads_with_a_limit_loses_only_that(
    full_engine: Engine, reads: str
) -> None:
    """It ends of our silence; so it is played again without any."""
    forgets = f"""
        import select
        s = listen(); c, _ = s.accept(); c.settimeout(0.3); {reads}
        print(c.recv(1024)); print(c.recv(1024)); c.close()
        """
    transcript = tools.run(full_engine, server(forgets))
    assert statuses(transcript)[:4] == ["done", "missed", "done", "done"]
    assert transcript.end.outcome == "completed"
    assert transcript.stdout.count(b"\n") == 2


def test_the_run_that_comes_further_counts_where_it_was_waited_in_vain(
    full_engine: Engine,
) -> None:
    """It would have flushed its buffer at its end, and ends of our silence before."""
    buffers = """
        s = listen(); c, _ = s.accept(); c.settimeout(0.3); c.sendall(G[:20])
        print(c.recv(1024)); print(c.recv(1024)); c.sendall(G[20:]); c.close()
        """
    transcript = tools.run(full_engine, server(buffers))
    assert statuses(transcript)[:4] == ["done", "done", "done", "done"]
    assert transcript.stdout.count(b"\n") == 2


@pytest.mark.parametrize("then", ["time.sleep(60)", "while True: time.sleep(0.5)"])
def test_who_rests_and_goes_on_in_vain_is_not_waited_for_without_end(
    full_engine: Engine, then: str
) -> None:
    lab = tools.with_limits(tools.tp09(), promised=1, wall=2)
    rests = f"""
        s = listen(); c, _ = s.accept(); c.settimeout(0.2)
        try: c.recv(1024)
        except TimeoutError: pass
        {then}
        """
    transcript = tools.run(full_engine, server(rests, lab=lab))
    assert transcript.end.limit == "wall"
    assert transcript.end.t < 8e9


def test_a_thread_that_serves_elsewhere_is_not_the_server(full_engine: Engine) -> None:
    elsewhere = """
        other = listen(8088); threading.Thread(target=other.accept, daemon=True).start()
        time.sleep(0.05); s = listen(); c, _ = s.accept(); c.sendall(G)
        print(c.recv(1024)); print(c.recv(1024)); c.close()
        """
    transcript = tools.run(full_engine, server(elsewhere))
    assert_complete(transcript)
    assert transcript.stdout.count(b"\n") == 2


def test_what_a_child_prints_after_the_program_has_ended_is_not_lost(full_engine: Engine) -> None:
    leaves = """
        s = listen(); c, _ = s.accept(); c.sendall(G)
        if os.fork(): os._exit(0)
        said = [c.recv(1024), c.recv(1024)]; c.close(); time.sleep(0.05)
        print(*[x.decode() for x in said], sep="\\n", flush=True)
        """
    transcript = tools.run(full_engine, server(leaves))
    assert_complete(transcript)
    assert HELLO.encode() in transcript.stdout
    assert GOODBYE.encode() in transcript.stdout


@pytest.mark.parametrize("style", RIGHT_CLIENTS)
def test_a_right_client_completes(full_engine: Engine, style: str) -> None:
    transcript = tools.run(full_engine, client(RIGHT_CLIENTS[style]))
    assert_complete(transcript)
    received = b"".join(r.data for r in tools.entries(transcript, tr.Received))
    assert received == (HELLO + GOODBYE).encode()


@pytest.mark.parametrize(
    "scenario", ["server-coalesced", "server-split", "server-drawn", "server-restart"]
)
def test_a_server_that_reads_to_the_end_passes_every_delivery(
    full_engine: Engine, scenario: str
) -> None:
    reads_all = """
        s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("", PORT)); s.listen(); c, _ = s.accept(); c.sendall(G)
        c.settimeout(0.5); data = b""
        try:
            while piece := c.recv(1024): data += piece
        except TimeoutError: pass
        print(data); c.close()
        """
    transcript = tools.run(full_engine, server(reads_all, scenario))
    assert transcript.end.outcome == "completed", tools.summary(transcript)
    assert transcript.end.status == 0, tools.summary(transcript)


@pytest.mark.parametrize("hidden", UNPROVABLE.values(), ids=UNPROVABLE)
def test_what_proves_nothing_still_loses_only_what_is_missing(
    full_engine: Engine, hidden: str
) -> None:
    """No greeting, and it reads on to the end of the stream: both steps, and no other."""
    body = """
        s = listen(); c, _ = s.accept()
        while d := c.recv(1024): print(d, flush=True)
        """
    lab = tools.with_limits(tools.tp09(), promised=0.5)
    one = server(dedent(hidden).strip() + "\n" + dedent(body), lab=lab)
    transcript = tools.run(full_engine, one)
    said = tools.summary(transcript)
    assert statuses(transcript) == ["done", "missed", "done", "done", "missed"], said
    assert (transcript.end.outcome, transcript.end.status) == ("completed", 0), said
    assert transcript.stdout.count(b"\n") == 2, said


def test_a_poller_that_never_greets_loses_the_greeting_only(full_engine: Engine) -> None:
    body = """
        s = listen(); c, _ = s.accept(); c.setblocking(False); n = 0
        while n < 2:
            try: print(c.recv(1024)); n += 1
            except BlockingIOError: time.sleep(0.005)
        c.close()
        """
    lab = tools.with_limits(tools.tp09(), promised=0.5)
    transcript = tools.run(full_engine, server(body, lab=lab))
    said = tools.summary(transcript)
    assert statuses(transcript) == ["done", "missed", "done", "done", "done"], said
    assert (transcript.end.outcome, transcript.end.status) == ("completed", 0), said


def test_a_server_that_polls_without_a_pause_needs_little_of_its_time(
    full_engine: Engine,
) -> None:
    body = """
        s = listen(); c, _ = s.accept(); c.setblocking(False); c.sendall(G); n = 0
        while n < 2:
            try: print(c.recv(1024)); n += 1
            except BlockingIOError: pass
        c.close()
        """
    transcript = tools.run(full_engine, server(body))
    assert_complete(transcript)
    assert transcript.stdout.count(b"\n") == 2
    # Nothing of it can be seen but that it makes call after call.
    assert not any(s.guaranteed for s in tools.entries(transcript, tr.Sent))
    assert transcript.end.cpu < 1_900_000_000, tools.summary(transcript)


@pytest.mark.parametrize("forks", ["before accept", "after accept", "while it talks"])
def test_a_child_that_outlives_its_parent_goes_on(full_engine: Engine, forks: str) -> None:
    """The shell's prompt is back, and the server still serves: no matter who is first."""
    leave = """
        parent = os.getpid()
        if os.fork(): os._exit(0)
        while os.getppid() == parent: time.sleep(0.001)
        """
    fork = {forks: dedent(leave)}
    parts = (
        "s = listen()", fork.get("before accept"), "c, _ = s.accept()", fork.get("after accept"),
        "c.sendall(G); print(c.recv(1024))", fork.get("while it talks"),
        "print(c.recv(1024)); c.close()",
    )  # fmt: skip
    transcript = tools.run(full_engine, server("\n".join(p for p in parts if p)))
    assert_complete(transcript)
    assert transcript.stdout.count(b"\n") == 2, tools.summary(transcript)


def test_a_child_that_keeps_the_connection_is_not_awaited_for_ever(full_engine: Engine) -> None:
    body = """
        s = listen(); c, _ = s.accept(); c.sendall(G); print(c.recv(1024)); print(c.recv(1024))
        if os.fork() == 0: s.accept()
        """
    transcript = tools.run(full_engine, server(body))
    said = tools.summary(transcript)
    assert statuses(transcript) == ["done", "done", "done", "done", "missed"], said
    assert (transcript.end.outcome, transcript.end.status) == ("completed", 0), said


def test_enter_comes_to_a_program_with_a_heartbeat(full_engine: Engine) -> None:
    body = """
        input("now? "); s = listen(); c, _ = s.accept(); c.sendall(G)
        print(c.recv(1024)); input("on? "); print(c.recv(1024)); input("off? "); c.close()
        """
    lab = tools.with_limits(tools.tp09(), promised=0.5)
    one = server(dedent(UNPROVABLE["heartbeat"]) + dedent(body), lab=lab)
    transcript = tools.run(full_engine, one)
    assert_complete(transcript)
    assert len(tools.entries(transcript, tr.Keyboard)) == 3, tools.summary(transcript)


def test_a_stuck_server_is_ended_for_a_restart(full_engine: Engine) -> None:
    twice = tools.scenario_of(Action.CONNECT, Action.RESTART, Action.CONNECT, tests="server")
    body = """
        s = listen(); c, _ = s.accept(); sys.stderr.write("mine\\n"); signal.pause()
        """
    transcript = tools.run(full_engine, tools.job(source(body), twice))
    said = tools.summary(transcript)
    assert statuses(transcript) == ["done", "done", "done"], said
    assert [s.number for s in tools.entries(transcript, tr.Started)] == [1, 2], said
    # Its end was our doing, and so was the dump.
    assert [k.why for k in tools.entries(transcript, tr.Killed)] == ["restart", "stuck"], said
    assert not tools.entries(transcript, tr.Exited), said
    assert transcript.stderr == b"mine\nmine\n", said
    assert len(tools.entries(transcript, tr.Position)) == 2, said


def test_one_that_ignores_sigabrt_is_ended_for_a_restart(full_engine: Engine) -> None:
    twice = tools.scenario_of(Action.CONNECT, Action.RESTART, Action.CONNECT, tests="server")
    body = """
        import faulthandler
        faulthandler.disable(); signal.signal(signal.SIGABRT, signal.SIG_IGN)
        s = listen(); c, _ = s.accept()
        while True: threading.Event().wait()
        """
    transcript = tools.run(full_engine, tools.job(source(body), twice))
    said = tools.summary(transcript)
    assert statuses(transcript) == ["done", "done", "done"], said
    assert len(transcript.entries) < 40, said


def test_a_server_without_reuseaddr_passes_twice_in_a_row_on_a_shared_network(
    plain_engine: Engine,
) -> None:
    right = server(RIGHT_SERVERS["plain"], "server-nominal", "server-drawn", lab=at_free_port())
    for _ in range(2):
        (played,) = tools.play(plain_engine, right)
        for one in played.runs:
            assert_complete(one.transcript)


@pytest.mark.parametrize("style", ["asyncio", "non-blocking", "socketserver"])
def test_right_servers_pass_on_a_shared_network(plain_engine: Engine, style: str) -> None:
    assert_complete(tools.run(plain_engine, server(RIGHT_SERVERS[style], lab=at_free_port())))


@pytest.mark.parametrize("style", ["plain", "tries again"])
def test_right_clients_pass_on_a_shared_network(plain_engine: Engine, style: str) -> None:
    assert_complete(tools.run(plain_engine, client(RIGHT_CLIENTS[style], lab=at_free_port())))


# --- stuck programs ----------------------------------------------------------------------


@pytest.mark.parametrize("style", STUCK_SERVERS)
def test_a_stuck_server_is_told_stuck_with_its_line(full_engine: Engine, style: str) -> None:
    body = STUCK_SERVERS[style]
    transcript = tools.run(full_engine, server(body))
    assert_stuck_at(transcript, source(body))
    assert transcript.stdout.count(b"\n") == 2
    (state,) = [s for s in tools.entries(transcript, tr.State) if s.why == "waiting"][-1:]
    assert state.calls
    # Proved at once: a time limit had no part in it.
    assert transcript.end.t < 5e9


@pytest.mark.parametrize(
    ("reads", "call"),
    [
        ("c.recv(1024)", "recvfrom"),
        ("import asyncio, select; select.select([c], [], []); c.recv(1024)", "pselect6"),
        ("threading.Thread(target=c.recv, args=(1024,)).start()", "recvfrom"),
    ],
)
def test_a_server_that_reads_once_too_often_is_proved_to_wait(
    full_engine: Engine, reads: str, call: str
) -> None:
    """Proved at once; then the reference closes, which it reads, and its ending is seen."""
    body = f"""
        s = listen(); c, _ = s.accept(); c.sendall(G)
        print(c.recv(1024)); print(c.recv(1024))
        {reads}
        """
    transcript = tools.run(full_engine, server(body))
    said = tools.summary(transcript)
    assert statuses(transcript) == ["done", "done", "done", "done", "missed"], said
    (state,) = tools.entries(transcript, tr.State)
    assert (state.why, state.calls[-1].target) == ("waiting", "connection"), said
    assert state.calls[-1].name in (call, "select"), said
    assert (transcript.end.outcome, transcript.end.status) == ("completed", 0), said
    assert transcript.end.t < 5e9


@pytest.mark.parametrize("style", POLLING_SERVERS)
def test_a_server_that_polls_for_ever_runs_into_the_limit(full_engine: Engine, style: str) -> None:
    lab = tools.with_limits(tools.tp09(), wall=2.0)
    transcript = tools.run(full_engine, server(POLLING_SERVERS[style], lab=lab))
    said = tools.summary(transcript)
    assert (transcript.end.outcome, transcript.end.limit) == ("timeout", "wall"), said
    # A limit ends a run; it never undoes what had been seen.
    assert transcript.stdout.count(b"\n") == 2, said
    assert statuses(transcript)[:4] == ["done"] * 4, said


def test_a_server_that_serves_for_ever_is_not_awaited_where_its_end_is_no_matter(
    full_engine: Engine,
) -> None:
    lab = tools.tp09()
    scenario = lab.scenario("server-nominal")
    kept = tuple(e for e in scenario.expect if not isinstance(e, ExpectExit))
    others = tuple(s for s in lab.scenarios if s.id != scenario.id)
    lab = replace(lab, scenarios=(replace(scenario, expect=kept), *others))
    transcript = tools.run(full_engine, server(POLLING_SERVERS["serve_forever"], lab=lab))
    said = tools.summary(transcript)
    assert (transcript.end.outcome, transcript.end.limit) == ("stuck", None), said
    assert transcript.stdout.count(b"\n") == 2, said
    assert transcript.end.t < lab.limits.promised * 1e9, said


def test_one_recv_for_two_messages_is_caught(full_engine: Engine) -> None:
    one_recv = """
        s = listen(); c, _ = s.accept(); c.sendall(G)
        print(c.recv(1024)); c.close()
        """
    transcript = tools.run(full_engine, server(one_recv))
    said = tools.summary(transcript)
    assert transcript.end.outcome == "completed", said
    assert GOODBYE.encode() not in transcript.stdout, said
    (sent,) = tools.entries(transcript, tr.Sent)[:1]
    assert sent.data == HELLO.encode()


def test_a_server_that_listens_and_never_accepts_is_stuck(full_engine: Engine) -> None:
    body = """
        s = listen()
        threading.Event().wait()  # stuck
        """
    transcript = tools.run(full_engine, server(body))
    assert_stuck_at(transcript, source(body))
    (listener,) = tools.entries(transcript, tr.Listener)
    assert listener.port == 65432
    state = tools.entries(transcript, tr.State)[-1]
    assert [s.receive_queue for s in state.sockets if s.state == "listen"] == [1]


def test_a_server_that_forgets_the_greeting_loses_only_the_greeting(full_engine: Engine) -> None:
    body = """
        s = listen(); c, _ = s.accept()
        print(c.recv(1024)); print(c.recv(1024)); c.close()
        """
    transcript = tools.run(full_engine, server(body))
    assert statuses(transcript) == ["done", "missed", "done", "done", "done"]
    assert transcript.end.status == 0
    assert transcript.stdout.count(b"\n") == 2


def test_a_server_that_never_closes_may_still_end(full_engine: Engine) -> None:
    body = """
        s = listen(); c, _ = s.accept(); c.sendall(G)
        print(c.recv(1024)); print(c.recv(1024)); print(c.recv(1024))
        """
    transcript = tools.run(full_engine, server(body))
    assert statuses(transcript) == ["done", "done", "done", "done", "missed"]
    assert [c.how for c in tools.entries(transcript, tr.Closed)] == ["close"]
    assert (transcript.end.outcome, transcript.end.status) == ("completed", 0)


def test_a_client_that_waits_for_an_answer_is_stuck(full_engine: Engine) -> None:
    body = """
        c = socket.create_connection(("localhost", PORT)); print(c.recv(1024))
        c.sendall(H)
        c.recv(1024)  # stuck
        c.sendall(B); c.close()
        """
    transcript = tools.run(full_engine, client(body))
    said = tools.summary(transcript)
    assert statuses(transcript)[:3] == ["done", "done", "done"], said
    assert "missed" in statuses(transcript), said


# --- the keyboard, ports, protocols ------------------------------------------------------


def test_the_keyboard_is_given_enter_at_most_three_times(full_engine: Engine) -> None:
    body = """
        input("go? ")
        s = listen(); c, _ = s.accept(); c.sendall(G)
        print(c.recv(1024)); print(c.recv(1024)); c.close()
        """
    transcript = tools.run(full_engine, server(body))
    assert_complete(transcript)
    assert [k.data for k in tools.entries(transcript, tr.Keyboard)] == [b"\n"]
    for_ever = """
        while True:
            input()  # stuck
        """
    transcript = tools.run(full_engine, server(for_ever))
    assert_stuck_at(transcript, source(for_ever))
    assert len(tools.entries(transcript, tr.Keyboard)) == 3


def test_a_server_on_another_port_is_followed(full_engine: Engine) -> None:
    body = RIGHT_SERVERS["plain"].replace("listen()", "listen(12345)")
    transcript = tools.run(full_engine, server(body))
    assert_complete(transcript)
    assert [x.port for x in tools.entries(transcript, tr.Listener)] == [12345]


def test_a_server_on_one_interface_is_followed(full_engine: Engine) -> None:
    body = RIGHT_SERVERS["plain"].replace("listen()", 'listen(address="127.0.0.1")')
    transcript = tools.run(full_engine, server(body))
    assert_complete(transcript)
    assert [x.address for x in tools.entries(transcript, tr.Listener)] == ["127.0.0.1"]


def test_a_client_that_dials_another_port_is_played_again_there(full_engine: Engine) -> None:
    body = RIGHT_CLIENTS["plain"].replace("PORT", "12345")
    transcript = tools.run(full_engine, client(body))
    assert_complete(transcript)
    assert transcript.header.port == 12345
    assert [(d.protocol, d.port) for d in tools.entries(transcript, tr.Dialed)] == [("tcp", 12345)]


def test_wrong_ports_on_a_shared_network(plain_engine: Engine) -> None:
    lab = at_free_port()
    other = str(lab.port + 1)
    served = tools.run(
        plain_engine,
        server(RIGHT_SERVERS["plain"].replace("listen()", f"listen({other})"), lab=lab),
    )
    assert_complete(served)
    assert [x.port for x in tools.entries(served, tr.Listener)] == [int(other)]
    dialled = tools.run(
        plain_engine, client(RIGHT_CLIENTS["plain"].replace("PORT", other), lab=lab)
    )
    assert_complete(dialled)
    assert dialled.header.port == int(other)


def test_a_datagram_server_is_seen_and_stuck(full_engine: Engine) -> None:
    body = """
        s = socket.socket(type=socket.SOCK_DGRAM); s.bind(("", PORT))
        s.recvfrom(1024)  # stuck
        """
    transcript = tools.run(full_engine, server(body))
    assert_stuck_at(transcript, source(body))
    assert [x.protocol for x in tools.entries(transcript, tr.Listener)] == ["udp"]
    assert set(statuses(transcript)) == {"missed"}


def test_a_datagram_client_is_seen_on_the_wire(full_engine: Engine) -> None:
    body = """
        s = socket.socket(type=socket.SOCK_DGRAM); s.sendto(H, ("127.0.0.1", PORT))
        s.recvfrom(1024)  # stuck
        """
    transcript = tools.run(full_engine, client(body))
    assert_stuck_at(transcript, source(body))
    assert [(d.protocol, d.port) for d in tools.entries(transcript, tr.Dialed)] == [("udp", 65432)]


def test_a_taken_port_is_the_hosts_fault(plain_engine: Engine) -> None:
    lab = at_free_port()
    with socket.create_server(("127.0.0.1", lab.port)):
        for one in (
            server(RIGHT_SERVERS["plain"], lab=lab),
            client(RIGHT_CLIENTS["plain"], lab=lab),
        ):
            end = tools.run(plain_engine, one).end
            assert end.outcome == "not_run"
            assert str(lab.port) in end.problem


# --- hostile programs --------------------------------------------------------------------


def test_a_daemon_on_the_port_does_not_spoil_the_next_run(full_engine: Engine) -> None:
    body = """
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                s = listen(); print("there", flush=True); c, _ = s.accept(); signal.pause()
            os._exit(0)
        os.wait(); threading.Event().wait(0.1)
        """
    (played,) = tools.play(full_engine, replace(server(body), certify=2))
    for one in played.runs:
        assert one.transcript.end.outcome == "completed", tools.summary(one.transcript)
    assert_complete(tools.run(full_engine, server(RIGHT_SERVERS["plain"])))


def test_ignoring_sigterm_helps_nobody(full_engine: Engine) -> None:
    body = """
        for n in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(n, signal.SIG_IGN)
        s = listen(); c, _ = s.accept(); c.sendall(G)
        print(c.recv(1024)); print(c.recv(1024)); c.close()
        signal.pause()  # stuck
        """
    transcript = tools.run(full_engine, server(body))
    assert_stuck_at(transcript, source(body))
    assert_complete(tools.run(full_engine, server(RIGHT_SERVERS["plain"])))


def test_ignoring_even_sigabrt_helps_nobody(full_engine: Engine) -> None:
    body = """
        import faulthandler
        faulthandler.disable(); signal.signal(signal.SIGABRT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
        s = listen(); c, _ = s.accept(); c.recv(1024)
        threading.Event().wait()
        """
    transcript = tools.run(full_engine, server(body))
    assert transcript.end.outcome == "stuck", tools.summary(transcript)
    # What it stands in is read, not asked: the interpreter prints nothing.
    states = [i for i, e in enumerate(transcript.entries) if isinstance(e, tr.State)]
    positions = [i for i, e in enumerate(transcript.entries) if isinstance(e, tr.Position)]
    assert all(i - 1 in states for i in positions), tools.summary(transcript)


def test_a_flood_on_stdout_meets_its_limit(full_engine: Engine) -> None:
    lab = tools.with_limits(tools.tp09(), output=100_000)
    transcript = tools.run(full_engine, server('while True: print("x" * 999)', lab=lab))
    assert (transcript.end.outcome, transcript.end.limit) == ("limit", "output")
    assert len(transcript.stdout) == 100_000


def test_a_flood_on_the_wire_meets_its_limit(full_engine: Engine) -> None:
    lab = tools.with_limits(tools.tp09(), output=100_000)
    body = """
        s = listen(); c, _ = s.accept()
        while True: c.sendall(bytes(65536))
        """
    transcript = tools.run(full_engine, server(body, lab=lab))
    assert (transcript.end.outcome, transcript.end.limit) == ("limit", "wire")
    assert sum(len(r.data) for r in tools.entries(transcript, tr.Received)) <= 800_000


def test_an_endless_computation_meets_its_limit(full_engine: Engine) -> None:
    lab = tools.with_limits(tools.tp09(), cpu=1.0)
    body = "while True: pass  # here"
    transcript = tools.run(full_engine, server(body, lab=lab))
    said = tools.summary(transcript)
    assert (transcript.end.outcome, transcript.end.limit) == ("limit", "cpu"), said
    (position,) = tools.entries(transcript, tr.Position)
    assert position.frames[0].line == tools.line_of(source(body), "# here")


def test_memory_meets_its_limit(full_engine: Engine) -> None:
    lab = tools.with_limits(tools.tp09(), memory=64 << 20)
    body = """
        kept = []
        while True: kept.append(b"x" * (1 << 20)); time.sleep(0.001)
        """
    end = tools.run(full_engine, server(body, lab=lab)).end
    assert (end.outcome, end.limit) == ("limit", "memory")


def test_advice_is_skipped_after_a_limit(full_engine: Engine) -> None:
    lab = tools.with_limits(tools.tp09(), output=10_000)
    flood = server('while True: print("x" * 999)', "server-nominal", "server-split", lab=lab)
    (played,) = tools.play(full_engine, flood)
    assert [one.transcript.end.outcome for one in played.runs] == ["limit", "skipped"]


# --- workers -----------------------------------------------------------------------------


def _workers(parent: int) -> list[int]:
    """The worker processes of this test process."""
    return [pid for pid in proc.tree(parent) if name_of(pid) == NAME]


def test_a_killed_worker_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first worker is killed as soon as it has its job; the job is played by another."""
    with tools.engine("full") as engine:
        (warm,) = tools.play(engine, server(RIGHT_SERVERS["plain"]))
        assert_complete(warm.runs[0].transcript)
        killed: list[int] = []
        order = type(engine._workers[0]).order

        def order_and_kill(worker: object, job: Job) -> None:
            order(worker, job)  # type: ignore[arg-type]
            if not killed:
                killed.append(worker.process.pid)  # type: ignore[attr-defined]
                worker.process.kill()  # type: ignore[attr-defined]

        monkeypatch.setattr(type(engine._workers[0]), "order", order_and_kill)
        jobs = [server(RIGHT_SERVERS["plain"], key=key) for key in "ab"]
        played = tools.play(engine, *jobs)
        assert killed
        assert [p.key for p in played] == ["a", "b"]
        for one in played:
            assert_complete(one.runs[0].transcript)


def test_who_asks_is_told_that_nothing_is_done_yet() -> None:
    with Engine(tools.options("none"), pulse=0) as engine:
        *waits, played = engine.play([tools.job("print(1)", lab=at_free_port())])
    assert played.runs[0].end.outcome == "completed"
    assert waits
    assert all(one is NOTHING for one in waits)


def test_who_asks_has_the_time_of_the_first_runs() -> None:
    called: list[str] = []
    with Engine(tools.options("none"), meanwhile=lambda: called.append("once")) as engine:
        for _ in range(2):
            tools.play(engine, tools.job("print(1)", lab=at_free_port()))
        workers = [worker.process for worker in engine._workers]
        engine.dismiss()
        assert not engine._workers
    assert called == ["once"]
    assert [process.poll() for process in workers] == [0]


def test_once_it_has_played_its_workers_leave_and_others_come_if_need_be() -> None:
    with Engine(tools.options("none"), once=True) as engine:
        for _ in range(2):
            tools.play(engine, tools.job("print(1)", lab=at_free_port()))
            assert not engine._workers
        left = [worker.process for worker in engine._leaving]
        assert len(left) == 2
    assert [process.poll() for process in left] == [0, 0]


def test_a_worker_killed_in_the_middle_of_a_run_loses_nothing(tmp_path: Path) -> None:
    """A plain program tells through a FIFO that it runs; its worker is killed; it runs again."""
    told, once = tmp_path / "told", tmp_path / "once"
    os.mkfifo(told)
    text = f"""
        import os, select
        if not os.path.exists({str(once)!r}):
            open({str(once)!r}, "w").close()
            open({str(told)!r}, "w").write("x")
            # Until the terminal is gone with the worker; a poll with a limit is never stuck.
            while not select.select([0], [], [], 50)[0]: pass
            raise SystemExit
        print("second")
        """

    def kill() -> None:
        with told.open("rb") as fifo:
            fifo.read(1)
        for pid in _workers(os.getpid()):
            os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with tools.engine("none") as engine:
        (played,) = tools.play(engine, tools.job(text, lab=at_free_port()))
    killer.join()
    (one,) = played.runs
    assert one.transcript.end.outcome == "completed"
    assert one.transcript.stdout == b"second\n"


def test_a_job_that_always_kills_its_worker_is_not_run() -> None:
    text = """
        import os, signal
        os.kill(os.getppid(), signal.SIGKILL)
        """
    with tools.engine("none") as engine:
        jobs = [tools.job(text, lab=at_free_port(), key="bad"),
                tools.job("print(1)", lab=at_free_port(), key="good")]  # fmt: skip
        bad, good = tools.play(engine, *jobs)
    assert [r.transcript.end.outcome for r in bad.runs] == ["not_run"]
    assert bad.runs[0].transcript.end.problem
    assert good.runs[0].transcript.stdout == b"1\n"


def test_what_a_worker_breaks_off_with_is_told_and_not_printed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    lab = at_free_port()
    bug = replace(tools.job("print(1)", lab=lab, key="bug"), files=(None,))  # type: ignore[arg-type]
    with tools.engine("none") as engine:
        broken, good = tools.play(engine, bug, tools.job("print(1)", lab=lab, key="good"))
    assert [run.transcript.end.outcome for run in broken.runs] == ["not_run"]
    assert "Traceback" not in broken.runs[0].transcript.end.problem
    assert [fault.splitlines()[0] for fault in broken.faults] == [
        "Traceback (most recent call last):"
    ] * 2
    assert "AttributeError" in broken.faults[0]
    assert (good.runs[0].transcript.stdout, good.faults) == (b"1\n", ())
    assert capfd.readouterr() == ("", "")


def test_a_worker_that_talks_nonsense_is_replaced() -> None:
    """On a shared machine a program can reach its worker's pipes: it gains nothing by it."""
    text = """
        import os
        worker = f"/proc/{os.getppid()}"
        for fd in os.listdir(worker + "/fd"):
            try:
                if int(fd) < 3 or not os.readlink(f"{worker}/fd/{fd}").startswith("pipe:"): continue
                with open(f"{worker}/fdinfo/{fd}") as info: flags = info.read().split()[3]
                if int(flags, 8) & 1:
                    pipe = open(f"{worker}/fd/{fd}", "wb", buffering=0)
                    pipe.write(b"\\xff" * 64)
            except OSError:
                continue  # the worker has just closed it
        """
    lab = at_free_port()
    with tools.engine("none") as engine:
        jobs = [tools.job(text, lab=lab, key="bad"), tools.job("print(1)", lab=lab, key="good")]
        bad, good = tools.play(engine, *jobs)
    assert [r.transcript.end.outcome for r in bad.runs] == ["not_run"]
    assert good.runs[0].transcript.stdout == b"1\n"


@pytest.mark.parametrize("isolation", ["full", "none"])
def test_an_interrupt_leaves_no_process(isolation: str) -> None:
    body = 's = listen(); print("up", flush=True); time.sleep(60)'
    started = tools.options("full") if isolation == "full" else tools.options("none")
    before = set(proc.tree(os.getpid(), zombies=True))
    lab = at_free_port() if isolation == "none" else None

    def jobs() -> Iterator[Job]:
        yield tools.job("print(1)", lab=lab, key="first")
        yield server(body, lab=lab, key="second")
        yield server(body, lab=lab, key="third")

    made: set[int] = set()
    with pytest.raises(KeyboardInterrupt), Engine(started) as engine:  # noqa: PT012
        playing = engine.play(jobs())
        first: Played = next(playing)
        assert first.key == "first"
        # The second is ordered when the first is asked on; here it is given by hand.
        engine._workers[0].order(cut(server(body, lab=lab, key="second"))[0])
        made = set(proc.tree(os.getpid())) - before
        raise KeyboardInterrupt
    assert made
    assert set(proc.tree(os.getpid(), zombies=True)) - before == set()
    assert not [pid for pid in made if Path(f"/proc/{pid}").exists()]


def test_each_connection_is_seen_although_the_program_has_ended(full_engine: Engine) -> None:
    """Those that nobody has accepted yet wait in the backlog; the end comes sooner."""
    body = """
        dial = lambda: socket.create_connection(("localhost", 65432))
        first = dial(); first.recv(1024); first.close()
        more = [dial() for _ in range(5)]
        os._exit(0)
        """
    transcript = tools.run(full_engine, client(body))
    said = tools.summary(transcript)
    assert len(tools.entries(transcript, tr.Connected)) == 6, said


def test_a_machine_that_cannot_is_said_so() -> None:
    wrong = replace(tools.options("none"), python="/nonexistent/python")
    with pytest.raises(HostError, match="nonexistent"), Engine(wrong) as engine:
        tools.play(engine, tools.job("print(1)"))


def test_eight_workers_play_the_same_port_apart() -> None:
    jobs = [server(RIGHT_SERVERS["plain"], key=str(n)) for n in range(8)]
    with tools.engine("full", jobs=4) as engine:
        played = tools.play(engine, *jobs)
    assert [p.key for p in played] == [str(n) for n in range(8)]
    for one in played:
        assert_complete(one.runs[0].transcript)


# --- where facts cannot be read ----------------------------------------------------------


@pytest.fixture(scope="module")
def paced_engine() -> Iterator[Engine]:
    with tools.engine("none", facts="paced") as engine:
        yield engine


@pytest.mark.parametrize("style", ["plain", "settimeout", "asyncio"])
def test_paced_a_right_server_completes(paced_engine: Engine, style: str) -> None:
    transcript = tools.run(paced_engine, server(RIGHT_SERVERS[style], lab=at_free_port()))
    assert_complete(transcript)
    assert transcript.header.facts == "paced"
    assert [s.guaranteed for s in tools.entries(transcript, tr.Sent)] == [False, False]


def test_paced_a_right_client_completes(paced_engine: Engine) -> None:
    transcript = tools.run(paced_engine, client(RIGHT_CLIENTS["plain"], lab=at_free_port()))
    assert_complete(transcript)
    assert [s.guaranteed for s in tools.entries(transcript, tr.Sent)] == [False]
    # A client listens nowhere.
    assert not tools.entries(transcript, tr.Listener)


def test_paced_a_server_that_listens_nowhere_gives_no_evidence(paced_engine: Engine) -> None:
    transcript = tools.run(paced_engine, server("pass", lab=at_free_port()))
    assert not tools.entries(transcript, tr.Listener)
    assert set(statuses(transcript)) == {"missed"}


def test_a_refused_client_that_gives_up_is_seen_to_end(full_engine: Engine) -> None:
    body = """
        try: socket.create_connection(("127.0.0.1", PORT))
        except ConnectionRefusedError: print("nobody there")
        """
    transcript = tools.run(full_engine, client(body, "client-no-server"))
    assert statuses(transcript)[0] == "done"
    assert (transcript.end.outcome, transcript.end.status) == ("completed", 0)
    again = tools.run(full_engine, client(RIGHT_CLIENTS["tries again"], "client-no-server"))
    assert_complete(again)


def test_two_connections_in_a_row_are_accepted(full_engine: Engine) -> None:
    twice = tools.scenario_of(Action.ACCEPT, Action.END, Action.ACCEPT, Action.END, tests="client")
    body = """
        for _ in range(2): socket.create_connection(("127.0.0.1", PORT)).close()
        """
    assert_complete(tools.run(full_engine, tools.job(source(body), twice)))


def test_the_network_is_told_of_time_wait_only_when_that_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[bool] = []
    monkeypatch.setattr(netns, "keep_time_wait", told.append)
    prepared = object.__new__(LinuxPlace)
    prepared.options = EngineOptions(isolation="full", python="", bwrap=None)
    prepared.table = prepared.capture = None
    usual = tools.tp09().scenario("server-nominal")
    kept = replace(usual, keep_time_wait=True)
    for scenario in (usual, kept, kept, usual, usual, kept):
        prepared.prepare(scenario, 65432)
    assert told == [True, False, True]


class _Cores:
    """Cores that have so much time left."""

    def __init__(self, left: float) -> None:
        self._left = left

    def share(self) -> float:
        return self._left


@pytest.mark.parametrize(
    ("measured", "left", "more"),
    [(True, 0.03, 0), (True, 0.3, 1), (False, 0.0, 1), (True, 0.0, -1), (True, 0.009, -1)],
)
def test_as_many_runs_at_once_as_the_cores_bear(measured: bool, left: float, more: int) -> None:
    options = EngineOptions(isolation="full", python="", bwrap="", jobs=99, measured=measured)
    with Engine(options) as engine:
        engine._idle = cast(Idle, _Cores(left))
        engine._worth += 1
        before = engine._worth
        engine._weigh()
        assert engine._worth - before == more


def test_who_shares_the_machine_begins_with_fewer() -> None:
    options = EngineOptions(
        isolation="full", python="", bwrap="", jobs=3, measured=True, at_first=1
    )  # fmt: skip
    with Engine(options) as engine:
        assert engine._worth == 1
        for left, worth in ((0.0, 1), (0.9, 2), (0.0, 1)):
            engine._idle = cast(Idle, _Cores(left))
            engine._weigh()
            assert engine._worth == worth


def test_never_less_than_one_for_each_core_nor_more_than_was_asked_for() -> None:
    options = EngineOptions(isolation="full", python="", bwrap="", jobs=5, measured=True)
    with Engine(options) as engine:
        least = engine._worth
        for left, worth in ((0.0, least), (0.9, max(5, least))):
            engine._idle = cast(Idle, _Cores(left))
            for _ in range(9):
                engine._weigh()
            assert engine._worth == worth
