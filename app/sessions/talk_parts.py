"""What talking by sound works with, and an answer of a voice session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.conversation.pruning import PruningPolicy
from app.providers.base import ToolSpec
from app.providers.voice_session import SessionSetup, TokenCounts, VoiceModel
from app.realtime.events import LinkChanged
from app.sessions.line_clock import Pace
from app.sessions.realtime_answer import RealtimeAnswer
from app.sessions.reply import Reply
from app.sessions.spoken_turns import SpokenTurn
from app.sessions.take_feed import TakeFeed


@dataclass(frozen=True, slots=True)
class TalkParts:
    """What talking by sound works with beside `TurnParts`.

    `ready` returns once there are all tools, `setup` makes of them and of the instructions what a
    session is told. `begin_note` gives what is told the tokens of a response that is asked for
    now, `allow` raises AppError where none may be had. `server_ends`: it decides about turns.
    `is_own_wish`: what these words want is done better turn by turn, and needs no model.
    """

    model: Callable[[], Awaitable[VoiceModel]]
    ready: Callable[[], Awaitable[object]]
    setup: Callable[[str, tuple[ToolSpec, ...]], SessionSetup]
    allow: Callable[[], Awaitable[None]]
    begin_note: Callable[[], Callable[[TokenCounts], None]]
    idle_s: Callable[[], float]
    server_ends: Callable[[], bool]
    tell: Callable[[LinkChanged], None]
    is_own_wish: Callable[[str], bool] = lambda _: False
    pace: Pace = Pace()
    pruning: PruningPolicy = PruningPolicy()


@dataclass(slots=True)
class Given:
    """An answer, and what it answers; `turn` is None for what was typed."""

    answer: RealtimeAnswer
    turn: SpokenTurn | None
    feed: TakeFeed | None = None
    reply: Reply | None = None
