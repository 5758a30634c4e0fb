"""Providers that note what each request cost, around those that make it. Core thread.

A failure before anything came is not billed. A request that is cancelled is, as far as it had
come; its server tells no amounts, so they are estimated from what was sent and what arrived.
"""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from app.conversation.message import new_id
from app.errors import AppError
from app.providers.base import (
    ChatChunk,
    ChatMessage,
    ChatModel,
    Finished,
    Form,
    Hints,
    LiveTranscriber,
    OnLivePartial,
    OnPartial,
    Speech,
    TextDelta,
    ToolCall,
    ToolSpec,
    Transcriber,
    Transcript,
    Usage,
)
from app.providers.kept_sound import KeptSound
from app.services import Service
from app.usage import occasion
from app.usage.pricing import cost_of, tokens_in
from app.usage.request import Amounts, Purpose, Request
from audio.pcm import Clip

_PURPOSES = {
    Service.CHAT: Purpose.REPLY,
    Service.TRANSCRIPTION: Purpose.TRANSCRIPTION,
    Service.SPEECH: Purpose.SPEECH,
}


_APART = (Purpose.TEST, Purpose.DICTATION)


class Book(Protocol):
    """Where requests are noted."""

    @property
    def conversation_id(self) -> str:
        """The conversation that is going on."""
        ...

    def record(self, request: Request) -> None:
        """Keep a request; one with a known id takes the place of the earlier one."""
        ...


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True, slots=True)
class Meter:
    """Notes requests to one server. `has_prices`: it charges those of the catalogue."""

    book: Book
    provider: str
    has_prices: bool
    now: Callable[[], datetime.datetime] = _now

    def begin(
        self, service: Service, purpose: Purpose | None = None
    ) -> Callable[[str, Amounts], None]:
        """A request begins. Call the result once with its model and amounts, when it was billed."""
        speculation = occasion.speculation()
        purpose = occasion.purpose() or purpose or _PURPOSES[service]
        conversation_id = "" if purpose in _APART else self.book.conversation_id

        def note(model: str, amounts: Amounts) -> None:
            request = Request(
                id=new_id(),
                at=self.now(),
                provider=self.provider,
                model=model,
                service=service,
                purpose=purpose,
                conversation_id=conversation_id,
                amounts=amounts,
                cost=cost_of(model, service, amounts) if self.has_prices else None,
                refused=speculation is not None and not speculation.is_certain,
            )
            self.book.record(request)
            if speculation is not None:
                work = speculation
                work.on_settled(
                    lambda: self.book.record(replace(request, refused=not work.is_certain))
                )

        return note


class MeteredLiveTranscriber:
    """A LiveTranscriber that notes what it cost."""

    def __init__(self, live: LiveTranscriber, meter: Meter) -> None:
        self._live = live
        self._meter = meter

    @property
    def label(self) -> str:
        """The model's name."""
        return self._live.label

    async def warm(self) -> None:
        """Load or connect ahead of time."""
        await self._live.warm()

    async def follow(
        self, sound: KeptSound, hints: Hints, on_partial: OnLivePartial | None = None
    ) -> Transcript:
        """The words of a sound that grows. Raises AppError."""
        note = self._meter.begin(Service.TRANSCRIPTION)
        transcript: Transcript | None = None
        is_billed = True
        try:
            transcript = await self._live.follow(sound, hints, on_partial)
        except AppError:
            is_billed = False
            raise
        finally:
            if is_billed:
                usage = transcript.usage if transcript is not None else None
                by = transcript.by if transcript is not None else ""
                note(by or self.label, _heard(sound.duration_s, usage))
        return transcript

    async def aclose(self) -> None:
        """Release what was opened."""
        await self._live.aclose()


