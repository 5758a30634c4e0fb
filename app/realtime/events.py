"""What is told of a realtime session. Light: the window loads it before its first paint."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.conversation.message import Message
    from app.errors import AppError
    from app.providers.voice_session import TokenCounts, WireNote


class Link(enum.StrEnum):
    """How the connection of the realtime engine is."""

    OFF = "off"
    """Another engine is chosen."""
    RESTING = "resting"
    """Nobody speaks, so there is none: it is made when it is needed."""
    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    """It was cut, and is being made again."""
    STANDING_IN = "standing_in"
    """It cannot be had: whole utterances are answered by the turn-based engine for now."""


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The connection is now like this. `by` is the model, `error` why it is not as it should be.

    `again_s` is the wait before it is tried again, 0 where nothing waits.
    """

    link: Link
    by: str = ""
    error: AppError | None = None
    again_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SessionCost:
    """What a conversation's realtime responses were billed for since Sayso started.

    `last` is the newest response, `usd` None where there is no price. `events.CostChanged` tells
    the whole bill of the conversation, this included.
    """

    conversation_id: str
    tokens: TokenCounts
    last: TokenCounts
    responses: int
    usd: float | None


@dataclass(frozen=True, slots=True)
class WordsKnown:
    """The words of a spoken message, which stands in the conversation with an empty text so far.

    `is_final`: they are kept like this; before that they may change.
    """

    message: Message
    is_final: bool


@dataclass(frozen=True, slots=True)
class WordsMissing:
    """The words of that message cannot be had; its recording is among the kept takes instead."""

    message_id: str


@dataclass(frozen=True, slots=True)
class TurnTimed:
    """When the steps of a turn happened, in seconds of the loop's clock; None for what did not.

    `asked_s` is when the response was asked for, `spoken_s` when the first sound left the speaker,
    `cut_s` when the user's interruption silenced it. `reply_id` is the reply's message.
    """

    reply_id: str
    paused_s: float | None = None
    certain_s: float | None = None
    asked_s: float | None = None
    begun_s: float | None = None
    first_sound_s: float | None = None
    spoken_s: float | None = None
    words_s: float | None = None
    over_s: float | None = None
    cut_s: float | None = None


@dataclass(frozen=True, slots=True)
class Wired:
    """An event of the wire, while a developer looks (`WatchWire`)."""

    note: WireNote


RealtimeEvent = LinkChanged | SessionCost | WordsKnown | WordsMissing | TurnTimed | Wired
