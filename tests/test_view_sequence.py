"""A transcript becomes moments that read like a story, and never too many of them."""

from __future__ import annotations

import msgspec
from report_samples import (
    GREETING,
    MS,
    header,
    hostile_server,
    lab,
    right_client,
    stuck_server,
)

from grader import transcript as tr
from grader.lab.model import Action, ReferenceStep
from grader.view.calls import call_words
from grader.view.drawing import TEXT_COLUMNS, drawing
from grader.view.moment import Kind, Place
from grader.view.sequence import MOMENTS_SHOWN, last_words, moments
from grader.view.words import words


def labels(transcript: tr.Transcript, language: str = "fr") -> list[str]:
    steps = lab().scenario(transcript.header.scenario).steps
    return [m.label for m in moments(transcript, language, steps)]


def test_the_story_of_a_stuck_server() -> None:
    assert labels(stuck_server()) == [
        "démarrage",
        "écoute sur 0.0.0.0:65432",
        "connexion établie (SYN, SYN/ACK, ACK)",
        "67 octets",
        "premier message",
        "écran",
        "second message",
        "attend dans recv()",
        "n’est pas venu\u00a0: la fermeture",
        "la référence ferme",
        "attend dans recv(), ligne 15",
        "attend toujours\u00a0: nous l’arrêtons",
    ]


def test_an_address_that_nobody_saw_is_not_told() -> None:
    seen = tr.Listener(t=0, protocol="tcp", address="0.0.0.0", port=65432, assumed=True)
    assert (
        labels(tr.of(header(), [seen, tr.Ended(t=0, outcome="completed")]))[0]
        == "écoute sur le port 65432 (adresse non vue)"
    )


def test_sides_of_a_client() -> None:
    told = {m.label: m.place for m in moments(right_client(), "en")}
    assert told["connected (SYN, SYN/ACK, ACK)"] is Place.TO_REFERENCE
    assert told["message"] is Place.TO_PROGRAM
    assert told["FIN: end of the connection"] is Place.TO_REFERENCE


def test_bytes_that_came_together_are_one_moment() -> None:
    received = [
        m for m in moments(right_client(), "fr") if m.place is Place.TO_REFERENCE and m.data
    ]
    assert [(m.parts, m.label) for m in received] == [(2, "102 octets, en 2 envois")]


def test_every_kind_of_entry_can_be_told() -> None:
    told = labels(hostile_server(), "en")
    assert "listens on [::]:65433" in told
    assert "calls 127.0.0.1:9 over UDP: nobody listens there" in told
    assert "connection refused" in told
    assert "RST: connection cut off" in told
    assert "message, piece 1 of 2 (the program was not seen ready to read it)" in told
    assert "waited for the keyboard: Enter" in told
    assert "does nothing: Enter, in case it waits for that" in told
    assert "limit reached: printed text, 1 MB" in told
    assert "3 frames lost by the capture (no effect on the grade)" in told
    assert "ends, status 1" in told


def test_a_step_is_named_only_where_indices_surely_agree() -> None:
    missed = tr.Step(t=MS, index=1, status="missed", reason="stuck")
    transcript = tr.of(header(), [missed, tr.Ended(t=MS, outcome="stuck")])
    both = ReferenceStep(action=Action.SEND, messages=("hello", "goodbye"))
    told = moments(transcript, "en", [both, ReferenceStep(action=Action.END)])
    assert [m.label for m in told] == ["did not come: step 2"]


def test_a_long_exchange_is_folded_in_the_middle() -> None:
    entries: list[tr.AnyEntry] = [
        tr.Sent(t=i * MS, data=b"x", messages=("hello",), piece=i, pieces=999) for i in range(999)
    ]
    told = moments(tr.of(header(), [*entries, tr.Ended(t=MS, outcome="completed")]), "en")
    assert len(told) == MOMENTS_SHOWN
    folds = [m for m in told if m.kind is Kind.FOLD]
    assert [m.label for m in folds] == ["… 800 more events, not shown"]
    assert drawing(told, "en").height > 0


def test_a_flood_is_one_short_moment() -> None:
    entries: list[tr.AnyEntry] = [tr.Stdout(t=i, data=b"spam\n" * 50) for i in range(2000)]
    told = moments(tr.of(header(), [*entries, tr.Ended(t=3000, outcome="limit")]), "fr")
    assert len(told) == 1
    assert len("".join(r.text for r in told[0].shown)) < 500


def call(name: str, target: str = "", tid: int = 1) -> tr.Call:
    return tr.Call(pid=1, tid=tid, name=name, target=target)


def test_calls_in_the_words_of_python() -> None:
    table = words("en")
    assert call_words([call("recvfrom", "connection")], table) == "waits in recv()"
    assert call_words([call("read", "keyboard")], table) == "waits in input()"
    assert call_words([call("futex"), call("accept4", tid=2)], table) == "waits in accept()"
    assert call_words([call("futex")], table) == "waits for another thread"
    assert call_words([call("running")], table) == "runs without a pause"
    assert call_words([call("flock")], table) == "waits in flock"
    assert call_words([], table) == ""


