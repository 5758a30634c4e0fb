"""The voice of a reply that speaks itself: its sound in, one playback stream out. Core thread."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.conversation.heard import SpokenPiece, heard_until
from app.conversation.heard_sound import Stretch, Unheard, span_of, unheard
from app.conversation.sentences import Piece
from app.errors import AppError
from app.providers.base import Speech
from app.providers.voice_session import SESSION_RATE_HZ
from app.sessions.audio_port import Playback
from app.sessions.rendering import Rendering
from app.sessions.reply_voice import TAIL_MS
from app.sessions.voice_onset import OnsetFinder
from app.sessions.voice_out import Clear
from audio.messages import Play, PlayEnd
from audio.pcm import SAMPLE_BYTES, Clip

_BYTES_PER_MS = SESSION_RATE_HZ * SAMPLE_BYTES / 1000
_MS_PER_CHARACTER = 60


@dataclass(frozen=True, slots=True)
class _Sound:
    item_id: str
    pcm: bytes


class SoundOut:
    """`run` is one task of the reply's. Sound goes out as it comes, without silence before it.

    Pieces of the reply's own text are passed over, because their sound comes by itself; a question
    that is no part of it is spoken by `voice`.
    """

    def __init__(
        self,
        port: Playback,
        stream_id: str,
        clear: Clear,
        voice: Callable[[], Awaitable[Speech | None]],
    ) -> None:
        self.stream_id = stream_id
        self.plays_until_s = -math.inf
        self.started_s: float | None = None
        self._port = port
        self._clear = clear
        self._voice = voice
        self._finished = asyncio.Event()
        self._waiting: asyncio.Queue[_Sound | Piece | None] = asyncio.Queue()
        self._onset: OnsetFinder | None = OnsetFinder()
        self._announced = False
        self._sent_ms = 0.0
        self._taken_ms: dict[str, float] = {}
        self._received_ms: dict[str, float] = {}
        self._texts: dict[str, str] = {}
        self._whole: set[str] = set()
        self._stretches: list[Stretch] = []

    # What comes

    def sound(self, item_id: str, pcm: bytes) -> None:
        """More of the reply's sound."""
        self._received_ms[item_id] = self._received_ms.get(item_id, 0.0) + len(pcm) / _BYTES_PER_MS
        self._waiting.put_nowait(_Sound(item_id, pcm))

    def aside(self, pcm: bytes) -> None:
        """Sound that is no part of the reply."""
        self._waiting.put_nowait(_Sound("", pcm))

    def words(self, item_id: str, text: str) -> None:
        """More of the words that an item's sound says."""
        self._texts[item_id] = self._texts.get(item_id, "") + text

    def item_is_whole(self) -> None:
        """What came so far is all of its items."""
        self._whole.update(self._texts, self._received_ms)

    def say(self, piece: Piece) -> None:
        """A question that is no part of the reply's text."""
        if piece.source_end <= piece.source_start:
            self._waiting.put_nowait(piece)

    def finish(self) -> None:
        """Nothing more comes."""
        self._waiting.put_nowait(None)

    # What goes out

    async def run(self) -> None:
        """Send until `finish`, then wait until all was heard."""
        while (part := await self._waiting.get()) is not None:
            if isinstance(part, Piece):
                await self._speak(part)
            else:
                await self._send_sound(part)
        if self._announced:
            await self._port.send(PlayEnd(self.stream_id))
            await self._finished.wait()

    def playback_started(self) -> None:
        """The engine says that the first sample left."""
        self.started_s = asyncio.get_running_loop().time()

    def playback_finished(self) -> None:
        """The engine says that the last sample left, or that there is no speaker."""
        self._finished.set()

    @property
    def announced(self) -> bool:
        """Whether the engine knows the stream."""
        return self._announced

    @property
    def sent_ms(self) -> int:
        """How much sound went to the listener."""
        return int(self._sent_ms)

    @property
    def is_playing(self) -> bool:
        """Whether somebody still listens to what was sent."""
        return asyncio.get_running_loop().time() < self.plays_until_s

    def audible_after(self, played_ms: int) -> bool:
        """Whether sound was still to come when `played_ms` of it had been heard."""
        return played_ms < self._sent_ms - TAIL_MS

    def heard(self, text: str, played_ms: int) -> str:
        """The part of the reply's `text` that `played_ms` of sound covers."""
        return text[: heard_until(self._pieces(text), played_ms, text)]

    def unheard(self, played_ms: int) -> tuple[Unheard, ...]:
        """The items that were not heard to their end."""
        return unheard(self._stretches, self._received_ms, played_ms)

    def _pieces(self, text: str) -> list[SpokenPiece]:
        pieces, begins = [], 0
        for item_id, said in self._texts.items():
            at = text.find(said, begins)
            if at < 0:
                continue
            begins = at + len(said)
            span = span_of(self._stretches, item_id)
            if span is None:
                continue
            length_ms = max(span[1] - span[0], self._likely_ms(item_id, said))
            pieces.append(SpokenPiece(round(span[0]), round(length_ms), at, begins))
        return pieces

    def _likely_ms(self, item_id: str, said: str) -> float:
        """How long an item will be at least: as long as what came of it, or as its words take."""
        left_ms = self._received_ms.get(item_id, 0.0) - self._taken_ms.get(item_id, 0.0)
        span = span_of(self._stretches, item_id)
        known_ms = left_ms + (span[1] - span[0] if span is not None else 0.0)
        return known_ms if item_id in self._whole else max(known_ms, _MS_PER_CHARACTER * len(said))

    async def _send_sound(self, part: _Sound) -> None:
        clip = Clip(SESSION_RATE_HZ, part.pcm)
        begins_ms = self._taken_ms.get(part.item_id, 0.0)
        ends_ms = self._taken_ms[part.item_id] = begins_ms + len(part.pcm) / _BYTES_PER_MS
        if self._onset is not None:
            audible = self._onset.feed(clip)
            if audible is None:
                return
            self._onset, clip = None, audible
        length_ms = len(clip.data) / _BYTES_PER_MS
        self._stretches.append(
            Stretch(part.item_id, self._sent_ms, max(0.0, ends_ms - length_ms), length_ms)
        )
        await self._send(clip)

    async def _speak(self, piece: Piece) -> None:
        try:
            speech = await self._voice()
            if speech is None:
                return
            rendering = Rendering(speech, piece)
            try:
                while (clip := await rendering.next()) is not None:
                    await self._send(_at_our_rate(clip))
            finally:
                await rendering.aclose()
        except AppError:
            return  # It is asked on the screen too, and the reply itself is not in trouble.

    async def _send(self, clip: Clip) -> None:
        if not self._announced:
            await self._clear.wait()
            self._announced = True
            await self._port.send(Play(self.stream_id, SESSION_RATE_HZ))
        length_ms = len(clip.data) / _BYTES_PER_MS
        self._sent_ms += length_ms
        now_s = asyncio.get_running_loop().time()
        self.plays_until_s = max(self.plays_until_s, now_s) + length_ms / 1000
        await self._port.send_pcm(self.stream_id, clip.data)


def _at_our_rate(clip: Clip) -> Clip:
    if clip.rate_hz == SESSION_RATE_HZ:
        return clip
    from audio.resample import resample  # loads numpy, and the start does not wait for it

    return resample(clip, SESSION_RATE_HZ)
