"""Two real programs with each other: proofs, ends, what is told of both, and always the same."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import dedent

import engine_tools as tools
import pytest
from pair_tools import GOODBYE, HELLO, RIGHT_CLIENT, RIGHT_SERVER, job, run, scenario

from grader import transcript as tr
from grader.judge.pair import PairVerdict, judge_pair
from grader.run.engine import Engine

pytestmark = pytest.mark.sandbox

READS_FIRST = """
    s = listen(); c, _ = s.accept()
    print(c.recv(1024))  # here
    c.sendall(GREETING); print(c.recv(1024))
    """


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with tools.engine("full") as started:
        yield started


def verdict(transcript: tr.Transcript) -> PairVerdict:
    return judge_pair(transcript, tools.tp09(), scenario())


def of_side(transcript: tr.Transcript, side: str, kind: type[tools.Entry]) -> list[tools.Entry]:
    return [e for e in tools.entries(transcript, kind) if e.side == side]


def printed(transcript: tr.Transcript, side: str) -> bytes:
    return b"".join(e.data for e in of_side(transcript, side, tr.Stdout))


def test_a_right_pair_gets_to_its_end(engine: Engine) -> None:
    transcript = run(engine, RIGHT_SERVER, RIGHT_CLIENT)
    assert verdict(transcript).works, tools.summary(transcript)
    assert transcript.end.outcome == "completed"
    assert (transcript.header.program, transcript.header.partner) == ("serveur.py", "client.py")
    assert HELLO.encode() in printed(transcript, "server")
    told = [(e.side, e.kind) for e in tools.entries(transcript, tr.Segment)]
    assert told == [
        ("client", "connected"), ("server", "data"), ("client", "data"), ("client", "data"),
        ("client", "fin"), ("server", "fin"),
    ]  # fmt: skip
    # One clock: the client was let go when the server listened, and everything is in order.
    (listens,) = of_side(transcript, "server", tr.Listener)
    (client,) = of_side(transcript, "client", tr.Started)
    assert listens.t < client.t
    times = [e.t for e in transcript.entries]
    assert times == sorted(times)


def test_who_reads_finds_all_that_was_sent(engine: Engine) -> None:
    """The client sends twice before it waits: one read of the server gets both, every time."""
    once = "s = listen(); c, _ = s.accept(); c.sendall(GREETING); print(c.recv(1024).decode())"
    for _ in range(3):
        transcript = run(engine, once, RIGHT_CLIENT)
        assert printed(transcript, "server").decode().strip() == HELLO + GOODBYE


def test_both_wait_and_that_is_proof(engine: Engine) -> None:
    client = """
        s = dial()
        print(s.recv(1024).decode())  # there
        s.sendall(HELLO)
        """
    transcript = run(engine, READS_FIRST, client)
    found = verdict(transcript)
    assert found.code == "both-wait", tools.summary(transcript)
    assert transcript.end.t < 3e9
    for side, text, mark in (("server", READS_FIRST, "# here"), ("client", client, "# there")):
        (state,) = of_side(transcript, side, tr.State)
        assert {call.name for call in state.calls} <= {"recvfrom", "recv"}
        (position,) = of_side(transcript, side, tr.Position)
        head = 6
        assert position.frames[0].line == head + tools.line_of(text, mark)
    assert "recv()" in found.text.in_language("en")


def test_the_server_waits_for_a_client_that_has_ended(engine: Engine) -> None:
    again = RIGHT_SERVER.rstrip() + "; s.accept()"
    found = verdict(run(engine, again, RIGHT_CLIENT))
    assert (found.code, found.blame) == ("server-waits", "server")


def test_the_client_waits_for_a_server_that_has_ended(engine: Engine) -> None:
    client = RIGHT_CLIENT.replace("s.close()", "threading.Event().wait()")
    once = "s = listen(); c, _ = s.accept(); c.sendall(GREETING); print(c.recv(1024).decode())"
    found = verdict(run(engine, once, client))
    assert (found.code, found.blame) == ("client-waits", "client")


def test_two_messages_that_came_as_one_are_said_to_be_the_reason(engine: Engine) -> None:
    client = RIGHT_CLIENT.replace("s.close()", "s.recv(1)")
    assert verdict(run(engine, RIGHT_SERVER, client)).code == "both-wait-merged"


def test_another_port_is_told_with_both_numbers(engine: Engine) -> None:
    transcript = run(engine, RIGHT_SERVER, RIGHT_CLIENT.replace("dial()", "dial(54321)"))
    found = verdict(transcript)
    assert (found.code, found.blame) == ("wrong-port", "client")
    assert "port 54321, the server listens on port 65432" in found.text.in_language("en")
    refused = [e for e in tools.entries(transcript, tr.Segment) if e.kind == "refused"]
    assert [e.port for e in refused][:1] == [54321]


@pytest.mark.parametrize(
    ("server", "code"),
    [
        ("sys.stdin.close(); threading.Event().wait()", "no-listener"),
        ("print('rien')", "no-listener"),
        ("1 / 0", "no-listener-crashed"),
        (
            "s = socket.socket(type=socket.SOCK_DGRAM); s.bind(('', 65432)); s.recv(9)",
            "no-listener-udp",
        ),
    ],
)
def test_without_a_listener_the_client_is_never_started(
    engine: Engine, server: str, code: str
) -> None:
    transcript = run(engine, server, RIGHT_CLIENT)
    found = verdict(transcript)
    assert (found.code, found.blame) == (code, "server"), tools.summary(transcript)
    assert not [e for e in transcript.entries if e.side == "client"]


def test_one_that_crashes_is_told_before_what_follows(engine: Engine) -> None:
    found = verdict(run(engine, RIGHT_SERVER.replace("GREETING", "'texte'"), RIGHT_CLIENT))
    assert (found.code, found.blame) == ("server-crashed", "server")


def test_programs_that_sleep_get_their_time(engine: Engine) -> None:
    client = RIGHT_CLIENT.replace("s.sendall(GOODBYE)", "time.sleep(0.3); s.sendall(GOODBYE)")
    server = """
        s = listen(); s.setblocking(False)
        def wait(f):
            while True:
                try: return f()
                except BlockingIOError: time.sleep(0.005)
        c, _ = wait(s.accept); c.setblocking(False); c.send(GREETING)
        print(wait(lambda: c.recv(1024)).decode()); print(wait(lambda: c.recv(1024)).decode())
        """
    transcript = run(engine, server, client)
    assert verdict(transcript).works, tools.summary(transcript)


def test_the_keyboard_gets_enter(engine: Engine) -> None:
    transcript = run(engine, RIGHT_SERVER, "input('? ')\n" + dedent(RIGHT_CLIENT))
    assert verdict(transcript).works, tools.summary(transcript)
    assert len(of_side(transcript, "client", tr.Keyboard)) == 1


def test_a_child_goes_on_with_the_exchange(engine: Engine) -> None:
    server = """
        s = listen(); c, _ = s.accept()
        if os.fork(): os._exit(0)
        c.sendall(GREETING); print(c.recv(1024).decode()); print(c.recv(1024).decode())
        """
    transcript = run(engine, server, RIGHT_CLIENT)
    assert verdict(transcript).works, tools.summary(transcript)


def test_hostile_output_stays_bytes_and_floods_end(engine: Engine) -> None:
    rude = RIGHT_CLIENT.rstrip() + "; os.write(1, b'\\x1b]0;x\\x07<script>\\xff')"
    transcript = run(engine, RIGHT_SERVER, rude)
    assert b"\x1b]0;x\x07<script>\xff" in printed(transcript, "client")
    flood = run(engine, RIGHT_SERVER, dedent(RIGHT_CLIENT) + "\nwhile True: print('x' * 5000)")
    assert (flood.end.outcome, flood.end.limit) == ("limit", "output")
    (reached,) = tools.entries(flood, tr.LimitReached)
    assert reached.side == "client"
    # The two talk without an end: the wire has its bounds, too.
    endless = "s = listen(); c, _ = s.accept()\nwhile True: c.sendall(bytes(60000))"
    reader = "s = dial()\nwhile s.recv(99999): pass"
    assert run(engine, endless, reader).end.limit in ("wire", "cpu")


def test_without_a_network_of_its_own_it_is_skipped() -> None:
    with tools.engine("none") as engine:
        (played,) = engine.play([job(RIGHT_SERVER, RIGHT_CLIENT)])
    end = played.runs[0].transcript.end
    assert (end.outcome, "isolation full" in end.problem) == ("skipped", True)
    assert verdict(played.runs[0].transcript).code == "skipped"


def test_nothing_is_left_for_the_next_pair(engine: Engine) -> None:
    """A pair that was ended by us, then a right one, on the same network."""
    run(engine, READS_FIRST, "s = dial(); s.recv(9)")
    assert verdict(run(engine, RIGHT_SERVER, RIGHT_CLIENT)).works
