from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.lab.model import Tolerance
from grader.matching import find_message
from grader.sharing import allocate

T = Tolerance()
HELLO = "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert"
GOODBYE = "Serveur 65432, je vous dis au revoir"

words = st.text("abcdeéèàçôœñuvwxyz", min_size=2, max_size=9)
texts = st.lists(words, min_size=4, max_size=8).map(" ".join)


class TestAllocate:
    def parts(self, stream: str, *expected: str) -> list[str]:
        data = stream.encode()
        return [data[s].decode() for s in allocate(data, expected, T)]

    def test_right_messages(self) -> None:
        assert self.parts(HELLO + GOODBYE, HELLO, GOODBYE) == [HELLO, GOODBYE]

    def test_a_wrong_first_message(self) -> None:
        assert self.parts("Salut" + GOODBYE, HELLO, GOODBYE) == ["Salut", GOODBYE]

    def test_a_wrong_last_message(self) -> None:
        assert self.parts(HELLO + "Adieu", HELLO, GOODBYE) == [HELLO, "Adieu"]

    def test_a_near_message(self) -> None:
        near = HELLO.replace("donc", "dons")
        assert self.parts(near + GOODBYE, HELLO, GOODBYE) == [near, GOODBYE]

    def test_one_message_is_not_two(self) -> None:
        assert self.parts("Bonjour Serveur", HELLO, GOODBYE) == ["Bonjour Serveur", ""]

    def test_two_wrong_messages(self) -> None:
        first, second = "Bonjour serveur, phase de transfert !", "Serveur, au revoir é"
        assert self.parts(first + second, HELLO, GOODBYE) == [first, second]

    def test_nothing(self) -> None:
        assert self.parts("", HELLO, GOODBYE) == ["", ""]
        assert allocate(b"x", [], T) == []

    @given(st.binary(max_size=200), st.lists(texts, max_size=3))
    def test_shares_follow_each_other_and_cover_the_stream(
        self, stream: bytes, expected: list[str]
    ) -> None:
        shares = allocate(stream, expected, T)
        assert len(shares) == len(expected)
        if expected:
            assert b"".join(stream[s] for s in shares) == stream

    @given(st.lists(texts, min_size=1, max_size=3, unique=True))
    def test_each_gets_its_own(self, expected: list[str]) -> None:
        stream = "|".join(expected).encode()
        for text, share in zip(expected, allocate(stream, expected, T), strict=True):
            assert find_message(text, stream[share], T) is not None
