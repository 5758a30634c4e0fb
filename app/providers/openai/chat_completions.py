"""Chat by `/chat/completions`, streamed: what OpenAI and compatible servers share."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.errors import AppError, Code
from app.net.policy import begun_stream, guarded_stream
from app.providers.base import ChatChunk, ChatMessage, ChatRole, Form, ToolSpec
from app.providers.catalogue import facts
from app.providers.openai.chat_stream import ReplyReader
from app.providers.openai.client import OpenAIClient, timeouts
from app.providers.openai.errors import Peer, told_error, translated
from app.providers.openai.sse import EventReader

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai._response import AsyncAPIResponse

_log = logging.getLogger(__name__)

LONGEST_REPLY_TOKENS = 4096
_USAGE_WITHIN_S = 2.0
_DONE = "[DONE]"


class ChatCompletionsModel:
    """A ChatModel. The client belongs to the caller, who closes it."""

    def __init__(self, client: OpenAIClient, model: str) -> None:
        self._client = client
        self._model = model
        self._policy = client.policies.chat
        self._asks_usage = True

    @property
    def label(self) -> str:
        """The model's name."""
        return self._model

    async def warm(self) -> None:
        """Load the library and open a connection."""
        await self._client.warm()

    def reply(
        self,
        messages: Sequence[ChatMessage],
        tools: Sequence[ToolSpec],
        form: Form | None = None,
    ) -> AsyncGenerator[ChatChunk, None]:
        """Stream one reply. Raises AppError; SERVER_CUT_OFF after what came until then.

        Closing the generator closes the connection, and with it the request.
        """
        request = self._request(messages, tools)
        return begun_stream(
            lambda: self._attempt(request), self._policy, peer=self._client.address.label
        )

    async def aclose(self) -> None:
        """Nothing of its own is open."""

    async def _attempt(self, request: Mapping[str, Any]) -> AsyncGenerator[ChatChunk, None]:
        host = self._client.address.label
        reader = ReplyReader()
        events = guarded_stream(self._events(request), self._policy.deadlines, peer=host)
        async with contextlib.aclosing(events):
            async for event in events:
                if delta := reader.feed(event):
                    yield delta
                if reader.finished:
                    await _read_usage(events, reader)
                    break
        if not reader.finished:
            raise AppError(Code.SERVER_CUT_OFF, host)
        for piece in reader.ending():
            yield piece

    async def _events(self, request: Mapping[str, Any]) -> AsyncGenerator[object, None]:
        """The decoded events of one response. Raises AppError."""
        peer = self._client.peer(self._model)
        sdk = await self._client.sdk()
        with translated(peer):
            async with self._response(sdk, request) as response:
                kind = response.headers.get("content-type", "").lower()
                if "html" in kind or "json" in kind:
                    raise AppError(Code.SERVER_NOT_API, peer.host)
                reader, empty = EventReader(), True
                async with contextlib.aclosing(response.http_response.aiter_bytes()) as pieces:
                    async for piece in pieces:
                        for data in reader.feed(piece):
                            empty = False
                            if data != _DONE:
                                yield _checked(json.loads(data), peer)
                if empty and "event-stream" not in kind:
                    raise AppError(Code.SERVER_NOT_API, peer.host)

    @contextlib.asynccontextmanager
    async def _response(
        self, sdk: AsyncOpenAI, request: Mapping[str, Any]
    ) -> AsyncIterator[AsyncAPIResponse[Any]]:
        """The response; asked for again without usage where a server knows no such option."""
        import openai

        create: Any = sdk.chat.completions.with_streaming_response.create
        timeout = timeouts(self._policy.deadlines)
        options: dict[str, Any] = {"stream": True, "timeout": timeout, **request}
        async with contextlib.AsyncExitStack() as stack:
            usage = {"stream_options": {"include_usage": True}} if self._asks_usage else {}
            try:
                response = await stack.enter_async_context(create(**options, **usage))
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if not self._asks_usage or "stream_options" not in str(error):
                    raise
                self._asks_usage = False
                response = await stack.enter_async_context(create(**options))
            yield response

    def _request(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]
    ) -> dict[str, Any]:
        is_openai = self._client.address.is_openai
        limit = "max_completion_tokens" if is_openai else "max_tokens"
        request: dict[str, Any] = {
            "model": self._model,
            "messages": [_message(message) for message in messages],
            limit: LONGEST_REPLY_TOKENS,
        }
        if tools:
            request["tools"] = [_tool(tool) for tool in tools]
            if is_openai and "none" in facts(self._model).chat.efforts:
                request["reasoning_effort"] = "none"
        return request


async def _read_usage(events: AsyncGenerator[object, None], reader: ReplyReader) -> None:
    """Take what follows the finish mark; the reply is whole without it.

    A response that was read to its end leaves the connection open for the next request.
    """
    try:
        async with asyncio.timeout(_USAGE_WITHIN_S):
            async for event in events:
                reader.feed(event)
    except (AppError, TimeoutError) as error:
        _log.debug("After the finish mark: %r", error)


def _checked(event: object, peer: Peer) -> object:
    """The event, unless it tells of an error. Raises AppError."""
    if isinstance(event, dict) and event.get("error"):
        raise told_error(event["error"], peer)
    return event


def _message(message: ChatMessage) -> dict[str, Any]:
    entry: dict[str, Any] = {"role": message.role.value, "content": message.text}
    if message.role is ChatRole.TOOL:
        entry["tool_call_id"] = message.call_id
    if message.tool_calls:
        entry["tool_calls"] = [
            {
                "id": call.call_id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.tool_calls
        ]
        entry["content"] = message.text or None
    return entry


def _tool(tool: ToolSpec) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": dict(tool.parameters),
            "strict": True,
        },
    }
