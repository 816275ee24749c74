"""What the text of the program that ran adds to its run: names of calls, and what came first."""

from __future__ import annotations

import pytest
from report_samples import MS, header

from grader import transcript as tr
from grader.view.moment import Kind
from grader.view.own_program import NOTHING, OwnProgram
from grader.view.sequence import moments
from grader.view.telling import Teller

SOURCE = b"""import socket
s = socket.socket()
s.listen(1)
print("Ready to go")
conn, addr = s.accept()
print("Client is here")
def later():
    print("Said in between")
"""
OWN = OwnProgram({"lab/serveur.py": SOURCE}, "lab/serveur.py")


@pytest.mark.parametrize(
    ("shown", "after"),
    [
        (b"Ready to go\n", False),
        (b"Client is here\n", True),
        (b"Said in between\n", None),  # who calls later(), and when?
        (b"Ready to go\nClient is here\n", None),
    ],
)
def test_a_print_below_a_call_comes_after_it(shown: bytes, after: bool | None) -> None:
    assert OWN.prints_after(shown, "accept") is after
    assert NOTHING.prints_after(shown, "accept") is None


def test_a_line_is_found_by_the_end_of_its_path() -> None:
    assert OWN.line("serveur.py", 3) == "s.listen(1)"
    assert OWN.line("serveur.py", 99) == OWN.line("client.py", 1) == ""


def connected(shown: bytes, apart: int, own: OwnProgram = NOTHING) -> list[Kind]:
    """The kinds of what one look found: a text on the screen, then a connection."""
    local, remote = ("127.0.0.1", 4), ("127.0.0.1", 65432)
    entries: list[tr.AnyEntry] = [
        tr.Stdout(t=MS, data=shown),
        tr.Connected(t=MS + apart, local=local, remote=remote),
        tr.Ended(t=9 * MS, outcome="completed"),
    ]
    return [m.kind for m in moments(tr.of(header(), entries), "en", own=own)]


def test_a_connection_stands_before_what_is_printed_because_of_it() -> None:
    as_recorded, as_it_was = [Kind.SCREEN, Kind.CONNECT], [Kind.CONNECT, Kind.SCREEN]
    assert connected(b"Client is here\n", MS // 2, OWN) == as_it_was
    assert connected(b"Ready to go\n", MS // 10, OWN) == as_recorded
    # Without the program's lines: what is so near was found in one look.
    assert connected(b"Client is here\n", MS // 10) == as_it_was
    assert connected(b"Client is here\n", MS // 2) == as_recorded
    assert connected(b"Client is here\n", 2 * MS, OWN) == as_recorded


def waits(source: str, *states: str) -> str:
    sockets = tuple(
        tr.Socket(protocol="tcp", state=state, local=("0.0.0.0", 65432), remote=("0.0.0.0", 0),
                  receive_queue=0, send_queue=0)
        for state in states
    )  # fmt: skip
    call = tr.Call(pid=1, tid=1, name="epoll_wait", fd=3, target="file")
    state = tr.State(t=MS, why="waiting", calls=(call,), sockets=sockets)
    frame = tr.Frame(file="serveur.py", line=1, function="<module>")
    entries: list[tr.AnyEntry] = [
        state,
        tr.Position(t=MS, frames=(frame,)),
        tr.Ended(t=MS, outcome="stuck"),
    ]
    own = OwnProgram({"serveur.py": source.encode()}, "serveur.py")
    moment = Teller(tr.of(header(), entries), "en", (), own).tell(0, state)
    assert moment is not None
    return moment.label


def test_who_polls_is_told_so_in_the_words_of_the_program() -> None:
    assert waits("asyncio.run(main())", "listen") == "waits for a client in its event loop, line 1"
    assert waits("asyncio.run(main())", "listen", "established") == (
        "waits for a client or data in its event loop, line 1"
    )
    assert waits("r, w, x = select.select([s], [], [])", "listen") == "waits in select(), line 1"
    assert waits("server.serve_forever()", "listen") == "waits in serve_forever(), line 1"
    assert waits("nothing_known()", "established") == "waits for data, line 1"
