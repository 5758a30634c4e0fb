"""What a turn session works with, and what its tasks post back. Core thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.conversation.current import CurrentConversation
from app.errors import AppError
from app.notices import NoticeBoard
from app.providers.base import ChatMessage, ChatModel, Hints, Image, Speech, Transcriber
from app.sessions.approval import Approvals
from app.sessions.audio_link import AudioLink
from app.sessions.commit import Publish
from app.sessions.early import HeardEarly
from app.sessions.hearing import Transcribed
from app.sessions.kept_takes import Recovered
from app.sessions.takes import TakeShelf
from app.shots.shot import Decision
from app.tools.runner import ToolRunner


class Providers(Protocol):
    """Who does what, as the settings say now. Each raises AppError when it cannot be had."""

    async def transcriber(self) -> Transcriber:
        """Speech to text."""
        ...

    async def chat_model(self) -> ChatModel:
        """Answers."""
        ...

    async def speech(self) -> Speech | None:
        """The voice, or None when replies are only shown."""
        ...


class Pictures(Protocol):
    """What the user has attached for the next turn.

    `on_decided` is told once no picture is looked at any more.
    """

    on_decided: Callable[[Decision], None]

    @property
    def is_looked_at(self) -> bool:
        """Whether a picture for the next turn waits for the user's yes or no."""
        ...

    def attached_now(self) -> tuple[Image, ...]:
        """What would go with a turn that ends now."""
        ...

    async def take(self) -> tuple[Image, ...]:
        """What goes with this turn, and with no other."""
        ...


class NoPictures:
    """Nobody shows anything here."""

    def __init__(self) -> None:
        self.on_decided: Callable[[Decision], None] = lambda _: None

    @property
    def is_looked_at(self) -> bool:
        """Nothing is."""
        return False

    def attached_now(self) -> tuple[Image, ...]:
        """Nothing."""
        return ()

    async def take(self) -> tuple[Image, ...]:
        """Nothing."""
        return ()


@dataclass(frozen=True, slots=True)
class ReplyOver:
    """A reply's task ended by itself. `heard_ms` is set where its sound broke off there."""

    reply_id: str
    error: AppError | None = None
    heard_ms: int | None = None


@dataclass(frozen=True, slots=True)
class QuietNow:
    """Nobody speaks: an announcement that waits may be made."""


@dataclass(frozen=True, slots=True)
class InTurn:
    """Work that belongs among the core's other items, one after another."""

    work: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class TurnParts:
    """What a turn session works with.

    `hangover_ms` tells for what was said until a pause how long the pause may last.
    """

    audio: AudioLink
    takes: TakeShelf
    conversation: CurrentConversation
    providers: Providers
    notices: NoticeBoard
    runner: Callable[[Approvals], ToolRunner]
    hints: Callable[[Sequence[ChatMessage]], Hints]
    hangover_ms: Callable[[str], int]
    system: Callable[[], str]
    publish: Publish
    post: Callable[[Transcribed | HeardEarly | Recovered | ReplyOver | QuietNow | InTurn], None]
    set_facts: Callable[..., None]
    spawn: Callable[[Awaitable[None], str], asyncio.Task[None]]
    pictures: Pictures = field(default_factory=NoPictures)
