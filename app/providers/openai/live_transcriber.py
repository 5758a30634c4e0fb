"""A LiveTranscriber on a server: a transcription session where its model has one, else uploads.

Whatever fails, the sound is still there, and goes the next way: a new session, an upload that
grows with it, an upload when it has ended. Core loop.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging

from app.errors import AppError, Code
from app.net.deadlines import for_upload
from app.providers.base import Hints, OnLivePartial, OnPartial, Partial, Transcript
from app.providers.catalogue import ModelRole, facts
from app.providers.kept_sound import KeptSound
from app.providers.openai.client import OpenAIClient
from app.providers.openai.growing_upload import fields_of, growing_answer
from app.providers.openai.live_session import LiveSession
from app.providers.openai.live_socket import LiveSockets
from app.providers.openai.transcriber import LONGEST_S, SHORTEST_MS, OpenAITranscriber
from app.providers.openai.upload import HEADER_BYTES, LARGEST_BYTES, joined
from app.providers.openai.voice_answers import Answer, mean
from app.providers.openai.voice_inventions import LONGEST_INVENTION, is_invented
from app.providers.partwise import Part, Partwise
from app.providers.pauses import Cutting
from app.providers.succession import OnSuccessor, Succession
from audio.pcm import SAMPLE_BYTES

GROWING_S = (30.0, 90.0)
WHOLE_S = (8.0, 30.0)
"""From when on a part ends at its next pause, and at its next gap: of an upload that grows with
its part, and of one that begins when the part has ended."""

_MARGIN_S = 5.0
_AT_ONCE = 2
_DEFINITE = frozenset({Code.REQUEST_REFUSED, Code.SERVER_NOT_API, Code.REQUEST_TOO_LARGE})
_ENOUGH_DOUBT = 2
_NO_SESSIONS = frozenset({Code.SERVER_NOT_API, Code.REQUEST_REFUSED, Code.MODEL_UNKNOWN})

_log = logging.getLogger(__name__)


class OpenAILiveTranscriber:
    """Client and transcriber belong to the caller, who closes them."""

    def __init__(
        self,
        client: OpenAIClient,
        session_model: str,
        transcriber: OpenAITranscriber,
        on_successor: OnSuccessor | None = None,
    ) -> None:
        """`session_model` is the model of a transcription session; empty to upload only."""
        self._client = client
        self._transcriber = transcriber
        self._succession = Succession(
            session_model, ModelRole.DICTATION, on_successor, by_date=client.address.is_openai
        )
        self._has_sessions = bool(session_model)
        self._sockets = LiveSockets(client, self._succession)
        self._doubt = 0
        self._uploading = asyncio.Semaphore(_AT_ONCE)

    @property
    def label(self) -> str:
        """The model's name."""
        return self._succession.model if self._has_sessions else self._transcriber.label

    async def warm(self) -> None:
        """Have a session or a connection wait."""
        if self._has_sessions:
            try:
                await self._sockets.warm(Hints())
            except AppError as error:
                _log.debug("%s could not be warmed up: %r", self._client.address.label, error)
                self._learn_of_sessions(error)
        await self._transcriber.warm()

    async def follow(
        self, sound: KeptSound, hints: Hints, on_partial: OnLivePartial | None = None
    ) -> Transcript:
        """The words of `sound`; none below the 100 ms that servers refuse. Raises AppError."""
        least = SHORTEST_MS * sound.rate_hz // 1000 * SAMPLE_BYTES
        if not await sound.beyond(least - 1):
            return Transcript("", self.label)
        if not self._has_sessions:
            return await self._by_upload(sound, hints, on_partial, 0)
        policy = self._client.policies.transcription
        session = LiveSession(sound, hints, self._sockets, policy, on_partial)
        try:
            await session.run()
        except AppError as error:
            _log.info("%s: no transcription session (%s)", self._client.address.label, error.code)
            self._learn_of_sessions(error)
            return await self._rest(session, sound, hints, on_partial)
        return Transcript(session.parts.text, session.model, dropped=session.parts.dropped)

    async def aclose(self) -> None:
        """Close the sessions; half a second at most."""
        await self._sockets.aclose()

    def _learn_of_sessions(self, error: AppError) -> None:
        if error.code in _NO_SESSIONS:
            self._has_sessions = False

    async def _rest(
        self,
        session: LiveSession,
        sound: KeptSound,
        hints: Hints,
        on_partial: OnLivePartial | None,
    ) -> Transcript:
        """What a session had not transcribed, uploaded."""
        before, begin = session.parts.text, session.parts.confirmed_bytes
        if sound.ended and begin >= sound.length_bytes:
            return Transcript(before, session.model, dropped=session.parts.dropped)

        def tell(partial: Partial) -> None:
            assert on_partial is not None
            text = joined([before, partial.text])
            sure = joined([before, partial.text[: partial.stable_chars]])
            on_partial(Partial(text, len(sure)))

        rest = await self._by_upload(sound, hints, tell if on_partial else None, begin)
        dropped = joined([session.parts.dropped, rest.dropped])
        return dataclasses.replace(rest, text=joined([before, rest.text]), dropped=dropped)

    async def _by_upload(
        self, sound: KeptSound, hints: Hints, on_partial: OnLivePartial | None, begin: int
    ) -> Transcript:
        grows = self._doubt < _ENOUGH_DOUBT

        async def words(part: Part, told: OnPartial | None) -> Transcript:
            return await (self._growing if grows else self._whole)(part, hints, told)

        cutting = self._cutting(sound.rate_hz, GROWING_S if grows else WHOLE_S)
        found = await Partwise(sound, cutting, words, joined, on_partial, begin).run()
        answers = [Answer(one.text, one.confidence, one.language) for one in found]
        language = next((answer.language for answer in answers if answer.language), "")
        text = joined([answer.text for answer in answers])
        dropped = joined([one.dropped for one in found])
        return Transcript(text, self._transcriber.label, mean(answers), language, dropped=dropped)

    def _cutting(self, rate_hz: int, within_s: tuple[float, float]) -> Cutting:
        least_s, most_s = within_s
        by_size_s = (LARGEST_BYTES - HEADER_BYTES) / SAMPLE_BYTES / rate_hz
        by_model_s = facts(self._transcriber.label).transcription.longest_s or LONGEST_S
        return Cutting(least_s, most_s, min(by_size_s, by_model_s) - _MARGIN_S)

    async def _growing(self, part: Part, hints: Hints, on_partial: OnPartial | None) -> Transcript:
        """Sent while it grows; if that fails, once more when it is whole."""
        model, without = self._transcriber.label, self._transcriber.refused_parts
        streams = on_partial is not None
        fields = fields_of(model, hints, streams=streams, without=without)
        deadlines = self._client.policies.transcription.deadlines
        deadlines = for_upload(deadlines, 0, GROWING_S[1])
        try:
            answer = await growing_answer(self._client, fields, part, deadlines, on_partial)
        except AppError as error:
            _log.info(
                "%s: an upload that grows failed (%s)", self._client.address.label, error.code
            )
            transcript = await self._whole(part, hints, on_partial)
            if self._transcriber.refused_parts == without and self._transcriber.label == model:
                self._doubt += _ENOUGH_DOUBT if error.code in _DEFINITE else 1
            return transcript
        self._doubt = 0
        transcript = Transcript(
            answer.text, model, answer.confidence, answer.language, dropped=answer.dropped
        )
        if len(answer.text) <= LONGEST_INVENTION:
            clip = await part.clip()
            if is_invented(answer.text, clip, answer.confidence, hints.vocabulary):
                return dataclasses.replace(transcript, text="", dropped=answer.text)
        return transcript

    async def _whole(self, part: Part, hints: Hints, on_partial: OnPartial | None) -> Transcript:
        clip = await part.clip()
        async with self._uploading:
            return await self._transcriber.transcribe(clip, hints, on_partial)
