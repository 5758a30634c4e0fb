"""The words of turns that were answered by their sound: into the conversation, sooner or later.

A recording is deleted only once its words are stored. Core thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from app.errors import AppError, Code
from app.realtime.events import WordsKnown, WordsMissing
from app.sessions.hearing import WORDY_MS, Hearing
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

    def give_up(self, turn: SpokenTurn) -> None:
        """Somebody else transcribes it: it leaves no trace here."""
        turn.on_words = _nothing
        if (task := self._tasks.pop(turn.take.take_id, None)) is not None:
            task.cancel()
        if turn.message is not None:
            self._forget(turn)

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
        take, message = turn.take, turn.message
        if self._tasks.pop(take.take_id, None) is None or message is None:
            return
        if text:
            turn.message = replace(message, text=text)
            await self._parts.conversation.settle(turn.message)
            self._parts.publish(WordsKnown(turn.message, is_final=True))
            await self._parts.takes.done(take.take_id)
        elif error is None and take.voiced_ms < WORDY_MS and not message.images:
            self._forget(turn)
            await self._parts.takes.done(take.take_id)
        else:
            self._forget(turn)
            error = error or AppError(Code.NOT_UNDERSTOOD)
            await self._kept.keep(take.take_id, take.clip, error, message.created_at)
            self._parts.notices.post(error)
        self._on_settled(turn, text)

    def _forget(self, turn: SpokenTurn) -> None:
        assert turn.message is not None
        self._parts.conversation.forget(turn.message.id)
        self._parts.publish(WordsMissing(turn.message.id))


def _nothing() -> None:
    """Nobody waits for these words."""
