from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.judge.model import Status
from grader.lab.model import Accents, Tolerance
from grader.matching import (
    compare,
    find_print,
    fold,
    length_in,
    nearest,
    normalise,
)

T = Tolerance()
STRICT = Tolerance(accents=Accents.REQUIRED)
GREETING = "Bonjour Client, je suis le serveur 65432, la connexion est établie"
HELLO = "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert"
GOODBYE = "Serveur 65432, je vous dis au revoir"

words = st.text("abcdeéèàçôœñuvwxyz", min_size=2, max_size=9)
texts = st.lists(words, min_size=4, max_size=8).map(" ".join)


class TestCompare:
    @pytest.mark.parametrize(
        ("actual", "remarks"),
        [
            (GREETING.encode(), ()),
            (GREETING.encode("latin-1"), ("other-encoding",)),
            (GREETING.replace("é", "e").encode(), ("accents-missing",)),
            (unicodedata.normalize("NFD", GREETING).encode(), ()),
            (f"\r\n  {GREETING}\n\0".encode(), ()),
            (GREETING.replace(" ", "\u00a0 \t").encode(), ()),
            (f"<<{GREETING}>>".encode(), ("extra-output",)),
            (f"x {GREETING} et {GREETING}".encode(), ("extra-output",)),
        ],
    )
    def test_the_text_asked_for(self, actual: bytes, remarks: tuple[str, ...]) -> None:
        match = compare(GREETING, actual, T)
        assert (match.status, match.remarks, match.difference) == (Status.PASS, remarks, None)

    def test_cp1252(self) -> None:
        text = "L’œuf coûte 3 € aujourd’hui"
        assert compare(text, text.encode("cp1252"), T).status is Status.PASS

    @pytest.mark.parametrize(
        "actual",
        [
            GREETING.lower(),
            GREETING.replace(",", " !"),
            GREETING.replace("suis", "suit"),
            GREETING.replace("suis", "sui").replace("la", "laa"),
            GREETING[:-2],
        ],
    )
    def test_near(self, actual: str) -> None:
        assert compare(GREETING, actual.encode(), T).status is Status.PARTIAL

    @pytest.mark.parametrize("actual", ["", "Bonjour", GREETING[:-3], HELLO, GREETING[::-1]])
    def test_other(self, actual: str) -> None:
        assert compare(GREETING, actual.encode(), T).status is Status.FAIL

    def test_the_first_difference(self) -> None:
        assert compare(GREETING, b"Bonjour client, je", T).difference == 8
        assert compare(GREETING, GREETING[:-9].encode(), T).difference == len(GREETING) - 9

    def test_accents_required(self) -> None:
        bare = GREETING.replace("é", "e").encode()
        assert compare(GREETING, bare, STRICT).status is Status.PARTIAL
        assert compare(GREETING, GREETING.encode("cp1252"), STRICT).status is Status.PASS
        accented = GREETING.replace("suis", "süis").encode()
        assert compare(GREETING, accented, STRICT).status is Status.PARTIAL

    def test_short_texts_forgive_no_letters(self) -> None:
        assert compare("oui", b"non", T).status is Status.FAIL
        assert compare("oui", b"OUI !", T).status is Status.PARTIAL

    def test_the_bytes_of_the_text_itself(self) -> None:
        data = f"éé {GREETING} éé".encode()
        assert data[compare(GREETING, data, T).span] == GREETING.encode()

    @given(texts, st.sampled_from(["utf-8", "utf-8-sig"]))
    def test_a_text_is_itself(self, text: str, encoding: str) -> None:
        assert compare(text, text.encode(encoding), T).status is Status.PASS

    @given(texts, st.binary(max_size=300))
    def test_anything_may_come(self, text: str, data: bytes) -> None:
        match = compare(text, data, T)
        match.text.encode()

    @given(texts)
    def test_accents_and_case_cost_at_most_half(self, text: str) -> None:
        assert compare(text, fold(text).encode(), T).status is Status.PASS
        assert compare(text, text.upper().encode(), T).status is not Status.FAIL


class TestLength:
    @pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "cp1252"])
    def test_complete_with_its_last_byte(self, encoding: str) -> None:
        data = GREETING.encode(encoding)
        complete = length_in(GREETING, T)
        assert complete(data) == len(data)
        assert complete(data + b"\r\n") == len(data) + 2
        assert complete(data + b"\nSuite") == len(data) + 1
        assert complete(data[:-1]) is None

    def test_more_than_one_message(self) -> None:
        assert length_in(HELLO, T)((HELLO + GOODBYE).encode()) == len(HELLO)

    def test_small_mistakes_before_a_right_end(self) -> None:
        near = GREETING.replace("suis", "suit").encode()
        assert length_in(GREETING, T)(near) == len(near)
        assert length_in(GREETING, T)(GREETING.lower().encode()) == len(GREETING.encode())

    def test_other_words_are_never_complete(self) -> None:
        assert length_in(GREETING, T)(b"Salut " * 10_000) is None

    @given(texts, st.integers(0, 100))
    def test_no_prefix_is_complete_too_early(self, text: str, cut: int) -> None:
        data = text.encode()
        complete = length_in(text, T)
        assert complete(data) == len(data)
        found = complete(data[: min(cut, len(data) - 1)])
        assert found is None or found <= cut


