from fractions import Fraction

import pytest
import yaml  # noqa: TID251 -- both of its readers are tried
from hypothesis import given
from hypothesis import strategies as st

from grader.lab import yamlfile
from grader.lab.problems import LabError, Place, Problems
from grader.lab.yamlfile import Broken, Mapping, Node, Scalar, Sequence, parse

LOADERS = [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)]


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__, autouse=True)
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of yaml's readers, as libyaml isn't there everywhere."""
    monkeypatch.setattr(yamlfile, "_LOADER", request.param)


def read(text: str | bytes) -> tuple[Node, list[str]]:
    problems = Problems()
    data = text.encode() if isinstance(text, str) else text
    tree = parse("f", data, problems)
    try:
        problems.raise_any()
    except LabError as error:
        return tree, [str(problem) for problem in error.problems]
    return tree, []


def plain(node: Node) -> object:
    match node:
        case Scalar(value=value):
            return value
        case Sequence(items=items):
            return [plain(item) for item in items]
        case Mapping(entries=entries):
            return {entry.key: plain(entry.value) for entry in entries}
    return Broken


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("12:30", "12:30"),
        ("010", "010"),
        ("0o10", "0o10"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("2024-01-01", "2024-01-01"),
        ("=", "="),
        ("'1'", "1"),
        ('"true"', "true"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("-12", -12),
        ("0.25", Fraction(1, 4)),
        ("0.1", Fraction(1, 10)),
    ],
)
def test_only_few_words_are_more_than_text(written: str, value: object) -> None:
    tree, problems = read(f"a: {written}\n")
    assert (plain(tree), problems) == ({"a": value}, [])


def test_every_key_and_value_knows_its_place() -> None:
    tree, _ = read("é: [x,\n  {key: y}]\n")
    assert isinstance(tree, Mapping)
    (entry,) = tree.entries
    assert entry.place == Place("f", 1, 1)
    assert entry.value.place == Place("f", 1, 4)
    assert isinstance(entry.value, Sequence)
    inner = entry.value.items[1]
    assert isinstance(inner, Mapping)
    assert inner.entries[0].place == Place("f", 2, 4)
    assert inner.entries[0].value.place == Place("f", 2, 9)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\nb: 2\na: 3\n", ["f:3:1: the key 'a' stands twice, first in line 1"]),
        ("a: !!python/name:os.system x\n", ["f:1:4: the tag"]),
        ("a: !mine {b: 1}\n", ["f:1:4: the tag '!mine'"]),
        ("a: &x 1\nb: *x\n", ["f:1:4: the anchor &x", "f:2:4: the alias *x"]),
        ("<<: {a: 1}\n", ["f:1:1: the merge key"]),
        ("? [1]\n: 2\n", ["f:1:3: a key must be a word"]),
        ("1: 2\ntrue: 3\n", ["f:1:1: a key must be a word", "f:2:1: a key must be a word"]),
        ("---\na\n---\nb\n", ["f:3:1: a second document"]),
        ("", ["f:1:1: the file is empty"]),
        ("# nothing\n", ["f:1:1: the file is empty"]),
        ("a: b: c\n", ["f:1:5: not readable as YAML: mapping values"]),
        ("a:\n\t- b\n", ["f:2:1: not readable as YAML: found character"]),
        ('a: "\\q"\n', ["not readable as YAML: found unknown escape character"]),
        ("é: é\x01\n", ["f:1:5: not readable as YAML"]),
        ("a: [\n", ["not readable as YAML"]),
        (b"a: ok\nb: \xff\n", ["f:2:4: this byte is not UTF-8"]),
        ("n: " + "9" * 6000, ["f:1:4: a number of more than 15 digits"]),
        ("n: 0." + "9" * 6000, ["f:1:4: a number of more than 15 digits"]),
        ("[" * 100_000, ["f:1:21: nested deeper than 20 levels"]),
        ("- " * 30_000, ["nested deeper than 20 levels"]),
        ("x" * (yamlfile.MAX_BYTES + 1), ["f:1:1: the file is larger than 256 KiB"]),
    ],
)
def test_traps_are_refused_at_their_place(text: str | bytes, told: list[str]) -> None:
    _, problems = read(text)
    assert len(problems) == len(told)
    for problem, wanted in zip(problems, told, strict=True):
        assert wanted in problem


def test_a_bomb_of_aliases_costs_nothing() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{new}: &{new} [*{old}, *{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    tree, problems = read(bomb)
    assert len(problems) == 9 + 16
    assert isinstance(tree, Mapping)


def test_what_was_refused_is_broken_and_the_rest_is_read() -> None:
    tree, problems = read("a: !x 1\nb: 2\n")
    assert plain(tree) == {"a": Broken, "b": 2}
    assert len(problems) == 1


def test_a_byte_order_mark_is_no_harm() -> None:
    assert plain(read(b"\xef\xbb\xbfa: 1\n")[0]) == {"a": 1}


@given(st.binary(max_size=200) | st.text(alphabet="ab:-[]{}&*!|>'\"#%? \n\t,1.é", max_size=80))
def test_any_bytes_are_read_or_told(data: bytes | str) -> None:
    tree, problems = read(data)
    assert problems or not isinstance(tree, Broken)
