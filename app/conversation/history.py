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
    turns = [tuple(_entries(turn)) for turn in _turns(messages)]
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


def _entries(turn: Iterable[Message]) -> Iterator[ChatMessage]:
    for message in turn:
        if message.role is Role.USER:
            yield ChatMessage(ChatRole.USER, message.text)
        else:
            yield from _reply_entries(message)


def _reply_entries(message: Message) -> Iterator[ChatMessage]:
    if message.tools:
        calls = tuple(ToolCall(use.call_id, use.name, use.arguments) for use in message.tools)
        yield ChatMessage(ChatRole.ASSISTANT, "", tool_calls=calls)
        for use in message.tools:
            yield ChatMessage(ChatRole.TOOL, use.result or UNFINISHED, call_id=use.call_id)
    text = message.text
    if message.heard is not None:
        text = message.heard.rstrip()
        text += CUT_MARK if text else ""
    if text.strip():
        yield ChatMessage(ChatRole.ASSISTANT, text)


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
