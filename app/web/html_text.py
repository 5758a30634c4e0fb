"""The text of a page as a person sees it: headings, lists, tables, numbered links. Pure.

Nothing of a page is ever run or loaded, and what is hidden on it is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser

from app.tools.base import ToolFailed
from app.web.address import WebAddress, parse_web_address
from app.web.hidden import hiding_selectors, is_hidden, without_hidden_characters

MAX_LINKS = 200
MAX_DEPTH = 256
"""What is nested deeper is not read."""

MAX_STEPS = 120_000
"""Tags and runs of text of one page; its end is not read beyond that."""

_DROPPED = ("script", "noscript", "template", "svg", "iframe", "object", "math")
_SILENT = frozenset({*_DROPPED, "style", "head", "select", "textarea", "audio", "video", "canvas"})
_VOID = frozenset(
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
        "source", "track", "wbr",
    }
)  # fmt: skip
_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "dd", "details", "div", "dl", "dt",
        "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
        "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tr",
        "ul",
    }
)  # fmt: skip
_LINES = frozenset({"li", "tr", "dd", "dt"})
_CLOSED_BY = {
    "li": frozenset({"li"}),
    "p": _BLOCKS,
    "tr": frozenset({"tr", "tbody", "thead", "tfoot"}),
    "td": frozenset({"td", "th", "tr"}),
    "th": frozenset({"td", "th", "tr"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "option": frozenset({"option"}),
}
"""Elements that end where one of these begins."""

_KEPT_BLANK = "\ue000"
"""A blank of preformatted text; pages cannot hold one, as private characters are left out."""

_PIECE_CHARS = 16_384
_LONGEST_TAG = 65_536


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page; its number is its place in the list, from 1."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class PageText:
    """What a page says. In `text` a link is followed by its number: "tea [3]"."""

    title: str
    text: str
    links: tuple[Link, ...]


def page_text(source: str, address: WebAddress) -> PageText:
    """Read a page that came from `address`."""
    sheet, source = _without_dropped(source)
    reader = _Reader(address, hiding_selectors(sheet))
    for at in range(0, len(source), _PIECE_CHARS):
        reader.feed(source[at : at + _PIECE_CHARS])
        if len(reader.rawdata) > _LONGEST_TAG or reader.steps > MAX_STEPS:
            break
    return reader.page()


def plain_text(source: str) -> str:
    """Text that is no HTML, without hidden characters."""
    return _tidied(without_hidden_characters(source))


@dataclass(slots=True)
class _Open:
    tag: str
    hidden: bool
    verbatim: bool
    begins: int
    href: str = ""


class _Reader(HTMLParser):
    """Collects lines. An element that nobody closed ends with the one around it."""

    def __init__(self, address: WebAddress, hiding: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._address = address
        self._hiding = hiding
        self.steps = 0
        self._open: list[_Open] = []
        self._count: Counter[str] = Counter()
        self._parts: list[str] = []
        self._title: list[str] = []
        self._links: list[Link] = []
        self._numbers: dict[str, int] = {}

    def page(self) -> PageText:
        """What was read."""
        title = " ".join("".join(self._title).split())
        return PageText(
            without_hidden_characters(title)[:300],
            _tidied("".join(self._parts)),
            tuple(self._links),
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.steps += 1
        attributes = {name: value or "" for name, value in reversed(attrs)}
        if tag in _VOID:
            self._void(tag, attributes)
            return
        while self._open and tag in _CLOSED_BY.get(self._open[-1].tag, ()):
            self._end(self._open[-1].tag)
        hidden = self._is_hidden or tag in _SILENT or is_hidden(attributes, self._hiding)
        hidden = hidden or len(self._open) >= MAX_DEPTH
        verbatim = tag == "pre" or (bool(self._open) and self._open[-1].verbatim)
        href = attributes.get("href", "") if tag == "a" and not hidden else ""
        self._open.append(_Open(tag, hidden, verbatim, len(self._parts), href))
        self._count[tag] += 1
        if not hidden:
            self._begin(tag)

    def handle_endtag(self, tag: str) -> None:
        self.steps += 1
        if self._count[tag]:
            while self._end(self._open[-1].tag) != tag:
                continue

    def handle_data(self, data: str) -> None:
        self.steps += 1
        inner = self._open[-1] if self._open else None
        if inner is not None and inner.tag == "title" and not self._count["body"]:
            self._title.append(data)
        elif inner is None or not inner.hidden:
            text = without_hidden_characters(data)
            verbatim = inner is not None and inner.verbatim
            text = text.replace(" ", _KEPT_BLANK) if verbatim else re.sub(r"\s+", " ", text)
            self._parts.append(text)

    @property
    def _is_hidden(self) -> bool:
        return bool(self._open) and self._open[-1].hidden

    def _void(self, tag: str, attributes: dict[str, str]) -> None:
        if self._is_hidden or is_hidden(attributes, self._hiding):
            return
        if tag == "br":
            self._parts.append("\n")
        elif tag == "hr":
            self._parts.append("\n\n")
        elif tag == "img" and (words := attributes.get("alt", "").strip()):
            self._parts.append(f"[picture: {without_hidden_characters(words)[:200]}]")

    def _begin(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._parts.append("\n" if tag in _LINES else "\n\n")
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self._parts.append("#" * int(tag[1]) + " ")
        elif tag == "li":
            self._parts.append("- ")
        elif tag == "tr":
            self._parts.append("|")

    def _end(self, tag: str) -> str:
        entry = self._open.pop()
        self._count[tag] -= 1
        if entry.hidden:
            return tag
        if tag in ("td", "th"):
            cell = " ".join("".join(self._parts[entry.begins :]).split())
            self._parts[entry.begins :] = [f" {cell.replace('|', '/')} |"]
        elif tag == "a" and entry.href:
            self._number(entry)
        elif tag in _BLOCKS and tag not in _LINES:
            self._parts.append("\n\n")
        return tag

    def _number(self, entry: _Open) -> None:
        words = " ".join("".join(self._parts[entry.begins :]).split())
        if not words or entry.href.startswith("#"):
            return
        try:
            url = parse_web_address(entry.href, self._address).url
        except ToolFailed:
            return
        if url not in self._numbers:
            if len(self._links) >= MAX_LINKS:
                return
            self._links.append(Link(words[:120], url))
            self._numbers[url] = len(self._links)
        self._parts.append(f" [{self._numbers[url]}]")


def _without_dropped(source: str) -> tuple[str, str]:
    """The style sheets of a page, and the page without what is never text. Linear in its length."""
    lower = source.lower()
    if len(lower) != len(source):
        lower = source = lower
    sheets: list[str] = []
    kept: list[str] = []
    at = 0
    for match in _RAW.finditer(lower):
        if match.start() < at:
            continue
        kept.append(source[at : match.start()])
        name = match[1] or ""
        end = lower.find(f"</{name}" if name else "-->", match.end())
        if end < 0:
            at = len(source)
            break
        if name == "style":
            sheets.append(source[match.end() : end].partition(">")[2])
        close = lower.find(">", end)
        at = len(source) if close < 0 else close + 1
        kept.append(" " if name else "")
    kept.append(source[at:])
    return "\n".join(sheets), "".join(kept)


_RAW = re.compile(rf"<(?:({'|'.join((*_DROPPED, 'style'))})\b|!--)")


def _tidied(text: str) -> str:
    """No line with blanks at its end, no more than one empty line in a row."""
    lines = (re.sub(r"[ \t]+", " ", line).strip(" ") for line in text.splitlines())
    tidy = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return tidy.replace(_KEPT_BLANK, " ")
