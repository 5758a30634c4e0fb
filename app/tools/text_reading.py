"""The text of a file in lines, whatever it is encoded in. Blocks: for a thread."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from app.tools.base import ToolFailed
from app.tools.blocking import Watch
from app.tools.private_files import holds_private_key

MAX_FILE_BYTES = 64_000_000
MAX_PAGE_BYTES = 24_000
"""What a model is given at once, in UTF-8."""
MAX_LINE_CHARS = 6_000
CUT = "… [the line goes on]\n"

_START_BYTES = 64_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of a file. `last` is the number of its last line; `more` tells of further ones."""

    text: str
    first: int
    last: int
    more: bool
    encoding: str


def encoding_of(start: bytes, *, is_whole: bool) -> str:
    """What the first bytes of a text are encoded in. Raises ToolFailed when they are no text."""
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start, final=is_whole)
    except UnicodeDecodeError:
        pass
    else:
        if b"\0" not in start:
            return "utf-8"
    if wide := _wide_encoding(start):
        return wide
    if b"\0" in start or _control_share(start) > 0.02:
        raise ToolFailed("That is not a text file.")
    return "cp1252"


def read_page(file: BinaryIO, first: int, count: int, watch: Watch) -> Page:
    """Up to `count` lines from the line `first` on, the first line being 1. Raises ToolFailed."""
    start = file.read(_START_BYTES)
    if holds_private_key(start):
        raise ToolFailed("That holds a private key, and is not read.")
    encoding = encoding_of(start, is_whole=len(start) < _START_BYTES)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline=None)
    try:
        return _page(text, first, count, encoding, watch)
    finally:
        text.detach()


def _page(text: io.TextIOBase, first: int, count: int, encoding: str, watch: Watch) -> Page:
    kept: list[str] = []
    number, used_bytes = 0, 0
    for line in _lines(text, watch):
        number += 1
        if number < first:
            continue
        used_bytes += len(line.encode("utf-8", "replace"))
        if kept and (len(kept) >= count or used_bytes > MAX_PAGE_BYTES):
            return Page("".join(kept), first, number - 1, more=True, encoding=encoding)
        kept.append(line)
    if number and first > number:
        raise ToolFailed(f"The file has only {number} lines.")
    return Page("".join(kept), first, number, more=False, encoding=encoding)


def _lines(text: io.TextIOBase, watch: Watch) -> Iterator[str]:
    """Each line, cut where it alone would be more than a page."""
    while line := text.readline(MAX_LINE_CHARS):
        watch.check()
        goes_on = len(line) == MAX_LINE_CHARS and not line.endswith("\n")
        rest = line
        while goes_on and not rest.endswith("\n") and (rest := text.readline(MAX_LINE_CHARS)):
            watch.check()
        yield _clean(line) + (CUT if goes_on else "")


def _clean(line: str) -> str:
    """Without control characters, which a screen would obey."""
    return "".join(char for char in line if char >= " " or char in "\n\t")


def _wide_encoding(start: bytes) -> str | None:
    """UTF-16 without a mark: nearly every other byte of a Western text is zero."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    if half >= 4 and odd > 0.7 * half and even < 0.1 * half:
        return "utf-16-le"
    if half >= 4 and even > 0.7 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


def _control_share(start: bytes) -> float:
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in start)
    return controls / max(1, len(start))
