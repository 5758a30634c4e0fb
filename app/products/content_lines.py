"""The lines of which calendar and contact files are made (RFC 5545 and RFC 6350). Pure."""

from __future__ import annotations

from collections.abc import Iterable

_MOST_OCTETS = 75


def escaped(text: str) -> str:
    """A value of type TEXT. Line breaks of every kind become one; control characters go."""
    text = "\n".join(text.replace("\r\n", "\n").replace("\r", "\n").splitlines())
    kept = "".join(char for char in text if char in "\n\t" or ord(char) >= 32 and ord(char) != 127)
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        kept = kept.replace(plain, written)
    return kept


def one_line(text: str) -> str:
    """A value that has no escapes, such as a URI: without blanks and control characters."""
    return "".join(char for char in text if ord(char) > 32 and ord(char) != 127)


def content_lines(lines: Iterable[str]) -> bytes:
    """UTF-8, each line folded after at most 75 octets, never inside a character; CR LF ends."""
    return b"".join(_folded(line) for line in lines)


def _folded(line: str) -> bytes:
    pieces: list[bytes] = []
    piece = b""
    for char in line:
        octets = char.encode("utf-8", "replace")
        if len(piece) + len(octets) > _MOST_OCTETS:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
