from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.decodings import best_view, printable, views

ALL = ("utf-8", "latin-1", "cp1252")


def test_ascii_is_read_once() -> None:
    assert [v.encoding for v in views(b"abc", ALL)] == ["ascii"]


def test_cp1252_is_tried_only_where_it_differs_from_latin_1() -> None:
    assert [v.encoding for v in views("é".encode("latin-1"), ALL)] == ["utf-8", "latin-1"]
    assert [v.encoding for v in views("€".encode("cp1252"), ALL)] == list(ALL)


@given(st.binary(max_size=40), st.data())
def test_offsets_lead_back_to_the_bytes(data: bytes, draw: st.DataObject) -> None:
    for view in views(data, ALL):
        index = draw.draw(st.integers(0, len(view.text)))
        offset = view.offset(index)
        if view.encoding == "utf-8":
            assert data[:offset].decode("utf-8", "surrogateescape") == view.text[:index]
        else:
            assert offset == index
        printable(view.text).encode()


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("été".encode(), "utf-8"),
        ("un été".encode("latin-1"), "latin-1"),
        ("3 €, un œuf".encode("cp1252"), "latin-1"),
        (b"abc", "ascii"),
    ],
)
def test_the_most_plausible_reading(data: bytes, encoding: str) -> None:
    assert best_view(data, ALL).encoding == encoding
