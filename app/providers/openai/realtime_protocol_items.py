"""Messages as items of a Realtime conversation. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from app.providers.base import ChatMessage, ChatRole, ToolCall
from app.providers.openai.chat_request import data_url
from app.providers.openai.realtime_protocol import Json

_LONGEST_ID = 32


def items_of(message: ChatMessage) -> Iterator[Json]:
    """The items of one message, in their order; none for an empty one."""
    if message.role is ChatRole.TOOL:
        yield {
            "type": "function_call_output",
            "call_id": message.call_id,
            "output": message.text,
        }
        return
    if content := _content(message):
        yield {"type": "message", "role": message.role.value, "content": content}
    for call in message.tool_calls:
        yield {
            "type": "function_call",
            "call_id": call.call_id,
            "name": call.name,
            "arguments": call.arguments,
        }


def replayed(history: Sequence[ChatMessage]) -> Iterator[Json]:
    """The items of a conversation that a new session is told of.

    Pictures are left out, and so are calls without results and results without calls: a session
    that is told of half a call does not answer.
    """
    answered = {entry.call_id for entry in history if entry.role is ChatRole.TOOL}
    asked: set[str] = set()
    for entry in history:
        if entry.role is ChatRole.TOOL and entry.call_id not in asked:
            continue
        calls = [call for call in entry.tool_calls if call.call_id in answered]
        asked.update(call.call_id for call in calls)
        fitting = tuple(
            ToolCall(_fitting(call.call_id), call.name, call.arguments) for call in calls
        )
        yield from items_of(ChatMessage(entry.role, entry.text, fitting, _fitting(entry.call_id)))


def _content(message: ChatMessage) -> list[Json]:
    kind = "output_text" if message.role is ChatRole.ASSISTANT else "input_text"
    content: list[Json] = [{"type": kind, "text": message.text}] if message.text else []
    if message.role is ChatRole.USER:
        content += [
            {"type": "input_image", "image_url": data_url(image), "detail": "auto"}
            for image in message.images
        ]
    return content


def _fitting(call_id: str) -> str:
    """Other servers give longer ids than this one takes."""
    if len(call_id) <= _LONGEST_ID:
        return call_id
    return f"call_{hashlib.sha256(call_id.encode()).hexdigest()[:27]}"
