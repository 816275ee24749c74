"""Names that are known go, however they are written; what is nobody's name stays."""

from __future__ import annotations

import msgspec
import pytest

from grader import transcript as tr
from grader.batch.nameless import SHARED, Nameless, telling_words
from grader.judge.model import Problem, Programs
from grader.lab.model import Text

CLASS = {
    "p1": ["dupont_marie", "Dupont Marie", "marie.dupont@univ.example", "22105678"],
    "p2": ["Nguyễn-Thị Hoa", "Hélène Martin"],
    "p3": ["martin_paul", "李娜", "Bo"],
}

HEADER = tr.Header(
    run="r", scenario="s", role="server", program="dupont.py", texts={}, port=65432,
    delivery="separate", seed="", isolation="full", facts="kernel", interpreter="3.11.7",
    started="2026-11-22T09:13:37.123Z",
)  # fmt: skip


@pytest.fixture
def nameless() -> Nameless:
    return Nameless(CLASS, ["Bonjour Serveur 65432, phase de transfert"])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# Marie DUPONT, n° 22105678", "# p1 p1, n° 22105678".replace("22105678", "p1")),
        ("MARIE_DUPONT = serveur_dupont", "p1_p1 = serveur_p1"),
        ("nguyen thi hoa, NGUYỄN", "p2 p2 p2, p2"),
        ("helene Hélène he\u0301le\u0300ne", "p2 p2 p2"),
        ("Nguye\u0302\u0303n, x\u0301y", "p2, x\u0301y"),
        ("par Martin", f"par {SHARED}"),
        ("李娜", "p3"),
        ("Bo, dupontel, maries", "Bo, dupontel, maries"),
        ("import socket; server.print1", "import socket; server.print1"),
    ],
)
def test_a_known_name_goes(nameless: Nameless, before: str, after: str) -> None:
    assert nameless.text(before) == after
    assert nameless.data(before.encode()) == after.encode()


def test_bytes_that_are_no_text_stay(nameless: Nameless) -> None:
    assert nameless.data(b"\xff\xfeDupont\xe9 dupont\x00") == b"\xff\xfeDupont\xe9 p1\x00".replace(
        b"Dupont\xe9", nameless.data(b"Dupont\xe9")
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "# H\u00e9l\u00e8ne, \u00e9t\u00e9".encode("latin-1"),
            "# p2, \u00e9t\u00e9".encode("latin-1"),
        ),
        (b"\xff H\xc3\xa9l\xc3\xa8ne", b"\xff p2"),
        (b"\xf0Dupont\xe9", b"\xf0p1\xe9"),
        (b"\xf0H\xe9l\xe8ne", b"\xf0H\xe9l\xe8ne"),
    ],
)
def test_text_in_latin_1_loses_names_too(nameless: Nameless, before: bytes, after: bytes) -> None:
    assert nameless.data(before) == after
    letters = [bytes([byte]) for byte in before]
    assert b"".join(nameless.pieces(letters)) == after


@pytest.mark.parametrize("cut", range(1, 25))
def test_a_name_in_pieces_goes_from_all_of_them(nameless: Nameless, cut: int) -> None:
    whole = "é: Marie Dupont, Hoa".encode()
    pieces = nameless.pieces([whole[:cut], whole[cut : cut + 2], whole[cut + 2 :]])
    assert b"".join(pieces) == "é: p1 p1, p2".encode()
    assert nameless.pieces([]) == []


def test_each_letter_alone(nameless: Nameless) -> None:
    letters = [bytes([byte]) for byte in b"x Dupont y"]
    pieces = nameless.pieces(letters)
    assert b"".join(pieces) == b"x p1 y"
    assert len(pieces) == len(letters)


def test_what_the_lab_or_python_says_is_nobodys_name() -> None:
    nameless = Nameless({"p1": ["Marc Transfert", "Class", "Serveur Json"]}, ["phase de Transfert"])
    assert nameless.text("Marc, transfert, class, serveur, json") == (
        "p1, transfert, class, serveur, json"
    )
    assert nameless.spared == {"transfert", "class", "serveur", "json"}


def test_what_python_has_built_in_is_nobodys_name_and_what_a_dict_has_may_be() -> None:
    nameless = Nameless({"p1": ["Print Sorted", "Keys Popitem"]})
    assert nameless.text("print(sorted), keys, popitem") == "print(sorted), p1, p1"


def test_anything_is_gone_through(nameless: Nameless) -> None:
    told = {"dupont.py": [Programs(server="dupont.py", client=None), b"Dupont", 3, None]}
    assert nameless.anything(told) == {
        "p1.py": [Programs(server="p1.py", client=None), b"p1", 3, None]
    }
    run = tr.Transcript(HEADER, (tr.Stdout(t=1, data=b"Dupont"), tr.Ended(t=2, outcome="stuck")))
    header = msgspec.structs.replace(HEADER, program="p1.py")
    ended = run.entries[1]
    assert nameless.anything(run) == tr.Transcript(header, (tr.Stdout(t=1, data=b"p1"), ended))


def test_fields_of_ours_stay_whoever_is_called_so() -> None:
    nameless = Nameless({"p1": ["Missing Stuckey"]})
    problem = Problem(code="missing-file", blame="student", message=Text({"en": "Missing: x"}))
    assert nameless.anything(problem, {"code", "blame"}) == Problem(
        code="missing-file", blame="student", message=Text({"en": "p1: x"})
    )


def test_what_a_platform_puts_into_a_name_is_nobodys() -> None:
    assert telling_words("Marie Dupont_123_assignsubmission_file_") == "Marie Dupont 123"
    assert telling_words("dupont-marie.tar.GZ") == "dupont marie"
    assert Nameless({"p1": ["File Dupont"]}).text('for file in: File "dupont"') == (
        'for file in: File "p1"'
    )
