"""Strict doubles for the provider Protocols: what is asked must be next in the script.

An unexpected call raises AssertionError at once; `check` fails when a step was left over.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from app.errors import AppError
from app.providers.base import (
    ChatChunk,
    ChatMessage,
    Finished,
    FinishReason,
    Form,
    Hints,
    OnPartial,
    TextDelta,
    ToolCall,
    ToolSpec,
    Transcript,
)
from audio.pcm import SAMPLE_BYTES, Clip

VOICE_RATE_HZ = 24_000
MS_PER_CHARACTER = 50
"""The scripted voice is a steady level, this long for each character."""

_SOUND = (2048).to_bytes(SAMPLE_BYTES, "little")


@dataclass(frozen=True, slots=True)
class Pause:
    """The script stops here until the event is set."""

    until: asyncio.Event


class ScriptedTranscriber:
    """A Transcriber that hears what it was told, take by take."""

    label = "scripted"

    def __init__(self, *steps: str | AppError | Pause) -> None:
        self.hints: list[Hints] = []
        self._steps = deque(steps)

    async def warm(self) -> None:
        """Nothing to load."""

    async def transcribe(
        self, clip: Clip, hints: Hints, on_partial: OnPartial | None = None
    ) -> Transcript:
        """The next step of the script."""
        self.hints.append(hints)
        assert self._steps, "a take too many"
        step = self._steps.popleft()
        if isinstance(step, Pause):
            await step.until.wait()
            return await self.transcribe(clip, hints, on_partial)
        if isinstance(step, AppError):
            raise step
        return Transcript(step, self.label)

    async def aclose(self) -> None:
        """Nothing to release."""

    def check(self) -> None:
        """Every step was used."""
        assert not self._steps, f"not transcribed: {list(self._steps)}"


class ScriptedChatModel:
    """A ChatModel whose replies are lists of text, tool calls, pauses and errors."""

    def __init__(
        self, *replies: Sequence[str | ToolCall | Pause | AppError], label: str = "scripted"
    ) -> None:
        self.asked: list[tuple[ChatMessage, ...]] = []
        self.label = label
        self._replies = deque(replies)

    async def warm(self) -> None:
        """Nothing to load."""

    async def reply(
        self,
        messages: Sequence[ChatMessage],
        tools: Sequence[ToolSpec],
        form: Form | None = None,
    ) -> AsyncGenerator[ChatChunk, None]:
        """The next reply of the script."""
        self.asked.append(tuple(messages))
        assert self._replies, "a request too many"
        reason = FinishReason.STOP
        for step in self._replies.popleft():
            if isinstance(step, Pause):
                await step.until.wait()
            elif isinstance(step, AppError):
                raise step
            elif isinstance(step, ToolCall):
                reason = FinishReason.TOOL_CALLS
                yield step
            else:
                yield TextDelta(step)
        yield Finished(reason)

    async def aclose(self) -> None:
        """Nothing to release."""

    def check(self) -> None:
        """Every reply was asked for."""
        assert not self._replies, f"not asked for: {list(self._replies)}"


class ScriptedSpeech:
    """A Speech whose sound has a known length; `said` is what it was given."""

    label = "scripted"

    def __init__(self, *, fails_at: int | None = None, error: AppError | None = None) -> None:
        self.said: list[str] = []
        self._fails_at = fails_at
        self._error = error

    async def warm(self) -> None:
        """Nothing to load."""

    async def speak(self, text: str) -> AsyncGenerator[Clip, None]:
        """Sound as long as the text, in two clips."""
        self.said.append(text)
        if self._error is not None and len(self.said) - 1 == self._fails_at:
            raise self._error
        half = VOICE_RATE_HZ * MS_PER_CHARACTER * len(text) // 2000
        for _ in range(2):
            yield Clip(VOICE_RATE_HZ, _SOUND * half)

    async def aclose(self) -> None:
        """Nothing to release."""
