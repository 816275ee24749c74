from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.lab import values
from grader.lab.problems import LabError, Problems
from grader.lab.values import Fields
from grader.lab.yamlfile import Node, parse

Reader = Callable[[Node, Problems, str], object]


def read(reader: Reader, text: str) -> object:
    """What `reader` makes of the YAML `text`; LabError if it has a problem with it."""
    problems = Problems()
    value = reader(parse("f", text.encode(), problems), problems, "it")
    problems.raise_any()
    return value


def count(node: Node, problems: Problems, what: str) -> int:
    return values.whole(node, problems, what, 1, 9)


@pytest.mark.parametrize(
    ("reader", "text", "value"),
    [
        (values.text, "Été", "Été"),
        (values.points, "2", Fraction(2)),
        (values.points, "0.25", Fraction(1, 4)),
        (values.seconds, "0.5", 0.5),
        (values.size, "4096", 4096),
        (values.size, "512 MiB", 512 * 2**20),
        (values.size, "1KiB", 1024),
        (values.flag, "false", False),
        (count, "9", 9),
    ],
)
def test_right_values(reader: Reader, text: str, value: object) -> None:
    assert read(reader, text) == value


@pytest.mark.parametrize(
    ("reader", "text", "told"),
    [
        (values.text, "65432", "f:1:1: it must be a text, not the number 65432 (put it in quotes)"),
        (values.text, "true", "it must be a text, not true (put it in quotes)"),
        (values.text, "''", "it must be a text"),
        (values.text, "[a]", "it must be a text, not a list"),
        (values.text, "0.5", "it must be a text, not a number"),
        (values.points, "0", "it must be more than 0"),
        (values.points, "-1", "it must be more than 0"),
        (values.points, "0.3", "in steps of 0.25, not 0.3"),
        (values.points, "true", "it must be a number, not true"),
        (values.points, "two", "it must be a number, not the text 'two'"),
        (values.seconds, "true", "a number of seconds"),
        (values.seconds, "0", "a number of seconds"),
        (values.size, "true", "a number of bytes"),
        (values.size, "5 MB", "such as 4096, 64 KiB or 512 MiB, not the text '5 MB'"),
        (values.flag, "no", "it must be true or false, not the text 'no'; did you mean false?"),
        (values.flag, "1", "it must be true or false"),
        (count, "10", "it must be a whole number from 1 to 9, not the number 10"),
        (count, "true", "it must be a whole number"),
        (count, "1.0", "it must be a whole number"),
        (count, "~", "it must be a whole number from 1 to 9, not nothing"),
    ],
)
def test_wrong_values(reader: Reader, text: str, told: str) -> None:
    with pytest.raises(LabError) as caught:
        read(reader, text)
    assert told in str(caught.value)


def fields(text: str) -> tuple[Fields, Problems]:
    problems = Problems()
    return Fields(parse("f", text.encode(), problems), problems, "the lab", ("port", "title")), (
        problems
    )


def test_unknown_and_missing_keys() -> None:
    found, problems = fields("prot: 1\n")
    found.need("port")
    with pytest.raises(LabError) as caught:
        problems.raise_any()
    assert [str(problem) for problem in caught.value.problems] == [
        "f:1:1: the lab: 'port' is missing",
        "f:1:1: the lab: unknown key 'prot'; did you mean 'port'?",
    ]


def test_what_is_no_mapping_is_told_once() -> None:
    found, problems = fields("[1]\n")
    found.need("port")
    found.need("title")
    assert len(problems) == 1


def test_a_text_for_people_is_in_one_language_or_in_several() -> None:
    problems = Problems()

    def people(text: str) -> dict[str, str]:
        node = parse("f", text.encode(), problems)
        return values.people(node, problems, "title", "fr").by_language

    assert people("Bonjour") == {"fr": "Bonjour"}
    assert people("{fr: Bonjour, en: Hello}") == {"fr": "Bonjour", "en": "Hello"}
    assert len(problems) == 0
    people("{en: Hello}")
    people("{fr: Bonjour, English: Hello}")
    with pytest.raises(LabError) as caught:
        problems.raise_any()
    assert "no text in the lab's language 'fr'" in str(caught.value)
    assert "'English' is no language" in str(caught.value)


@given(st.text(alphabet="ab:-[]{} \n,1.0~", max_size=30))
def test_every_reader_yields_a_value_of_its_kind(text: str) -> None:
    problems = Problems()
    node = parse("f", text.encode(), problems)
    assert isinstance(values.text(node, problems, "it"), str)
    assert isinstance(values.points(node, problems, "it"), Fraction)
    assert isinstance(values.seconds(node, problems, "it"), float)
    assert isinstance(values.size(node, problems, "it"), int)
    assert isinstance(values.flag(node, problems, "it"), bool)
    assert count(node, problems, "it") in range(1, 10)
    assert values.choice(node, problems, "it", ("a", "b")) in ("a", "b")
    assert isinstance(values.items(node, problems, "it"), tuple)
