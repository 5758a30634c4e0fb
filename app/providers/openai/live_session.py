"""One take over Realtime transcription sessions: sent as it grows, committed at its pauses.

Nothing is lost with a session: what it had not transcribed is sent to the next one. Core loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random

from app.errors import AppError, Code
from app.net.policy import RetryPolicy, next_wait_s
from app.providers.base import Hints, OnLivePartial, Partial
from app.providers.kept_sound import KeptSound
from app.providers.openai import loose
from app.providers.openai.live_protocol import Parts
from app.providers.openai.live_socket import LiveSocket, LiveSockets
from app.providers.openai.realtime_protocol import COMMITTED, RATE_HZ
from app.providers.openai.voice_inventions import LONGEST_INVENTION, is_invented
from app.providers.pauses import Cutting, PauseFinder
from audio.pcm import SAMPLE_BYTES, Clip, samples_for_ms
from audio.resample import Resampler

CUTTING = Cutting(least_s=20.0, most_s=60.0, longest_s=600.0)
_PIECE_MS = 100
_SLOWEST_BYTES_PER_S = 24_000
"""Of sound, where a session is of use: half as fast as it is spoken."""

_LEAST_COMMITTED_MS = 120
"""Servers refuse to commit less than 100 ms."""

_log = logging.getLogger(__name__)


class LiveSession:
    """The words of one sound. `parts` is what is known, also after `run` failed."""

    def __init__(
        self,
        sound: KeptSound,
        hints: Hints,
        sockets: LiveSockets,
        policy: RetryPolicy,
        on_partial: OnLivePartial | None,
    ) -> None:
        """A session may be silent for half of the policy's idle time while words are due."""
        self.parts = Parts()
        self.model = ""
        self._sound = sound
        self._hints = hints
        self._sockets = sockets
        self._policy = policy
        self._patience_s = policy.deadlines.idle_s / 2
        self._on_partial = on_partial
        self._moved_at = 0.0
        self._sent_all = False
        self._on_the_way = [0]  # Bytes of each part that was not acknowledged.

    async def run(self) -> None:
        """Follow the sound to its end. Raises AppError once new sessions do not help either."""
        failures = 0
        while not self._is_over():
            confirmed = self.parts.confirmed_bytes
            try:
                await self._one_session()
            except AppError as error:
                failures = failures + 1 if self.parts.confirmed_bytes == confirmed else 1
                self.parts.restart()
                await self._wait(error, failures)
            else:
                self.parts.restart()

    async def _wait(self, error: AppError, failures: int) -> None:
        """Until another session is worth a try. Raises `error` where none is, or time is short."""
        wait_s = next_wait_s(self._policy, error, failures, 0.0, random.random())
        if wait_s is None or self._sound.ended:
            raise error
        _log.info("a transcription session ended (%s); its take goes to another", error.code)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._sound.until_ended()

    def _is_over(self) -> bool:
        return self._sound.ended and self.parts.confirmed_bytes >= self._sound.length_bytes

    async def _one_session(self) -> None:
        socket = await self._sockets.take(self._hints)
        self.model = socket.model
        self._moved_at, self._sent_all, self._on_the_way = _now(), False, [0]
        sending = asyncio.create_task(self._send(socket), name="send a take")
        receiving = asyncio.create_task(self._receive(socket), name="receive its words")
        both = (sending, receiving)
        clean = False
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_EXCEPTION)
            for task in both:
                if task.done():
                    task.result()
            clean = not socket.is_old
        finally:
            for task in both:
                task.cancel()
            await asyncio.wait(both)
            if not clean:
                self._sockets.close(socket)
        if clean:
            await self._sockets.give_back(socket)

    async def _send(self, socket: LiveSocket) -> None:
        """Send what is not committed yet, until the sound ended or the session is old."""
        sound, at = self._sound, self.parts.committed_bytes
        resampler = Resampler(sound.rate_hz, RATE_HZ)
        pauses = PauseFinder(sound.rate_hz, CUTTING)
        piece_bytes = samples_for_ms(sound.rate_hz, _PIECE_MS) * SAMPLE_BYTES
        begun = at
        while await sound.beyond(at):
            piece = Clip(sound.rate_hz, await sound.read(at, at + piece_bytes))
            sent = resampler.process(piece.samples()).tobytes()
            await socket.append(sent)
            self._on_the_way[-1] += len(sent)
            at += len(piece.data)
            self._moved_at = _now()
            if pauses.feed(piece.samples()):
                await self._commit(socket, resampler, begun, at)
                begun = at
                if socket.is_old:
                    break
        else:
            if at > begun:
                await self._commit(socket, resampler, begun, at)
        self._sent_all = True

    async def _commit(self, socket: LiveSocket, resampler: Resampler, begun: int, at: int) -> None:
        """End a part with what the resampler holds, and silence where it would be too short."""
        rest = resampler.process(Clip(RATE_HZ, b"").samples(), last=True).tobytes()
        lasts_ms = (at - begun) // SAMPLE_BYTES * 1000 // self._sound.rate_hz
        missing = samples_for_ms(RATE_HZ, max(0, _LEAST_COMMITTED_MS - lasts_ms))
        if padded := rest + bytes(missing * SAMPLE_BYTES):
            await socket.append(padded)
        self._on_the_way.append(0)
        await socket.send(self.parts.commit(at))
        self._moved_at = _now()

    async def _receive(self, socket: LiveSocket) -> None:
        """Take events until all words came. Raises AppError, SERVER_SILENT for a long silence."""
        while self.parts.pending or not self._sent_all:
            event = await socket.event(self._patience_s / 4)
            if event is None:
                is_due = self.parts.pending or self._sound.ended
                if is_due and _now() - self._moved_at > self._due_within_s():
                    raise AppError(Code.SERVER_SILENT, "")
                continue
            self._moved_at = _now()
            if loose.text(event, "type") == COMMITTED and len(self._on_the_way) > 1:
                del self._on_the_way[0]
            before = (self.parts.text_so_far, self.parts.text)
            error = self.parts.take(event)
            if error is not None:
                raise socket.failure(error)
            await self._leave_out_inventions()
            now = (self.parts.text_so_far, self.parts.text)
            if now != before and self._on_partial is not None:
                self._on_partial(Partial(now[0], len(now[1])))

    def _due_within_s(self) -> float:
        """Sound that waits in the buffers of a slow line is no silence of the server."""
        return self._patience_s + sum(self._on_the_way) / _SLOWEST_BYTES_PER_S

    async def _leave_out_inventions(self) -> None:
        for begin, end, text in self.parts.unchecked():
            if text and len(text) <= LONGEST_INVENTION:
                clip = await self._sound.clip(begin, end)
                if is_invented(text, clip, None, self._hints.vocabulary):
                    _log.info("%s made words up from silence", self.model)
                    self.parts.leave_out(end)


def _now() -> float:
    return asyncio.get_running_loop().time()
