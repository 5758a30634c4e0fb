"""What Sayso needs from a provider, in Sayso's own words."""

from __future__ import annotations

import enum
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from audio.pcm import Clip

if TYPE_CHECKING:
    from app.providers.kept_sound import KeptSound


class Expect(enum.StrEnum):
    """What kind of words the next take will hold, as far as the conversation tells."""

    ANYTHING = "anything"
    YES_OR_NO = "yes_or_no"
    FREE_TEXT = "free_text"


@dataclass(frozen=True, slots=True)
class Hints:
    """Help for a transcriber. `language` is an ISO 639-1 code.

    `translate` asks for English words whatever was spoken, from a model that can.
    """

    language: str = "en"
    expect: Expect = Expect.ANYTHING
    vocabulary: tuple[str, ...] = ()
    translate: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """What a request was billed for: tokens, or seconds of sound. `cached_tokens` are input."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    audio_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Transcript:
    """Words of one take; empty text when there were none. `confidence` is 0..1 where known.

    `language` is an ISO 639-1 code where the model told it, `usage` what the server billed.
    `dropped` are words that are left out, because a model made them up where nobody spoke.
    """

    text: str
    by: str
    confidence: float | None = None
    language: str = ""
    usage: Usage | None = None
    dropped: str = ""


OnPartial = Callable[[str], None]
"""Told all words that are known so far, while a transcriber goes on."""


class Transcriber(Protocol):
    """Speech to text."""

    @property
    def label(self) -> str:
        """How it is named to a person, for instance "built in"."""
        ...

    async def warm(self) -> None:
        """Load or connect ahead of time. Never raises for a fault of the other side."""
        ...

    async def transcribe(
        self, clip: Clip, hints: Hints, on_partial: OnPartial | None = None
    ) -> Transcript:
        """The words in `clip` (any rate). Raises AppError.

        `on_partial` is called where words are known before the end; the result replaces them.
        """
        ...

    async def aclose(self) -> None:
        """Release what was opened."""
        ...


@dataclass(frozen=True, slots=True)
class Partial:
    """The words of a take so far. The first `stable_chars` characters will not change any more."""

    text: str
    stable_chars: int = 0


OnLivePartial = Callable[[Partial], None]
"""Told all words that are known so far, while a take goes on."""


class LiveTranscriber(Protocol):
    """Speech to text while somebody speaks."""

    @property
    def label(self) -> str:
        """How it is named to a person, for instance "built in"."""
        ...

    async def warm(self) -> None:
        """Load or connect ahead of time. Never raises for a fault of the other side."""
        ...

    async def follow(
        self, sound: KeptSound, hints: Hints, on_partial: OnLivePartial | None = None
    ) -> Transcript:
        """The words of a sound that grows, soon after it ended. Raises AppError.

        The sound is heard from its beginning, however much of it there is already.
        """
        ...

    async def aclose(self) -> None:
        """Release what was opened."""
        ...


class ChatRole(enum.StrEnum):
    """Who speaks in what a model is sent."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model wants a tool to run. `arguments` is the JSON text that it wrote.

    `carry` is for the provider alone that made the call: what it must be sent again beside it,
    as long as the reply goes on. `is_literal` tells that it was made of the user's own words by
    fixed rules: no text that anything else showed could have steered it.
    """

    call_id: str
    name: str
    arguments: str
    carry: str = field(default="", compare=False, repr=False)
    is_literal: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Image:
    """An encoded picture, as it is sent: PNG or JPEG. `media_type` is for instance "image/png"."""

    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One entry of the history that a model is sent.

    An ASSISTANT entry may carry tool calls; each is answered by a TOOL entry with its `call_id`.
    A USER entry may carry images. `whole` is an interrupted reply as it was shown, for who repeats
    or copies it; it is not sent.
    """

    role: ChatRole
    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    call_id: str = ""
    images: tuple[Image, ...] = ()
    whole: str = ""


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as a model sees it: `parameters` is a JSON Schema object, mostly a strict one."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    is_strict: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """The reply's text must be one JSON object of this strict JSON Schema."""

    name: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of the reply's text."""

    text: str


class FinishReason(enum.StrEnum):
    """Why a model stopped."""

    STOP = "stop"
    TOOL_CALLS = "tool_calls"
    LENGTH = "length"
    FILTERED = "filtered"


@dataclass(frozen=True, slots=True)
class Finished:
    """The last chunk of every stream that was not cut off."""

    reason: FinishReason
    usage: Usage | None = None


ChatChunk = TextDelta | ToolCall | Finished


class ChatModel(Protocol):
    """Messages and tools in, a typed stream out."""

    @property
    def label(self) -> str:
        """How it is named to a person, for instance "gpt-4o" or "built in"."""
        ...

    async def warm(self) -> None:
        """Load or connect ahead of time. Never raises for a fault of the other side."""
        ...

    def reply(
        self,
        messages: Sequence[ChatMessage],
        tools: Sequence[ToolSpec],
        form: Form | None = None,
    ) -> AsyncGenerator[ChatChunk, None]:
        """Stream one reply; ends with `Finished`. Raises AppError, SERVER_CUT_OFF included.

        Closing the generator cancels the request. `form` is a wish: a model that knows no forms
        answers in other words.
        """
        ...

    async def aclose(self) -> None:
        """Release what was opened."""
        ...


class Speech(Protocol):
    """Text to speech."""

    @property
    def label(self) -> str:
        """How it is named to a person, for instance "built in"."""
        ...

    async def warm(self) -> None:
        """Load or connect ahead of time. Never raises for a fault of the other side."""
        ...

    def speak(self, text: str) -> AsyncGenerator[Clip, None]:
        """Stream the sound of one sentence or clause, whole samples only. Raises AppError.

        Every clip of one call has the same rate. Closing the generator stops the synthesis.
        """
        ...

    async def aclose(self) -> None:
        """Release what was opened."""
        ...
