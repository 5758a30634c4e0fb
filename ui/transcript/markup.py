"""The little Markdown that models write, parsed into blocks. Pure.

Knows paragraphs, headings, lists, quotes, fenced code, bold, italic, `code` and links. A link shows
its real address and leads only to http and https. Half a fence is code until its end arrives, so
that streamed text does not jump.
"""

from __future__ import annotations

import enum
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ui import words

LINE_BREAK = "\u2028"
"""A new line within a block, as Qt's text layout knows it."""


class BlockKind(enum.Enum):
    """What a block is."""

    TEXT = enum.auto()
    HEADING = enum.auto()
    ITEM = enum.auto()
    QUOTE = enum.auto()
    CODE_LABEL = enum.auto()
    CODE = enum.auto()
    TOOL = enum.auto()
    DETAIL = enum.auto()


class Style(enum.Flag):
    """How a piece of text is drawn."""

    PLAIN = 0
    BOLD = enum.auto()
    ITALIC = enum.auto()
    CODE = enum.auto()
    UNHEARD = enum.auto()
    QUIET = enum.auto()
    WARNING = enum.auto()


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style. `link` is where it leads, or empty."""

    text: str
    style: Style = Style.PLAIN
    link: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph. `marker` is the bullet or number of an item, the language of code."""

    kind: BlockKind
    spans: tuple[Span, ...]
    level: int = 0
    marker: str = ""

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(span.text for span in self.spans).replace(LINE_BREAK, "\n")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    at: int
    """Where the line begins in the source."""


_FENCE = re.compile(r"^ {0,3}(```+|~~~+)\s*([\w+#.-]*)")
_HEADING = re.compile(r"^#{1,6}\s+")
_ITEM = re.compile(r"^(\s*)([-*+•]|\d{1,3}[.)])\s+")
_QUOTE = re.compile(r"^\s{0,3}>\s?")
_RULE = re.compile(r"^\s*([-*_])(\s*\1){2,}\s*$")
_INLINE = re.compile(
    r"(?P<code>`(?P<code_in>[^`\n]+)`)"
    r"|(?P<link>\[(?P<label>[^\]\n]{1,500})\]\((?P<to>[^()\s]{1,2000})\))"
    r"|(?P<url>https?://[^\s<>\"'`]+)"
    r"|(?P<bold>\*\*(?P<bold_in>[^\s*](?:.{0,500}?[^\s])??)\*\*)"
    r"|(?P<italic>(?<![\w*])\*(?P<italic_in>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*]))"
    r"|(?P<under>(?<!\w)_(?P<under_in>[^\s_](?:[^_\n]*[^\s_])?)_(?!\w))"
)
_RESERVED = str.maketrans(dict.fromkeys("\r\x00\u2028\u2029\ufdd0\ufdd1\ufffc", " "))
"""Characters that mean something to Qt's documents; a space stands in for each."""
_WEB = re.compile(r"^https?://[^/\s]", re.IGNORECASE)


def parse(text: str, heard_length: int | None = None) -> tuple[Block, ...]:
    """The blocks of a reply; what lies behind `heard_length` characters is marked unheard."""
    text = text.translate(_RESERVED)
    # Shown text may be longer than its source, so that "all of it" is no number of characters.
    all_heard = heard_length is None or heard_length >= len(text)
    cut = sys.maxsize if all_heard or heard_length is None else heard_length
    return tuple(
        replace(block, spans=spans)
        for block, placed in _blocks(text)
        if (spans := tuple(_merge(_split(placed, cut))))
    )


def plain(text: str) -> tuple[Block, ...]:
    """The words of a person: as they stand, with addresses that can be opened."""
    pieces = _addresses(text.translate(_RESERVED), 0)
    spans = [Span(piece, link=link) for piece, _, link in pieces]
    broken = tuple(replace(span, text=span.text.replace("\n", LINE_BREAK)) for span in spans)
    return (Block(BlockKind.TEXT, broken),)


_Placed = tuple[Span, int]
"""A span and where its text begins in the source."""


def _blocks(text: str) -> Iterator[tuple[Block, list[_Placed]]]:
    lines = list(_lines(text))
    at = 0
    while at < len(lines):
        line = lines[at]
        if fence := _FENCE.match(line.text):
            end = _fence_end(lines, at + 1, fence[1])
            yield _code(lines[at + 1 : end], fence[2])
            at = end + 1
        elif not line.text.strip() or _RULE.match(line.text):
            at += 1
        else:
            end = _paragraph_end(lines, at)
            yield _paragraph(lines[at:end])
            at = end


def _lines(text: str) -> Iterator[_Line]:
    at = 0
    for line in text.split("\n"):
        yield _Line(line, at)
        at += len(line) + 1


def _fence_end(lines: list[_Line], start: int, fence: str) -> int:
    for at in range(start, len(lines)):
        stripped = lines[at].text.strip()
        if stripped.startswith(fence) and not stripped.strip(fence[0]):
            return at
    return len(lines)


