"""Sources that a reply names, as links in its text and a line below it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from app.knowledge.citation import MARK, SOURCE_TOOLS, Source, cited, sources_in
from ui import words
from ui.transcript.markup import Block, BlockKind, Span, Style
from ui.view_entries import Entry

LINK = "source:"
"""Begins a link to a source of the row, by its number."""

_GAP = Span("\u2003", Style.QUIET)


def named_in(entry: Entry) -> tuple[Source, ...]:
    """The sources that the reply names and its tools found."""
    known = {
        source.number: source
        for tool in entry.tools
        if tool.name in SOURCE_TOOLS and tool.ok
        for source in sources_in(tool.result)
    }
    return cited(entry.text, known) if known else ()


def with_links(blocks: tuple[Block, ...], sources: tuple[Source, ...]) -> tuple[Block, ...]:
    """The blocks with each [1] that names a source as a link, and all of them at the end."""
    if not sources:
        return blocks
    numbers = {source.number for source in sources}
    linked = tuple(
        block
        if block.kind is BlockKind.CODE
        else replace(block, spans=tuple(_linked(block.spans, numbers)))
        for block in blocks
    )
    return (*linked, _line(sources))


def _line(sources: tuple[Source, ...]) -> Block:
    spans: list[Span] = []
    for source in sources:
        if spans:
            spans.append(_GAP)
        name = words.escaped(source.name)
        spans.append(Span(f"[{source.number}] {name}", Style.PLAIN, f"{LINK}{source.number}"))
    return Block(BlockKind.TEXT, tuple(spans))


def _linked(spans: tuple[Span, ...], numbers: set[int]) -> Iterator[Span]:
    for span in spans:
        if span.link or Style.CODE in span.style:
            yield span
            continue
        done = 0
        for match in MARK.finditer(span.text):
            if int(match[1]) not in numbers:
                continue
            if match.start() > done:
                yield replace(span, text=span.text[done : match.start()])
            yield replace(span, text=match[0], link=f"{LINK}{match[1]}")
            done = match.end()
        if done < len(span.text):
            yield replace(span, text=span.text[done:])
