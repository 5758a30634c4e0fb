"""One dictation, from its first sound to the text in its window. A task on the core loop.

However it ends there is a row that says so, and as long as the words are not safe the recording.
"""

from __future__ import annotations

import asyncio
import datetime
import functools
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from app.desktop.hotkeys import HotkeyName
from app.desktop.insertion import Focus, Inserter, Receipt
from app.desktop.target import Target
from app.dictation import events
from app.dictation.history import DictationHistory
from app.dictation.modes import VERBATIM
from app.dictation.outcomes import Told, told
from app.dictation.record import Dictation, DictationPhase, Outcome, Remedy
from app.dictation.settings import DictationSettings
from app.errors import AppError, Code
from app.providers.base import ChatModel, Hints, Partial, Transcript
from app.providers.live_take import LiveDictation
from app.sessions.dictation_entry import DictationEntry
from app.sessions.dictation_sound import DictationSound
from app.sessions.dictation_target import mode_in, noted, on_screen, policy_for
from app.sessions.dictation_words import dropped_text, words_of
from app.sessions.hearing import LEAST_VOICED_MS, HeardTake
from app.sessions.selection import edited
from app.sessions.takes import TakeShelf
from app.settings import Settings
from app.usage.occasion import made_for
from app.usage.request import Purpose

_SHORT_MS = 1_000
_SELECTION = "Selection"
_PARTING_S = 2.0
_NOT_THERE = (Outcome.COPIED, Outcome.HELD, Outcome.KEPT, Outcome.FAILED)
_log = logging.getLogger(__name__)


class _NoVoiceError(Exception):
    """Nobody spoke: what a recognizer makes of it is not even asked for."""


@dataclass(frozen=True, slots=True)
class DictationParts:
    """What a dictation works with. `live` and `chat_model` raise AppError.

    `before` tells what stands before the caret of a target, where that is known.
    """

    takes: TakeShelf
    history: DictationHistory
    focus: Focus
    inserter: Inserter
    settings: Callable[[], Settings]
    hints: Callable[[], Hints]
    live: Callable[[], Awaitable[LiveDictation]]
    chat_model: Callable[[], Awaitable[ChatModel]]
    publish: Callable[[events.DictationEvent], None]
    on_receipt: Callable[[str, Receipt], None]
    on_text: Callable[[str], None]
    on_failed: Callable[[], None]
    take_back: Callable[[], Awaitable[None]]
    before: Callable[[Target | None], str | None]
    now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC)


