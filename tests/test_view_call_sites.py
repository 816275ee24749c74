"""Where a call stands in a program's text."""

from __future__ import annotations

import pytest

from grader.view.call_sites import SITES_SHOWN, call_sites, printed_by

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


@pytest.mark.parametrize(
    ("lines", "shown", "found"),
    [
        (["print(c.recv(8))", "print(c.recv(8))", "print('Une erreur')"], "Une erreur\n", (3,)),
        (["print(c.recv(8))", "print('Une erreur')"], "Bonjour\n", (1,)),
        (["print('Reçu :', m)", "print('Fin', n)"], "Reçu : a\n", (1,)),
        (["print('Reçu :', m)"], "autre\n", ()),
        (["print(f'{m} Reçu')", "print('%s' % m)", "print(g('abc'))"], "x\n", (1, 2, 3)),
        (["print('abc'.upper())", "print('ab\\n')", "print(m.decode())"], "x\n", (1, 2, 3)),
        (["print('abc' if m else n)"], "n\n", (1,)),
        (["print(a)"], "", (1,)),
    ],
)
def test_which_print_showed_it(lines: list[str], shown: str, found: tuple[int, ...]) -> None:
    program = "\n".join(lines).encode()
    assert printed_by(program, range(1, len(lines) + 1), shown.encode()) == found
