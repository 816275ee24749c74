"""Where a call stands in a program's text."""

from __future__ import annotations

from grader.view.call_sites import SITES_SHOWN, call_sites

SERVER = b"""import socket
from x import accept (
# s.recv(1)
s = socket.socket()
s.bind(("", 65432))
s.listen()
c, a = s.accept()
c.sendall(b"x"); c.send(b"y")
print(c.recv(10))
print (c.recv (10))
def close(): pass
c.shutdown(2)
"""


def test_lines_of_each_call() -> None:
    assert call_sites(SERVER) == {
        "bind": (5,),
        "listen": (6,),
        "accept": (7,),
        "send": (8,),
        "recv": (9, 10),
        "print": (9, 10),
        "close": (12,),
    }


def test_a_call_that_stands_everywhere_is_told_nowhere() -> None:
    assert "print" in call_sites(b"print(1)\n" * SITES_SHOWN)
    assert call_sites(b"print(1)\n" * (SITES_SHOWN + 1)) == {}


def test_names_that_only_look_alike() -> None:
    assert call_sites(b"pprint(1)\nresend(2)\nx.send_all(3)\nsend = 4\n") == {}


def test_a_program_too_long_is_not_looked_through() -> None:
    assert call_sites(b"s.accept()\n" + b"#" * (1 << 16)) == {}
