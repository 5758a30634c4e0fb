"""A ChatModel that leaves to the built-in assistant what needs no model: “copy that”.

What is copied is then the answer as it was shown, and the wish is the user's own.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from app.providers.base import ChatChunk, ChatMessage, ChatModel, ChatRole, Form, ToolSpec
from app.providers.local.commands import CommandAssistant
from app.providers.local.intents import Intent
from app.providers.local.matcher import match

_TOOL = "write_clipboard"


class WithOwnWishes:
    """Answers as `model` does but for that wish. Raises what it raises."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self._built_in = CommandAssistant()

    @property
    def label(self) -> str:
        """Who answers."""
        return self._model.label

    async def warm(self) -> None:
        """Load the model."""
        await self._model.warm()

    def reply(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec], form: Form | None = None
    ) -> AsyncGenerator[ChatChunk, None]:
        """The chunks of whoever answers."""
        chosen: ChatModel = self._model
        if form is None and _is_own(messages, tools):
            chosen = self._built_in
        return chosen.reply(messages, tools, form)

    async def aclose(self) -> None:
        """Close the model."""
        await self._model.aclose()


def is_own_wish(text: str, tools: Sequence[ToolSpec]) -> bool:
    """Whether these words of the user need no model."""
    if "copy" not in text.casefold() or not any(tool.name == _TOOL for tool in tools):
        return False
    found = match(text)
    return found is not None and found.intent is Intent.CLIPBOARD_COPY


def _is_own(messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> bool:
    asked = next((each for each in reversed(messages) if each.role is ChatRole.USER), None)
    return asked is not None and not asked.images and is_own_wish(asked.text, tools)