def test_the_drawing_fits_its_frame() -> None:
    for transcript in (stuck_server(), hostile_server(), right_client()):
        shapes = drawing(moments(transcript, "fr"), "fr")
        assert all(b.x >= 0 and b.x + b.width <= shapes.width for b in shapes.boxes)
        assert all(0 <= label.y <= shapes.height for label in shapes.labels)
        assert all(len(x.text) <= TEXT_COLUMNS + 4 for x in shapes.labels)


def test_the_drawing_says_what_was_sent() -> None:
    shapes = drawing(moments(stuck_server(), "fr"), "fr")
    lines = [label.text for label in shapes.labels if label.kind.startswith("bytes")]
    assert GREETING.startswith(lines[0])
    assert "dans la phase de transfert" in " ".join(lines)
    assert shapes.program_end < shapes.height


TRACEBACK = b"Traceback (most recent call last):\n"


ENDED = tr.Ended(t=30 * MS, outcome="crashed")


def told(*entries: tr.AnyEntry) -> list[str]:
    made = moments(tr.of(header("client-nominal", "client"), [*entries, ENDED]), "en")
    return [f"{m.label} {m.data.decode()}".strip() for m in made]


def test_a_traceback_comes_after_what_the_same_look_found_on_the_wire() -> None:
    crash = tr.Stderr(t=20 * MS, data=TRACEBACK)
    rest = tr.Stderr(t=20 * MS + 90_000, data=b"OSError\n")
    joined = tr.Connected(t=20 * MS + 50_000, local=("::1", 1), remote=("::1", 2))
    sent = tr.Received(t=20 * MS + 60_000, data=b"hello")
    end = tr.EndOfStream(t=20 * MS + 70_000)
    connected = "connected (SYN, SYN/ACK, ACK)"
    fin = words("en")["m_fin"]
    error = f"errors (stderr) {TRACEBACK.decode()}"
    assert told(crash, joined, sent, end) == [connected, "5 bytes hello", error.strip(), fin]
    assert told(crash, joined, rest, end) == [connected, f"{error}OSError", fin]
    # What was seen later is later, and of other outputs nothing is known.
    later = msgspec.structs.replace(joined, t=22 * MS)
    assert told(crash, later) == [error.strip(), connected]
    shown = tr.Stdout(t=20 * MS, data=b"hello")
    assert told(shown, joined) == ["screen hello", connected]


def test_the_last_words_are_the_end_of_the_errors_or_where_it_waits() -> None:
    crash = tr.Stderr(t=20 * MS, data=TRACEBACK + b"  x\nOSError: no\n")
    assert last_words(moments(tr.of(header(), [crash, ENDED]), "en")) == "OSError: no"
    assert last_words(moments(stuck_server(), "fr")) == "attend dans recv(), ligne 15"
    assert last_words(()) == ""


def test_a_program_starts_before_it_does_something() -> None:
    dialed = tr.Dialed(t=0, address="127.0.0.1", port=65432, protocol="tcp")
    told = moments(
        tr.of(header(), [dialed, tr.Started(t=0), tr.Ended(t=MS, outcome="completed")]), "en"
    )
    assert told[0].label == "started"
    assert [m.kind for m in told] == [Kind.LIFE, Kind.CUT]


def test_a_call_is_not_laid_on_a_program_that_was_seen_to_wait_for_something_else() -> None:
    """Nobody accepted Bob before the program was seen to wait; what he sent lay unread."""
    here, there = ("127.0.0.1", 65432), ("127.0.0.1", 4)
    bob = tr.Socket(
        protocol="tcp", state="established", local=here, remote=there, receive_queue=3,
        send_queue=0, connection="bob", accepted=False,
    )  # fmt: skip
    waits = tr.State(t=4, why="waiting", calls=(call("recvfrom", "connection"),), sockets=(bob,))
    made = tr.Connected(t=0, connection="alice", local=there, remote=here)
    story: list[tr.AnyEntry] = [
        made,
        msgspec.structs.replace(made, t=1, connection="bob"),
        tr.Sent(t=2, connection="bob", data=b"Bob", messages=("bob",)),
        waits,
        tr.Sent(t=5, connection="bob", data=b"Ici", messages=("bob",)),
        tr.Received(t=6, connection="bob", data=b"Bob"),
        ENDED,
    ]
    rows = moments(tr.of(header(), story), "fr")
    assert [m.call for m in rows if m.kind in (Kind.CONNECT, Kind.DATA)] == [
        "accept", "", "", "recv", "send",
    ]  # fmt: skip


def test_a_client_that_calls_elsewhere_is_told_how_it_got_its_connection() -> None:
    dialed = tr.Dialed(t=0, protocol="tcp", address="127.0.0.1", port=5000)
    made = tr.Connected(t=MS, local=("127.0.0.1", 5000), remote=("127.0.0.1", 4))
    assert "started your client again" in told(dialed, made)[0]
    assert told(dialed)[0].endswith("nobody listens there")
    refused = [ReferenceStep(action=Action.REFUSE), ReferenceStep(action=Action.ACCEPT)]
    again = moments(tr.of(header(role="client"), [dialed, made, ENDED]), "en", refused)
    assert again[0].label.endswith("nobody listens there")
