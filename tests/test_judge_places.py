"""Lines worth a look: only where it is clear which, whatever the text is."""

from __future__ import annotations

import pytest

from grader.judge.places import (
    assigned,
    changed_prints,
    closers,
    error_outputs,
    exits,
    first_send,
    held_files,
    held_threads,
    hidden_errors,
    kept_accepts,
    loop_reads,
    loops_of_libraries,
    print_in_except,
    printed_lengths,
    read_into,
    reads,
    same_socket,
    unlike,
    waited_for,
    withs,
    written_prints,
)

TEXTS = ("Bonjour Serveur, je suis là", "é")


def lines(text: str) -> list[bytes]:
    return text.encode().split(b"\n")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x = 1\ntry:\n    f()\nexcept:\n    print('non')", (2, 4)),
        ("try:\n  f()\nexcept OSError: pass", (1, 3)),
        ("try:\n  f()\nexcept OSError as e:\n\n  print('non')", (1, 3)),
        ("try:\n  f()\nexcept OSError as e:\n  print(e)", ()),
        ("try:\n  f()\nexcept OSError:\n  raise", ()),
        ("try:\n  f()\nexcept:\n  traceback.print_exc()", ()),
        ("try:\n  f()\nexcept A: pass\nexcept B: pass", ()),
        ("try:\n  f()\nexcept A as e: print(e)\nexcept B: pass", (1, 4)),
        ("  except:", (1,)),
        ("# except:", ()),
        ("", ()),
    ],
)
def test_an_error_that_is_caught_and_not_told(text: str, found: tuple[int, ...]) -> None:
    assert hidden_errors(lines(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("c.recv(9)\nprint('Bonjour Serveur, je suis')", (1, 2)),
        ("m = c.recv(9)\nprint('Bonjour Serveur')", (2,)),
        ("c.send('Bonjour Serveur')\nprint('ici')\nc.recv(9)", ()),
        ("# print('Bonjour Serveur')", ()),
        ("print('Bonjour Serveur')\n" * 7, ()),
        ("print('Bonjour Serveur')" + "\nc.recv(9)" * 9, (1,)),
    ],
)
def test_prints_of_what_the_program_knew(text: str, found: tuple[int, ...]) -> None:
    assert written_prints(lines(text), TEXTS) == found


def test_all_places_of_one_kind() -> None:
    assert printed_lengths(lines("m = f()\nprint(len(m))\nprint('a', len(m))\nlen(m)")) == (2, 3)
    assert error_outputs(lines("from sys import stderr\nprint(m, file=stderr)")) == (2,)
    assert exits(lines("sys.exit()\n# exit(1)\nsys.exit(1)\nos._exit(2)")) == (3, 4)
    assert loops_of_libraries(lines("async with s:\n    await s.serve_forever()")) == (2,)
    assert error_outputs(lines("print(m, file=stderr)\n" * 7)) == ()


def test_the_reads_of_the_loop_around_a_line() -> None:
    looped = lines("c.recv(1)\nwhile 1:\n    d = c.recv(9)\n    print(d)\nc.close()")
    assert {loop_reads(looped, number) for number in (2, 3, 4)} == {(2, 3)}
    within = lines("while 1:\n  d = c.recv(9)\n  for x in d:\n    print(x)")
    assert {loop_reads(within, number) for number in (1, 2, 3, 4)} == {(1, 2)}
    turns = lines("while 1:\n  d = c.recv(9)\n  while not d:\n    pass")
    assert loop_reads(turns, 4) == ()
    assert loop_reads(lines("while c.recv(9):\n  pass"), 2) == (1, 1)
    long = lines("\n" * 60_000 + "c.recv(1)\nwhile 1:\n  pass")
    assert loop_reads(long, len(long)) == ()
    assert loop_reads(looped, 5) == loop_reads(looped, 9) == ()
    assert loop_reads(lines("while 1:\n    print(d)"), 2) == ()
    assert withs(lines("with s:\n  s.close()"), (1, 2)) == (1,)
    assert read_into(lines("b = bytearray(8)\nc.recv_into(b)")) == 2
    assert read_into(lines("c.recv(8)")) is None


def test_a_send_before_every_read() -> None:
    assert first_send(lines("a\ns.send(b)\ns.recv(1)\ns.send(c)")) == (2,)
    assert first_send(lines("s.recv(1)\ns.send(b)")) == ()
    assert first_send(lines("s.send(b)")) == ()


