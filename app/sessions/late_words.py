"""The words of turns that were answered by their sound: into the conversation, sooner or later.

A recording is deleted only once its words are stored. Core thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from app.conversation.message import Message
from app.errors import AppError, Code
from app.realtime.events import WordsKnown, WordsMissing
from app.sessions.hearing import WORDY_MS, HeardTake, Hearing
from app.sessions.kept_takes import KeptTakes
from app.sessions.spoken_turns import SpokenTurn
from app.sessions.turn_parts import InTurn, TurnParts

WORDS_WITHIN_S = 10.0


class LateWords:
    """One task for each turn whose words are not known yet."""

    def __init__(
        self,
        parts: TurnParts,
        hearing: Hearing,
        kept: KeptTakes,
        on_settled: Callable[[SpokenTurn, str], None],
    ) -> None:
        """`on_settled` is told the words of a turn once they are safe; empty where none are."""
        self._parts = parts
        self._hearing = hearing
        self._kept = kept
        self._on_settled = on_settled
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @property
    def is_waiting(self) -> bool:
        """Whether words are still to come."""
        return bool(self._tasks)

    def follow(self, turn: SpokenTurn) -> None:
        """Its message stands in the conversation without a text."""
        turn.on_words = lambda: self._show(turn)
        take_id = turn.take.take_id
        self._tasks[take_id] = self._parts.spawn(self._find(turn), "late words")

    def put_off(self, turn: SpokenTurn) -> None:
        """The turn goes on: until it is followed again its words are not all of them."""
        turn.on_words = _nothing
        if (task := self._tasks.pop(turn.take.take_id, None)) is not None:
            task.cancel()

    async def give_up(self, turn: SpokenTurn) -> HeardTake:
        """Somebody else transcribes what is returned: it leaves no trace here."""
        self.put_off(turn)
        await self.fall_back(turn)
        return turn.recorded

    async def fall_back(self, turn: SpokenTurn) -> None:
        """To the words that are stored, or to no message where there are none."""
        if turn.message is not None and turn.stored:
            await self._store(turn, turn.message, turn.stored)
        elif turn.message is not None:
            self._parts.conversation.forget(turn.message.id)
            self._parts.publish(WordsMissing(turn.message.id))

    def _show(self, turn: SpokenTurn) -> None:
        if turn.message is not None and turn.text and not turn.is_whole:
            shown = replace(turn.message, text=turn.text)
            self._parts.publish(WordsKnown(shown, is_final=False))

    async def _find(self, turn: SpokenTurn) -> None:
        text = await turn.words(WORDS_WITHIN_S)
        error: AppError | None = None
        if not text:
            try:
                text = (await self._hearing.words_in(turn.take.clip)).text.strip()
            except AppError as failure:
                error = failure
        self._parts.post(InTurn(lambda: self._settle(turn, text or "", error)))

    async def _settle(self, turn: SpokenTurn, text: str, error: AppError | None) -> None:
        take, recorded, message = turn.take, turn.recorded, turn.message
        if self._tasks.pop(take.take_id, None) is None or message is None:
            return
        if text:
            await self._store(turn, message, text)
            await self._parts.takes.done(recorded.take_id)
        elif error is None and take.voiced_ms < WORDY_MS and not message.images:
            await self.fall_back(turn)
            await self._parts.takes.done(recorded.take_id)
        else:
            await self.fall_back(turn)
            error = error or AppError(Code.NOT_UNDERSTOOD)
            await self._kept.keep(recorded.take_id, recorded.clip, error, message.created_at)
            self._parts.notices.post(error)
        self._on_settled(turn, text)

    async def _store(self, turn: SpokenTurn, message: Message, text: str) -> None:
        turn.message, turn.stored = replace(message, text=text), text
        await self._parts.conversation.settle(turn.message)
        self._parts.publish(WordsKnown(turn.message, is_final=True))


def _nothing() -> None:
    """Nobody waits for these words."""
