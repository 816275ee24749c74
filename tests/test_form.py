"""Documents that are made once and filled for many."""

from __future__ import annotations

from grader.form import Form, word


def test_each_word_is_filled_wherever_it_stands() -> None:
    form = Form(b"<1>, <12>, <1>", {"one": b"<1>", "twelve": b"<12>", "none": b"<2>"})
    assert b"".join(form.filled({"one": b"<12>", "twelve": b"", "none": b"x"})) == b"<12>, , <12>"
    assert b"".join(form.filled({"one": b"\\1", "twelve": b"\0"})) == b"\\1, \0, \\1"


def test_a_word_is_like_no_other() -> None:
    assert word() != word()
    assert word().isalnum()
