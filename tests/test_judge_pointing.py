"""Where to look in a program: only where there is exactly one such call."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from transcripts import GREETING, HELLO, grade, right_client, server

from grader.judge.model import Diagnosis
from grader.judge.pointing import LOOKED_AT, only_line, pointed
from grader.lab.model import Role, Text

RECEIVE = re.compile(rb"\.recv\s*\(")
SOURCE = b"import socket\n# c.recv(1)\ns.bind(('127.0.0.1', 1))\nm = c.recv(1024)\nprint(m)\n"


def diagnosis(name: str, role: Role = "server", line: int | None = None) -> Diagnosis:
    told = Text({"fr": "Ceci.", "en": "This."})
    return Diagnosis(
        id=name,
        role=role,
        run="",
        level="error",
        title=told,
        explanation=told,
        file="s.py",
        line=line,
    )


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (SOURCE, 4),
        (SOURCE.replace(b"\n", b"\r\n"), 4),
        (SOURCE.replace(b"\n", b"\r"), 4),
        (SOURCE + b"c.recv (8)\n", None),
        (b"a = c.recv(1) + c.recv(2)\n", None),
        (b"print(1)\n", None),
        (b"", None),
        (b"\xff\x00c.recv(1)", 1),
        (b"\n" * LOOKED_AT + b"c.recv(1)", None),
    ],
)
def test_the_only_call(source: bytes, line: int | None) -> None:
    assert only_line(source, RECEIVE) == line


def test_a_mistake_may_have_several_places() -> None:
    source = b"a\nprint(m, file=stderr)\nprint(n, file=stderr)\n"
    found = pointed(diagnosis("prints-to-stderr"), {"s.py": source})
    assert (found.look, found.also) == (2, (3,))
    served = b"await s.serve_forever()\nasyncio.run(main())\n"
    assert pointed(diagnosis("endless-loop", line=2), {"s.py": served}).also == (1,)
    assert pointed(diagnosis("endless-loop", line=1), {"s.py": served}).also == ()


def test_of_several_values_those_that_are_told() -> None:
    source = b"HOST = 'localhost'\nPORT = 65433\ns.connect((HOST, PORT))\n"
    told = Text({"fr": "Le client appelle le port 65433.", "en": "It calls port 65433."})
    given = replace(diagnosis("other-port-or-host", "client"), explanation=told)
    found = pointed(given, {"s.py": source})
    assert (found.look, found.also) == (3, (2,))
    assert pointed(diagnosis("other-port-or-host", "client"), {"s.py": source}).also == (1, 2)


def test_it_is_said_in_both_languages_and_is_no_line_of_the_diagnosis() -> None:
    found = pointed(diagnosis("bound-to-one-interface"), {"s.py": SOURCE})
    assert found.explanation.in_language("fr") == "Ceci. Regardez la ligne\u00a03."
    assert found.explanation.in_language("en") == "This. Look at line 3."
    assert found.line is None


@pytest.mark.parametrize(
    ("given", "sources"),
    [
        (diagnosis("bound-to-one-interface", line=7), {"s.py": SOURCE}),
        (diagnosis("bound-to-one-interface"), {"other.py": SOURCE}),
        (diagnosis("bound-to-one-interface"), {}),
        (diagnosis("never-closes"), {"s.py": SOURCE}),
        (diagnosis("swapped-messages"), {"s.py": SOURCE}),  # it sends nothing
    ],
)
def test_otherwise_it_stays_as_it_was(given: Diagnosis, sources: dict[str, bytes]) -> None:
    assert pointed(given, sources) == given


def test_a_with_is_said_to_close_what_it_holds() -> None:
    source = b"while 1:\n    with s:\n        c, a = s.accept()\n"
    found = pointed(diagnosis("closes-listener-in-loop", line=3), {"s.py": source})
    assert "On line 2, with closes this socket" in found.explanation.in_language("en")
    source = b"c, a = s.accept()\ns.close()\n"
    found = pointed(diagnosis("closes-listener-in-loop", line=1), {"s.py": source})
    assert found.explanation.in_language("en").endswith("See line 2 too.")


def test_imports_of_stderr_are_not_where_it_is_used() -> None:
    source = b"from sys import stderr\nprint(m, file=stderr)\n"
    found = pointed(diagnosis("prints-to-stderr"), {"s.py": source})
    assert found.explanation.in_language("en") == "This. Look at line 2."


def test_no_verdict_depends_on_it() -> None:
    play = server().receives(GREETING).sends("hello").consumed().prints(HELLO).fin().we_close()
    runs = (play.exits(), right_client())
    without, told = grade(*runs), grade(*runs, sources={"serveur.py": SOURCE})
    assert told.criteria == without.criteria
    (before,), (after,) = without.diagnoses, told.diagnoses
    assert after.id == before.id == "one-recv-two-messages"
    assert after.explanation.in_language("en").endswith("Look at line 4.")


def test_it_follows_a_name_to_its_value() -> None:
    source = b"HOST = 'localhost'\ns.bind((HOST, 1))\n"
    found = pointed(diagnosis("bound-to-one-interface"), {"s.py": source})
    assert (found.look, found.also) == (2, (1,))
    assert found.explanation.in_language("fr") == "Ceci. Regardez les lignes\u00a01 et 2."


def test_what_a_wait_is_for_is_shown_beside_its_line() -> None:
    source = b"e = Event()\ne.wait()\n"
    found = pointed(diagnosis("endless-loop", line=2), {"s.py": source})
    assert (found.line, found.look, found.also) == (2, None, (1,))
    assert found.explanation.in_language("en") == "This. See line 1 too."


@pytest.mark.parametrize(
    ("name", "role", "source", "said"),
    [
        ("error-swallowed", "server", b"try:\n  f()\nexcept:\n  pass\n", "Look at lines 1 and 3."),
        ("hard-coded-output", "client", b"c.recv(1)\nprint('Bonjour Client')",
         "Look at lines 1 and 2."),
        ("speaks-first", "client", b"s.send(b'a')\ns.recv(1)\ns.send(b'b')", "Look at line 1."),
    ],
)  # fmt: skip
def test_lines_that_have_to_do_with_it(name: str, role: Role, source: bytes, said: str) -> None:
    found = pointed(diagnosis(name, role), {"s.py": source}, ["Bonjour Client, ici"])
    assert found.explanation.in_language("en") == f"This. {said}"
