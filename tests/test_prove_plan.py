"""Paths of one program: where two of them differ, what was read must tell which it is."""

from __future__ import annotations

from grader.prove.plan import Accept, Close, Exit, Path, Program, Read, ReadEnd, Send, agree, joined

SEND_A = Send(messages=("a",), text="a")
SEND_B = Send(messages=("b",), text="b")


def read(known: str | None, amount: int = 0) -> Read:
    return Read(messages=("m",), known=known, amount=amount)


def path(*acts: object) -> Path:
    return (Accept(), *acts, Exit(0))  # type: ignore[arg-type]


def test_paths_that_part_without_a_read_are_no_program() -> None:
    assert agree([path(SEND_A), path(SEND_B)]) == (0, 1)
    assert agree([path(SEND_A), path(SEND_A, SEND_B)]) == (0, 1)
    assert agree([path(SEND_A), path(SEND_A), path(Close(first=True))]) == (0, 2)


def test_a_known_text_tells_them_apart_and_so_does_the_end() -> None:
    assert agree([path(read("1"), SEND_A), path(read("2"), SEND_B)]) is None
    assert agree([path(read("1"), SEND_A), path(read(None), SEND_B)]) is None
    assert agree([path(read("1"), SEND_A), path(ReadEnd(), SEND_B)]) is None


def test_two_texts_that_nobody_knows_do_not() -> None:
    assert agree([path(read(None), SEND_A), path(read(None), SEND_B)]) == (0, 1)
    assert agree([path(read("1"), SEND_A), path(read("1"), SEND_B)]) == (0, 1)


def test_one_must_know_how_much_to_read_before_reading_it() -> None:
    assert agree([path(read("1", 1), SEND_A), path(read("22", 2), SEND_B)]) == (0, 1)


def test_a_read_against_anything_else_is_a_parting() -> None:
    assert agree([path(read("1")), path(SEND_A)]) == (0, 1)


def test_equal_paths_are_one_whatever_is_read() -> None:
    assert joined([path(read("1"), SEND_A), path(read(None), SEND_A)]) == (
        path(read(None), SEND_A),
    )
    different = (path(read("1"), SEND_A), path(read("2"), SEND_B))
    assert joined([*different, different[0]]) == different


def test_a_change_of_all_paths_leaves_equal_ones_once() -> None:
    program = Program(paths=(path(SEND_A), path(SEND_B)))
    assert program.each(lambda p: p[-1:]).paths == ((Exit(0),),)
