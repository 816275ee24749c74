from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from transcripts import (
    DRAWN,
    GOODBYE,
    GREETING,
    HELLO,
    LAB,
    Play,
    client,
    errors,
    grade,
    remarks,
    right_client,
    right_server,
    served,
    server,
)

from grader import transcript as tr
from grader.judge.model import Status
from grader.judge.wording import FINDINGS, REMARKS, SITUATIONS

Make = Callable[[], tr.Transcript]


def never_ran(error: str, line: int, source: str, role: str = "server") -> tr.Transcript:
    return Play(f"{role}-nominal").raises(error, line, source).exits(1)


def crashed(play: Play, error: str, line: int, source: str) -> tr.Transcript:
    return play.raises(error, line, source).fin().we_close().exits(1)


def first_read(play: Play) -> Play:
    return play.receives(GREETING).sends("hello").consumed().prints(HELLO)


ASCII = "SyntaxError: bytes can only contain ASCII literal characters"
USAGE = "usage: serveur.py [-h] port\nserveur.py: error: the following arguments are required"
REUSE = "OSError: [Errno 98] Address already in use"

ALONE: dict[str, tuple[Make, str]] = {
    "syntax": (
        lambda: Play("server-nominal")
        .errs('  File "/submission/serveur.py", line 3\n    print("a"\nSyntaxError: (\n')
        .exits(1),
        "syntax-error",
    ),
    "accent in bytes": (
        lambda: Play("server-nominal")
        .errs(f'  File "/submission/serveur.py", line 3\n    s.send(b"\u00e9")\n{ASCII}\n')
        .exits(1),
        "non-ascii-bytes-literal",
    ),
    "module": (
        lambda: never_ran("ModuleNotFoundError: No module named 'sockets'", 1, "import sockets"),
        "missing-module",
    ),
    "argv": (
        lambda: never_ran("IndexError: list index out of range", 4, "port = int(sys.argv[1])"),
        "missing-argument",
    ),
    "argparse": (lambda: Play("server-nominal").errs(USAGE).exits(2), "missing-argument"),
    "address": (
        lambda: never_ran(
            "TypeError: socket.bind() takes exactly one argument (2 given)", 4, "s.bind('', 65432)"
        ),
        "address-not-a-tuple",
    ),
    "port as text": (
        lambda: never_ran(
            "TypeError: 'str' object cannot be interpreted as an integer",
            4,
            "s.connect(('localhost', '65432'))",
            "client",
        ),
        "port-not-a-number",
    ),
    "no listen": (
        lambda: never_ran("OSError: [Errno 22] Invalid argument", 5, "c, a = s.accept()"),
        "no-listen",
    ),
    "udp": (
        lambda: Play("server-nominal").listens(protocol="udp").waits("recvfrom", "socket").stuck(),
        "datagram-instead-of-stream",
    ),
    "other port": (
        lambda: served(Play("server-nominal").listens(port=5000).connected(5000)).fin().exits(),
        "other-port-or-host",
    ),
    "port bytes swapped": (
        lambda: served(Play("server-nominal").listens(port=0x98FF).connected(0x98FF)).fin().exits(),
        "port-byte-order",
    ),
    "client elsewhere": (
        lambda: Play("client-nominal")
        .dials(5000)
        .raises("ConnectionRefusedError: [Errno 111]", 4, "s.connect(('localhost', 5000))")
        .exits(1),
        "other-port-or-host",
    ),
    "one interface": (
        lambda: served(
            Play("server-nominal").listens(address="127.0.0.1").connected()
        ).fin().exits(),
        "bound-to-one-interface",
    ),
    "keyboard": (
        lambda: server().presses_enter().waits("read", "keyboard").stuck(),
        "waits-for-keyboard",
    ),
    "tuple": (
        lambda: crashed(
            server(),
            "AttributeError: 'tuple' object has no attribute 'send'",
            7,
            "c.send(b'Bonjour')",
        ),
        "accept-tuple-not-unpacked",
    ),
    "listening socket, reading": (
        lambda: crashed(
            server().receives(GREETING),
            "OSError: [Errno 107] Transport endpoint is not connected",
            8,
            "print(s.recv(1024))",
        ),
        "io-on-listening-socket",
    ),
    "listening socket, sending": (
        lambda: crashed(server(), "BrokenPipeError: [Errno 32] Broken pipe", 8, "s.send(m)"),
        "io-on-listening-socket",
    ),
    "text sent": (
        lambda: crashed(
            server(),
            "TypeError: a bytes-like object is required, not 'str'",
            8,
            "c.send('Bonjour')",
        ),
        "send-str-not-bytes",
    ),
    "decode": (
        lambda: crashed(
            client().sends("greeting").consumed(),
            "UnicodeDecodeError: 'ascii' codec can't decode byte 0xc3 in position 59",
            8,
            "print(s.recv(1024).decode('ascii'))",
        ),
        "decode-error",
    ),
    "any other exception": (
        lambda: crashed(served(server()).fin(), "NameError: name 'x' is not defined", 20, "x"),
        "exit-status",
    ),
    "status": (lambda: served(server()).fin().exits(3), "exit-status"),
    "signal": (lambda: served(server()).fin().signalled("SIGSEGV"), "exit-status"),
    "never accepts": (
        lambda: server().waits("read", "keyboard", pending=1).limit("wall"),
        "never-accepts",
    ),
    "reads first": (
        lambda: served(server().waits("recvfrom", "connection").sends("hello").consumed())
        .fin()
        .exits(),
        "both-wait-first",
    ),
    "never greets": (
        lambda: server()
        .waits("recvfrom", "connection")
        .sends("hello")
        .consumed()
        .prints(HELLO)
        .sends("goodbye")
        .prints(GOODBYE)
        .fin()
        .exits(),
        "both-wait-first",
    ),
    "client awaits an answer": (
        lambda: client()
        .sends("greeting")
        .consumed()
        .prints(GREETING)
        .receives(HELLO)
        .waits("recvfrom", "connection")
        .we_close()
        .stuck(),
        "both-wait-first",
    ),
    "client speaks first": (
        lambda: client()
        .receives(HELLO)
        .sends("greeting")
        .prints(GREETING)
        .receives(GOODBYE)
        .fin()
        .exits(),
        "speaks-first",
    ),
    "client never reads": (
        lambda: client().receives(HELLO + GOODBYE).fin().exits(),
        "never-receives",
    ),
    "server never reads": (lambda: server().receives(GREETING).fin().exits(), "never-receives"),
    "closes unread": (
        lambda: server().receives(GREETING).sends("hello").rst().exits(),
        "closes-with-unread-data",
    ),
    "two arguments": (
        lambda: never_ran(
            "TypeError: create_server() takes 1 positional argument but 2 were given",
            3,
            "s = socket.create_server('', 65432)",
        ),
        "address-not-a-tuple",
    ),
    "two arguments of a client": (
        lambda: never_ran(
            "ValueError: too many values to unpack (expected 2)",
            3,
            "s = socket.create_connection('localhost', 65432)",
            "client",
        ),
        "address-not-a-tuple",
    ),
    "three names": (
        lambda: crashed(
            server(),
            "ValueError: not enough values to unpack (expected 3, got 2)",
            6,
            "c, ip, port = s.accept()",
        ),
        "accept-tuple-not-unpacked",
    ),
    "text written": (
        lambda: crashed(
            server(),
            "TypeError: a bytes-like object is required, not 'str'",
            8,
            "f.write('Bonjour')",
        ),
        "send-str-not-bytes",
    ),
    "address of another machine": (
        lambda: never_ran(
            "OSError: [Errno 99] Cannot assign requested address", 4, "s.bind((ADDRESS, 65432))"
        ),
        "bound-to-one-interface",
    ),
    "no way to the address": (
        lambda: never_ran(
            "OSError: [Errno 101] Network is unreachable",
            4,
            "s.connect((ADDRESS, 65432))",
            "client",
        ),
        "other-port-or-host",
    ),
    "listens for datagrams": (
        lambda: never_ran("OSError: [Errno 95] Operation not supported", 5, "s.listen(1)"),
        "datagram-instead-of-stream",
    ),
    "half a letter": (
        lambda: crashed(
            client().sends("greeting").consumed(),
            "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xc3 in position 0",
            8,
            "print(s.recv(1).decode())",
        ),
        "split-character",
    ),
    "length read of a text": (
        lambda: server()
        .receives(GREETING)
        .sends("hello")
        .consumed()
        .sends("goodbye")
        .consumed()
        .waits("recvfrom", "connection")
        .we_close()
        .prints(HELLO[4:])
        .prints(GOODBYE)
        .fin()
        .exits(),
        "length-prefix-wrong",
    ),
    "looks at it and leaves it there": (
        lambda: server()
        .receives(GREETING)
        .sends("hello")
        .prints(HELLO)
        .prints(HELLO)
        .rst()
        .exits(),
        "closes-with-unread-data",
    ),
    "eight bytes at a time": (
        lambda: server()
        .receives(GREETING)
        .sends("hello")
        .prints(f"1 : {HELLO[:8]}")
        .prints(f"2 : {HELLO[8:16]}")
        .rst()
        .exits(),
        "one-recv-is-one-message",
    ),
    "aborts when all is done": (
        lambda: served(server()).fin().we_close().signalled("SIGABRT"),
        "exit-status",
    ),
    "one recv": (
        lambda: first_read(server()).fin().we_close().exits(),
        "one-recv-two-messages",
    ),
    "part of a message": (
        lambda: server()
        .receives(GREETING)
        .sends("hello")
        .prints(HELLO[:16])
        .sends("goodbye")
        .rst()
        .exits(),
        "one-recv-is-one-message",
    ),
    "leaves": (lambda: client().sends("greeting").fin().exits(), "leaves-early"),
    "no connection": (lambda: Play("client-nominal").exits(), "leaves-early"),
    "second missing": (
        lambda: client().sends("greeting").prints(GREETING).receives(HELLO).fin().exits(),
        "second-message-missing",
    ),
    "swapped": (
        lambda: client()
        .sends("greeting")
        .prints(GREETING)
        .receives(GOODBYE + HELLO)
        .fin()
        .exits(),
        "swapped-messages",
    ),
    "wrong text": (
        lambda: client()
        .sends("greeting")
        .prints(GREETING)
        .receives("Salut" + GOODBYE)
        .fin()
        .exits(),
        "wrong-text",
    ),
    "stderr": (
        lambda: server()
        .receives(GREETING)
        .sends("hello")
        .consumed()
        .errs(HELLO)
        .sends("goodbye")
        .errs(GOODBYE)
        .fin()
        .exits(),
        "prints-to-stderr",
    ),
    "length": (
        lambda: client()
        .sends("greeting")
        .consumed()
        .prints(str(len(GREETING.encode())))
        .receives(HELLO + GOODBYE)
        .fin()
        .exits(),
        "prints-length-only",
    ),
    "no print": (
        lambda: server()
        .receives(GREETING)
        .sends("hello")
        .consumed()
        .sends("goodbye")
        .fin()
        .exits(),
        "no-print",
    ),
    "reads on": (
        lambda: served(server())
        .waits("recvfrom", "connection")
        .consumed()
        .we_close()
        .fin()
        .exits(),
        "waits-for-end-of-stream",
    ),
    "ignores the end": (
        lambda: served(server()).consumed().we_close().limit("cpu"),
        "ignores-end-of-stream",
    ),
    "computes": (lambda: server().receives(GREETING).limit("cpu"), "endless-loop"),
    "sleeps": (
        lambda: server().waits("clock_nanosleep", "").limit("wall"),
        "sleeps-too-long",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("make", "expected"), ALONE.values(), ids=ALONE)
def test_one_mistake_is_named_alone(make: Make, expected: str) -> None:
    assert errors(make()) == [expected]


@pytest.mark.parametrize(("make", "expected"), ALONE.values(), ids=ALONE)
def test_a_diagnosis_has_evidence_and_explains_what_was_lost(make: Make, expected: str) -> None:
    run = make()
    made = grade(run)
    (found,) = [d for d in made.diagnoses if d.level == "error"]
    assert found.evidence
    assert all(0 <= i < len(run.entries) for i in found.evidence)
    assert set(found.criteria) == {
        j.criterion.id for j in made.criteria if j.status in ("fail", "partial")
    }
    for judged in made.criteria:
        assert judged.diagnoses == ((expected,) if judged.criterion.id in found.criteria else ())


@pytest.mark.parametrize("run", [right_server(), right_client(), right_server("server-drawn")])
def test_right_programs_have_no_diagnosis(run: tr.Transcript) -> None:
    assert errors(run) == remarks(run) == []


def test_never_closes_and_waits_for_another_client() -> None:
    play = served(server()).consumed().waits("accept4", "listener").we_close()
    assert errors(play.stuck()) == ["never-closes", "endless-loop"]


def test_a_print_of_known_words_only() -> None:
    drawn = server("server-drawn").receives(GREETING).sends("hello").consumed()
    drawn.prints("Inconnu").sends("goodbye").prints("Inconnu")
    made = grade(right_server(), drawn.fin().we_close().exits())
    assert [d.id for d in made.diagnoses] == ["hard-coded-output"]
    assert made.diagnoses[0].title.by_language["en"] == "Only the statement's sentence is printed"


def test_a_print_that_came_once_is_not_of_known_words_where_the_exchange_broke_off() -> None:
    plain = client().sends("greeting").prints(GREETING).fin().we_close().exits()
    drawn = client("client-drawn").sends("greeting").fin().we_close().exits()
    assert "hard-coded-output" not in errors(plain, drawn)


def test_a_buffer_lost_by_a_signal_is_not_a_print_left_out() -> None:
    play = server().receives(GREETING).sends("hello").consumed().sends("goodbye")
    assert errors(play.fin().we_close().signalled("SIGKILL")) == [
        "output-not-flushed",
        "exit-status",
    ]


def test_a_heartbeat_that_goes_on_is_not_a_program_that_sleeps() -> None:
    done = served(server()).fin().we_close().waits("clock_nanosleep", "")
    assert errors(done.limit("wall")) == ["endless-loop"]


def test_polling_for_another_client_is_told_as_waiting_for_one() -> None:
    made = grade(served(server()).fin().we_close().waits("accept4", "listener").limit("wall"))
    assert [d.id for d in made.diagnoses] == ["endless-loop"]
    assert made.diagnoses[0].title.in_language("en") == "The server waits for another client"


def test_a_server_that_leaves_without_a_word() -> None:
    assert errors(server().fin().exits()) == ["leaves-early"]


def test_a_server_that_leaves_with_words_of_its_own() -> None:
    made = grade(server().prints("Une erreur est survenue").fin().exits())
    assert [d.id for d in made.diagnoses] == ["error-swallowed"]
    assert "«\u00a0Une erreur est survenue\u00a0»" in made.diagnoses[0].explanation.in_language(
        "fr"
    )


@pytest.mark.parametrize(
    "play",
    [
        lambda: server().prints("Erreur").fin().exits(1),
        lambda: server().prints("Erreur").prints(HELLO).fin().exits(),
        lambda: server().receives(GREETING).prints("Erreur").fin().exits(),
    ],
)
def test_no_hidden_error_is_guessed(play: Callable[[], tr.Transcript]) -> None:
    """It ended badly, printed a message last, or had sent what was due."""
    assert "error-swallowed" not in errors(play())


def test_an_rst_after_a_long_message_does_not_prove_that_nothing_was_read() -> None:
    play = server("server-long").receives(GREETING)
    play.entries.append(tr.Sent(t=9_000_000, data=b"a" * 1500, messages=("hello",)))
    assert "never-receives" not in remarks(play.rst().exits())


def test_an_accept_loop_that_closes() -> None:
    assert errors(served(server()).fin().we_close().waits("accept4", "listener").stuck()) == [
        "endless-loop"
    ]


def test_a_crash_does_not_hide_a_mistake_before_it() -> None:
    play = Play("server-nominal").listens(address="127.0.0.1").connected().receives("Salut")
    found = errors(crashed(play, "NameError: name 'x' is not defined", 9, "x"))
    assert found[0] == "exit-status"
    assert set(found) == {"exit-status", "bound-to-one-interface", "wrong-text"}


def test_the_line_of_the_stuck_program() -> None:
    run = served(server()).consumed().waits("accept4", "listener").we_close().stuck(line=21)
    found = grade(run).diagnoses[0]
    assert (found.file, found.line) == ("serveur.py", 21)


def test_the_line_of_a_crash_is_the_submissions_own() -> None:
    play = server().errs(
        "Traceback (most recent call last):\n"
        '  File "/submission/serveur.py", line 8, in <module>\n    conn.send("x")\n'
        '  File "/usr/lib/python3.11/socket.py", line 99, in send\n    return f(x)\n'
        "TypeError: a bytes-like object is required, not 'str'\n"
    )
    found = grade(play.fin().exits(1)).diagnoses[0]
    assert (found.id, found.file, found.line) == ("send-str-not-bytes", "serveur.py", 8)


def test_hard_coded_prints_are_seen_with_other_words() -> None:
    play = server("server-drawn").receives(GREETING).sends("hello").consumed().prints(HELLO)
    drawn = play.sends("goodbye").consumed().prints(GOODBYE).fin().exits()
    made = grade(right_server(), drawn)
    (found,) = made.diagnoses
    assert (found.id, found.run) == ("hard-coded-output", "server-drawn")
    assert found.criteria == ("server.print1", "server.print2")


def test_one_hard_coded_print() -> None:
    play = server("server-drawn").receives(GREETING).sends("hello").consumed()
    play.prints(DRAWN["hello"]).sends("goodbye").consumed().prints(GOODBYE)
    (found,) = grade(right_server(), play.fin().exits()).diagnoses
    assert (found.id, found.criteria) == ("hard-coded-output", ("server.print2",))


def test_both_runs_share_one_diagnosis() -> None:
    runs = [
        first_read(server()).fin().we_close().exits(),
        server("server-drawn")
        .receives(GREETING)
        .sends("hello")
        .consumed()
        .prints(DRAWN["hello"])
        .fin()
        .exits(),
    ]
    assert errors(*runs) == ["one-recv-two-messages"]


class TestRemarks:
    def test_keyboard(self) -> None:
        run = served(server().presses_enter()).fin().exits()
        assert (errors(run), remarks(run)) == ([], ["waits-for-keyboard"])

    def test_nobody_is_said_to_wait_for_the_keyboard_who_was_not_seen_to(self) -> None:
        run = served(server().presses_enter(guessed=True)).fin().exits()
        assert (errors(run), remarks(run)) == ([], [])

    def test_bytes(self) -> None:
        play = client().sends("greeting").prints(repr(GREETING.encode()))
        run = play.receives(HELLO + GOODBYE).fin().exits()
        assert (errors(run), remarks(run)) == ([], ["bytes-repr"])

    def test_no_server(self) -> None:
        play = Play("client-no-server").dials(65432)
        error = "ConnectionRefusedError: [Errno 111] Connection refused"
        run = play.raises(error, 4, "s.connect(('localhost', 65432))").exits(1)
        assert (errors(run), remarks(run)) == ([], ["client-before-server"])

    def test_the_peer_leaves(self) -> None:
        play = server("server-client-leaves").we_close()
        error = "ConnectionResetError: [Errno 104] Connection reset by peer"
        run = play.raises(error, 9, "c.recv(1024)").exits(1)
        assert remarks(run) == ["dies-on-reset"]

    def test_restart(self) -> None:
        play = served(server("server-restart")).fin()
        play.entries.append(tr.Exited(t=50_000_000, status=0))
        play.entries.append(tr.Started(t=51_000_000, number=2))
        assert remarks(play.raises(REUSE, 4, "s.bind(('', 65432))").exits(1)) == ["no-reuseaddr"]

    def test_both_messages_at_once_printed_as_one(self) -> None:
        play = server("server-coalesced").receives(GREETING)
        data = (HELLO + GOODBYE).encode()
        play.entries.append(tr.Sent(t=9_000_000, data=data, messages=("hello", "goodbye")))
        run = play.prints(HELLO + GOODBYE).we_close().fin().exits()
        assert remarks(run) == ["merged-messages"]


def test_a_second_client_is_refused() -> None:
    scenario = LAB.scenario("server-nominal")
    twice = replace(scenario, steps=scenario.steps + scenario.steps)
    lab = replace(LAB, scenarios=(twice,))
    play = served(server()).fin().we_close()
    play.entries.append(tr.Refused(t=90_000_000, reason="refused"))
    found = [d.id for d in grade(play.exits(), lab=lab).diagnoses]
    assert found == ["accept-once"]


@pytest.mark.parametrize("table", [FINDINGS, SITUATIONS, REMARKS])
def test_sentences_are_well_set(table: dict[str, tuple[str, str]]) -> None:
    for french, english in table.values():
        well_set(french, english)


def well_set(french: str, english: str) -> None:
    """No-break spaces in French, the same fields in both languages."""
    assert not re.search(r"[^}][:;!?\u00bb](?:\s|$)", french.replace("{nb}", "}"))
    fields = set(re.findall(r"{(\w+)}", french)) - {"nb"}
    assert fields == set(re.findall(r"{(\w+)}", english))


def test_a_syntax_error_stopped_nothing_that_ran() -> None:
    run = never_ran("SyntaxError: invalid syntax", 7, "print(")
    (exit_,) = [f for j in grade(run).criteria for f in j.findings if f.expectation == "exit"]
    assert exit_.what.in_language("en") == "Python could not start your server: see line 7."
    (listening,) = [
        f for j in grade(run).criteria for f in j.findings if f.expectation == "listening"
    ]
    assert "see line 7" in listening.what.in_language("en")
    assert "stopped" not in listening.what.in_language("en")


def said(play: tr.Transcript, number: int = 0) -> str:
    return grade(play).diagnoses[number].explanation.in_language("en")


def test_the_wrong_socket_is_told_by_what_it_does() -> None:
    error = "OSError: [Errno 107] Transport endpoint is not connected"
    reads = crashed(served(server()), error, 8, "print(s.recv(1024).decode())")
    sends = crashed(server(), error, 7, "s.send(b'x')")
    assert said(reads).startswith("Your server receives (line 8) on a socket")
    assert said(sends).startswith("Your server sends (line 7) on a socket")


def test_a_text_with_accents_is_told_that_a_byte_string_takes_none() -> None:
    error = "TypeError: a bytes-like object is required, not 'str'"
    accents = crashed(server(), error, 7, 'conn.send("\u00e9tablie")')
    comment = crashed(server(), error, 7, 'conn.send("plain")  # envoy\u00e9')
    assert "takes none" in said(accents)
    assert "takes none" not in said(comment)


def test_two_programs_with_the_same_wrong_order_are_told_so() -> None:
    late = server().sends("hello").consumed().prints(HELLO).receives(GREETING)
    late = late.sends("goodbye").consumed().prints(GOODBYE).fin().we_close()
    early = client().receives(HELLO).sends("greeting").consumed().prints(GREETING)
    early = early.receives(GOODBYE).fin().we_close()
    both = grade(late.exits(), early.exits())
    assert [d.id for d in both.diagnoses] == ["both-wait-first", "speaks-first"]
    first, second = (d.explanation.in_language("en") for d in both.diagnoses)
    assert "agree with each other" in first
    assert second.startswith("On its side, your client sends before")
    alone = grade(late.exits(), right_client())
    assert "agree" not in alone.diagnoses[0].explanation.in_language("en")


def test_the_reads_of_a_long_message_are_not_counted() -> None:
    def left_after_one(size: int) -> tr.Transcript:
        play = server("server-long")
        play.texts["hello"] = "x" * size
        play.receives(GREETING).sends("hello").consumed().fin().we_close()
        return play.exits()

    assert "one-recv-two-messages" not in remarks(left_after_one(1500))
    assert "one-recv-two-messages" in remarks(left_after_one(900))


def test_the_main_fault_is_no_remark_again() -> None:
    error = "OSError: [Errno 9999] Something else"
    once = crashed(served(server()), error, 8, "conn.frob()")
    again = crashed(server("server-client-leaves"), error, 8, "conn.frob()")
    elsewhere = crashed(server("server-client-leaves"), error, 9, "conn.frob()")
    assert errors(once, again) == ["exit-status"]
    assert remarks(once, again) == []
    assert errors(right_server(), elsewhere) == []
    assert remarks(right_server(), elsewhere) == ["exit-status"]


def test_a_crash_is_not_told_as_a_close_that_came_too_early() -> None:
    run = server().raises("TypeError: no", 7, "conn.send('a')").fin().exits(1)
    (close,) = [j for j in grade(run).criteria if j.criterion.id == "server.close"]
    said = [f.what.in_language("en") for f in close.findings if f.status is Status.FAIL]
    assert said
    assert all("stopped because of an error" in one for one in said)


def test_an_end_that_a_program_raises_itself_is_no_keyboard() -> None:
    own = crashed(server().receives(GREETING), "EOFError", 9, "raise EOFError")
    asked = crashed(server().receives(GREETING), "EOFError: EOF when reading a line", 9, "input()")
    assert "keyboard-at-end-of-input" not in errors(own)
    assert "keyboard-at-end-of-input" in errors(asked)


def test_bytes_that_are_no_text_are_not_a_letter_in_two_pieces() -> None:
    def decoded(sent: bytes) -> tr.Transcript:
        play = client("client-split").sends("greeting")
        t = play.entries.pop().t
        play.entries.append(tr.Sent(t=t, data=sent, messages=("greeting",), pieces=2))
        error = "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xc3 in position 1"
        return crashed(play.consumed(), error, 8, "print(s.recv(2).decode())")

    assert "split-character" in remarks(right_client(), decoded("né".encode()))
    assert "split-character" not in remarks(right_client(), decoded(b"\xc3\xff"))


def test_a_print_in_capitals_is_told_after_what_cost_more_than_half() -> None:
    play = server().receives(GREETING[:-3] + "IE!").sends("hello").consumed()
    play.prints(HELLO.upper()).sends("goodbye").prints(GOODBYE.upper())
    found = [d.id for d in grade(play.fin().exits(), right_client()).diagnoses]
    assert found[-1] == "output-altered"
    alone = server().receives(GREETING).sends("hello").consumed().prints(HELLO.upper())
    alone.sends("goodbye").prints(GOODBYE)
    (only,) = grade(alone.fin().exits(), right_client()).diagnoses
    assert (only.id, only.criteria) == ("output-altered", ("server.print1",))


def test_the_address_of_a_client_is_what_it_gives_to_connect() -> None:
    error, line = "TypeError: 'str' object cannot be interpreted as an integer", "s.connect((h, p))"
    for role, about in (("client", "connect"), ("server", "address")):
        called = line if role == "client" else line.replace("connect", "bind")
        made = grade(never_ran(error, 4, called, role))
        assert [d.about for d in made.diagnoses] == [about]


def test_the_kernels_signal_at_a_limit_is_that_limit() -> None:
    """On a loaded machine the kernel may be there before us."""
    play = server().receives(GREETING)
    seen = play.signalled("SIGXCPU").entries[:-1]
    struck = tr.LimitReached(t=seen[-1].t, limit="cpu", value="5 s")
    end = tr.Ended(t=seen[-1].t, outcome="limit", limit="cpu", signal="SIGXCPU")
    assert errors(tr.of(play.header, [*seen, struck, end])) == ["endless-loop"]