def _paragraph_end(lines: list[_Line], start: int) -> int:
    if _HEADING.match(lines[start].text):
        return start + 1
    end = start + 1
    while end < len(lines):
        text = lines[end].text
        if not text.strip() or any(p.match(text) for p in (_FENCE, _HEADING, _ITEM, _RULE)):
            break
        if bool(_QUOTE.match(text)) != bool(_QUOTE.match(lines[start].text)):
            break
        end += 1
    return end


def _code(lines: list[_Line], language: str) -> tuple[Block, list[_Placed]]:
    placed: list[_Placed] = []
    for number, line in enumerate(lines):
        tail = LINE_BREAK if number < len(lines) - 1 else ""
        placed.append((Span(line.text.replace("\t", "    ") + tail, Style.CODE), line.at))
    if not placed:
        placed.append((Span(" ", Style.CODE), 0))
    return Block(BlockKind.CODE, (), marker=language), placed


def _paragraph(lines: list[_Line]) -> tuple[Block, list[_Placed]]:
    first = lines[0].text
    block = Block(BlockKind.TEXT, ())
    prefix: re.Pattern[str] | None = None
    if _HEADING.match(first):
        block, prefix = Block(BlockKind.HEADING, ()), _HEADING
    elif item := _ITEM.match(first):
        marker = "•" if item[2] in "-*+•" else item[2].rstrip(".)") + "."
        block, prefix = Block(BlockKind.ITEM, (), min(len(item[1]) // 2, 3), marker), _ITEM
    elif _QUOTE.match(first):
        block, prefix = Block(BlockKind.QUOTE, ()), _QUOTE
    placed: list[_Placed] = []
    for number, line in enumerate(lines):
        skipped = prefix.match(line.text) if prefix else None
        begin = skipped.end() if skipped else len(line.text) - len(line.text.lstrip())
        if number:
            placed.append((Span(LINE_BREAK), line.at))
        placed.extend(_inline(line.text[begin:].rstrip(), line.at + begin, Style.PLAIN))
    return block, placed


def _inline(text: str, at: int, style: Style) -> Iterator[_Placed]:
    done = 0
    for match in _INLINE.finditer(text):
        if match.start() > done:
            yield Span(text[done : match.start()], style), at + done
        yield from _inline_match(match, at, style)
        done = match.end()
    if done < len(text):
        yield Span(text[done:], style), at + done


def _inline_match(match: re.Match[str], at: int, style: Style) -> Iterator[_Placed]:
    begin = at + match.start()
    if match["code"]:
        yield Span(match["code_in"], style | Style.CODE), begin + 1
    elif match["link"]:
        yield from _named_link(match["label"], match["to"], begin, style)
    elif match["url"]:
        yield from ((Span(t, style, link), a) for t, a, link in _addresses(match["url"], begin))
    elif match["bold"]:
        yield from _inline(match["bold_in"], begin + 2, style | Style.BOLD)
    else:
        inner = match["italic_in"] or match["under_in"]
        yield from _inline(inner, begin + 1, style | Style.ITALIC)


def _named_link(label: str, to: str, at: int, style: Style) -> Iterator[_Placed]:
    shown = words.escaped(to)
    if not _WEB.match(to):
        yield Span(f"{label} ({shown})", style), at
        return
    if label.rstrip("/") != to.rstrip("/"):
        yield Span(f"{label} ", style), at + 1
    yield Span(shown, style, to), at + 1


def _addresses(text: str, at: int) -> Iterator[tuple[str, int, str]]:
    """Pieces of the text as (text, place, link)."""
    done = 0
    for match in re.finditer(r"https?://[^\s<>\"'`]+", text):
        address = _trimmed(match[0])
        if not _WEB.match(address):
            continue
        if match.start() > done:
            yield text[done : match.start()], at + done, ""
        yield words.escaped(address), at + match.start(), address
        done = match.start() + len(address)
    if done < len(text):
        yield text[done:], at + done, ""


def _trimmed(address: str) -> str:
    """Without the punctuation of the sentence around it."""
    while address:
        last = address[-1]
        opening = {")": "(", "]": "["}.get(last)
        is_unpaired = opening is not None and address.count(last) > address.count(opening)
        if not is_unpaired and last not in ".,;:!?*_…":
            break
        address = address[:-1]
    return address


def _split(placed: list[_Placed], cut: int) -> Iterator[Span]:
    for span, at in placed:
        heard = min(max(cut - at, 0), len(span.text))
        if heard:
            yield replace(span, text=span.text[:heard])
        if heard < len(span.text):
            yield replace(span, text=span.text[heard:], style=span.style | Style.UNHEARD)


def _merge(spans: Iterator[Span]) -> Iterator[Span]:
    last: Span | None = None
    for span in spans:
        if last is not None and (last.style, last.link) == (span.style, span.link):
            last = replace(last, text=last.text + span.text)
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last
