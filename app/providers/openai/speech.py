"""Text to speech by `/audio/speech`, streamed as it is made."""

from __future__ import annotations

import contextlib
import functools
import logging
from collections.abc import AsyncGenerator
from typing import Any

from app.errors import AppError, Code
from app.net.policy import begun_stream, guarded_stream
from app.providers.catalogue import facts
from app.providers.openai.client import OpenAIClient, timeouts
from app.providers.openai.errors import translated
from app.providers.openai.pcm_stream import NotPcm, OtherFormat, PcmReader
from app.providers.openai.unsupported import UnsupportedParts
from app.providers.openai.voice_formats import told_rate_hz
from app.providers.openai.voice_text import parts
from audio.pcm import Clip

SLOWEST, FASTEST = 0.25, 4.0

_OPTIONS = {
    "response_format": r"\bresponse_format\b|\bpcm\b",
    "instructions": r"\binstructions\b",
    "speed": r"\bspeed\b",
}

_log = logging.getLogger(__name__)


class OpenAISpeech:
    """A Speech. The client belongs to the caller, who closes it.

    `speed` is 0.25 to 4; `instructions` say how to speak, where the model takes them. What a
    server refuses of these is left out from then on.
    """

    def __init__(
        self,
        client: OpenAIClient,
        model: str,
        voice: str,
        *,
        speed: float = 1.0,
        instructions: str = "",
    ) -> None:
        self._client = client
        self._model = model
        self._policy = client.policies.speech
        self._unsupported = UnsupportedParts(_OPTIONS)
        self._fields: dict[str, Any] = {"model": model, "voice": voice}
        known = facts(model)
        self._longest = known.speech.longest_characters
        if speed != 1.0 and known.speech.speed:
            self._fields["speed"] = min(max(speed, SLOWEST), FASTEST)
        # Of a model that nothing is known of, its server tells what it takes.
        if instructions and (known.speech.instructions or known.role is None):
            self._fields["instructions"] = instructions

    @property
    def label(self) -> str:
        """The model's name."""
        return self._model

    async def warm(self) -> None:
        """Load the library and open a connection."""
        await self._client.warm()

    async def speak(self, text: str) -> AsyncGenerator[Clip, None]:
        """Stream the sound of `text`, at 24 kHz unless the server tells otherwise.

        Blank text makes none. Raises AppError; VOICE_FORMAT for sound that is not 16-bit mono.
        Closing the generator closes the connection.
        """
        for part in parts(text, self._longest):
            attempt = functools.partial(self._attempt, part)
            clips = begun_stream(attempt, self._policy, peer=self._client.address.label)
            async with contextlib.aclosing(clips):
                async for clip in clips:
                    yield clip

    async def aclose(self) -> None:
        """Nothing of its own is open."""

    async def _attempt(self, text: str) -> AsyncGenerator[Clip, None]:
        host = self._client.address.label
        reader, silent = PcmReader(), True
        source = self._bytes(text, reader)
        pieces = guarded_stream(source, self._policy.deadlines, peer=host)
        try:
            async with contextlib.aclosing(pieces):
                async for piece in pieces:
                    if clip := reader.feed(piece):
                        silent = False
                        yield clip
            if clip := reader.finish():
                silent = False
                yield clip
        except OtherFormat as error:
            _log.info("%s sent %s", host, error)
            raise AppError(Code.VOICE_FORMAT, host) from None
        except NotPcm:
            raise AppError(Code.SERVER_NOT_API, host) from None
        if silent:
            raise AppError(Code.SERVER_CUT_OFF, host)

    async def _bytes(self, text: str, reader: PcmReader) -> AsyncGenerator[bytes, None]:
        sdk = await self._client.sdk()
        create = sdk.audio.speech.with_streaming_response.create
        build = functools.partial(self._request, text)
        with translated(self._client.peer(self._model)):
            async with self._unsupported.response(self._model, create, build) as response:
                kind = response.headers.get("content-type", "").lower()
                if kind.startswith("text/") or "json" in kind:
                    raise AppError(Code.SERVER_NOT_API, self._client.address.label)
                if rate_hz := told_rate_hz(kind):
                    reader.expect(rate_hz)
                async with contextlib.aclosing(response.http_response.aiter_bytes()) as pieces:
                    async for piece in pieces:
                        yield piece

    def _request(self, text: str, without: frozenset[str]) -> dict[str, Any]:
        wanted = {"response_format": "pcm", **self._fields}
        request = {name: value for name, value in wanted.items() if name not in without}
        if "response_format" in without:
            request["response_format"] = "wav"
        return {**request, "input": text, "timeout": timeouts(self._policy.deadlines)}
