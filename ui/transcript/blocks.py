"""What a row of the transcript is made of, before Qt draws it. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.conversation.message import Role
from app.tools.refusals import DECLINED, NOT_ASKED, UNANSWERED
from ui import words
from ui.transcript import markup, sources
from ui.transcript.markup import Block, BlockKind, Span, Style
from ui.view_entries import Entry, ToolLine

if TYPE_CHECKING:
    from app.events import KeptTake

Unfolded = frozenset[str]
"""Ids of the tool calls whose arguments and result are shown."""


_NOT_ALLOWED = {
    DECLINED: "you said no",
    UNANSWERED: "not answered",
    NOT_ASKED: "not asked any more",
}
PICTURES_GONE = "With a picture, which was not kept."


class Click(enum.StrEnum):
    """What a link inside a row does; an address of the web does none of these."""

    FOLD = "fold:"
    COPY_CODE = "copy:"
    RETRY_TAKE = "retry-take:"
    ASK_TO_DISCARD = "ask-to-discard:"
    DISCARD_TAKE = "discard-take:"
    SOURCE = sources.LINK


@dataclass(frozen=True, slots=True)
class Target:
    """A link that was clicked."""

    click: Click | None
    value: str


def target_of(link: str) -> Target:
    """Tell our own links from addresses."""
    for click in Click:
        if link.startswith(click.value):
            return Target(click, link.removeprefix(click.value))
    return Target(None, link)


def of_entry(entry: Entry, unfolded: Unfolded) -> tuple[Block, ...]:
    """The blocks of a row: its tool calls first, then its text."""
    if entry.take is not None:
        return _take(entry.take, entry.take.take_id in unfolded)
    if entry.role is Role.USER:
        return _gone(entry) + markup.plain("…" if entry.is_awaited else entry.text)
    tools = tuple(block for tool in entry.tools for block in _tool(tool, tool.call_id in unfolded))
    text = _with_labels(markup.parse(entry.text, entry.heard_length))
    return _gone(entry) + tools + sources.with_links(text, sources.named_in(entry))


def tool_title(tool: ToolLine) -> str:
    """A tool call in one line: "Set timer · 0.1 s", "Find files · 12 of 40 files"."""
    name = words.sentence(tool.name)
    if tool.running:
        told = " ".join(words.escaped(tool.progress).split())
        return f"{name} · {told or 'running'}"
    if (why := _NOT_ALLOWED.get(tool.result)) is not None:
        return f"{name} · {why}"
    time = words.seconds(tool.seconds)
    return f"{name} · {time}" if tool.ok else f"{name} · failed after {time}"


def take_title(take: KeptTake) -> str:
    """What a kept recording is, in a sentence."""
    whole = max(1, round(take.seconds))
    length = f"{whole} s" if whole < 60 else words.seconds(whole)
    return f"Recording of {length}, not yet turned into text."


def take_trouble(take: KeptTake) -> str:
    """What became of it so far."""
    return "Turning it into text…" if take.trying else take.reason


def spoken_text(entry: Entry) -> str:
    """The row in words, for screen readers."""
    if entry.take is not None:
        return f"You: {take_title(entry.take)} {take_trouble(entry.take)}".strip()
    who = "You" if entry.role is Role.USER else "Sayso"
    cut = entry.heard_length
    pictures = len(entry.images)
    shown = ["a picture" if pictures == 1 else f"{pictures} pictures"] if pictures else []
    shown += [PICTURES_GONE.rstrip(".")] if entry.had_images else []
    parts = shown + [tool_title(tool) for tool in entry.tools]
    heard, unheard = (_plain(text) for text in (entry.text[:cut], entry.text[cut:]))
    parts.append("Words to come" if entry.is_awaited else heard)
    if unheard:
        parts.append(f"(not heard: {unheard})")
    parts.extend(f"Source {each.number}: {each.name}" for each in sources.named_in(entry))
    return f"{who}: " + ". ".join(part for part in parts if part.strip())


def _plain(text: str) -> str:
    return "\n".join(block.text for block in markup.parse(text)).strip()


def code_of(blocks: tuple[Block, ...], number: int) -> str:
    """The text of the row's code block with this number."""
    code = [block for block in blocks if block.kind is BlockKind.CODE]
    return code[number].text if number < len(code) else ""


def links_of(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """Every address in the row, once, in order."""
    found = (span.link for block in blocks for span in block.spans if span.link)
    return tuple(dict.fromkeys(link for link in found if target_of(link).click is None))


def _tool(tool: ToolLine, is_unfolded: bool) -> tuple[Block, ...]:
    is_usual = tool.ok or tool.result in _NOT_ALLOWED
    style = Style.QUIET if is_usual else Style.WARNING
    title = Span(tool_title(tool), style, Click.FOLD.value + tool.call_id)
    line = Block(BlockKind.TOOL, (title,), marker="down" if is_unfolded else "right")
    if not is_unfolded:
        return (line,)
    details = [
        *_detail("Arguments", words.laid_out(tool.arguments)),
        *_detail("Result", tool.result),
    ]
    return (line, *details)


def _gone(entry: Entry) -> tuple[Block, ...]:
    """Says that there were pictures: these are never kept."""
    if not entry.had_images:
        return ()
    return (Block(BlockKind.TEXT, (Span(PICTURES_GONE, Style.QUIET),)),)


def _take(take: KeptTake, is_asking: bool) -> tuple[Block, ...]:
    """A kept recording. `is_asking` whether it shall be discarded, which cannot be undone."""
    result = [Block(BlockKind.TEXT, (Span(take_title(take)),))]
    if trouble := take_trouble(take):
        result.append(Block(BlockKind.TEXT, (Span(trouble, Style.QUIET),)))
    keep = f"{Click.ASK_TO_DISCARD.value}{take.take_id}"
    if is_asking:
        gone = f"{Click.DISCARD_TAKE.value}{take.take_id}"
        offers = [Span("Discard for good", Style.WARNING, gone), Span("Keep", link=keep)]
    elif take.trying:
        offers = []
    else:
        again = f"{Click.RETRY_TAKE.value}{take.take_id}"
        offers = [Span("Try again", link=again), Span("Discard", link=keep)]
    if offers:
        gap = Span("\u2003", Style.QUIET)
        result.append(Block(BlockKind.TEXT, (offers[0], gap, offers[1])))
    return tuple(result)


def _detail(title: str, text: str) -> tuple[Block, ...]:
    if not text.strip():
        return ()
    shown = words.escaped(text).replace("\n", markup.LINE_BREAK)
    return (
        Block(BlockKind.DETAIL, (Span(title, Style.QUIET),)),
        Block(BlockKind.DETAIL, (Span(shown, Style.CODE),)),
    )


def _with_labels(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    result: list[Block] = []
    codes = 0
    for block in blocks:
        if block.kind is BlockKind.CODE:
            copy = Span("Copy", Style.QUIET, f"{Click.COPY_CODE.value}{codes}")
            name = Span((block.marker or "code") + "\t", Style.QUIET)
            result.append(Block(BlockKind.CODE_LABEL, (name, copy)))
            codes += 1
        result.append(block)
    return tuple(result)
