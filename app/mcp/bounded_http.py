"""A server that is reached over HTTP: how much it may answer is bounded. Core thread."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from app.mcp.stdio import MAX_LINE_BYTES

MAX_ANSWER_BYTES = MAX_LINE_BYTES
_TOO_LONG = -32_000
"""An error of the server's own, as JSON-RPC numbers them."""


@contextlib.asynccontextmanager
async def run_http(url: str) -> AsyncIterator[tuple[Any, Any]]:
    """The session's streams. What is longer than MAX_ANSWER_BYTES becomes an error of its call."""
    from mcp.client.streamable_http import streamable_http_client
    from mcp.shared._httpx_utils import create_mcp_http_client

    # Compressed, a small answer could become a very long one in a single step.
    client = create_mcp_http_client(headers={"accept-encoding": "identity"})
    client.event_hooks = {"response": [_bound]}
    async with (
        client,
        streamable_http_client(
            url, http_client=client, max_sse_event_size=MAX_ANSWER_BYTES
        ) as streams,
    ):
        yield streams[0], streams[1]


async def _bound(response: Any) -> None:
    """Bound what reading the whole response gives; events have their bound in the library."""

    async def aread() -> bytes:
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("", "identity"):
            await response.aclose()
            return _error(response, "its answer is compressed, which it was asked not to do")
        parts = bytearray()
        async for part in response.aiter_raw():
            parts += part
            if len(parts) > MAX_ANSWER_BYTES:
                await response.aclose()
                return _error(response, f"its answer is longer than {MAX_ANSWER_BYTES:,} bytes")
        return bytes(parts)

    response.aread = aread


def _error(response: Any, words: str) -> bytes:
    """The answer to the request, in the place of the one that is not taken."""
    try:
        asked = json.loads(response.request.content).get("id")
    except (ValueError, AttributeError):
        asked = None
    error = {"code": _TOO_LONG, "message": words}
    return json.dumps({"jsonrpc": "2.0", "id": asked, "error": error}).encode()
