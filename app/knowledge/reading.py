"""Reads one file into passages. Blocking; runs in the indexer's own process."""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from app.knowledge.choosing import LARGEST_DOCUMENT_BYTES, file_left_out, holds_secret
from app.knowledge.chunks import passages_of
from app.knowledge.docx import LockedDocx, NotDocx, paragraphs
from app.knowledge.passage import Content, Kind, LeftOut, Passage

MAX_PAGES = 5_000
DIGEST_BYTES = 16

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_LOOKED_AT_BYTES = 8_192
_MOST_CONTROLS = 0.02
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_MAY_GROW_BYTES = 1 << 16
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_FLAGS |= getattr(os, "O_NONBLOCK", 0)  # A pipe of that name must not hold the reader.


@dataclass(frozen=True, slots=True)
class Loaded:
    """The bytes of a file and what tells them from others."""

    data: bytes
    digest: bytes


def load(path: Path) -> Loaded | LeftOut:
    """Read a regular file that is no link."""
    try:
        number = os.open(path, _FLAGS)
    except OSError:
        return LeftOut.UNREADABLE
    status = os.fstat(number)
    if not stat.S_ISREG(status.st_mode):
        os.close(number)
        return LeftOut.UNREADABLE
    with os.fdopen(number, "rb") as file:
        reason = file_left_out(path.name, status.st_size)
        if reason is not None:
            return reason
        try:
            data = file.read(status.st_size + _MAY_GROW_BYTES)
        except OSError:
            return LeftOut.UNREADABLE
    if len(data) > LARGEST_DOCUMENT_BYTES:
        return LeftOut.TOO_BIG
    return Loaded(data, hashlib.blake2b(data, digest_size=DIGEST_BYTES).digest())


def content_of(data: bytes, kind: Kind) -> Content:
    """The passages in the bytes of a file. Raises MemoryError and what a damaged PDF raises."""
    if kind is Kind.PDF:
        return _pdf(data)
    if kind is Kind.DOCX:
        return _docx(data)
    text = decoded(data)
    if text is None:
        return LeftOut.BINARY
    if holds_secret(text):
        return LeftOut.SECRET
    return passages_of(text, markdown=kind is Kind.MARKDOWN) or LeftOut.EMPTY


def decoded(data: bytes) -> str | None:
    """The text that the bytes are, with line feeds alone; None where they are none."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _lines(data[len(mark) :].decode(encoding, "replace"))
    if b"\0" in data[:_LOOKED_AT_BYTES]:
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    begin = text[:_LOOKED_AT_BYTES]
    controls = len(_CONTROLS.findall(begin))
    return None if controls > _MOST_CONTROLS * len(begin) else _lines(text)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _docx(data: bytes) -> Content:
    try:
        text = "\n".join(paragraphs(data))
    except LockedDocx:
        return LeftOut.LOCKED
    except NotDocx:
        return LeftOut.DAMAGED
    if holds_secret(text):
        return LeftOut.SECRET
    return passages_of(text) or LeftOut.NO_TEXT


def _pdf(data: bytes) -> Content:
    import pypdf
    from pypdf.errors import DependencyError, PdfReadError

    found: list[Passage] = []
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            return LeftOut.LOCKED
        for number, page in enumerate(reader.pages[:MAX_PAGES], start=1):
            text = _lines(page.extract_text())
            if holds_secret(text):
                return LeftOut.SECRET
            found.extend(passages_of(text, page=number))
    except DependencyError:
        return LeftOut.LOCKED
    except (PdfReadError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return LeftOut.DAMAGED
    except RecursionError:
        return LeftOut.DAMAGED
    return tuple(found) or LeftOut.NO_TEXT
