"""Playing the recording of a dictation. Core thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from app.dictation import commands, events
from app.dictation.history import DictationHistory
from app.sessions.audio_link import AudioLink
from audio.messages import Flush, Play, PlaybackStarted, PlayEnd

_REPLAY = "replay"


class Replay:
    """One recording plays at a time."""

    def __init__(
        self,
        history: DictationHistory,
        audio: AudioLink,
        publish: Callable[[events.DictationEvent], None],
        spawn: Callable[[Awaitable[None], str], asyncio.Task[None]],
    ) -> None:
        self._history = history
        self._audio = audio
        self._publish = publish
        self._spawn = spawn
        self._stream = ""
        self._count = 0

    async def on_command(self, command: object) -> bool:
        """Act on it; False when it is not about a recording. Raises AppError."""
        match command:
            case commands.ReplayDictation(dictation_id):
                await self._begin(dictation_id)
            case commands.StopReplay():
                await self._stop()
            case _:
                return False
        return True

    async def _begin(self, dictation_id: str) -> None:
        await self._stop()
        row = await self._history.find(dictation_id)
        if row is None or not row.audio:
            return
        clip = await self._history.sound(row)
        self._count += 1
        self._stream = f"{_REPLAY}-{self._count}"
        await self._audio.send(Play(self._stream, clip.rate_hz))
        self._publish(events.ReplayChanged(dictation_id))
        self._spawn(self._play(self._stream, clip.data), _REPLAY)

    async def _stop(self) -> None:
        if stream_id := self._forget():
            await self._audio.flush(stream_id)

    async def on_interrupted(self, stream_id: str) -> None:
        """Somebody spoke over this stream: a recording is not taken up again."""
        if stream_id and stream_id == self._stream:
            self._forget()
            await self._audio.send(Flush(stream_id))

    def on_playback(self, event: object, stream_id: str) -> bool:
        """What the engine says of a recording that plays; False for another sound."""
        if not stream_id.startswith(_REPLAY):
            return False
        if not isinstance(event, PlaybackStarted) and stream_id == self._stream:
            self._forget()
        return True

    def _forget(self) -> str:
        stream_id, self._stream = self._stream, ""
        if stream_id:
            self._publish(events.ReplayChanged(""))
        return stream_id

    async def _play(self, stream_id: str, data: bytes) -> None:
        await self._audio.send_pcm(stream_id, data)
        await self._audio.send(PlayEnd(stream_id))
