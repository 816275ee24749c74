from __future__ import annotations

from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.lab import texts
from grader.lab.load import load_lab
from grader.lab.model import Drawn, Lab, Level, Message, Scenario, Text
from grader.lab.texts import (
    BUFFER,
    DEFAULTS,
    LONGEST,
    SHORTEST,
    distance_within,
    seed_of,
    texts_of,
)
from grader.matching import fold
from grader.resources import scenarios_root

SEEDS = st.text("0123456789abcdef", min_size=32, max_size=32)
TP09 = load_lab(scenarios_root() / "tp09")


def lab_of(**messages: str) -> Lab:
    return Lab(
        id="x",
        title=Text({}),
        language="fr",
        port=65432,
        messages={name: Message(name=name, text=text) for name, text in messages.items()},
        criteria=(),
        scenarios=(),
        roles={},
    )


def scenario_of(**drawn: int) -> Scenario:
    return Scenario(
        id="s",
        tests="server",
        level=Level.GRADED,
        title=Text({}),
        steps=(),
        expect=(),
        texts={name: Drawn(length=length) for name, length in drawn.items()},
    )


def within(needle: str, text: str) -> int:
    """`distance_within` by the table of the textbook (Sellers 1980)."""
    row = [0] * (len(text) + 1)
    for i, letter in enumerate(needle, 1):
        above, row = row, [i]
        for j, other in enumerate(text, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other)))
    return min(row)


@given(st.text("abc", max_size=12), st.text("abcd", max_size=30))
def test_distance_within_is_that_of_the_textbook(needle: str, text: str) -> None:
    assert distance_within(needle, text) == within(needle, text)


def test_the_seed_depends_on_salt_and_content_alone() -> None:
    # RFC 4231 has no such case: computed by `openssl dgst -sha256 -hmac`.
    assert seed_of("tp09", "ab" * 32) == "38f2ca18dea3d18dfed33dcc1e157294"
    assert seed_of("tp09", "cd" * 32) != seed_of("tp09", "ab" * 32) != seed_of("tp10", "ab" * 32)


def test_drawn_texts_are_the_same_on_every_machine() -> None:
    drawn = texts_of(TP09, TP09.scenario("server-drawn"), "0123456789abcdef" * 2)
    assert drawn == {
        "greeting": TP09.messages["greeting"].text,
        "hello": "Le general peint 970 gateaux dans le grenier",
        "goodbye": "La sorciere imagine 676 masques autour du feu",
    }


def test_the_statements_words_where_nothing_is_drawn() -> None:
    nominal = texts_of(TP09, TP09.scenario("server-nominal"), "0" * 32)
    assert nominal == {name: message.text for name, message in TP09.messages.items()}


def test_scenarios_messages_and_seeds_draw_differently() -> None:
    drawn = [
        texts_of(TP09, TP09.scenario(scenario), seed)[name]
        for scenario, name in (
            ("server-drawn", "hello"),
            ("server-drawn", "goodbye"),
            ("server-split-character", "hello"),
        )
        for seed in ("0" * 32, "1" * 32)
    ]
    assert len(set(drawn)) == 6


@given(SEEDS)
def test_drawn_texts_read_well_and_stand_apart(seed: str) -> None:
    scenario = scenario_of(greeting=0, hello=0, goodbye=0)
    drawn = texts_of(TP09, scenario, seed)
    nominal = [message.text for message in TP09.messages.values()]
    longest = max(len(text.encode()) for text in nominal)
    for name, text in drawn.items():
        data = text.encode()
        assert SHORTEST <= len(data) <= longest
        accents = sum(not letter.isascii() for letter in text)
        # As easy as the words that it stands for: no accent where they have none.
        assert accents == sum(not letter.isascii() for letter in TP09.messages[name].text)
        assert text == text.strip()
        assert "  " not in text
        assert all(letter.isalnum() or letter in " -" for letter in text)
        assert text.encode("latin-1") == text.encode("cp1252")
        assert not any(fold(word) in fold(text) for word in DEFAULTS)
    for one, other in permutations([*drawn.values(), *nominal], 2):
        if one in nominal and other in nominal:
            continue
        assert within(fold(one), fold(other)) >= 8


@given(SEEDS, st.integers(1, 9000))
def test_a_long_text_is_as_long_as_asked_and_never_cut_inside_a_character(
    seed: str, length: int
) -> None:
    data = texts_of(TP09, scenario_of(hello=length), seed)["hello"].encode()
    assert length <= len(data) <= max(length, 0) + LONGEST
    for end in range(BUFFER, len(data), BUFFER):
        data[:end].decode()


@given(SEEDS)
def test_short_and_odd_messages_of_a_lab_are_no_hindrance(seed: str) -> None:
    lab = lab_of(a="a", le="le", ok="OK", les="les", hello="Bonjour", long="x" * 3000)
    drawn = texts_of(lab, scenario_of(hello=0, long=4000), seed)
    for name in ("hello", "long"):
        words = fold(drawn[name]).split()
        assert "a" not in words
        assert "ok" not in words


def test_a_lab_without_room_is_told() -> None:
    subjects = {f"m{index}": text.split()[0] for index, text in enumerate(texts._SUBJECTS)}
    with pytest.raises(ValueError, match=r"no text for .* is far enough"):
        texts_of(lab_of(**subjects), scenario_of(m0=0), "0" * 32)


def test_every_sentence_keeps_the_promises() -> None:
    for subject in texts._SUBJECTS:
        assert not subject.isascii()
    for pool in texts._POOLS:
        assert len(set(pool)) == len(pool) == 32
    sizes = [sorted(len(part.encode()) for part in pool) for pool in texts._POOLS]
    assert sum(each[0] for each in sizes) + 4 + 2 >= SHORTEST
    assert sum(each[-1] for each in sizes) + 4 + 3 <= LONGEST
    forbidden = [fold(word) for word in DEFAULTS]
    for parts in (*product(texts._SUBJECTS, texts._VERBS), *product(texts._OBJECTS, texts._PLACES)):
        assert not any(word in fold(" ".join(parts)) for word in forbidden)
