"""Takes in a voice session whose words decide what they are: an answer, a word in passing, a turn.

Core thread.
"""

from __future__ import annotations

from collections.abc import Callable

from app.conversation.message import Message
from app.sessions.hearing import WORDY_MS, HeardTake
from app.sessions.spoken_turns import SpokenTurn
from app.sessions.turn import TurnSession
from app.sessions.turn_parts import InTurn, TurnParts
from app.sessions.voice_line import VoiceLine

SURELY_A_TURN_MS = 800
"""So much voice over a reply is more than a word in passing."""

JUDGED_WITHIN_S = 2.0
"""So long the session's own words are waited for where words decide."""


class ByWords:
    """`forget` takes what was heard of a turn out of the session."""

    def __init__(
        self,
        session: TurnSession,
        parts: TurnParts,
        line: VoiceLine,
        forget: Callable[[SpokenTurn], None],
    ) -> None:
        self._session = session
        self._parts = parts
        self._line = line
        self._forget = forget
        self._judged: SpokenTurn | None = None

    def decide(self, take: HeardTake, voiced_ms: int) -> bool:
        """Whether nothing may happen before the words are known."""
        if self._session.approvals.waiting_for_voice:
            return True
        interrupts = self._session.floor.voice_of(take.interrupted) is not None
        return interrupts and take.over_sound and voiced_ms < SURELY_A_TURN_MS

    def judge(self, turn: SpokenTurn) -> None:
        """Wait for the words of a take that is over, and do what they say."""
        self._parts.spawn(self._judge(turn), "judge by words")

    def stands_for(self, message: Message) -> None:
        """The words that are being judged are a turn."""
        turn, self._judged = self._judged, None
        if turn is not None and turn.generation == self._line.generation:
            self._line.known.add(message.id)

    async def _judge(self, turn: SpokenTurn) -> None:
        text = await turn.words(JUDGED_WITHIN_S)
        self._parts.post(InTurn(lambda: self._on_judged(turn, text)))

    async def _on_judged(self, turn: SpokenTurn, text: str | None) -> None:
        take = turn.take
        if text is None or (not text and take.voiced_ms >= WORDY_MS):
            self._forget(turn)
            self._session.hearing.transcribe(take)
            return
        self._judged = turn
        is_safe = True
        try:
            if text:
                is_safe = await self._session.on_words(take, text)
            else:
                await self._session.on_nothing(take)
        finally:
            is_turn, self._judged = self._judged is None, None
            if not is_turn:
                self._forget(turn)
        if is_safe:
            await self._parts.takes.done(take.take_id)
