"""What the audio engine says, and that it came and went: handed to those whom it concerns."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from app import events
from app.core_parts import CoreParts
from app.errors import AppError, Code
from app.sessions.audio_link import EngineDown, EngineUp
from audio import messages

_log = logging.getLogger(__name__)


class EngineItems:
    """Called by the core, one item after another.

    `asked` is set once the microphone was asked for, or there is no engine to ask.
    """

    def __init__(
        self,
        parts: CoreParts,
        publish: Callable[[events.Event], None],
        spawn: Callable[[Awaitable[None], str], object],
    ) -> None:
        self._parts = parts
        self._publish = publish
        self._spawn = spawn
        self.asked = asyncio.Event()

    async def on_link(self, item: EngineUp | EngineDown) -> None:
        """The engine came up, or went."""
        parts = self._parts
        if isinstance(item, EngineUp):
            await parts.microphone.on_engine_up()
            await parts.dictation.on_engine_up()
            self.asked.set()
            return
        self.asked.set()
        level = logging.WARNING if item.unexpected else logging.INFO
        _log.log(level, "the audio engine ended: %s", item.detail)
        parts.microphone.on_engine_down()
        parts.turn.on_engine_lost()
        lost = await parts.turn.hearing.on_engine_lost()
        await parts.dictation.on_engine_lost()
        if item.unexpected:
            parts.notices.post(AppError(Code.ENGINE_LOST))
        if lost:
            await parts.turn.kept.look()

    async def on_message(self, item: object) -> None:
        """Something that the engine says; what nobody knows is let go."""
        if await self._parts.dictation.on_audio(item):
            return
        match item:
            case messages.Level(input_dbfs, output_dbfs):
                self._parts.microphone.on_level(input_dbfs)
                self._publish(events.LevelChanged(_drawn(input_dbfs), _drawn(output_dbfs)))
            case messages.JournalFailed(take_id, detail):
                _log.warning("take %s is only in memory: %s", take_id, detail)
                self._parts.notices.post(AppError(Code.JOURNAL_REFUSED))
            case messages.MicrophoneOpened():
                self._parts.microphone.on_event(item)
                self._parts.turn.on_listening()
            case _:
                if not (await self._on_take(item) or self._on_playback(item)):
                    self._parts.microphone.on_event(item)

    async def _on_take(self, item: object) -> bool:
        hearing = self._parts.turn.hearing
        match item:
            case messages.Pcm():
                hearing.on_pcm(item)
            case messages.TakeStarted():
                hearing.on_take_started(item)
                self._spawn(self._parts.warm(), "warm")
            case messages.Paused():
                hearing.on_paused(item)
            case messages.SpeechResumed():
                hearing.on_speech_resumed(item)
            case messages.TakeEnded():
                await hearing.on_take_ended(item)
            case _:
                return False
        return True

    def _on_playback(self, item: object) -> bool:
        floor = self._parts.turn.floor
        match item:
            case messages.PlaybackStarted(stream_id):
                self._parts.notices.clear(Code.NO_SPEAKER)
                floor.on_playback_started(stream_id)
            case messages.PlaybackFinished(stream_id):
                floor.on_playback_finished(stream_id)
            case messages.SpeakerFailed(_, stream_id):
                self._parts.notices.post(AppError(Code.NO_SPEAKER))
                floor.on_playback_failed(stream_id)
            case _:
                return False
        return True


def _drawn(dbfs: float) -> float:
    return min(1.0, max(0.0, (dbfs + 60.0) / 60.0))
