"""Turns whose end the server decides: what it commits and answers by itself. Core thread.

It hears the pause behind a take, and after that silence that nobody had to record.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.providers.voice_session import SESSION_RATE_HZ
from app.sessions.answering import Answering
from app.sessions.responses import Follower
from app.sessions.spoken_turns import SpokenTurn
from app.sessions.take_feed import TakeFeed
from app.sessions.turn import TurnSession
from app.sessions.turn_parts import InTurn, TurnParts
from audio.pcm import SAMPLE_BYTES

LONGEST_SILENCE_S = 8.0
"""The longest that a server waits for the end of a sentence."""

_PIECE_S = 0.1
_SILENCE = bytes(round(SESSION_RATE_HZ * _PIECE_S) * SAMPLE_BYTES)


class ServerTurns:
    """`turn` is the one that goes on, or that ended without an answer so far."""

    def __init__(self, session: TurnSession, parts: TurnParts, answering: Answering) -> None:
        self._session = session
        self._parts = parts
        self._answering = answering
        self._turn: SpokenTurn | None = None
        self._feed: TakeFeed | None = None
        self._waiting: asyncio.Task[None] | None = None
        self._has_answered = False

    def begin(self, turn: SpokenTurn, feed: TakeFeed) -> None:
        """Somebody speaks."""
        self.end()
        self._turn, self._feed, self._has_answered = turn, feed, False

    def end(self) -> None:
        """It was answered, or is not meant for the server."""
        self._turn = self._feed = None
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.cancel()

    def on_committed(self, item_id: str) -> SpokenTurn | None:
        """The server made an item of what it heard; whose it is."""
        if self._turn is not None:
            self._has_answered = False
            self._turn.on_item("", item_id)
        return self._turn

    def on_unasked(self, note: Callable[[], Follower]) -> Follower | None:
        """It begins to answer; None where nobody asked it anything."""
        turn, feed = self._turn, self._feed
        if turn is None or feed is None or self._session.approvals.waiting_for_voice:
            return None
        follower = note()
        self._has_answered = True
        self._parts.post(InTurn(lambda: self._take(turn, feed, follower)))
        return follower

    async def wait(self, turn: SpokenTurn, feed: TakeFeed) -> None:
        """The take is over and its message stands: the answer follows, or is asked for.

        What the server answered before it had seen the turn's pictures is no answer.
        """
        if self._has_answered and turn.message is not None and turn.message.images:
            await self._ask(turn, feed)
            return
        self._waiting = self._parts.spawn(self._fall_silent(turn, feed), "silence")

    async def _take(self, turn: SpokenTurn, feed: TakeFeed, follower: Follower) -> None:
        if turn is not self._turn:
            self._answering.responses.give_up(follower)
        elif turn.message is not None and turn.message.images:
            self._answering.responses.give_up(follower)
            await self._ask(turn, feed)
        elif turn.message is not None:
            self.end()
            await self._answering.give(turn, feed, follower)
        else:
            take, floor = turn.take, self._session.floor
            if floor.voice_of(take.interrupted) is not None and take.over_sound:
                await self._session.cut(take.played_ms)
            await self._answering.prepare(turn, feed, follower)

    async def _fall_silent(self, turn: SpokenTurn, feed: TakeFeed) -> None:
        line, loop = self._answering.line, asyncio.get_running_loop()
        until_s = loop.time() + LONGEST_SILENCE_S
        while loop.time() < until_s:
            line.send(lambda session: session.append(_SILENCE))
            await asyncio.sleep(_PIECE_S)
        self._waiting = None
        self._parts.post(InTurn(lambda: self._ask(turn, feed)))

    async def _ask(self, turn: SpokenTurn, feed: TakeFeed) -> None:
        if turn is self._turn:
            self.end()
            if not turn.items:
                feed.commit()
            await self._answering.give(turn, feed)
