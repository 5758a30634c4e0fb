"""A server that is reached over HTTP: how much it may answer is bounded. Core thread."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from app.mcp.stdio import MAX_LINE_BYTES

MAX_ANSWER_BYTES = MAX_LINE_BYTES
_LATER_S = 1.0
"""The session itself gives a call up; its answer ends a little later."""


@contextlib.asynccontextmanager
async def run_http(url: str, *, start_s: float, call_s: float) -> AsyncIterator[tuple[Any, Any]]:
    """The session's streams.

    An answer that is longer than MAX_ANSWER_BYTES, or not complete when the time of its call is
    over, becomes an error of that call, and its connection is closed.
    """
    from mcp.client.streamable_http import streamable_http_client

    from app.mcp.bounded_client import BoundedClient

    client = BoundedClient(
        max_bytes=MAX_ANSWER_BYTES, start_s=start_s + _LATER_S, call_s=call_s + _LATER_S
    )
    async with (
        client,
        streamable_http_client(
            url, http_client=client, max_sse_event_size=MAX_ANSWER_BYTES
        ) as streams,
    ):
        yield streams[0], streams[1]
