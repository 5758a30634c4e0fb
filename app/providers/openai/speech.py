"""Text to speech by `/audio/speech`, streamed as it is made."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import AsyncGenerator

from app.errors import AppError, Code
from app.net.policy import begun_stream, guarded_stream
from app.providers.openai.client import OpenAIClient, timeouts
from app.providers.openai.errors import translated
from app.providers.openai.pcm_stream import NotPcm, PcmReader
from audio.pcm import Clip

LONGEST_INPUT = 4096


class OpenAISpeech:
    """A Speech. The client belongs to the caller, who closes it."""

    def __init__(self, client: OpenAIClient, model: str, voice: str) -> None:
        self._client = client
        self._model = model
        self._voice = voice
        self._policy = client.policies.speech

    @property
    def label(self) -> str:
        """The model's name."""
        return self._model

    async def warm(self) -> None:
        """Load the library and open a connection."""
        await self._client.warm()

    async def speak(self, text: str) -> AsyncGenerator[Clip, None]:
        """Stream the sound of `text` at 24 kHz; blank text makes none.

        Raises AppError. Closing the generator closes the connection.
        """
        for part in parts(text, LONGEST_INPUT):
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
        pieces = guarded_stream(self._bytes(text), self._policy.deadlines, peer=host)
        try:
            async with contextlib.aclosing(pieces):
                async for piece in pieces:
                    if clip := reader.feed(piece):
                        silent = False
                        yield clip
            if clip := reader.finish():
                silent = False
                yield clip
        except NotPcm:
            raise AppError(Code.SERVER_NOT_API, host) from None
        if silent:
            raise AppError(Code.SERVER_CUT_OFF, host)

    async def _bytes(self, text: str) -> AsyncGenerator[bytes, None]:
        sdk = await self._client.sdk()
        with translated(self._client.peer(self._model)):
            async with sdk.audio.speech.with_streaming_response.create(
                model=self._model,
                voice=self._voice,
                input=text,
                response_format="pcm",
                timeout=timeouts(self._policy.deadlines),
            ) as response:
                kind = response.headers.get("content-type", "").lower()
                if kind.startswith("text/") or "json" in kind:
                    raise AppError(Code.SERVER_NOT_API, self._client.address.label)
                async with contextlib.aclosing(response.http_response.aiter_bytes()) as pieces:
                    async for piece in pieces:
                        yield piece


def parts(text: str, longest: int) -> list[str]:
    """`text` in pieces of at most `longest` characters, cut between words where there are any."""
    rest, found = text.strip(), []
    while len(rest) > longest:
        cut = rest.rfind(" ", 1, longest + 1)
        cut = cut if cut > 0 else longest
        found.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*found, rest] if rest else found
