"""What is to be heard around a dictation: earcons, and other programs softly. Core thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from app.desktop.ducking import Ducking
from app.dictation.earcons import RATE_HZ, Earcon, sound_of
from app.dictation.settings import DictationSettings
from app.sessions.audio_link import AudioLink
from audio.messages import Flush, Play, PlayEnd

_EARCON = "earcon"
_LATEST_S = 0.5
"""A sound that could not begin by then would say something that is no longer true."""


class Surroundings:
    """Earcons are kept out of the way of a reply that is being spoken."""

    def __init__(
        self,
        audio: AudioLink,
        ducking: Ducking,
        settings: Callable[[], DictationSettings],
        spawn: Callable[[Awaitable[None], str], asyncio.Task[None]],
    ) -> None:
        self._audio = audio
        self._ducking = ducking
        self._settings = settings
        self._spawn = spawn
        self._count = 0
        self._started: dict[str, asyncio.Event] = {}
        self._is_open = False
        self._may_sound = False
        self._has_sounded = False

    def recover(self) -> None:
        """Put back what an earlier run has left soft."""
        self._spawn(self._ducking.restore(), "ducking")

    def begin(self, *, silently: bool) -> None:
        """A take has begun; without earcons if a reply was interrupted, or its speaker speaks."""
        self._is_open = True
        self._may_sound, self._has_sounded = not silently, False
        if self._settings().ducking:
            self._spawn(self._ducking.soften(), "ducking")

    def on_sound(self) -> None:
        """The microphone is open: from now on every word counts."""
        if self._may_sound and not self._has_sounded:
            self._has_sounded = True
            self._play(Earcon.BEGUN)

    def end(self, *, silently: bool = False) -> None:
        """The microphone gives no more of this take."""
        if self._is_open:
            self._is_open = False
            self._spawn(self._ducking.restore(), "ducking")
            if self._has_sounded and not silently:
                self._play(Earcon.ENDED)

    def fail(self) -> None:
        """Words did not get where they should; said only while nobody speaks."""
        if not self._is_open:
            self._play(Earcon.FAILED)

    async def on_interrupted(self, stream_id: str) -> None:
        """Somebody spoke over this stream: an earcon is not taken up again."""
        if stream_id.startswith(_EARCON):
            await self._audio.send(Flush(stream_id))

    def on_playback(self, stream_id: str) -> bool:
        """What the engine says of an earcon; False for another sound."""
        if (started := self._started.get(stream_id)) is not None:
            started.set()
        return stream_id.startswith(_EARCON)

    def _play(self, earcon: Earcon) -> None:
        if self._settings().earcons:
            self._count += 1
            self._spawn(self._send(f"{_EARCON}-{self._count}", sound_of(earcon)), _EARCON)

    async def _send(self, stream_id: str, sound: bytes) -> None:
        started = self._started[stream_id] = asyncio.Event()
        await self._audio.send(Play(stream_id, RATE_HZ, is_cue=True))
        await self._audio.send_pcm(stream_id, sound)
        await self._audio.send(PlayEnd(stream_id))
        try:
            await asyncio.wait_for(started.wait(), _LATEST_S)
        except TimeoutError:
            await self._audio.send(Flush(stream_id))
        finally:
            del self._started[stream_id]
