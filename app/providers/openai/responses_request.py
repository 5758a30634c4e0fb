"""The body of a request to `/responses`. Pure: the same conversation makes the same bytes.

It begins with what changes least, so that the server's cache of prefixes holds: instructions and
tools first, then the conversation. Nothing is stored at the server.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator, Sequence
from typing import Any

from app.providers.base import ChatMessage, ChatRole, Form, ToolSpec
from app.providers.catalogue import facts
from app.providers.openai import loose
from app.providers.openai.chat_request import data_url, longest_reply_tokens, plain

CACHE_KEY = "sayso"
"""Requests with one key and one prefix go to the same cache. The key's owner is one user."""

THOUGHTS = "thoughts"
INCLUDE = "include"
EFFORT = "effort"
CACHE = "cache key"
TOOLS = "tools"

PATTERNS = {
    THOUGHTS: r"item with id|encrypted content .*could not|invalid_encrypted_content",
    INCLUDE: r"reasoning\.encrypted_content|encrypted content is not",
    EFFORT: r"reasoning[._]effort|parameter:? .?reasoning\b",
    CACHE: r"prompt_cache_key",
    TOOLS: r"\btools?\b[^.]*\bnot (supported|available)",
}
"""Refusals of what another model than the known ones may not take."""

_LONGEST_CALL_ID = 64
_SENT_BACK = {
    "reasoning": ("id", "type", "summary", "encrypted_content"),
    "message": ("id", "type", "role", "status", "phase", "content"),
    "function_call": ("id", "type", "call_id", "name", "arguments", "status"),
}
"""What a request may hold of the items of an answer; a thought in plain words is refused."""


def responses_request(
    model: str,
    messages: Sequence[ChatMessage],
    tools: Sequence[ToolSpec],
    form: Form | None = None,
    *,
    without: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """All but the fields that concern the streaming."""
    known = facts(model).chat
    tools = tools if known.tools and TOOLS not in without else ()
    head = list(itertools.takewhile(lambda entry: entry.role is ChatRole.SYSTEM, messages))
    rest = messages[len(head) :] if tools else plain(messages[len(head) :])
    request: dict[str, Any] = {"model": model, "store": False}
    if head:
        request["instructions"] = "\n\n".join(entry.text for entry in head)
    if tools:
        request["tools"] = [_tool(tool) for tool in tools]
        request["parallel_tool_calls"] = True
    if form is not None:
        request["text"] = {"format": _format(form)}
    if known.reasons and EFFORT not in without:
        request["reasoning"] = {"effort": known.effort}
    if known.reasons and INCLUDE not in without:
        request["include"] = ["reasoning.encrypted_content"]
    if CACHE not in without:
        request["prompt_cache_key"] = CACHE_KEY
    request["max_output_tokens"] = longest_reply_tokens(model, effort_told=EFFORT not in without)
    system = "developer" if known.developer_role else "system"
    reader = "" if THOUGHTS in without else model
    request["input"] = [item for entry in rest for item in _items(entry, reader, system)]
    return request


def carried(model: str, items: Sequence[Any]) -> str:
    """What must come back as it was: the items of an answer in which the model thought.

    Empty without thoughts. Thoughts that are not in the items cannot come back, as nothing is
    stored at the server.
    """
    kept = [
        {name: item[name] for name in _SENT_BACK[loose.text(item, "type")] if name in item}
        for item in items
        if loose.text(item, "type") != "reasoning" or loose.text(item, "encrypted_content")
    ]
    if not any(loose.text(item, "type") == "reasoning" for item in kept):
        return ""
    return json.dumps({"responses": model, "items": kept}, ensure_ascii=False)


def _items(entry: ChatMessage, reader: str, system: str) -> Iterator[dict[str, Any]]:
    if entry.role is ChatRole.TOOL:
        call_id = _call_id(entry.call_id)
        yield {"type": "function_call_output", "call_id": call_id, "output": entry.text}
        return
    if entry.tool_calls and (items := _carried_items(entry.tool_calls[0].carry, reader)):
        yield from items
        return
    if entry.images:
        yield {"role": entry.role.value, "content": list(_parts(entry))}
    elif entry.text or not entry.tool_calls:
        role = system if entry.role is ChatRole.SYSTEM else entry.role.value
        yield {"role": role, "content": entry.text}
    for call in entry.tool_calls:
        yield {
            "type": "function_call",
            "call_id": _call_id(call.call_id),
            "name": call.name,
            "arguments": call.arguments,
        }


def _carried_items(carry: str, reader: str) -> list[Any]:
    """The items that the model `reader` gave. Another one cannot read its thoughts."""
    told = json.loads(carry) if carry else None
    return loose.items(told, "items") if loose.text(told, "responses") == reader else []


def _parts(entry: ChatMessage) -> Iterator[dict[str, Any]]:
    if entry.text:
        yield {"type": "input_text", "text": entry.text}
    for image in entry.images:
        yield {"type": "input_image", "image_url": data_url(image), "detail": "auto"}


def _call_id(call_id: str) -> str:
    """Other servers give longer ids than this one takes."""
    if len(call_id) <= _LONGEST_CALL_ID:
        return call_id
    return f"call_{hashlib.sha256(call_id.encode()).hexdigest()[:32]}"


def _tool(tool: ToolSpec) -> dict[str, Any]:
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
        "strict": tool.is_strict,
    }


def _format(form: Form) -> dict[str, Any]:
    return {"type": "json_schema", "name": form.name, "schema": dict(form.schema), "strict": True}
