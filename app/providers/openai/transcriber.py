"""Speech to text by `/audio/transcriptions`: one upload for each take, from memory."""

from __future__ import annotations

import dataclasses
import io
import json
import logging
import wave
from typing import Any

from app.errors import AppError, Code
from app.net.deadlines import for_upload
from app.net.policy import with_retries
from app.providers.base import Hints, OnPartial, Transcript
from app.providers.openai.client import OpenAIClient, timeouts
from app.providers.openai.errors import translated
from audio.pcm import SAMPLE_BYTES, Clip

_log = logging.getLogger(__name__)

LARGEST_UPLOAD_BYTES = 25_000_000
SHORTEST_MS = 100
_FILE_NAME = "speech.wav"
_TAKES_KEYWORDS = "gpt-transcribe"


class OpenAITranscriber:
    """A Transcriber. The client belongs to the caller, who closes it."""

    def __init__(self, client: OpenAIClient, model: str) -> None:
        self._client = client
        self._model = model

    @property
    def label(self) -> str:
        """The model's name."""
        return self._model

    async def warm(self) -> None:
        """Load the library and open a connection."""
        await self._client.warm()

    async def transcribe(
        self, clip: Clip, hints: Hints, on_partial: OnPartial | None = None
    ) -> Transcript:
        """The words in `clip`; none, and no request, below the 100 ms that servers refuse.

        Raises AppError; TAKE_TOO_LONG above the 25 MB that an upload may have.
        """
        if clip.duration_ms < SHORTEST_MS:
            return Transcript("", self._model)
        upload = wav_bytes(clip)
        if len(upload) > LARGEST_UPLOAD_BYTES:
            raise AppError(Code.TAKE_TOO_LONG, self._client.address.label)
        policy = self._client.policies.transcription
        deadlines = for_upload(policy.deadlines, len(upload), clip.duration_ms / 1000)
        fields = self._fields(hints)

        async def call() -> str:
            sdk = await self._client.sdk()
            with translated(self._client.peer(self._model)):
                response = await sdk.audio.transcriptions.with_raw_response.create(
                    file=(_FILE_NAME, upload, "audio/wav"),
                    timeout=timeouts(deadlines),
                    **fields,
                )
                return _text(response.content, self._client.address.label)

        policy = dataclasses.replace(policy, deadlines=deadlines)
        text = await with_retries(call, policy, peer=self._client.address.label)
        _log.debug("%s understood: %s", self._model, text)
        return Transcript(text, self._model)

    async def aclose(self) -> None:
        """Nothing of its own is open."""

    def _fields(self, hints: Hints) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "model": self._model,
            "language": hints.language,
            "response_format": "json",
        }
        if hints.vocabulary and self._model == _TAKES_KEYWORDS:
            fields["keywords"] = list(hints.vocabulary)
        elif hints.vocabulary:
            fields["prompt"] = ", ".join(hints.vocabulary)
        return fields


def wav_bytes(clip: Clip) -> bytes:
    """The clip as a WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(SAMPLE_BYTES)
        file.setframerate(clip.rate_hz)
        file.writeframes(clip.data)
    return buffer.getvalue()


def _text(body: bytes, host: str) -> str:
    """The transcript in a response with status 200. Raises ValueError, AppError(SERVER_NOT_API)."""
    answer = json.loads(body)
    if not isinstance(answer, dict) or not isinstance(answer.get("text"), str):
        raise AppError(Code.SERVER_NOT_API, host)
    text: str = answer["text"]
    return text.strip()