@pytest.mark.parametrize(
    ("text", "number", "found"),
    [
        ("HOST = ''\nPORT = 1\ns.bind((HOST, PORT))", 3, (1, 2)),
        ("HOST = ''\nHOST = 'a'\ns.bind((HOST, 1))", 3, ()),
        ("HOST == ''\ns.bind((HOST, 1))", 2, ()),
        ("s.bind(('HOST', 1))\nHOST = 1", 1, ()),
        ("s.bind(('', 1))", 1, ()),
    ],
)
def test_where_a_name_gets_its_value(text: str, number: int, found: tuple[int, ...]) -> None:
    assert assigned(lines(text), number) == found


def test_what_is_waited_for_is_mentioned_elsewhere() -> None:
    text = lines("e = Event()\n# e\ndef f():\n    e.is_set()\nhere = 1\ne.wait()")
    assert waited_for(text, 6) == (1, 4)
    assert waited_for(text, 5) == ()
    assert waited_for(text, 7) == ()


def test_prints_that_change_letters() -> None:
    assert changed_prints(lines("print(m)\nprint(m.upper())")) == (2,)
    assert changed_prints(lines("print(f(m))")) == (1,)
    assert changed_prints(lines("print(a)\nprint(b)")) == ()


def test_where_the_result_of_accept_is_kept() -> None:
    program = lines("c = s.accept()\nc.send(b'')\nd = s.accept()")
    assert kept_accepts(program, 2) == (1,)


def test_the_same_socket_elsewhere() -> None:
    program = lines("s.recv(8)\nc.recv(8)\ns.send(b'')\n# s.recv(8)")
    assert same_socket(program, 1) == (3,)
    assert same_socket(program, 9) == same_socket(lines("pass"), 1) == ()


def test_a_print_that_only_an_except_has() -> None:
    caught = "try:\n    x()\nexcept OSError:\n    print('Oh')\n"
    assert print_in_except(lines(caught), b"Oh") == 4
    assert print_in_except(lines(caught + "print('Oh')"), b"Oh") is None
    assert print_in_except(lines("print('Oh')"), b"Oh") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("c.send('Bonjour Serveur, je suis là'.encode())", ()),
        ("c.send('Bonjour Serveur, je suis là'.upper().encode())", (1,)),
        ("A = 1\nc.send('Bonjour serveur je suis la'.encode())", (2,)),
        ('M = b"Bonjour Serveur, me voilà"', (1,)),
        ("c.send('Au revoir et merci bien'.encode())", ()),
        ("print('Bonjour serveur je suis la')", ()),
        ("c.send('Bonjour serveur je suis la'.encode())\n" * 7, ()),
    ],
)
def test_texts_that_were_meant_to_be_others(text: str, found: tuple[int, ...]) -> None:
    assert unlike(lines(text), TEXTS) == found


def test_what_closes_the_listening_socket() -> None:
    assert closers(lines("while 1:\n  with s:\n    c, a = s.accept()"), 3) == (2,)
    assert closers(lines("c, a = s.accept()\nc.close()\ns.close()"), 1) == (3,)
    assert closers(lines("c, a = s.accept()"), 1) == closers(lines("s.close()"), 1) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("f = c.makefile()\nc.close()", (1,)),
        ("r = c.makefile('r')\nw = c.makefile('w')\nc.close()\nw.close()", (1,)),
        ("self.f = self.c.makefile()\nself.c.close()", (1,)),
        ("f = c.makefile()", ()),
        ("f = c.makefile()\nf.close()\nc.close()", ()),
        ("f = c.makefile()\nwith f:\n  pass\nc.close()", ()),
        ("f = c.makefile()\nwith c, f:\n  pass\nc.close()", ()),
        ("f = c.makefile()\nwith closing(f):\n  pass\nc.close()", ()),
        ("f: BinaryIO = c.makefile()\nf.close()\nc.close()", ()),
        ("f: BinaryIO = c.makefile()\nc.close()", (1,)),
        ("f = c.makefile()\nfor x in (f, c): x.close()\nc.close()", ()),
        ("def g():\n  f = c.makefile()\n  return f\nh = g()\nh.close()\nc.close()", ()),
        ("f = c.makefile()\nlog.close()", ()),
        ("with c, c.makefile() as f:\n  pass\ns.close()", ()),
        ("# f = c.makefile()\nc.close()", ()),
        ("", ()),
    ],
)
def test_what_makefile_gave_and_nothing_closes(text: str, found: tuple[int, ...]) -> None:
    assert held_files(lines(text)) == found


def test_reads_and_threads_that_are_held() -> None:
    assert reads(lines("f()\nn = s.recv_into(b, 8)\nd = await r.read(8)\nrecv = 1")) == (2, 3)
    assert held_threads(lines("t.start()\nt.join()\n', '.join(names)")) == (2,)
    assert held_threads(lines("t = Thread(target=serve(c))\nt.join()")) == (1,)
