"""The second way to speak: a Realtime model that reads the text aloud, checked word by word."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import logging
from collections.abc import AsyncGenerator

from app.errors import AppError, Code
from app.net.policy import begun_stream, guarded_stream
from app.providers.openai.client import OpenAIClient
from app.providers.openai.errors import event_error
from app.providers.openai.read_aloud_protocol import End, Reading
from app.providers.openai.read_aloud_socket import ReadAloudSocket
from app.providers.openai.realtime_protocol import RATE_HZ
from app.providers.openai.voice_text import parts
from audio.pcm import Clip

LONGEST_CHARACTERS = 2_000
TRIES = 2
"""A model that does not keep to the text mostly does so when it is asked again."""

_log = logging.getLogger(__name__)


class ReadAloudSpeech:
    """A Speech over one warm websocket. The client belongs to the caller, who closes it.

    `speed` is 0.25 to 1.5. `reworded` counts the pieces that were not read word for word.
    """

    def __init__(self, client: OpenAIClient, model: str, voice: str, *, speed: float = 1.0) -> None:
        self.reworded = 0
        self._client = client
        self._model = model
        self._voice = voice
        self._speed = speed
        self._policy = client.policies.speech
        self._numbers = itertools.count(1)
        self._one_at_a_time = asyncio.Lock()
        self._connecting = asyncio.Lock()
        self._socket: ReadAloudSocket | None = None

    @property
    def label(self) -> str:
        """The model's name."""
        return self._model

    async def warm(self) -> None:
        """Open the session, or leave it open."""
        try:
            await self._ready()
        except AppError as error:
            _log.debug("%s could not be warmed up: %r", self._client.address.label, error)

    async def speak(self, text: str) -> AsyncGenerator[Clip, None]:
        """Stream `text` read aloud, at 24 kHz. Blank text makes no sound.

        Raises AppError; VOICE_STRAYED when something else is said than the text. Closing the
        generator cancels the response.
        """
        for part in parts(text, LONGEST_CHARACTERS):
            async with self._one_at_a_time:
                attempt = functools.partial(self._attempts, part)
                clips = begun_stream(attempt, self._policy, peer=self._client.address.label)
                async with contextlib.aclosing(clips):
                    async for clip in clips:
                        yield clip

    async def aclose(self) -> None:
        """Close the session."""
        async with self._connecting:
            socket, self._socket = self._socket, None
            if socket is not None:
                await socket.aclose()

    async def _attempts(self, text: str) -> AsyncGenerator[Clip, None]:
        """Read `text`, and once more where it strayed before a sound of it was given."""
        for left in reversed(range(TRIES)):
            given = False
            clips = guarded_stream(
                self._attempt(text), self._policy.deadlines, peer=self._client.address.label
            )
            try:
                async with contextlib.aclosing(clips):
                    async for clip in clips:
                        given = True
                        yield clip
            except AppError as error:
                if error.code is not Code.VOICE_STRAYED or given or not left:
                    raise
            else:
                return

    async def _attempt(self, text: str) -> AsyncGenerator[Clip, None]:
        socket = await self._ready()
        reading = await socket.begin(text, f"reading-{next(self._numbers)}")
        try:
            while reading.end is None:
                if sound := reading.feed(await socket.event()):
                    yield Clip(RATE_HZ, sound)
        finally:
            await socket.leave(reading)
        self._judge(reading)

    def _judge(self, reading: Reading) -> None:
        """Count what was not read as it is written. Raises AppError for what was not read."""
        host = self._client.address.label
        if reading.end is End.FAILED:
            raise event_error(reading.error, self._client.peer(self._model))
        if reading.difference or reading.end is not End.WHOLE:
            self.reworded += 1
            _log.info(
                "%s reworded a piece (%s, %.0f %% of its words; %d so far)",
                self._model,
                reading.end,
                reading.difference * 100,
                self.reworded,
            )
            _log.debug("%s said: %s", self._model, reading.said)
        if reading.end is End.STRAYED:
            raise AppError(Code.VOICE_STRAYED, self._model)
        if not reading.given:
            raise AppError(Code.SERVER_CUT_OFF, host)

    async def _ready(self) -> ReadAloudSocket:
        async with self._connecting:
            if self._socket is not None and not self._socket.is_usable:
                old, self._socket = self._socket, None
                await old.aclose()
            if self._socket is None:
                self._socket = await ReadAloudSocket.open(
                    self._client, self._model, self._voice, self._speed
                )
            return self._socket
