from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from app.products.files import file_bytes, file_name, safe_name
from app.products.product import Code, Contact, Event, Picture, ProductInvalid, Table, Text

NOW = datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Sales 2026", "Sales 2026"), ("a/b\\c:d*e?f\"g<h>i|j", "a b c d e f g h i j"),
        ("../../etc/passwd", "etc passwd"), ("..", "x"), ("", "x"), (" . ", "x"), (".ssh", "ssh"),
        ("a\x00b\u202ec\u200bd\ne", "abcd e"), ("CON", "_CON"), ("nul.txt", "_nul.txt"),
        ("x" * 200, "x" * 80), ("x" * 200 + ".py", "x" * 77 + ".py"), ("~", "~"),
    ],
)  # fmt: skip
def test_a_name_is_never_a_path_nor_hidden(given, name):
    assert safe_name(given, "x") == name


@pytest.mark.parametrize(
    ("product", "name"),
    [
        (Table("Tea", ("a",), ()), "Tea.csv"),
        (Event("Tea", "2026-11-24"), "Tea.ics"),
        (Contact("Anna"), "Anna.vcf"),
        (Text("", "x"), "Text.txt"),
        (Code("/home/me/.bashrc", "x"), "bashrc"),
        (Code("src\\plot.py", "x"), "plot.py"),
        (Picture("cat", Path("/p/cat.png")), "cat.png"),
    ],
)
def test_each_kind_has_its_ending(product, name):
    assert file_name(product) == name


def test_texts_and_code_are_written_as_they_are():
    assert file_bytes(Text("t", "a\nä"), "1", NOW) == "a\nä\n".encode()
    assert file_bytes(Code("x.py", "if x:\n\tpass\n"), "1", NOW) == b"if x:\n\tpass\n"
    with pytest.raises(ProductInvalid):
        file_bytes(Picture("x", Path("x")), "1", NOW)