class MeteredTranscriber:
    """A Transcriber that notes what it cost. `plain` is the one that does not."""

    def __init__(self, transcriber: Transcriber, meter: Meter) -> None:
        self.plain = self._transcriber = transcriber
        self._meter = meter

    @property
    def label(self) -> str:
        """The model's name."""
        return self._transcriber.label

    async def warm(self) -> None:
        """Load or connect ahead of time."""
        await self._transcriber.warm()

    async def transcribe(
        self, clip: Clip, hints: Hints, on_partial: OnPartial | None = None
    ) -> Transcript:
        """The words in `clip`. Raises AppError."""
        note = self._meter.begin(Service.TRANSCRIPTION)
        usage: Usage | None = None
        is_billed = True
        try:
            transcript = await self._transcriber.transcribe(clip, hints, on_partial)
            usage = transcript.usage
        except AppError:
            is_billed = False
            raise
        finally:
            if is_billed:
                note(self.label, _heard(clip.duration_ms / 1000, usage))
        return transcript

    async def aclose(self) -> None:
        """Release what was opened."""
        await self._transcriber.aclose()


class MeteredChatModel:
    """A ChatModel that notes what it cost."""

    def __init__(self, model: ChatModel, meter: Meter) -> None:
        self._model = model
        self._meter = meter

    @property
    def label(self) -> str:
        """The model's name."""
        return self._model.label

    async def warm(self) -> None:
        """Load or connect ahead of time."""
        await self._model.warm()

    async def reply(
        self,
        messages: Sequence[ChatMessage],
        tools: Sequence[ToolSpec],
        form: Form | None = None,
    ) -> AsyncGenerator[ChatChunk, None]:
        """Stream one reply. Raises AppError."""
        note = self._meter.begin(Service.CHAT)
        usage: Usage | None = None
        arrived, is_billed = 0, True
        try:
            async with contextlib.aclosing(self._model.reply(messages, tools, form)) as chunks:
                async for chunk in chunks:
                    match chunk:
                        case TextDelta(text):
                            arrived += len(text)
                        case ToolCall():
                            arrived += len(chunk.name) + len(chunk.arguments)
                        case Finished():
                            usage = chunk.usage
                    yield chunk
        except AppError:
            is_billed = arrived > 0
            raise
        finally:
            if is_billed:
                note(self.label, _written(usage) or _likely(messages, tools, form, arrived))

    async def aclose(self) -> None:
        """Release what was opened."""
        await self._model.aclose()


class MeteredSpeech:
    """A Speech that notes what it cost."""

    def __init__(self, speech: Speech, meter: Meter) -> None:
        self._speech = speech
        self._meter = meter

    @property
    def label(self) -> str:
        """The model's name."""
        return self._speech.label

    async def warm(self) -> None:
        """Load or connect ahead of time."""
        await self._speech.warm()

    async def speak(self, text: str) -> AsyncGenerator[Clip, None]:
        """Stream the sound of `text`. Raises AppError."""
        note = self._meter.begin(Service.SPEECH)
        spoken_ms, is_whole, is_billed = 0.0, False, True
        try:
            async with contextlib.aclosing(self._speech.speak(text)) as clips:
                async for clip in clips:
                    spoken_ms += clip.duration_ms
                    yield clip
            is_whole = True
        except AppError:
            is_billed = spoken_ms > 0
            raise
        finally:
            if is_billed and text.strip():
                amounts = Amounts(
                    audio_s=spoken_ms / 1000, characters=len(text), is_estimated=not is_whole
                )
                note(self.label, amounts)

    async def aclose(self) -> None:
        """Release what was opened."""
        await self._speech.aclose()


def _heard(duration_s: float, usage: Usage | None) -> Amounts:
    """What a transcription was billed for: by its length, which is known in any case."""
    told = usage or Usage()
    return Amounts(
        told.input_tokens,
        told.output_tokens,
        told.cached_tokens,
        audio_s=told.audio_s or duration_s,
        is_estimated=usage is None,
    )


def _written(usage: Usage | None) -> Amounts | None:
    if usage is None:
        return None
    return Amounts(usage.input_tokens, usage.output_tokens, usage.cached_tokens)


def _likely(
    messages: Sequence[ChatMessage],
    tools: Sequence[ToolSpec],
    form: Form | None,
    arrived: int,
) -> Amounts:
    """By the lengths of what was sent and of what arrived, in characters; pictures left out."""
    sent = sum(len(message.text) for message in messages)
    sent += sum(len(call.arguments) for message in messages for call in message.tool_calls)
    sent += sum(len(tool.description) + len(json.dumps(tool.parameters)) for tool in tools)
    sent += 0 if form is None else len(json.dumps(form.schema))
    return Amounts(tokens_in(sent), tokens_in(arrived), is_estimated=True)
