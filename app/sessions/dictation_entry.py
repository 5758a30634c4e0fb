"""What the history keeps of one dictation, and what becomes of its recording."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace

from app.dictation.history import DictationHistory, limits_of
from app.dictation.outcomes import Told
from app.dictation.record import Dictation, Outcome
from app.errors import AppError
from app.sessions.dictation_sound import DictationSound
from app.sessions.takes import TakeShelf
from app.settings import Settings

_log = logging.getLogger(__name__)


class DictationEntry:
    """`row` is what is known so far. Core loop."""

    def __init__(
        self,
        row: Dictation,
        sound: DictationSound,
        history: DictationHistory,
        takes: TakeShelf,
        settings: Callable[[], Settings],
    ) -> None:
        self.row = row
        self._sound = sound
        self._history = history
        self._takes = takes
        self._settings = settings

    async def note(self) -> None:
        """Keep what is known so far: Sayso may end at any moment."""
        with contextlib.suppress(AppError):  # Which `close` meets again, and tells.
            await self._history.save(self.row)

    async def close(self, end: Told) -> None:
        """Keep the row and, where it is wanted or needed, the sound.

        Where the history refuses, the take keeps its recording.
        """
        detail = " ".join(part for part in (self.row.detail, end.detail) if part)
        self.row = replace(self.row, outcome=end.outcome, detail=detail)
        try:
            if self._is_sound_wanted(end.outcome):
                self.row = await self._history.keep_sound(self.row, self._sound.kept)
            else:
                await self._history.save(self.row)
            await self._takes.done(self.row.id)
        except AppError as error:
            _log.warning("the history refuses dictation %s: %s", self.row.id, error)
            await self._takes.keep(self.row.id)

    async def drop(self) -> None:
        """It is not worth a row."""
        await self._history.delete([self.row.id])

    def _is_sound_wanted(self, outcome: Outcome) -> bool:
        if outcome not in (Outcome.INSERTED, Outcome.NOTHING_HEARD, Outcome.CANCELLED):
            return True
        return limits_of(self._settings().dictation.retention).audio_days != 0
