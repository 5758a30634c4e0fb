"""What of a reply's Markdown is spoken, and how. Pure."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator


class Line(enum.Enum):
    """What a line is part of."""

    TEXT = enum.auto()
    FENCE = enum.auto()
    TABLE = enum.auto()


_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)?(?:\s+\"[^\"]*\")?\)")
_URL = re.compile(
    r"<?https?://(?:www\.)?([^\s/?#<>()\[\]\"'`*]+)[^\s<>]*?(?=[.,;:!?)\]\"'`*_>]*(?:\s|$))>?"
)
_SOURCE_MARKS = re.compile(r"(?<=[\s.,;:!?\"”’)])(?:\[\d{1,4}\])+(?![\w(])")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_RULE = re.compile(r"^[ \t]*([-*_])(?:[ \t]*\1){2,}[ \t]*$", re.MULTILINE)
_PREFIX = re.compile(r"^[ \t]*(?:>[ \t]*)*(?:#{1,6}[ \t]+|[-*+•][ \t]+(?:\[[ xX]\][ \t]+)?)?", re.M)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~])")
_OPENING_MARK = re.compile(r"(?<![\w*_~])(?:\*+|_+|~~)(?=[^\s*_~])")
_CLOSING_MARK = re.compile(r"(?<=[^\s*_~])(?:\*+|_+|~~)(?![\w*_~])")
_LOOSE_STOP = re.compile(r" ([.,;:!?])(?=\s|$)")
_PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0e\ufe0f\u200d\u20e3]")


def line_kind(line: str, *, complete: bool) -> Line | None:
    """What begins with `line`; None while it is not `complete` and could still be either.

    A table row both begins and ends with a bar: "|x| is the size of x" is text. So is code that
    opens and ends on one line.
    """
    line = line.strip()
    if not complete and (line in ("`", "``", "~", "~~") or line.startswith(("```", "~~~", "|"))):
        return None
    if line.startswith("~~~") or (line.startswith("```") and "`" not in line.lstrip("`")):
        return Line.FENCE
    if line.startswith("|") and line.endswith("|") and len(line) > 1:
        return Line.TABLE
    return Line.TEXT


def closes_fence(line: str, opener: str) -> bool:
    """Whether `line` ends the code that the line `opener` began."""
    opener, line = opener.strip(), line.strip()
    mark = opener[0]
    run = len(opener) - len(opener.lstrip(mark))
    return len(line) >= run and not line.strip(mark)


def unspoken_blocks(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each block of code and each table; code that is still open ends with it."""
    begins, opener, at = 0, "", 0
    in_table = False
    for line in text.split("\n"):
        kind = Line.TEXT if opener else line_kind(line, complete=True)
        if in_table and kind is not Line.TABLE:
            yield begins, at
        if kind is Line.FENCE:
            begins, opener = at, line
        elif opener and closes_fence(line, opener):
            yield begins, at + len(line.rstrip())
            opener = ""
        elif kind is Line.TABLE and not in_table:
            begins = at
        in_table = kind is Line.TABLE
        at += len(line) + 1
    if opener or in_table:
        yield begins, len(text)


def speakable(source: str) -> str:
    """`source` as it is read aloud: no marks, no numbers of sources like [1], links by their words,
    addresses by their host.

    Never longer than `source`.
    """
    text = _SOURCE_MARKS.sub("", _LINK.sub(r"\1", source))
    text = _URL.sub(r"\1", text)
    text = _TAG.sub(" ", text)
    text = _PREFIX.sub("", _RULE.sub("", text))
    text = _ESCAPE.sub(r"\1", text).replace("`", "")
    text = _CLOSING_MARK.sub("", _OPENING_MARK.sub("", text))
    text = " ".join(_PICTURES.sub("", text).split())
    return _LOOSE_STOP.sub(r"\1", text)


def has_words(text: str) -> bool:
    """Whether there is anything to say."""
    return any(char.isalnum() for char in text)
