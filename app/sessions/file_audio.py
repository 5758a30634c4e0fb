"""A microphone and a speaker made of files: one take in, one reply out."""

from __future__ import annotations

import asyncio

from audio.client import EngineGone
from audio.endpoint import EndpointSettings
from audio.messages import (
    SPEECH_RATE_HZ,
    Command,
    Event,
    Flush,
    Listen,
    MicrophoneOpened,
    Pcm,
    Play,
    PlaybackFinished,
    PlaybackFlushed,
    PlaybackStarted,
    PlayEnd,
    TakeEnd,
    TakeEnded,
    TakeStarted,
)
from audio.pcm import Clip
from audio.resample import resample
from audio.vad import create_detector

_PIECE_BYTES = SPEECH_RATE_HZ // 10 * 2
TAKE_ID = "file"


class FileAudio:
    """An AudioPort. `Listen` plays the clip into the conversation once; replies are collected."""

    def __init__(self, question: Clip, label: str) -> None:
        self._question = question
        self._label = label
        self._events: asyncio.Queue[Event | Pcm | None] = asyncio.Queue()
        self._rates: dict[str, int] = {}
        self._played: list[Clip] = []

    def reply(self) -> Clip | None:
        """All that was played, at the rate of its first sound; None when nothing was."""
        if not self._played:
            return None
        rate_hz = self._played[0].rate_hz
        parts = [resample(clip, rate_hz).data for clip in self._played]
        return Clip(rate_hz, b"".join(parts))

    async def send(self, message: Command) -> None:
        """Play and listen are acted upon; devices do not exist here."""
        match message:
            case Listen():
                await self._listen()
            case Play(stream_id, rate_hz):
                self._rates[stream_id] = rate_hz
                self._events.put_nowait(PlaybackStarted(stream_id))
            case PlayEnd(stream_id):
                self._events.put_nowait(PlaybackFinished(stream_id, 0))
            case Flush(stream_id):
                self._events.put_nowait(PlaybackFlushed(stream_id, 0))
            case _:
                pass

    async def send_pcm(self, stream_id: str, data: bytes) -> None:
        """Collect a reply's sound."""
        self._played.append(Clip(self._rates[stream_id], data))

    async def receive(self) -> Event | Pcm:
        """The next event."""
        event = await self._events.get()
        if event is None:
            raise EngineGone(0)
        return event

    async def close(self) -> None:
        """No more events come."""
        self._events.put_nowait(None)

    async def _listen(self) -> None:
        clip = await asyncio.to_thread(resample, self._question, SPEECH_RATE_HZ)
        voiced_ms = await asyncio.to_thread(voiced_in, clip)
        put = self._events.put_nowait
        put(MicrophoneOpened(self._label, self._question.rate_hz))
        put(TakeStarted(TAKE_ID, 0))
        for at in range(0, len(clip.data), _PIECE_BYTES):
            put(Pcm(TAKE_ID, clip.data[at : at + _PIECE_BYTES]))
        put(TakeEnded(TAKE_ID, clip.duration_ms, voiced_ms, TakeEnd.CLOSED))


def voiced_in(clip: Clip) -> int:
    """How many milliseconds of a 16 kHz clip are speech."""
    detector = create_detector()
    samples, size = clip.samples(), detector.window_samples
    threshold = EndpointSettings().on_threshold
    windows = (samples[at : at + size] for at in range(0, len(samples) - size + 1, size))
    voiced = sum(detector.probability(window) >= threshold for window in windows)
    return voiced * size * 1000 // clip.rate_hz
