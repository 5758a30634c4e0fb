"""One streamed response over HTTP: asked for, checked to be one, decoded event by event."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from app.errors import AppError, Code
from app.providers.openai.client import OpenAIClient
from app.providers.openai.errors import translated
from app.providers.openai.sse import EventReader

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai._response import AsyncAPIResponse

_log = logging.getLogger(__name__)

_DONE = "[DONE]"
_REST_WITHIN_S = 2.0

Ask = Callable[["AsyncOpenAI"], AbstractAsyncContextManager["AsyncAPIResponse[Any]"]]


async def decoded_events(client: OpenAIClient, model: str, ask: Ask) -> AsyncGenerator[Any, None]:
    """The decoded JSON of each event of the response to `ask`.

    Raises AppError; SERVER_NOT_API for what is no stream of events.
    """
    peer = client.peer(model)
    sdk = await client.sdk()
    with translated(peer):
        async with ask(sdk) as response:
            kind = response.headers.get("content-type", "").lower()
            if "html" in kind or "json" in kind:
                raise AppError(Code.SERVER_NOT_API, peer.host)
            reader, empty = EventReader(), True
            async with contextlib.aclosing(response.http_response.aiter_bytes()) as pieces:
                async for piece in pieces:
                    for data in reader.feed(piece):
                        empty = False
                        if data != _DONE:
                            yield json.loads(data)
            if empty and "event-stream" not in kind:
                raise AppError(Code.SERVER_NOT_API, peer.host)


async def read_rest(events: AsyncGenerator[Any, None], feed: Callable[[Any], object]) -> None:
    """Give `feed` what follows the finish mark; the reply is whole without it.

    A response that was read to its end leaves the connection open for the next request.
    """
    try:
        async with asyncio.timeout(_REST_WITHIN_S):
            async for event in events:
                feed(event)
    except (AppError, TimeoutError) as error:
        _log.debug("After the finish mark: %r", error)
