"""Templates: what the table promises, what an author is told, what is not known yet."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.templates import (
    FUNCTIONS,
    MOST_BYTES,
    Function,
    Name,
    RenderError,
    Template,
    TemplateError,
    UnfitValueError,
    UnknownFunctionError,
    UnknownValueError,
    parse,
)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
def test_each_function_gives_what_its_example_says(function: Function) -> None:
    assert parse(function.example).render({}).decode() == function.result


def test_values_stand_in_the_text() -> None:
    template = parse("HELLO {{name | upper}}, {{sum(a, b)}}!")
    assert template.names == {"name", "a", "b"}
    values = {"name": "zoé".encode(), "a": b"2", "b": b" 40\r\n"}
    assert template.render(values).decode() == "HELLO ZOÉ, 42!"


def test_names_can_be_replaced() -> None:
    template = parse("{{i}}: {{line | reverse}}").with_names({"i": b"2", "line": Name("line-2")})
    assert template.render({"line-2": b"ab"}) == b"2: ba"


@pytest.mark.parametrize(
    ("text", "problem", "at"),
    [
        ("abc {{name", "without", 4),
        ("{{}}", "missing", 2),
        ("{{ a | }}", "missing", 5),
        ("{{ a b }}", "'b'", 5),
        ("{{sum(a}}", "')' is missing", 6),
        ("{{sum(a)}}", "sum takes 2 to 8 values", 7),
        ("{{upper(a, b)}}", "upper takes 1 value,", 12),
        ("{{a.b}}", "'.'", 3),
        ("{{__import__('os')}}", "'_'", 2),
        ("{{" + "upper(" * 20 + "a" + ")" * 20 + "}}", "too many brackets", 55),
    ],
)
def test_an_author_is_told_what_is_wrong_and_where(text: str, problem: str, at: int) -> None:
    with pytest.raises(TemplateError) as told:
        parse(text)
    assert problem in str(told.value)
    assert told.value.at == at


def test_an_unknown_function_is_named() -> None:
    with pytest.raises(UnknownFunctionError) as told:
        parse("{{hello | uper}}")
    assert told.value.name == "uper"


def test_what_is_not_known_yet_is_said() -> None:
    with pytest.raises(UnknownValueError) as told:
        parse("{{nonce}}").render({"hello": b""})
    assert told.value.name == "nonce"


@pytest.mark.parametrize(
    "text",
    ["{{sum('a', 1)}}", "{{quotient(1, 0)}}", "{{256 | u8}}", "{{'ab' | repeat(999999999)}}",
     "{{'ab' | from(difference(1, 2))}}", "{{a | repeat(1048576)}}{{a | repeat(1048576)}}"],
)  # fmt: skip
def test_values_that_do_not_fit_are_no_crash(text: str) -> None:
    with pytest.raises(UnfitValueError):
        parse(text).render({"a": b"x"})


@given(st.text(alphabet="ab1 |(){}',.-é", max_size=60))
def test_any_text_is_read_or_told(text: str) -> None:
    try:
        template: Template | None = parse(text)
    except TemplateError as error:
        told = error.at
        template = None
    if template is None:
        assert 0 <= told <= len(text)
        return
    with suppress(RenderError):
        assert len(template.render({"a": b"x", "b": b"12"})) <= MOST_BYTES


@given(st.sampled_from(FUNCTIONS), st.binary(max_size=40), st.binary(max_size=3))
def test_any_bytes_go_into_any_function(function: Function, one: bytes, other: bytes) -> None:
    values = ["a", "b"][: function.least]
    template = parse("{{" + f"{function.name}({', '.join(values)})" + "}}")
    with suppress(UnfitValueError):
        assert isinstance(template.render({"a": one, "b": other}), bytes)


@given(st.text(max_size=60).filter(lambda text: "{{" not in text))
def test_a_text_without_braces_is_itself(text: str) -> None:
    assert parse(text).render({}) == text.encode()