class TestPrints:
    @pytest.mark.parametrize(
        ("output", "remarks"),
        [
            (f"Message 1 : {GREETING}\r\n".encode(), ()),
            (b"\xff\xfe " + GREETING.encode("latin-1"), ("other-encoding",)),
            (GREETING.encode().decode("latin-1").encode(), ("mangled",)),
            (GREETING.encode().decode("cp1252").encode(), ("mangled",)),
            (repr(GREETING.encode()).encode(), ("bytes-repr",)),
            (f"Recu : {GREETING!a}".encode(), ("other-encoding", "bytes-repr")),
            (f"{GREETING[:21]}\r\n{GREETING[21:]}".encode(), ()),
            (
                f"{GREETING.encode()[:9]!r}\r\n{GREETING.encode()[9:]!r}\r\n".encode(),
                ("bytes-repr",),
            ),
            (GREETING.replace("é", "e").encode(), ("accents-missing",)),
        ],
    )
    def test_the_text_with_anything_around(self, output: bytes, remarks: tuple[str, ...]) -> None:
        found = find_print(GREETING, b"debut\r\n" + output, T)
        assert found is not None
        assert (found.status, found.remarks) == (Status.PASS, remarks)

    def test_ascii_in_a_bytes_literal(self) -> None:
        found = find_print(HELLO, f"{HELLO.encode()!r}\n".encode(), T)
        assert found is not None
        assert found.remarks == ("bytes-repr",)

    def test_where_it_stands(self) -> None:
        output = f"é {GREETING} é".encode()
        found = find_print(GREETING, output, T)
        assert found is not None
        assert output[found.span] == GREETING.encode()

    def test_where_it_stands_among_escapes(self) -> None:
        output = f"{'é'.encode()!r} {GREETING.encode()!r} fin".encode()
        found = find_print(GREETING, output, T)
        assert found is not None
        assert output[found.span] == repr(GREETING.encode())[2:-1].encode()

    def test_from_an_offset(self) -> None:
        output = f"{HELLO}\n{HELLO}\n".encode()
        found = find_print(HELLO, output, T, len(HELLO))
        assert found is not None
        assert found.span == slice(len(HELLO) + 1, 2 * len(HELLO) + 1)
        assert find_print(HELLO, output, T, len(HELLO) + 9) is None

    def test_near(self) -> None:
        found = find_print(GREETING, GREETING.upper().replace("JE", "IE").encode(), T)
        assert found is not None
        assert found.status is Status.PARTIAL

    @pytest.mark.parametrize("output", [b"", HELLO.encode(), b"Bonjour Client", b"\\x"])
    def test_not_there(self, output: bytes) -> None:
        assert find_print(GREETING, output, T) is None

    @given(texts, st.binary(max_size=80), st.binary(max_size=80))
    def test_anything_around(self, text: str, before: bytes, after: bytes) -> None:
        output = before + b"\n" + text.encode() + b"\n" + after
        found = find_print(text, output, T)
        assert found is not None

    @pytest.mark.parametrize(
        "flood",
        [
            b"a" * 2**20,
            b"Bonjour Client, je suis " * 40_000,
            b"\\x41" * 250_000,
            b" " * 2**20,
            "é".encode() * 2**19,
            b"\xe9" * 2**20,
            b"!" * 2**20,
            b"b'" * 2**19,
            b"\xcc\x81" * 2**19,
            b"B o njour Client, je suis le serveur 65432, la connexion est etabli" * 15_000,
        ],
        ids=range(10),
    )
    def test_a_flood_ends(self, flood: bytes) -> None:
        # Quadratic work on a megabyte would not end within the test run's patience.
        find_print(GREETING, flood, T)
        nearest(GREETING, flood, T)
        compare(GREETING, flood, T)


class TestNearest:
    def test_the_line_that_resembles_most(self) -> None:
        output = b"debut\r\nBonjour Client, je suis la\r\nfin\r\n"
        found = nearest(GREETING, output, T)
        assert found is not None
        assert output[found] == b"Bonjour Client, je suis la"

    def test_nothing_resembles(self) -> None:
        assert nearest(GREETING, b"[DEBUG] 42\n", T) is None


def test_normalise() -> None:
    assert normalise(" a\u00a0\u202f b\r\n") == "a b"
    assert fold("Ça, là\u00a0: É_tabli !") == "ca la etabli"
