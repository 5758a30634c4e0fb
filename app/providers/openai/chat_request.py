"""The body of a chat completion. Pure: the same conversation makes the same bytes.

What servers may refuse is named by the constants, and left out where they are in `without`.
"""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Iterator, Sequence
from typing import Any

from app.providers.base import ChatMessage, ChatRole, Form, Image, ToolCall, ToolSpec
from app.providers.catalogue import facts
from app.providers.openai.tool_calls import carried

LONGEST_REPLY_TOKENS = 4096
LONGEST_REASONED_TOKENS = 16_384
"""Where the model's thoughts count as part of the reply."""

THOUGHTS = "thoughts"
NO_THOUGHTS = "calls without thoughts"
USAGE = "usage"
STRICT = "strict"
FORM = "form"
LIMIT = "limit"
NEW_LIMIT = "new limit"
EFFORT = "effort"
EFFORT_LEFT_OPEN = "effort left open"
TOOLS = "tools"

PATTERNS = {
    NO_THOUGHTS: r"missing .?reasoning_content|reasoning_content.* must be passed",
    THOUGHTS: r"reasoning_content|extra_content",
    USAGE: r"stream_options|include_usage",
    STRICT: r"\bstrict\b",
    FORM: r"response_format|json_schema",
    LIMIT: r"\bmax_tokens\b",
    NEW_LIMIT: r"\bmax_completion_tokens\b",
    EFFORT: r"reasoning_effort",
    EFFORT_LEFT_OPEN: r"reasoning_effort",
    TOOLS: r"\btools?\b|\btool[_ -](choice|call|use)|function.call",
}


def chat_request(
    model: str,
    messages: Sequence[ChatMessage],
    tools: Sequence[ToolSpec],
    form: Form | None = None,
    *,
    is_openai: bool = False,
    without: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """All but the fields that concern the streaming."""
    tools = () if TOOLS in without else tools
    known = facts(model).chat
    developer = is_openai and known.developer_role
    entries = merged(messages if tools else plain(messages))
    request: dict[str, Any] = {
        "model": model,
        "messages": [_entry(entry, model, without, developer=developer) for entry in entries],
    }
    request |= _limit(model, is_openai=is_openai, without=without)
    if tools:
        request["tools"] = [_tool(tool, strict=STRICT not in without) for tool in tools]
        # OpenAI's reasoning models call no function here unless they are told not to reason.
        told_none = is_openai and "none" in known.efforts
        if EFFORT not in without and (told_none or EFFORT_LEFT_OPEN in without):
            request["reasoning_effort"] = "none"
    elif is_openai and known.effort is not None and EFFORT not in without:
        request["reasoning_effort"] = known.effort
    if form is not None and FORM not in without:
        request["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": form.name, "schema": dict(form.schema), "strict": True},
        }
    if USAGE not in without:
        request["stream_options"] = {"include_usage": True}
    return request


def merged(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """Neighbours of one role become one: many servers want the roles to alternate."""
    entries: list[ChatMessage] = []
    for message in messages:
        last = entries[-1] if entries else None
        if (
            last is None
            or message.role is not last.role
            or last.role is ChatRole.TOOL
            or last.tool_calls
        ):
            entries.append(message)
            continue
        entries[-1] = dataclasses.replace(
            last,
            text="\n\n".join(text for text in (last.text, message.text) if text),
            images=last.images + message.images,
            tool_calls=message.tool_calls,
        )
    return entries


def plain(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """The messages without calls and results, for a model that knows no tools."""
    return list(_without_tools(messages))


def data_url(image: Image) -> str:
    """The picture within a URL."""
    return f"data:{image.media_type};base64,{base64.b64encode(image.data).decode('ascii')}"


def _without_tools(messages: Sequence[ChatMessage]) -> Iterator[ChatMessage]:
    for message in messages:
        if message.role is ChatRole.TOOL:
            continue
        if not message.tool_calls:
            yield message
        elif message.text:
            yield dataclasses.replace(message, tool_calls=())


def longest_reply_tokens(model: str, *, effort_told: bool) -> int:
    """The limit for a reply of `model`, with room for its thoughts if it will have any."""
    known = facts(model).chat
    thinks = known.reasons and not (effort_told and known.effort == "none")
    return LONGEST_REASONED_TOKENS if thinks else LONGEST_REPLY_TOKENS


def _limit(model: str, *, is_openai: bool, without: frozenset[str]) -> dict[str, int]:
    tokens = longest_reply_tokens(model, effort_told=is_openai and EFFORT not in without)
    if is_openai or (LIMIT in without and NEW_LIMIT not in without):
        return {"max_completion_tokens": tokens}
    return {} if LIMIT in without else {"max_tokens": tokens}


def _entry(
    message: ChatMessage, model: str, without: frozenset[str], *, developer: bool
) -> dict[str, Any]:
    is_system = message.role is ChatRole.SYSTEM
    role = "developer" if is_system and developer else message.role.value
    entry: dict[str, Any] = {"role": role, "content": message.text}
    if message.images:
        entry["content"] = [
            *([{"type": "text", "text": message.text}] if message.text else []),
            *(
                {"type": "image_url", "image_url": {"url": data_url(image)}}
                for image in message.images
            ),
        ]
    if message.role is ChatRole.TOOL:
        entry["tool_call_id"] = message.call_id
    if message.tool_calls:
        entry["tool_calls"] = [_call(call, model, without) for call in message.tool_calls]
        entry["content"] = message.text or None
        thoughts, _ = _carried(message.tool_calls[0], model, without)
        if thoughts or NO_THOUGHTS in without:
            entry["reasoning_content"] = thoughts
    return entry


def _call(call: ToolCall, model: str, without: frozenset[str]) -> dict[str, Any]:
    function = {"name": call.name, "arguments": _object_text(call.arguments)}
    entry = {"id": call.call_id, "type": "function", "function": function}
    _, extra = _carried(call, model, without)
    return entry | ({"extra_content": extra} if extra else {})


def _carried(call: ToolCall, model: str, without: frozenset[str]) -> tuple[str, dict[str, Any]]:
    """What DeepSeek (thoughts) and Gemini (the call's extra) want to see again."""
    return ("", {}) if THOUGHTS in without else carried(call, model)


def _object_text(arguments: str) -> str:
    """The arguments if they are a JSON object; servers that read them stumble over others."""
    try:
        whole = isinstance(json.loads(arguments), dict)
    except ValueError:
        whole = False
    return arguments if whole else "{}"


def _tool(tool: ToolSpec, *, strict: bool) -> dict[str, Any]:
    function: dict[str, Any] = {
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }
    if strict and tool.is_strict:
        function["strict"] = True
    return {"type": "function", "function": function}
