import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake.names import LONGEST, PLAIN, identify, is_reserved, slug


def ids(*names: str) -> dict[str, str]:
    raws = [(name, name.encode("utf-8", "surrogateescape")) for name in names]
    return dict(zip(names, identify(raws), strict=True))


@pytest.mark.parametrize("name", ["dupont_marie", "A", "0", "x" * 64, "a.b-c_d", "dupont."])
def test_a_plain_name_is_its_own_id(name: str) -> None:
    assert ids(name) == {name: name}


@pytest.mark.parametrize(
    "name",
    [
        *("Élodie Müller", "x" * 65, "-rf", ".hidden", "a\nb", "a/b", "", "名前", "a b"),
        *("index.html", "INDEX.HTML", "results.json", "grades.csv", "con", "NUL", "com1", "lpt9.x"),
    ],
)
def test_another_name_gives_a_slug_and_eight_digits(name: str) -> None:
    (identifier,) = ids(name).values()
    assert identifier != name
    assert PLAIN.fullmatch(identifier)
    assert identifier[-9] == "-"
    assert all(digit in "0123456789abcdef" for digit in identifier[-8:])
    assert not is_reserved(identifier)


def test_a_slug_keeps_what_can_be_read() -> None:
    assert slug("Élodie  Müller (groupe 2)", 55) == "Elodie-Muller-groupe-2"
    assert slug("名前", 55) == "submission"
    assert slug("../../etc/passwd", 55) == "etc-passwd"


def test_names_that_differ_by_case_are_all_hashed() -> None:
    found = ids("Dupont", "dupont", "martin")
    assert found["martin"] == "martin"
    assert found["Dupont"].startswith("Dupont-")
    assert found["dupont"].startswith("dupont-")
    assert len({identifier.lower() for identifier in found.values()}) == 3


def test_a_folder_and_an_archive_of_one_name_are_both_hashed() -> None:
    folder, archive = identify([("dupont", b"dupont"), ("dupont", b"dupont.zip")])
    assert folder != archive
    assert folder.startswith("dupont-")
    assert archive.startswith("dupont-")


def test_a_name_made_like_anothers_id_gets_its_own() -> None:
    (hashed,) = identify([("a b", b"a b")])
    first, second = identify([("a b", b"a b"), (hashed, hashed.encode())])
    assert second == hashed
    assert first != second
    assert len(first) <= LONGEST


def test_bytes_that_are_no_text_tell_names_apart() -> None:
    one, two = identify([("ren\xe9", b"ren\xe9"), ("ren\xe9", "ren\xe9".encode())])
    assert one != two


@given(st.lists(st.text(max_size=80), max_size=12, unique=True), st.randoms())
def test_ids_are_unique_valid_and_independent_of_order(
    names: list[str], shuffler: random.Random
) -> None:
    pairs = [(name, name.encode("utf-8", "surrogatepass")) for name in names]
    found = dict(zip(names, identify(pairs), strict=True))
    assert len({identifier.lower() for identifier in found.values()}) == len(names)
    for identifier in found.values():
        assert PLAIN.fullmatch(identifier)
        assert not is_reserved(identifier)
    shuffler.shuffle(pairs)
    again = dict(zip((name for name, _ in pairs), identify(pairs), strict=True))
    assert again == found


def test_order_never_matters_for_clashing_names() -> None:
    pairs = [("Ab", b"Ab"), ("aB", b"aB"), ("ab", b"ab")]
    results = {frozenset(zip(p, identify(p), strict=True)) for p in itertools.permutations(pairs)}
    assert len(results) == 1
