"""Words that are already known, told through the same path as a model's."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from app.providers.base import (
    ChatChunk,
    ChatMessage,
    Finished,
    FinishReason,
    Form,
    TextDelta,
    ToolSpec,
)


class FixedReply:
    """A ChatModel that says one text: an alarm, or a message read again."""

    def __init__(self, text: str, by: str) -> None:
        self._text = text
        self._by = by

    @property
    def label(self) -> str:
        """Who says it."""
        return self._by

    async def warm(self) -> None:
        """Nothing to load."""

    async def reply(
        self,
        messages: Sequence[ChatMessage],
        tools: Sequence[ToolSpec],
        form: Form | None = None,
    ) -> AsyncGenerator[ChatChunk, None]:
        """The text, whatever was asked."""
        yield TextDelta(self._text)
        yield Finished(FinishReason.STOP)

    async def aclose(self) -> None:
        """Nothing to release."""
