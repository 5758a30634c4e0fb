"""What corrections teach: proposed, and remembered only after a yes. Core thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.dictation import commands, events
from app.dictation.corrections import proposals
from app.dictation.history import DictationHistory
from app.dictation.lesson import Lesson, Proposal
from app.dictation.replacements import Replacement
from app.settings import Settings


class Lessons:
    """`change` asks for a change of the settings, by dotted paths."""

    def __init__(
        self,
        history: DictationHistory,
        settings: Callable[[], Settings],
        change: Callable[[dict[str, object]], None],
        publish: Callable[[events.DictationEvent], None],
    ) -> None:
        self._history = history
        self._settings = settings
        self._change = change
        self._publish = publish
        self._open: dict[str, tuple[Proposal, ...]] = {}

    async def on_command(self, command: object) -> bool:
        """Act on it; False when it is not about a correction. Raises AppError."""
        match command:
            case commands.CorrectDictation(dictation_id, text):
                await self._correct(dictation_id, text)
            case commands.AnswerLesson(dictation_id, proposal, yes):
                self._answer(dictation_id, proposal, yes=yes)
            case _:
                return False
        return True

    async def _correct(self, dictation_id: str, text: str) -> None:
        before = await self._history.correct(dictation_id, text)
        if before is None:
            return
        settings = self._settings()
        known = (
            *settings.transcription.vocabulary,
            *(each.written for each in settings.dictation.replacements),
        )
        language = settings.transcription.language
        # Two long texts take a while to compare.
        found = await asyncio.to_thread(proposals, before.text, text, language, known)
        self._tell(dictation_id, found)

    def _answer(self, dictation_id: str, proposal: Proposal, *, yes: bool) -> None:
        left = self._open.get(dictation_id, ())
        if proposal not in left:
            return
        self._tell(dictation_id, tuple(each for each in left if each != proposal))
        if yes:
            self._change(self._with(proposal))

    def _with(self, proposal: Proposal) -> dict[str, object]:
        settings = self._settings()
        if proposal.lesson is Lesson.VOCABULARY:
            words = (*settings.transcription.vocabulary, proposal.written)
            return {"transcription.vocabulary": words}
        new = Replacement(proposal.spoken, proposal.written)
        return {"dictation.replacements": (*settings.dictation.replacements, new)}

    def _tell(self, dictation_id: str, found: tuple[Proposal, ...]) -> None:
        if found != self._open.pop(dictation_id, ()):
            self._publish(events.LessonsProposed(dictation_id, found))
        if found:
            self._open[dictation_id] = found
