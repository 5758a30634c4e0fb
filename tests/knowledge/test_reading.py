"""Files as passages: every kind, and every kind of trouble."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from app.knowledge.docx import LARGEST_XML_BYTES, NotDocx, paragraphs
from app.knowledge.passage import Kind, LeftOut, Passage
from app.knowledge.reading import Loaded, content_of, decoded, load
from tests.knowledge.documents import W, docx, pdf, zipped


def passages(data: bytes, kind: Kind) -> tuple[Passage, ...]:
    content = content_of(data, kind)
    assert isinstance(content, tuple)
    return content


def test_a_pdf_keeps_its_pages() -> None:
    pytest.importorskip("pypdf")
    data = pdf([["Lease"], ["Rent", "is due on the first."], ["Notice: three months."]])
    found = passages(data, Kind.PDF)
    assert [(p.page, p.text) for p in found] == [
        (1, "Lease"),
        (2, "Rent\nis due on the first."),
        (3, "Notice: three months."),
    ]
    assert found[1].last_line == 2


def test_pdfs_without_words_or_sense_are_left_out() -> None:
    pytest.importorskip("pypdf")
    assert content_of(pdf([[]]), Kind.PDF) is LeftOut.NO_TEXT
    assert content_of(b"%PDF-1.4\nnothing of the kind", Kind.PDF) is LeftOut.DAMAGED


def test_a_docx_is_read_by_its_paragraphs() -> None:
    found = passages(docx(["Dear Anna,", "", "the key is under the mat &amp; well."]), Kind.DOCX)
    assert found[0].text == "Dear Anna,\n\nthe key is under the mat & well."
    assert (found[0].first_line, found[0].last_line) == (1, 3)


def test_tables_breaks_and_deleted_words_of_a_docx() -> None:
    body = (
        f'<w:document xmlns:w="{W}"><w:body><w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t><w:tab/>'
        "<w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:del><w:r><w:t>gone</w:t></w:r>"
        "</w:del><w:r><w:t>kept</w:t></w:r></w:p></w:body></w:document>"
    )
    assert paragraphs(zipped({"word/document.xml": body.encode()})) == ["a\tb", "kept"]


@pytest.mark.parametrize(
    "data",
    [
        docx(["x"], before='<!DOCTYPE d [<!ENTITY a "aaaa">]>'),
        docx(["&a;"], before='<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        zipped({"word/document.xml": b"<a>" * 100_000}),
        zipped({"other.xml": b"<a/>"}),
        zipped({"word/document.xml": b" " * (LARGEST_XML_BYTES + 1)}),
        b"PK\x03\x04 broken",
    ],
    ids=["entities", "outside entity", "too deep", "no text part", "bomb", "no zip"],
)
def test_a_docx_that_is_damaged_or_meant_to_harm_is_left_out(data: bytes) -> None:
    with pytest.raises(NotDocx):
        paragraphs(data)
    assert content_of(data, Kind.DOCX) is LeftOut.DAMAGED


def test_a_locked_docx_is_told_from_a_damaged_one() -> None:
    assert content_of(b"\xd0\xcf\x11\xe0" + b"\0" * 600, Kind.DOCX) is LeftOut.LOCKED


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Grüße\r\n漢字".encode(), "Grüße\n漢字"),
        (b"\xef\xbb\xbfwith a mark", "with a mark"),
        ("wide".encode("utf-16"), "wide"),
        ("Grüße".encode("cp1252"), "Grüße"),
        (b"MZ\0\0binary", None),
        (bytes(range(1, 32)) * 9, None),
    ],
)
def test_encodings(data: bytes, text: str | None) -> None:
    assert decoded(data) == text


def test_a_text_with_a_key_in_it_is_left_out() -> None:
    assert content_of(b"-----BEGIN RSA PRIVATE KEY-----", Kind.TEXT) is LeftOut.SECRET


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")
def test_links_pipes_and_folders_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("words")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.txt").mkdir()
    assert isinstance(load(tmp_path / "real.txt"), Loaded)
    for name in ("link.txt", "pipe.txt", "folder.txt", "missing.txt"):
        assert load(tmp_path / name) is LeftOut.UNREADABLE