class DictationTake:
    """`run` is its task. `interrupted` is the playback that its beginning paused."""

    def __init__(
        self, parts: DictationParts, interrupted: HeardTake, name: HotkeyName, mode: str = ""
    ) -> None:
        self.id = interrupted.take_id
        self.interrupted = interrupted
        self.sound = DictationSound(functools.partial(parts.takes.read, self.id))
        self.is_cancelled = False
        self._is_forgotten = False
        self._is_inserting = False
        self.task: asyncio.Task[None] | None = None
        self._parts = parts
        self._name = name
        self._wanted_mode = mode
        self._mode = VERBATIM
        self._target: Target | None = None
        self._selected: str | None = None
        self._entry = DictationEntry(
            Dictation(self.id, parts.now()), self.sound, parts.history, parts.takes, parts.settings
        )

    def end(self, duration_ms: int, voiced_ms: int) -> None:
        """The microphone gives no more."""
        self.sound.end(duration_ms, voiced_ms)
        if self.is_cancelled:
            self.cancel()

    def end_early(self) -> None:
        """The engine died: what came until then is all, and may hold words."""
        self.sound.end_early()
        if self.is_cancelled:
            self.cancel()

    def forget(self) -> None:
        """It was not a dictation at all."""
        self._is_forgotten = True
        self.is_cancelled = True
        if self.task is not None:
            self.task.cancel()

    def cancel(self) -> None:
        """Its speaker does not want it. Its sound, if it still comes, is kept to the end.

        What is being inserted cannot be called back any more.
        """
        if self._is_inserting:
            return
        self.is_cancelled = True
        if self.sound.ended.is_set() and self.task is not None:
            self.task.cancel()

    async def run(self, before: asyncio.Task[None] | None) -> None:
        """To the end. `before` is the dictation whose text comes first."""
        with made_for(Purpose.DICTATION):
            await self._run(before)

    async def _run(self, before: asyncio.Task[None] | None) -> None:
        looking = asyncio.create_task(self._look())
        try:
            transcript, label = await self._words(looking)
            if before is not None:
                await asyncio.wait([before])
            await self._deliver(transcript, label)
        except _NoVoiceError:
            await self._on_silence()
        except AppError as error:
            await self._keep(error)
        except asyncio.CancelledError:
            if self.is_cancelled:
                await self._on_cancelled()
            raise
        except Exception:  # noqa: BLE001 - the task's border: no take is lost
            _log.exception("dictation %s failed", self.id)
            await self._keep(AppError(Code.INTERNAL))
        finally:
            looking.cancel()

    async def _words(self, looking: asyncio.Task[None]) -> tuple[Transcript, str]:
        """What was said, and who says so. Raises AppError, and _NoVoiceError for silence."""
        await self._entry.note()
        live = await self._parts.live()
        take = live.open(self._parts.hints(), self.sound.kept, self._on_partial)
        try:
            await looking
            await self._entry.note()
            await self.sound.ended.wait()
            if self.sound.voiced_ms < LEAST_VOICED_MS:
                raise _NoVoiceError
            self._tell(DictationPhase.TRANSCRIBING)
            return await take.finish(), live.label
        except BaseException:
            await take.cancel()
            raise

    async def _look(self) -> None:
        """Where the keyboard is, at the press."""
        parts = self._parts
        self._target = target = await parts.focus.current()
        self._mode = mode_in(target, parts.settings().dictation, self._wanted_mode)
        where = noted(target)
        self._entry.row = replace(self._entry.row, target=where, mode=self._mode.label)
        is_edit = self._name is HotkeyName.EDIT_SELECTION
        caret, window = (target.caret, target.window) if target else (None, None)
        parts.publish(
            events.DictationStarted(
                self.id,
                self._entry.row.at,
                where,
                on_screen(caret),
                on_screen(window),
                _SELECTION if is_edit else self._mode.label if self._mode.instruction else "",
            )
        )
        if is_edit:
            self._selected = await parts.inserter.selected_text(target)
        await parts.inserter.prepare()

    def _on_partial(self, partial: Partial) -> None:
        self._parts.publish(events.DictationPartial(self.id, partial.text))

    async def _deliver(self, transcript: Transcript, label: str) -> None:
        settings = self._parts.settings()
        before = self._parts.before(self._target)
        result = await words_of(transcript, settings, self.sound.voiced_ms, before)
        self._entry.row = replace(
            self._entry.row,
            raw_text=result.raw,
            text=result.text,
            dropped_text=dropped_text(result),
            provider=transcript.by or label,
            seconds=self.sound.duration_ms / 1000,
        )
        if result.takes_back_before:
            await self._parts.take_back()
        if not result.text.strip():
            await self._on_no_words()
            return
        if self._name is HotkeyName.EDIT_SELECTION:
            await self._offer_edit(result.text)
            return
        await self._clean(result.text, settings)
        await self._insert(settings.dictation)

    async def _clean(self, text: str, settings: Settings) -> None:
        if not self._mode.instruction:
            return
        self._tell(DictationPhase.CLEANING)
        try:
            model = await self._parts.chat_model()
        except AppError as error:
            self._entry.row = replace(self._entry.row, detail=f"Not tidied: {error.message}")
            return
        from app.dictation.clean_up import cleaned  # see `load_words`

        tidy = await cleaned(
            text,
            self._mode,
            model,
            language=settings.transcription.language,
            vocabulary=settings.transcription.vocabulary,
        )
        detail = f"Not tidied: {tidy.fault.value.replace('_', ' ')}." if tidy.fault else ""
        self._entry.row = replace(self._entry.row, text=tidy.text, model=tidy.by, detail=detail)

    async def _offer_edit(self, wish: str) -> None:
        """Show what the selection would become; the key for inserting again puts it there."""
        if not self._selected:
            message = "Nothing was selected. Select some text and try again."
            await self._end(Told(Outcome.FAILED, message, Remedy.NONE, message))
            return
        self._tell(DictationPhase.CLEANING)
        text = await edited(self._selected, wish, await self._parts.chat_model())
        self._entry.row = replace(self._entry.row, text=text, raw_text=wish)
        self._parts.on_text(self.id)
        message = "Replace the selection with this?"
        await self._end(Told(Outcome.HELD, message, Remedy.INSERT_AGAIN, "A suggestion."))

    async def _insert(self, settings: DictationSettings) -> None:
        self._tell(DictationPhase.INSERTING)
        self._is_inserting = True
        policy = policy_for(self._target, settings)
        noting = asyncio.ensure_future(self._entry.note())
        insertion = asyncio.ensure_future(
            self._parts.inserter.insert(self._entry.row.text, self._target, policy)
        )
        try:
            receipt = await asyncio.shield(insertion)
        except asyncio.CancelledError:
            await asyncio.wait([insertion, noting], timeout=_PARTING_S)
            raise
        self._parts.on_receipt(self.id, receipt)
        await noting
        await self._end(told(receipt))

    async def _on_silence(self) -> None:
        message = "Nothing was heard."
        if self.sound.duration_ms < _SHORT_MS:
            await self._entry.drop()
            await self._parts.takes.done(self.id)
            self._publish_end(Told(Outcome.NOTHING_HEARD, message))
        else:
            await self._end(Told(Outcome.NOTHING_HEARD, message, Remedy.NONE, message))

    async def _on_no_words(self) -> None:
        remedy = Remedy.BRING_BACK if self._entry.row.dropped_text else Remedy.NONE
        message = "No words were heard."
        await self._end(Told(Outcome.NOTHING_HEARD, message, remedy, message))

    async def _on_cancelled(self) -> None:
        if self._is_forgotten:
            await self._entry.drop()
            self._publish_end(Told(Outcome.CANCELLED))
            return
        if self.sound.voiced_ms < LEAST_VOICED_MS:
            await self._on_silence()
            return
        await self._end(Told(Outcome.CANCELLED, "", Remedy.NONE, "Cancelled."))

    async def _keep(self, error: AppError) -> None:
        """It could not become text now: the recording waits, when it is whole."""
        await self.sound.ended.wait()
        message = f"{error.message} The recording is kept."
        await self._end(Told(Outcome.KEPT, message, Remedy.RETRY, error.message))

    async def _end(self, end: Told) -> None:
        """Keep it, then tell."""
        await self._entry.close(end)
        self._publish_end(end)

    def _publish_end(self, end: Told) -> None:
        if end.outcome in _NOT_THERE and self._name is not HotkeyName.EDIT_SELECTION:
            self._parts.on_failed()
        self._parts.publish(
            events.DictationEnded(
                self.id, end.outcome, self._entry.row.text, end.message, end.action
            )
        )

    def _tell(self, phase: DictationPhase) -> None:
        self._parts.publish(events.DictationPhaseChanged(self.id, phase))
