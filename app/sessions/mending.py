"""What a voice session's answer left open: others answer it, or it goes on. Core thread."""

from __future__ import annotations

from app.sessions.answering import Answering
from app.sessions.late_words import LateWords
from app.sessions.spoken_turns import SpokenTurn
from app.sessions.turn import TurnSession
from app.sessions.turn_parts import InTurn, TurnParts


class Mending:
    """Answers that came to nothing, and answers that broke off."""

    def __init__(
        self, session: TurnSession, parts: TurnParts, answering: Answering, words: LateWords
    ) -> None:
        self._session = session
        self._parts = parts
        self._answering = answering
        self._words = words
        self._broken_off: SpokenTurn | None = None
        self._is_for_others = False

    def take_for_others(self) -> bool:
        """Whether the next answer is the turn-based engine's; told once."""
        is_for_others, self._is_for_others = self._is_for_others, False
        return is_for_others

    async def follow_up(self) -> None:
        """Answer the same take or text turn by turn, or go on with what broke off."""
        if (failed := self._answering.take_failed()) is not None:
            await self._answer_otherwise(failed.turn)
        elif (broken := self._answering.take_broken()) is not None:
            turn = broken.turn
            if turn is not None and self._awaits_words(turn):
                self._broken_off = turn  # Another session has to be told what was asked.
            else:
                await self._continue()

    def on_settled(self, turn: SpokenTurn) -> None:
        """The words of a turn are safe."""
        if turn is self._broken_off:
            self._broken_off = None
            self._parts.post(InTurn(self._continue))

    async def hand_over(self, turn: SpokenTurn) -> None:
        """Have what is only a recording of it transcribed, and answered turn by turn."""
        take = await self._words.give_up(turn)
        self._is_for_others = True
        self._session.hearing.transcribe(take)

    async def answer_instead(self, turn: SpokenTurn) -> None:
        """Its words are better answered turn by turn, where nothing of an answer was heard."""
        if self._answering.refuse(turn):
            await self._session.start_reply()

    async def _answer_otherwise(self, turn: SpokenTurn | None) -> None:
        if turn is not None and self._awaits_words(turn):
            await self.hand_over(turn)
        else:
            await self._session.start_reply()

    async def _continue(self) -> None:
        if self._session.floor.reply is None and self._session.hearing.quiet.is_set():
            await self._session.go_on()

    def _awaits_words(self, turn: SpokenTurn) -> bool:
        return turn.message is not None and self._parts.conversation.is_expected(turn.message.id)
