"""A turn that was taken to be over goes on, where nothing of its answer was heard. Core thread.

The answer is void as if it had never been asked for, and the new take is the rest of the turn.
"""

from __future__ import annotations

import asyncio

from app.conversation.message import Message
from app.sessions.answering import Answering
from app.sessions.hearing import HeardTake
from app.sessions.late_words import LateWords
from app.sessions.open_take import OpenTake, joined
from app.sessions.turn import TurnSession
from app.sessions.turn_parts import InTurn, TurnParts
from audio.pcm import Clip

WITHIN_S = 3.0
"""Whoever speaks later says something else: the longest that a pause is waited for."""


class Reopening:
    """Of turns whose end Sayso itself decides."""

    def __init__(
        self, session: TurnSession, parts: TurnParts, answering: Answering, words: LateWords
    ) -> None:
        self._session = session
        self._parts = parts
        self._answering = answering
        self._words = words

    def reopen(self, take: HeardTake) -> OpenTake | None:
        """The turn that this take goes on with; None where it begins another one."""
        now_s = asyncio.get_running_loop().time()
        given = self._answering.unheard(now_s - WITHIN_S)
        if given is None or take.held or self._session.hearing.is_behind:
            return None
        turn, feed, message = given.turn, given.feed, self._latest()
        if turn is None or feed is None or turn.message is None or message is None:
            return None
        if message.id != turn.message.id or not self._answering.refuse(turn):
            return None
        self._words.put_off(turn)
        turn.is_answered = False
        is_stored = not self._parts.conversation.is_expected(message.id)
        # A session that follows must get it as sound, and not as text, too.
        self._parts.conversation.expect(message)
        before, shelf = turn.take.clip, self._parts.takes
        feed.go_on_with(
            take.take_id,
            lambda: Clip(before.rate_hz, before.data + shelf.clip(take.take_id).data),
        )
        return OpenTake(take, turn, feed, goes_on=True, is_stored=is_stored)

    def join(self, opened: OpenTake, take: HeardTake) -> None:
        """The take is over: it and what was said before are one utterance, and one recording."""
        turn = opened.turn
        turn.take = joined(turn.take, take)
        if opened.is_stored:
            turn.recorded = take
        else:
            self._parts.takes.join(turn.recorded.take_id, take.take_id)
            turn.recorded = joined(turn.recorded, take)

    def undo(self, opened: OpenTake) -> None:
        """The take held no words, or is meant for somebody else: the turn is as it was."""
        is_clean = opened.feed.go_back()
        self._parts.post(InTurn(lambda: self._answer_again(opened, is_clean)))

    async def _answer_again(self, opened: OpenTake, is_clean: bool) -> None:
        turn, message = opened.turn, opened.turn.message
        if message is None:
            return
        if opened.is_stored:
            await self._words.fall_back(turn)
        else:
            self._words.follow(turn)
        if not is_clean:
            await self._answering.line.renew()
        latest, direct = self._latest(), self._session.direct
        is_last = latest is not None and latest.id == message.id
        if is_last and direct is not None and self._session.floor.reply is None:
            await self._answering.give(turn, opened.feed)

    def _latest(self) -> Message | None:
        messages = self._parts.conversation.messages
        return messages[-1] if messages else None
