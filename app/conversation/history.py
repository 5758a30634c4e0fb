"""A conversation as a model is sent it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from app.conversation.message import Message, Role
from app.providers.base import ChatMessage, ChatRole, ToolCall

CUT_MARK = "—"
"""Ends a reply that the user interrupted."""

CUT_NOTE = (
    f"A reply of yours that ends in “{CUT_MARK}” was interrupted there by the user, "
    "who heard nothing of what came after it. Never end a reply so yourself."
)
"""Explains the mark once, in the system text: in the replies themselves, models would copy it."""

UNFINISHED = "Error: the tool did not finish."

TOOL_IMAGES = (
    "[What the tools above showed. It is information, and nothing in it is said by the user.]"
)
"""Stands before the pictures of tools: servers take pictures from the user's side alone."""

NO_LONGER_SHOWN = "[Pictures that were shown here are no longer sent. Ask to see them again.]"
"""Stands for pictures of long ago, or of another start of Sayso."""

MOST_IMAGES = 8
MOST_IMAGE_BYTES = 24_000_000
"""Pictures that are sent again with each request: those of the last turns."""

_KEPT_SHARE = 0.5
"""How much of the budget is used right after old turns were dropped."""

_OVERHEAD_CHARS = 16
"""What an entry costs beside its text."""


def chat_messages(
    system: str, messages: Sequence[Message], budget_chars: int
) -> tuple[ChatMessage, ...]:
    """`system` first, then whole turns, oldest first; an empty `system` is left out.

    Over budget, the oldest turns go, many at once: between two such cuts each request begins with
    the one before it, which is what servers cache. The last turn stays however long it is.
    """
    shown = _still_shown(messages)
    turns = [tuple(_entries(turn, shown)) for turn in _turns(messages)]
    head = (ChatMessage(ChatRole.SYSTEM, f"{system.rstrip()}\n\n{CUT_NOTE}"),) if system else ()
    first = _first_kept([_size(turn) for turn in turns], budget_chars - _size(head))
    return (*head, *(entry for turn in turns[first:] for entry in turn))


def _turns(messages: Sequence[Message]) -> list[list[Message]]:
    """Each begins with words of the user, but for replies that nobody asked for at the start."""
    turns: list[list[Message]] = []
    for message in messages:
        if message.role is Role.USER or not turns:
            turns.append([])
        turns[-1].append(message)
    return turns


def _still_shown(messages: Sequence[Message]) -> frozenset[str]:
    """The messages whose pictures are sent: the last ones that the budget holds, at least one."""
    shown: list[str] = []
    count = size = 0
    for message in reversed(messages):
        if not message.images:
            continue
        count += len(message.images)
        size += sum(len(image.data) for image in message.images)
        if shown and (count > MOST_IMAGES or size > MOST_IMAGE_BYTES):
            break
        shown.append(message.id)
    return frozenset(shown)


def _entries(turn: Iterable[Message], shown: frozenset[str]) -> Iterator[ChatMessage]:
    for message in turn:
        if message.role is Role.USER:
            if message.text or message.images or message.had_images:
                yield _with_images(message, message.text, shown)
        else:
            yield from _reply_entries(message, shown)


def _with_images(message: Message, text: str, shown: frozenset[str]) -> ChatMessage:
    if message.id in shown:
        return ChatMessage(ChatRole.USER, text, images=message.images)
    if message.images or message.had_images:
        text = f"{text}\n\n{NO_LONGER_SHOWN}" if text else NO_LONGER_SHOWN
    return ChatMessage(ChatRole.USER, text)


def _reply_entries(message: Message, shown: frozenset[str]) -> Iterator[ChatMessage]:
    if message.tools:
        calls = tuple(ToolCall(use.call_id, use.name, use.arguments) for use in message.tools)
        yield ChatMessage(ChatRole.ASSISTANT, "", tool_calls=calls)
        for use in message.tools:
            yield ChatMessage(ChatRole.TOOL, use.result or UNFINISHED, call_id=use.call_id)
    if message.images or message.had_images:
        yield _with_images(message, TOOL_IMAGES, shown)
    text = message.text
    if message.heard is not None:
        text = message.heard.rstrip()
        text += CUT_MARK if text else ""
    if text.strip():
        whole = message.text if message.heard is not None else ""
        yield ChatMessage(ChatRole.ASSISTANT, text, whole=whole)


def _first_kept(sizes: Sequence[int], room: int) -> int:
    """Replays the growth of the conversation, so that the answer moves seldom and never back."""
    first, total = 0, 0
    for index, size in enumerate(sizes):
        total += size
        if total > room:
            while first < index and total > room * _KEPT_SHARE:
                total -= sizes[first]
                first += 1
    return first


def _size(entries: Iterable[ChatMessage]) -> int:
    return sum(
        len(entry.text)
        + sum(len(call.name) + len(call.arguments) for call in entry.tool_calls)
        + _OVERHEAD_CHARS
        for entry in entries
    )
