"""Text to speech by `/audio/speech`, streamed as it is made."""

from __future__ import annotations

import contextlib
import functools
import logging
from collections.abc import AsyncGenerator
from typing import Any

from app.errors import AppError, Code
from app.net.policy import begun_stream, guarded_stream
from app.net.trickle import no_trickle
from app.providers.catalogue import ModelRole, facts
from app.providers.openai.client import OpenAIClient, timeouts
from app.providers.openai.errors import translated
from app.providers.openai.pcm_stream import NotPcm, OtherFormat, PcmReader
from app.providers.openai.unsupported import UnsupportedParts
from app.providers.openai.voice_formats import told_rate_hz
from app.providers.openai.voice_text import parts
from app.providers.succession import Heir, OnSuccessor, Succession
from audio.pcm import Clip

SLOWEST, FASTEST = 0.25, 4.0

_OPTIONS = {
    "response_format": r"\bresponse_format\b|\bpcm\b",
    "instructions": r"\binstructions\b",
    "speed": r"\bspeed\b",
}

_log = logging.getLogger(__name__)

_SLOWEST_BYTES_PER_S = 1_000
"""A fiftieth of what is played meanwhile. A line of 64 kbit/s brings eight times as much."""


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
        on_successor: OnSuccessor | None = None,
    ) -> None:
        """`on_successor` is told the old and the new model when another one takes over."""
        self._client = client
        self._policy = client.policies.speech
        self._unsupported = UnsupportedParts(_OPTIONS)
        self._voice = voice
        self._speed = min(max(speed, SLOWEST), FASTEST)
        self._instructions = instructions
        self._succession = Succession(
            model, ModelRole.SPEECH, on_successor, by_date=client.address.is_openai
        )

    @property
    def label(self) -> str:
        """The model's name."""
        return self._succession.model

    @property
    def crosses_to(self) -> Heir | None:
        """Who speaks, in another way, once no model of this kind is offered any more."""
        return self._succession.crosses_to

    async def warm(self) -> None:
        """Load the library and open a connection."""
        await self._client.warm()

    async def speak(self, text: str) -> AsyncGenerator[Clip, None]:
        """Stream the sound of `text`, at 24 kHz unless the server tells otherwise.

        Blank text makes none. Raises AppError; VOICE_FORMAT for sound that is not 16-bit mono.
        Closing the generator closes the connection.
        """
        for part in parts(text, facts(self.label).speech.longest_characters):
            clips = self._succession.stream(functools.partial(self._begun, part))
            async with contextlib.aclosing(clips):
                async for clip in clips:
                    yield clip

    async def aclose(self) -> None:
        """Nothing of its own is open."""

    def _begun(self, text: str, model: str) -> AsyncGenerator[Clip, None]:
        attempt = functools.partial(self._attempt, text, model)
        return begun_stream(attempt, self._policy, peer=self._client.address.label)

    async def _attempt(self, text: str, model: str) -> AsyncGenerator[Clip, None]:
        host = self._client.address.label
        reader, silent = PcmReader(), True
        source = self._bytes(text, model, reader)
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

    async def _bytes(self, text: str, model: str, reader: PcmReader) -> AsyncGenerator[bytes, None]:
        sdk = await self._client.sdk()
        create = sdk.audio.speech.with_streaming_response.create
        build = functools.partial(self._request, text, model)
        with translated(self._client.peer(model)):
            async with self._unsupported.response(model, create, build) as response:
                kind = response.headers.get("content-type", "").lower()
                if kind.startswith("text/") or "json" in kind:
                    raise AppError(Code.SERVER_NOT_API, self._client.address.label)
                if rate_hz := told_rate_hz(kind):
                    reader.expect(rate_hz)
                pieces = no_trickle(
                    response.http_response.aiter_bytes(),
                    bytes_per_s=_SLOWEST_BYTES_PER_S,
                    within_s=self._policy.deadlines.idle_s,
                    peer=self._client.address.label,
                )
                async with contextlib.aclosing(pieces):
                    async for piece in pieces:
                        yield piece

    def _request(self, text: str, model: str, without: frozenset[str]) -> dict[str, Any]:
        known = facts(model)
        wanted: dict[str, Any] = {"model": model, "voice": self._voice, "response_format": "pcm"}
        if self._speed != 1.0 and known.speech.speed:
            wanted["speed"] = self._speed
        # Of a model that nothing is known of, its server tells what it takes.
        if self._instructions and (known.speech.instructions or known.role is None):
            wanted["instructions"] = self._instructions
        request = {name: value for name, value in wanted.items() if name not in without}
        if "response_format" in without:
            request["response_format"] = "wav"
        return {**request, "input": text, "timeout": timeouts(self._policy.deadlines)}
