"""Selected text, edited as somebody said: what a model is sent, and what it makes of it."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from importlib.resources import files

from app.errors import AppError, Code
from app.providers.base import ChatMessage, ChatModel, ChatRole, Finished, FinishReason, TextDelta

LONGEST_CHARS = 24_000
_WITHIN_S = 60.0


async def edited(selected: str, wish: str, model: ChatModel) -> str:
    """`selected` as `wish` wants it. Raises AppError; half an edit is none."""
    if len(selected) > LONGEST_CHARS:
        raise AppError(Code.REQUEST_TOO_LARGE)
    rules = files("resources").joinpath("prompts", "edit_selection.md").read_text(encoding="utf-8")
    messages = (
        ChatMessage(ChatRole.SYSTEM, rules.strip()),
        ChatMessage(ChatRole.USER, f"<wish>\n{wish}\n</wish>\n<text>\n{selected}\n</text>"),
    )
    text, finished = "", False
    try:
        async with asyncio.timeout(_WITHIN_S), aclosing(model.reply(messages, ())) as chunks:
            async for chunk in chunks:
                if isinstance(chunk, TextDelta):
                    text += chunk.text
                elif isinstance(chunk, Finished):
                    finished = chunk.reason is FinishReason.STOP
    except TimeoutError as error:
        raise AppError(Code.SERVER_SILENT) from error
    if not finished or not text.strip():
        raise AppError(Code.SERVER_CUT_OFF)
    return text.strip()
