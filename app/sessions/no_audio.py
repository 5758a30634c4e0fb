"""An audio port without a microphone and without a speaker: for questions that are typed."""

from __future__ import annotations

import asyncio

from audio.client import EngineGone
from audio.messages import Command, Event, Flush, Pcm, PlaybackFlushed


class NoAudio:
    """An AudioPort that hears nothing and plays nothing."""

    def __init__(self) -> None:
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()

    async def send(self, message: Command) -> None:
        """Nothing was heard of what is flushed."""
        if isinstance(message, Flush):
            self._events.put_nowait(PlaybackFlushed(message.stream_id, 0))

    async def send_pcm(self, stream_id: str, data: bytes) -> None:
        """Nobody hears it."""

    async def receive(self) -> Event | Pcm:
        """The next event."""
        event = await self._events.get()
        if event is None:
            raise EngineGone(0)
        return event

    async def close(self) -> None:
        """No more events come."""
        self._events.put_nowait(None)
