"""What a session needs from sound: a microphone and a speaker, real or files."""

from __future__ import annotations

from typing import Protocol

from audio.messages import Command, Event, Pcm


class Playback(Protocol):
    """Where a reply's voice goes."""

    async def send(self, message: Command) -> None:
        """Ask for something. Raises EngineGone when there is nobody to ask."""
        ...

    async def send_pcm(self, stream_id: str, data: bytes) -> None:
        """More sound for a stream that was announced with `Play`; waits when far ahead."""
        ...


class AudioPort(Playback, Protocol):
    """`audio.client.EngineClient` is one; files are another."""

    async def receive(self) -> Event | Pcm:
        """The next event or sound, in order. Raises EngineGone at the end."""
        ...

    async def close(self) -> None:
        """Release the devices."""
        ...
