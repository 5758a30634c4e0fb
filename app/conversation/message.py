"""Messages of a conversation, as they are kept and shown."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.providers.base import Image


class Role(enum.StrEnum):
    """Who a message is from."""

    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A tool that ran within a reply: arguments and result as the model saw them.

    `origin` is an `app.tools.base.Origin`, or empty where the words are Sayso's own; `addresses`
    are those that the tool stood for.
    """

    call_id: str
    name: str
    arguments: str
    result: str = ""
    ok: bool = True
    seconds: float = 0.0
    origin: str = ""
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of one side.

    `heard` is the part of a reply that the listener heard before interrupting it; None when
    nothing was cut. `spoken` tells words that came through the microphone from typed ones.
    `by` names who answered, for instance "gpt-4o" or "built in". `images` are kept in memory only:
    a message that comes from the store has none, and `had_images` tells that there were some.
    """

    role: Role
    text: str
    id: str = field(default_factory=lambda: new_id())
    created_at: datetime.datetime = field(
        default_factory=lambda: datetime.datetime.now(datetime.UTC)
    )
    spoken: bool = False
    heard: str | None = None
    by: str = ""
    tools: tuple[ToolUse, ...] = ()
    images: tuple[Image, ...] = ()
    had_images: bool = False

    @property
    def unheard(self) -> str:
        """What was written but never heard; empty when nothing was cut."""
        return "" if self.heard is None else self.text[len(self.heard) :]


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """A row of the list of conversations."""

    id: str
    title: str
    updated_at: datetime.datetime

    @classmethod
    def empty(cls) -> ConversationSummary:
        """A conversation that has no message, and so no row, yet."""
        return cls("", "New conversation", datetime.datetime.now(datetime.UTC))


def new_id() -> str:
    """A fresh identifier."""
    import uuid  # slow to import, and the window does not wait for it

    return uuid.uuid4().hex
