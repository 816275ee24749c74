"""Names: where they lead, and in which order they stand."""

from __future__ import annotations

from report_samples import grade

from grader.view.people import by_name, href, person


def order(*names: str) -> list[str]:
    places = by_name(names)
    return [name for _, name in sorted(zip(places, names, strict=True))]


def test_order_is_without_case_and_accents_and_numbers_are_numbers() -> None:
    assert order("s10", "S9", "Émile", "eve", "Zoé", "s09") == [
        "Émile", "eve", "S9", "s09", "s10", "Zoé"
    ]  # fmt: skip


def test_hard_names_have_a_place_each() -> None:
    names = ("", " ", "9" * 5000, "1", "a1", "a", "\udce9", "\u202e", "²", "١٢")
    assert sorted(by_name(names)) == list(range(len(names)))
    assert order("9" * 5000, "1")[0] == "1"


def test_a_link_is_an_address_whatever_the_id() -> None:
    assert href(grade("a b&c")) == "a%20b%26c/index.html"
    assert person(grade("x"), linked=False).href == ""
