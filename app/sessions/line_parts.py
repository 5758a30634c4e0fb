"""What the connection of the realtime engine works with, and what a new session is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.providers.base import ChatMessage
from app.providers.voice_session import SessionSetup, VoiceEvent, VoiceModel, VoiceSession
from app.realtime.events import LinkChanged
from app.sessions.line_clock import Pace


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new session is told of a conversation; `known` are the ids of its messages."""

    conversation_id: str = ""
    known: frozenset[str] = frozenset()
    messages: tuple[ChatMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class LineParts:
    """What a line works with. `model` and `setup` raise AppError, and so does `allow` where a
    session would not be paid for. `is_quiet` tells that nobody speaks and nothing is asked for.
    """

    model: Callable[[], Awaitable[VoiceModel]]
    setup: Callable[[], Awaitable[SessionSetup]]
    allow: Callable[[], Awaitable[None]]
    opening: Callable[[], Opening]
    on_event: Callable[[VoiceEvent], None]
    on_up: Callable[[], None]
    on_lost: Callable[[], None]
    is_quiet: Callable[[], bool]
    idle_s: Callable[[], float]
    tell: Callable[[LinkChanged], None]
    spawn: Callable[[Awaitable[None], str], asyncio.Task[None]]
    pace: Pace = Pace()


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that is set up, what it was told and with what it was set up."""

    session: VoiceSession
    opening: Opening
    setup: SessionSetup
