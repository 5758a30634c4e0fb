"""A reply's voice: pieces of text in, one playback stream out, and what of it was heard."""

from __future__ import annotations

import asyncio
import math
from typing import Protocol

from app.conversation.heard import SpokenPiece, heard_until
from app.conversation.sentences import Piece
from app.errors import AppError
from app.providers.base import Speech
from app.sessions.audio_port import Playback
from app.sessions.rendering import Rendering
from app.sessions.reply_voice import TAIL_MS
from app.sessions.voice_onset import OnsetFinder
from audio.messages import Play, PlayEnd
from audio.pcm import Clip

LEAD_S = 8.0
"""How far synthesis may run ahead of the listener: what is cut off was not paid for."""

_PIECES_AT_ONCE = 2
"""One is sent to the listener, and the next one is synthesised meanwhile."""

_LOOK_AGAIN_S = 0.25
"""The length of a piece is a guess until it is there."""


class Clear(Protocol):
    """Something to wait for before the first sound."""

    async def wait(self) -> object:
        """Return when sound may start."""
        ...


class VoiceOut:
    """Core thread. `run` is one task of the reply's task group.

    The first sound goes out at once, without the silence before it.

    `clear` is waited for before the first sound: none starts over a person.
    """

    def __init__(self, port: Playback, speech: Speech, stream_id: str, clear: Clear) -> None:
        self.stream_id = stream_id
        self.started = asyncio.Event()
        self.finished = asyncio.Event()
        self.plays_until_s = -math.inf
        """When what was sent so far will have been heard, on the loop's clock."""
        self._port = port
        self._speech = speech
        self._clear = clear
        self._pieces: asyncio.Queue[Piece | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(_PIECES_AT_ONCE)
        self._renderings: asyncio.Queue[Rendering | None] = asyncio.Queue()
        self._open: list[Rendering] = []
        self._onset = OnsetFinder()
        self._rate_hz = 0
        self._sent_ms = 0.0
        self._started_at = 0.0
        self._spoken: list[SpokenPiece] = []
        self._sending: Rendering | None = None
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
        rendering = asyncio.create_task(self._render(), name=f"render {self.stream_id}")
        failure: AppError | None = None
        try:
            try:
                await self._send()
            except AppError as error:
                failure = error
                await self._stop(rendering)
            if self._rate_hz:
                await self._port.send(PlayEnd(self.stream_id))
                await self.finished.wait()
        finally:
            await self._stop(rendering)
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
        if self._sending is not None:
            spoken.append(self._unfinished(self._sending))
        return text[: heard_until(spoken, played_ms, text)]

    def audible_after(self, played_ms: int) -> bool:
        """Whether sound was still to come when `played_ms` of it had been heard."""
        return played_ms < self._sent_ms - TAIL_MS

    @property
    def announced(self) -> bool:
        """Whether the engine knows the stream."""
        return bool(self._rate_hz)

    async def _stop(self, rendering: asyncio.Task[None]) -> None:
        rendering.cancel()
        await asyncio.wait([rendering])
        await asyncio.gather(*(opened.aclose() for opened in self._open))
        self._open.clear()

    async def _render(self) -> None:
        while (piece := await self._pieces.get()) is not None:
            await self._room.acquire()
            if self._open:
                await self._open[-1].begun.wait()
            await self._wait_for_listener()
            rendering = Rendering(self._speech, piece)
            self._open.append(rendering)
            self._renderings.put_nowait(rendering)
        self._renderings.put_nowait(None)

    async def _wait_for_listener(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            ahead_s = self._rendered_ms() / 1000
            if self.started.is_set():
                ahead_s -= loop.time() - self._started_at
            if ahead_s < LEAD_S:
                return
            await asyncio.sleep(min(_LOOK_AGAIN_S, ahead_s - LEAD_S + 0.01))

    def _rendered_ms(self) -> float:
        """Where in the stream what is being synthesised will end."""
        begins_ms = self._sent_ms if self._sending is None else self._piece_begins_ms
        return max(self._sent_ms, begins_ms + sum(open.length_ms() for open in self._open))

    async def _send(self) -> None:
        while (rendering := await self._renderings.get()) is not None:
            self._sending, self._piece_begins_ms = rendering, self._sent_ms
            try:
                while (clip := await rendering.next()) is not None:
                    await self._send_clip(clip)
            except AppError:
                self._spoken.append(self._unfinished(rendering))
                self._sending = None
                raise
            self._spoken.append(self._spoken_piece(rendering.piece, self._sent_ms))
            self._sending = None
            self._open.remove(rendering)
            self._room.release()

    async def _send_clip(self, clip: Clip) -> None:
        if not self._rate_hz:
            audible = self._onset.feed(clip)
            if audible is None:
                return
            clip = audible
            await self._clear.wait()
            self._rate_hz = clip.rate_hz
            await self._port.send(Play(self.stream_id, clip.rate_hz))
        if clip.rate_hz != self._rate_hz:
            from audio.resample import resample  # loads numpy, and the start does not wait for it

            clip = resample(clip, self._rate_hz)
        sent_ms = len(clip.samples()) * 1000 / clip.rate_hz
        self._sent_ms += sent_ms
        now_s = asyncio.get_running_loop().time()
        self.plays_until_s = max(self.plays_until_s, now_s) + sent_ms / 1000
        await self._port.send_pcm(self.stream_id, clip.data)

    def _unfinished(self, rendering: Rendering) -> SpokenPiece:
        """A piece of which the end has not come, or never will."""
        likely_end_ms = self._piece_begins_ms + rendering.likely_ms
        return self._spoken_piece(rendering.piece, max(self._sent_ms, likely_end_ms))

    def _spoken_piece(self, piece: Piece, ends_ms: float) -> SpokenPiece:
        begins_ms = self._piece_begins_ms
        return SpokenPiece(
            round(begins_ms), round(ends_ms - begins_ms), piece.source_start, piece.source_end
        )
