"""The rows of the transcript, and how messages and running replies become them. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app import events
from app.conversation import message as messages
from app.realtime import events as realtime_events

if TYPE_CHECKING:
    from app.conversation.message import Message, Role, ToolUse
    from app.providers.base import Image


@dataclass(frozen=True, slots=True)
class ToolLine:
    """A tool call as one line. `arguments` and `result` are shown when it is unfolded."""

    call_id: str
    name: str
    arguments: str
    result: str = ""
    ok: bool = True
    seconds: float = 0.0
    running: bool = False
    progress: str = ""
    """How far it has come, in words, while it runs."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: a message, or a reply that is still being made (`live`)."""

    id: str
    role: Role
    text: str = ""
    heard: str | None = None
    by: str = ""
    spoken: bool = False
    tools: tuple[ToolLine, ...] = ()
    live: bool = False
    at: datetime.datetime | None = None
    images: tuple[Image, ...] = ()
    """What was shown with the words, as it was sent, or what tools showed."""
    had_images: bool = False
    """There were some, which are not kept."""
    take: events.KeptTake | None = None
    """A recording that is not yet text; such a row has no text of its own."""

    @property
    def is_kept(self) -> bool:
        """Whether it is a finished message of the conversation."""
        return self.at is not None

    @property
    def is_awaited(self) -> bool:
        """Whether it was said, and its words are still to come."""
        return self.spoken and self.is_kept and not (self.text or self.tools or self.images)

    @property
    def heard_length(self) -> int:
        """How many characters of the text were heard; all of them when nothing was cut."""
        return len(self.text) if self.heard is None else len(self.heard)


def of_message(message: Message) -> Entry:
    """The row of a finished message."""
    return Entry(
        id=message.id,
        role=message.role,
        text=message.text,
        heard=message.heard,
        by=message.by,
        spoken=message.spoken,
        tools=tuple(_of_tool(use) for use in message.tools),
        at=message.created_at,
        images=message.images,
        had_images=message.had_images and not message.images,
    )


def reduce(entries: tuple[Entry, ...], event: events.Event) -> tuple[Entry, ...]:
    """The rows after `event`; the same tuple when it is not about them, or comes too late."""
    match event:
        case events.MessageAdded(message, before):
            return _put(entries, of_message(message), before)
        case events.KeptTakesChanged(takes):
            return _with_takes(entries, takes)
        case events.ReplyStarted(reply_id, by):
            if _at(entries, reply_id) is not None:
                return entries
            earlier = tuple(replace(e, live=False) if e.live else e for e in entries)
            return (*earlier, Entry(reply_id, messages.Role.ASSISTANT, by=by, live=True))
        case events.ReplyDelta(reply_id, text):
            return _change(entries, reply_id, lambda e: replace(e, text=e.text + text))
        case events.ToolStarted(reply_id, call_id, name, arguments):
            line = ToolLine(call_id, name, arguments, running=True)
            return _change(entries, reply_id, lambda e: replace(e, tools=(*e.tools, line)))
        case events.ToolProgress(reply_id, call_id, text):
            return _change(
                entries, reply_id, lambda e: replace(e, tools=_going_on(e.tools, call_id, text))
            )
        case events.ToolEnded(reply_id):
            return _change(
                entries,
                reply_id,
                lambda e: replace(e, tools=_ended(e.tools, event), images=e.images + event.images),
            )
        case events.ReplyEnded(reply_id, message):
            return _end(entries, reply_id, message)
        case _:
            return _with_words(entries, event)


def _with_words(entries: tuple[Entry, ...], event: events.Event) -> tuple[Entry, ...]:
    """The rows with the words of a message that stood there without any, or without it."""
    match event:
        case realtime_events.WordsKnown(message):
            is_there = _at(entries, message.id) is not None
            return _put(entries, of_message(message)) if is_there else entries
        case realtime_events.WordsMissing(message_id):
            at = _at(entries, message_id)
            return entries if at is None else entries[:at] + entries[at + 1 :]
        case _:
            return entries


def _of_tool(use: ToolUse) -> ToolLine:
    return ToolLine(use.call_id, use.name, use.arguments, use.result, use.ok, use.seconds)


def _at(entries: tuple[Entry, ...], entry_id: str) -> int | None:
    for at in range(len(entries) - 1, -1, -1):
        if entries[at].id == entry_id:
            return at
    return None


def _change(
    entries: tuple[Entry, ...], reply_id: str, change: Callable[[Entry], Entry]
) -> tuple[Entry, ...]:
    at = _at(entries, reply_id)
    if at is None or not entries[at].live:
        return entries
    return (*entries[:at], change(entries[at]), *entries[at + 1 :])


def _end(entries: tuple[Entry, ...], reply_id: str, message: Message | None) -> tuple[Entry, ...]:
    at = _at(entries, reply_id)
    if at is None or entries[at].is_kept:
        return entries
    if message is None:
        return entries[:at] + entries[at + 1 :]
    return (*entries[:at], of_message(message), *entries[at + 1 :])


def _put(entries: tuple[Entry, ...], entry: Entry, before: str = "") -> tuple[Entry, ...]:
    at = _at(entries, entry.id)
    if at is not None:
        return (*entries[:at], entry, *entries[at + 1 :])
    place = _at(entries, before) if before else None
    place = len(entries) if place is None else place
    return (*entries[:place], entry, *entries[place:])


def _with_takes(
    entries: tuple[Entry, ...], takes: tuple[events.KeptTake, ...]
) -> tuple[Entry, ...]:
    """The rows with exactly these recordings among them, each where it was said."""
    kept = {take.take_id for take in takes}
    for entry in entries:
        if entry.take is not None and entry.take.take_id not in kept:
            entries = tuple(other for other in entries if other is not entry)
    for take in takes:
        entry = Entry(f"take {take.take_id}", messages.Role.USER, at=take.at, take=take)
        at = _at(entries, entry.id)
        if at is None or entries[at] != entry:
            later = (other.id for other in entries if other.at is not None and other.at > take.at)
            entries = _put(entries, entry, next(later, ""))
    return entries


def _going_on(tools: tuple[ToolLine, ...], call_id: str, text: str) -> tuple[ToolLine, ...]:
    return tuple(
        replace(tool, progress=text) if tool.call_id == call_id and tool.running else tool
        for tool in tools
    )


def _ended(tools: tuple[ToolLine, ...], event: events.ToolEnded) -> tuple[ToolLine, ...]:
    return tuple(
        replace(tool, result=event.result, ok=event.ok, seconds=event.seconds, running=False)
        if tool.call_id == event.call_id
        else tool
        for tool in tools
    )
