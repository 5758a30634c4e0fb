from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, strategies as st

from app.products.product import Table
from app.products.tables import csv_bytes, guarded, html_table, tab_separated

_CHARS = st.characters(codec="utf-8", exclude_characters="\0\r")


def table(*rows):
    return Table("t", rows[0], tuple(rows[1:]))


def test_csv_is_what_rfc_4180_says():
    data = csv_bytes(table(("a", 'say "hi"'), ("1,5", "x\ny"), ("", " z")))
    assert data.decode("utf-8-sig") == 'a,"say ""hi"""\r\n"1,5","x\ny"\r\n," z"\r\n'
    assert data.startswith(b"\xef\xbb\xbf")


@given(st.lists(st.lists(st.text(_CHARS), min_size=2, max_size=2), min_size=1))  # fmt: skip
def test_every_cell_comes_back_as_it_was_but_for_the_guard(rows):
    data = csv_bytes(table(*(tuple(row) for row in rows)))
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert read == [[guarded(cell) for cell in row] for row in rows]


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "=HYPERLINK(\"http://evil\")", "+cmd|' /C calc'!A0", "-2+3+cmd|x!A0", "@SUM(A1)",
     "\t=1", "\r=1", " =1", "＝1+1", "＠x", "|x", "%x", "-A1", "+A1"],
)  # fmt: skip
def test_no_cell_is_a_formula(cell):
    assert guarded(cell) == f"'{cell}"
    for written in (csv_bytes(table((cell,))).decode("utf-8-sig"), html_table(table((cell,)))):
        assert not written.lstrip('"').startswith(cell[0])
    assert tab_separated(table((cell,))).startswith("'")


@pytest.mark.parametrize(
    "cell", ["-5", "+49 30 123456", "-1.234,50 €", "1=2", "a@b.org", "12 %", "- ", "", "+3.5%"]
)
def test_numbers_stay_numbers(cell):
    expected = f"'{cell}" if cell == "- " else cell
    assert guarded(cell) == expected


def test_the_clipboard_gets_cells_and_a_table():
    shown = table(("a", "b"), ("1\t2", "<x>\ny"))
    assert tab_separated(shown) == "a\tb\n1 2\t<x> y\n"
    assert html_table(shown) == (
        "<table><tr><th>a</th><th>b</th></tr><tr><td>1\t2</td><td>&lt;x&gt;<br>y</td></tr></table>"
    )
