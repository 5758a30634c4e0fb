"""Speech to text by `/audio/transcriptions`: uploads from memory, answered whole or in parts."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import json
import logging
import warnings
from collections.abc import Awaitable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from app.errors import AppError, Code
from app.net.deadlines import Deadlines, for_upload
from app.net.policy import with_retries
from app.providers.base import Hints, OnPartial, Transcript
from app.providers.catalogue import ModelRole, facts
from app.providers.openai.client import OpenAIClient, timeouts
from app.providers.openai.errors import translated
from app.providers.openai.transcript_stream import is_event_stream, streamed_answer
from app.providers.openai.transcription_request import OPTIONS, transcription_request
from app.providers.openai.unsupported import Create, UnsupportedParts
from app.providers.openai.upload import Upload, joined, upload_of, uploads
from app.providers.openai.voice_answers import Answer, billed, mean, read_answer
from app.providers.openai.voice_inventions import is_invented
from app.providers.succession import OnSuccessor, Succession
from audio.pcm import Clip

if TYPE_CHECKING:
    from openai import AsyncOpenAI

SHORTEST_MS = 100
LONGEST_S = 1400.0
"""Of one upload, for models whose limit is not known."""

_log = logging.getLogger(__name__)


class OpenAITranscriber:
    """A Transcriber. The client belongs to the caller, who closes it."""

    def __init__(
        self, client: OpenAIClient, model: str, on_successor: OnSuccessor | None = None
    ) -> None:
        """`on_successor` is told the old and the new model when another one takes over."""
        self._client = client
        self._host = client.address.label
        self._succession = Succession(
            model, ModelRole.TRANSCRIPTION, on_successor, by_date=client.address.is_openai
        )
        self._unsupported = UnsupportedParts(OPTIONS)

    @property
    def label(self) -> str:
        """The model's name."""
        return self._succession.model

    async def warm(self) -> None:
        """Load the library and open a connection."""
        await self._client.warm()

    async def transcribe(
        self, clip: Clip, hints: Hints, on_partial: OnPartial | None = None
    ) -> Transcript:
        """The words in `clip`; none, and no request, below the 100 ms that servers refuse.

        A clip beyond what one upload may have is sent in pieces, one after the other. Words that
        a model makes up from silence are left out. Raises AppError.
        """
        if clip.duration_ms < SHORTEST_MS:
            return Transcript("", self.label)
        limit_s = facts(self.label).transcription.longest_s or LONGEST_S
        pieces = await asyncio.to_thread(uploads, clip, limit_s)
        answers: list[Answer] = []
        for piece in pieces:
            before = [answer.text for answer in answers]
            told = None if on_partial is None else functools.partial(_tell, on_partial, before)
            answers.append(await self._answer(piece, hints, told))
        text = joined([answer.text for answer in answers])
        language = next((answer.language for answer in answers if answer.language), "")
        _log.debug("%s understood: %s", self.label, text)
        dropped = joined([answer.dropped for answer in answers])
        return Transcript(text, self.label, mean(answers), language, billed(answers), dropped)

    @property
    def refused_parts(self) -> frozenset[str]:
        """What its server does not take in a request for this model, as far as is known."""
        return self._unsupported.known(self.label)

    async def aclose(self) -> None:
        """Nothing of its own is open."""

    async def _answer(self, clip: Clip, hints: Hints, on_partial: OnPartial | None) -> Answer:
        far = not self._client.address.is_near
        upload = await asyncio.to_thread(upload_of, clip, far=far)
        policy = self._client.policies.transcription
        deadlines = for_upload(policy.deadlines, len(upload.wav), clip.duration_ms / 1000)
        policy = dataclasses.replace(policy, deadlines=deadlines)

        def ask(model: str) -> Awaitable[Answer]:
            return self._ask(model, upload, hints, deadlines, on_partial)

        answer = await with_retries(lambda: self._succession.call(ask), policy, peer=self._host)
        if is_invented(answer.text, clip, answer.confidence, hints.vocabulary):
            _log.info("%s made words up from silence", self.label)
            return dataclasses.replace(answer, text="", dropped=answer.text)
        return answer

    async def _ask(
        self,
        model: str,
        upload: Upload,
        hints: Hints,
        deadlines: Deadlines,
        on_partial: OnPartial | None,
    ) -> Answer:
        sdk = await self._client.sdk()
        translates = hints.translate and facts(model).transcription.translation
        create: Create = sdk.audio.transcriptions.with_streaming_response.create
        if translates:
            create = functools.partial(_translate, sdk)

        def build(without: frozenset[str]) -> dict[str, Any]:
            fields = transcription_request(
                model, hints, streams=on_partial is not None, without=without
            )
            file = upload.file(without)
            return {**fields, "file": file, "timeout": timeouts(deadlines)}

        with translated(self._client.peer(model)):
            async with self._unsupported.response(model, create, build) as response:
                if is_event_stream(response.headers):
                    source = response.http_response.aiter_bytes()
                    peer = self._client.peer(self.label)
                    return await streamed_answer(source, deadlines, peer, on_partial)
                answer = read_answer(json.loads(await response.read()))
        if answer is None:
            raise AppError(Code.SERVER_NOT_API, self._host)
        return answer


def _translate(sdk: AsyncOpenAI, **fields: Any) -> AbstractAsyncContextManager[Any]:
    with warnings.catch_warnings():
        # It ends with its only model; the catalogue knows when.
        warnings.simplefilter("ignore", DeprecationWarning)
        return sdk.audio.translations.with_streaming_response.create(**fields)


def _tell(on_partial: OnPartial, before: list[str], text: str) -> None:
    on_partial(joined([*before, text]))
