"""What a file becomes: passages with their places, or the reason why it was left out. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Kind(enum.StrEnum):
    """How a file is read."""

    TEXT = "text"
    MARKDOWN = "markdown"
    PDF = "pdf"
    DOCX = "docx"
    FOLDER = "folder"
    """A whole folder that is left out."""


class LeftOut(enum.StrEnum):
    """Why nothing of a file is in the index."""

    SECRET = "secret"
    HIDDEN = "hidden"
    GENERATED = "generated"
    BINARY = "binary"
    TOO_BIG = "too_big"
    EMPTY = "empty"
    NO_TEXT = "no_text"
    LOCKED = "locked"
    UNREADABLE = "unreadable"
    DAMAGED = "damaged"
    TOO_SLOW = "too_slow"


WORDS: dict[LeftOut, str] = {
    LeftOut.SECRET: "looks like a password or a key",
    LeftOut.HIDDEN: "hidden",
    LeftOut.GENERATED: "made by a program",
    LeftOut.BINARY: "not a kind of text that can be read",
    LeftOut.TOO_BIG: "too big",
    LeftOut.EMPTY: "empty",
    LeftOut.NO_TEXT: "only pictures, no text",
    LeftOut.LOCKED: "locked with a password",
    LeftOut.UNREADABLE: "may not be read",
    LeftOut.DAMAGED: "damaged",
    LeftOut.TOO_SLOW: "took too long to read",
}
"""The reasons as a person is told them."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Some lines of a file that belong together.

    Lines count from 1; of a PDF they are lines of `page`, of a DOCX paragraphs. `page` is 0 where
    there are no pages. `heading` is the last one above it.
    """

    text: str
    first_line: int
    last_line: int
    page: int = 0
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where words are in a file. Page and line count from 1; 0 is not known."""

    file: str
    page: int = 0
    line: int = 0


Content = tuple[Passage, ...] | LeftOut
"""What reading a file gives."""
