"""A teacher's own file is filled, and not one other byte of it changes."""

from __future__ import annotations

import csv
import io
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.formats.sheet import SheetError, read_sheet

BOMS = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_only_the_cell_that_is_filled_changes(delimiter: str, end: str) -> None:
    lines = ['Nom{d}"Note"{d}Fin', '"a ""b"" {d}c"{d}{d} x ', "", '=1+1{d}"9"{d}"é\n2"', ""]
    text = end.join(lines).replace("{d}", delimiter)
    sheet = read_sheet(text.encode())
    assert sheet.header == ("Nom", "Note", "Fin")
    assert [row[0].value for row in sheet.rows] == ["Nom", f'a "b" {delimiter}c', "=1+1"]
    assert sheet.filled({}) == text.encode()
    value = "1" + delimiter + "5"
    wanted = text.replace(f"{delimiter}{delimiter} x ", f'{delimiter}"{value}"{delimiter} x ')
    assert sheet.filled({(1, 1): value}) == wanted.encode()
    assert sheet.filled({(2, 1): "7"}) == text.replace('"9"', '"7"').encode()


@pytest.mark.parametrize("encoding", BOMS)
def test_a_bom_and_its_encoding_stay(encoding: str) -> None:
    data = BOMS[encoding] + "Élève;Note\r\nZoé;\r\n".encode(encoding)
    sheet = read_sheet(data)
    assert sheet.header == ("Élève", "Note")
    assert sheet.filled({}) == data
    assert sheet.filled({(1, 1): "17,5"}).endswith("Zoé;17,5\r\n".encode(encoding))


def test_what_an_old_encoding_lacks_is_an_entity() -> None:
    data = "Élève,Note,Dit\nZoé,,\n".encode("cp1252")
    sheet = read_sheet(data)
    assert sheet.filled({}) == data
    assert sheet.filled({(1, 2): "✓ é"}) == "Élève,Note,Dit\nZoé,,&#10003; é\n".encode("cp1252")
    strange = b"a,b\n\x81\xfe,1\n"
    assert read_sheet(strange).filled({}) == strange


def test_quotes_after_a_backslash_as_php_writes_them() -> None:
    data = b'Nom,Texte,Note\na,"dit \\"oui, non\\"",1\nb,c,2\n'
    sheet = read_sheet(data)
    assert [len(row) for row in sheet.rows] == [3, 3, 3]
    assert sheet.filled({(1, 2): "9"}) == data.replace(b",1\n", b",9\n")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"one column\n2\n", "one column only"),
        (b"a,b,c\n1,2,3\n1,2\n", "row 3 has 2 cells, and the header 3"),
        (b"\xff\xfe\x00", "no text in utf-16-le"),
    ],
)
def test_what_is_no_table_is_said(data: bytes, said: str) -> None:
    with pytest.raises(SheetError, match=said) as told:
        read_sheet(data)
    assert told.value.text.in_language("fr") != told.value.text.in_language("en")


CELLS = st.text(alphabet="aé \"',;=\\\n\t<")
"""No lone CR: Python's writer leaves it bare, and then its own reader refuses the file."""


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=4),
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_whatever_python_writes_is_read_as_python_reads_it(
    rows: list[list[str]], delimiter: str, end: str, quoting: Literal[0, 1]
) -> None:
    header = ["Nom", "Note", "Dit"]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(
        [header, *rows]
    )
    data = out.getvalue().encode()
    sheet = read_sheet(data)
    assert [[cell.value for cell in row] for row in sheet.rows] == [header, *rows]
    assert sheet.filled({}) == data
    filled = sheet.filled({(1, 1): rows[0][2]}).decode()
    again = list(csv.reader(io.StringIO(filled, newline=""), delimiter=delimiter, strict=True))
    assert again[1] == [rows[0][0], rows[0][2], rows[0][2]]
