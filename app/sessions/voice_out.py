"""A reply's voice: pieces of text in, one playback stream out, and what of it was heard."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Protocol

from app.conversation.heard import SpokenPiece, heard_until
from app.conversation.sentences import Piece, SentenceSplitter
from app.errors import AppError
from app.providers.base import Speech
from app.sessions.audio_port import Playback
from audio.messages import Play, PlayEnd
from audio.pcm import Clip
from audio.resample import resample

LEAD_S = 8.0
"""How far synthesis may run ahead of the listener: what is cut off was not paid for."""

_CLIPS_AHEAD = 128
_TAIL_MS = 60
"""Less than this at the end of what was sent is only the fade of the last sound."""

_MS_PER_CHARACTER = 60
"""Length of a piece that is still being synthesised, until it is known."""


class Clear(Protocol):
    """Something to wait for before the first sound."""

    async def wait(self) -> object:
        """Return when sound may start."""
        ...


class VoiceOut:
    """Core thread. `run` is one task of the reply's task group.

    `clear` is waited for before the first sound: none starts over a person.
    """

    def __init__(self, port: Playback, speech: Speech, stream_id: str, clear: Clear) -> None:
        self.stream_id = stream_id
        self.started = asyncio.Event()
        self.finished = asyncio.Event()
        self._port = port
        self._speech = speech
        self._clear = clear
        self._pieces: asyncio.Queue[Piece | None] = asyncio.Queue()
        self._sound: asyncio.Queue[Clip | Piece | None] = asyncio.Queue(maxsize=_CLIPS_AHEAD)
        self._rate_hz = 0
        self._sent_ms = 0.0
        self._started_at = 0.0
        self._spoken: list[SpokenPiece] = []
        self._piece: Piece | None = None
        self._piece_begins_ms = 0.0

    def say(self, piece: Piece) -> None:
        """Speak this after what was said before."""
        self._pieces.put_nowait(piece)

    def finish(self) -> None:
        """Nothing more comes."""
        self._pieces.put_nowait(None)

    async def run(self) -> None:
        """Synthesise and send until `finish`, then wait until all was heard.

        Raises AppError when the voice fails, after what was synthesised before was heard.
        """
        sending = asyncio.create_task(self._send(), name=f"send {self.stream_id}")
        failure: AppError | None = None
        try:
            try:
                await self._synthesise()
            except AppError as error:
                failure = error
            await self._sound.put(None)
            await sending
            if self._rate_hz:
                await self.finished.wait()
        finally:
            sending.cancel()
            await asyncio.wait([sending])
        if failure is not None:
            raise failure

    def playback_started(self) -> None:
        """The engine says that the first sample left."""
        self._started_at = asyncio.get_running_loop().time()
        self.started.set()

    def playback_finished(self) -> None:
        """The engine says that the last sample left, or that there is no speaker."""
        self.finished.set()

    def heard(self, text: str, played_ms: int) -> str:
        """The part of the reply's `text` that `played_ms` of sound covers."""
        spoken = [*self._spoken]
        if self._piece is not None:
            least_ms = self._piece_begins_ms + _MS_PER_CHARACTER * len(self._piece.text)
            spoken.append(self._spoken_piece(self._piece, max(self._sent_ms, least_ms)))
        return text[: heard_until(spoken, played_ms, text)]

    def audible_after(self, played_ms: int) -> bool:
        """Whether sound was still to come when `played_ms` of it had been heard."""
        return played_ms < self._sent_ms - _TAIL_MS

    @property
    def announced(self) -> bool:
        """Whether the engine knows the stream."""
        return bool(self._rate_hz)

    async def _synthesise(self) -> None:
        while (piece := await self._pieces.get()) is not None:
            await self._wait_for_listener()
            await self._sound.put(piece)
            async with contextlib.aclosing(self._speech.speak(piece.text)) as clips:
                async for clip in clips:
                    await self._sound.put(clip)

    async def _wait_for_listener(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            ahead_s = self._sent_ms / 1000
            if self.started.is_set():
                ahead_s -= loop.time() - self._started_at
            if ahead_s < LEAD_S:
                return
            await asyncio.sleep(ahead_s - LEAD_S + 0.01)

    async def _send(self) -> None:
        while (item := await self._sound.get()) is not None:
            if isinstance(item, Clip):
                await self._send_clip(item)
            else:
                self._close_piece()
                self._piece, self._piece_begins_ms = item, self._sent_ms
        self._close_piece()
        if self._rate_hz:
            await self._port.send(PlayEnd(self.stream_id))

    async def _send_clip(self, clip: Clip) -> None:
        if not self._rate_hz:
            await self._clear.wait()
            self._rate_hz = clip.rate_hz
            await self._port.send(Play(self.stream_id, clip.rate_hz))
        if clip.rate_hz != self._rate_hz:
            clip = resample(clip, self._rate_hz)
        self._sent_ms += len(clip.samples()) * 1000 / clip.rate_hz
        await self._port.send_pcm(self.stream_id, clip.data)

    def _close_piece(self) -> None:
        if self._piece is not None:
            self._spoken.append(self._spoken_piece(self._piece, self._sent_ms))
            self._piece = None

    def _spoken_piece(self, piece: Piece, ends_ms: float) -> SpokenPiece:
        begins_ms = self._piece_begins_ms
        return SpokenPiece(
            round(begins_ms), round(ends_ms - begins_ms), piece.source_start, piece.source_end
        )


def pieces_of(text: str) -> Sequence[Piece]:
    """A whole text, cut for speech."""
    splitter = SentenceSplitter()
    return [*splitter.feed(text), *splitter.finish()]
