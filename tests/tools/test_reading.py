from __future__ import annotations

import asyncio
import codecs
import os
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.tools import pdf_worker
from app.tools.base import Origin, Tool, ToolFailed
from app.tools.places import Places
from app.tools.reading import reading_tools
from app.tools.round import MAX_RESULT_BYTES
from tests.tools.calling import call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "Documents"
    folder.mkdir()
    return folder


@pytest.fixture
def tools(folder: Path) -> Sequence[Tool]:
    return reading_tools(Places(lambda: [folder], home=folder.parent))


def pdf_of(*texts: str, page: bytes | None = None) -> bytes:
    """A PDF with a page for each text; `page` replaces the drawing of the first."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(texts)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(texts)} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for number, text in enumerate(texts):
        drawing = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode()
        packed = page if page is not None and number == 0 else zlib.compress(drawing)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font "
            b"<< /F1 3 0 R >> >> /Contents %d 0 R >>" % (5 + 2 * number)
        )
        objects.append(
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed)
        )
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % start


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain\n", "plain\n"),
        ("grün 漢字 🙂\n".encode(), "grün 漢字 🙂\n"),
        (codecs.BOM_UTF8 + "grün".encode(), "grün"),
        ("grün\n漢字".encode("utf-16"), "grün\n漢字"),
        ("plain words\n".encode("utf-16-le"), "plain words\n"),
        ("plain words\n".encode("utf-16-be"), "plain words\n"),
        ("grün".encode("utf-32"), "grün"),
        ("grün und weiß – “so”\n".encode("cp1252"), "grün und weiß – “so”\n"),
        (b"one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        (b"a\x1b[31mred\x07\n", "a[31mred\n"),
        (b"", ""),
    ],
)
async def test_a_text_is_read_whatever_its_encoding(
    tools: Sequence[Tool], folder: Path, data: bytes, text: str
) -> None:
    (folder / "a.txt").write_bytes(data)
    answer = await call(tools, "read_file", path="a.txt")
    assert (answer["text"], answer["more"]) == (text, False)


async def test_a_long_file_is_read_in_pages(tools: Sequence[Tool], folder: Path) -> None:
    lines = [f"line {number}\n" for number in range(1, 1001)]
    (folder / "a.txt").write_text("".join(lines))
    first = await call(tools, "read_file", path="a.txt", lines=10)
    assert first["text"] == "".join(lines[:10])
    assert (first["first_line"], first["last_line"], first["more"]) == (1, 10, True)
    last = await call(tools, "read_file", path="a.txt", first_line=995, lines=10)
    assert last["text"] == "".join(lines[994:])
    assert (last["last_line"], last["more"]) == (1000, False)
    with pytest.raises(ToolFailed, match="only 1000 lines"):
        await call(tools, "read_file", path="a.txt", first_line=1001)


async def test_no_page_is_too_big_and_no_line_is_lost(tools: Sequence[Tool], folder: Path) -> None:
    lines = [f"{number} {'漢' * 700}\n" for number in range(100)]
    (folder / "a.txt").write_text("".join(lines))
    read, first, more = "", 1, True
    while more:
        answer = await call(tools, "read_file", path="a.txt", first_line=first)
        assert len(str(answer).encode()) < MAX_RESULT_BYTES
        read, first, more = read + answer["text"], answer["last_line"] + 1, answer["more"]
    assert read == "".join(lines)


async def test_one_endless_line_is_cut_and_says_so(tools: Sequence[Tool], folder: Path) -> None:
    (folder / "a.json").write_text("x" * 1_000_000 + "\nnext\n")
    answer = await call(tools, "read_file", path="a.json")
    assert "[the line goes on]\nnext\n" in answer["text"]
    assert len(answer["text"]) < 10_000


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.bin", bytes(range(256)) * 40, "not a text"),
        ("a.txt", b"\x7fELF\0\0\0\1\0\0", "not a text"),
        ("key.txt", b"-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n", "private key"),
        ("key.md", b"my key:\n-----BEGIN RSA PRIVATE KEY-----\n", "private key"),
        ("key.pgp.txt", b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n", "private key"),
    ],
)
async def test_what_is_not_read(
    tools: Sequence[Tool], folder: Path, name: str, data: bytes, reason: str
) -> None:
    (folder / name).write_bytes(data)
    with pytest.raises(ToolFailed, match=reason):
        await call(tools, "read_file", path=name)


async def test_folders_and_huge_files_are_no_texts(tools: Sequence[Tool], folder: Path) -> None:
    with pytest.raises(ToolFailed, match="is a folder"):
        await call(tools, "read_file", path="Documents")
    (folder / "huge.txt").touch()
    os.truncate(folder / "huge.txt", 10_000_000_000)
    with pytest.raises(ToolFailed, match="too big"):
        await call(tools, "read_file", path="huge.txt")


async def test_a_pdf_is_read_by_pages(tools: Sequence[Tool], folder: Path) -> None:
    (folder / "a.pdf").write_bytes(pdf_of(*(f"page number {n}" for n in range(1, 8))))
    answer = await call(tools, "read_pdf", path="a.pdf", first_page=2, pages=2)
    assert answer["pages_in_file"] == 7
    assert [(each["page"], each["text"].strip()) for each in answer["pages"]] == [
        (2, "page number 2"),
        (3, "page number 3"),
    ]
    with pytest.raises(ToolFailed, match="only 7 pages"):
        await call(tools, "read_pdf", path="a.pdf", first_page=8)


async def test_a_pdf_of_pictures_says_that_it_has_no_text(
    tools: Sequence[Tool], folder: Path
) -> None:
    (folder / "a.pdf").write_bytes(pdf_of(""))
    assert "no text" in (await call(tools, "read_pdf", path="a.pdf"))["note"]


@pytest.mark.parametrize("data", [b"", b"no pdf", b"%PDF-1.4\n", pdf_of("x")[:200]])
async def test_a_damaged_pdf_says_so(tools: Sequence[Tool], folder: Path, data: bytes) -> None:
    (folder / "a.pdf").write_bytes(data)
    with pytest.raises(ToolFailed, match="damaged"):
        await call(tools, "read_pdf", path="a.pdf")


async def test_a_pdf_with_a_password_says_so(tools: Sequence[Tool], folder: Path) -> None:
    import pypdf

    (folder / "plain.pdf").write_bytes(pdf_of("hidden"))
    for name, password in (("locked.pdf", "open sesame"), ("owned.pdf", "")):
        writer = pypdf.PdfWriter(clone_from=folder / "plain.pdf")
        writer.encrypt(password, owner_password="owner", algorithm="RC4-128")
        writer.write(folder / name)
    with pytest.raises(ToolFailed, match="password"):
        await call(tools, "read_pdf", path="locked.pdf")
    answer = await call(tools, "read_pdf", path="owned.pdf")
    assert answer["pages"][0]["text"].strip() == "hidden"


async def test_a_bomb_ends_within_its_bounds(tools: Sequence[Tool], folder: Path) -> None:
    """Hundreds of megabytes of drawing from a small file."""
    inner = zlib.compress(b"q " * 10**8)
    (folder / "bomb.pdf").write_bytes(pdf_of("x", page=inner))
    assert (folder / "bomb.pdf").stat().st_size < 1_000_000
    with pytest.raises(ToolFailed):
        await call(tools, "read_pdf", path="bomb.pdf")


async def test_a_reader_that_is_given_up_ends(
    tools: Sequence[Tool], folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (folder / "a.pdf").write_bytes(pdf_of("x"))
    mark = tmp_path / "pid"
    slow = tmp_path / "slow_worker.py"
    slow.write_text(
        "import os, pathlib, time\n"
        f"pathlib.Path({str(mark)!r}).write_text(str(os.getpid()))\n"
        "time.sleep(600)\n"
    )
    monkeypatch.setattr("app.tools.pdf_reading.WORKER", "slow_worker")
    monkeypatch.setattr(
        "app.tools.pdf_reading._environment",
        lambda: {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path)},
    )
    reading = asyncio.create_task(call(tools, "read_pdf", path="a.pdf"))
    while not mark.exists() or not mark.read_text():
        await asyncio.sleep(0.01)
    pid = int(mark.read_text())
    reading.cancel()
    await asyncio.wait([reading])
    assert reading.cancelled()
    while _runs(pid):
        await asyncio.sleep(0.01)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_everything_read_is_from_a_file(tools: Sequence[Tool]) -> None:
    assert {tool.origin for tool in tools} == {Origin.FILE}
    assert pdf_worker.CPU_S < min(tool.timeout_s for tool in tools if tool.name == "read_pdf")
