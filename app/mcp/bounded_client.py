"""HTTP to a server of tools: each answer has an end, in bytes and in time. Core thread."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
import httpx2

_OWN_ERROR = -32_000
"""An error of the server's own, as JSON-RPC numbers them."""
_GOODBYE_S = 2.0
_CALL = "tools/call"
_PLAIN = ("", "identity")
_PACKED = "its answer is compressed, which it was asked not to do"


class BoundedClient(httpx2.AsyncClient):
    """An answer of more than `max_bytes`, or after `call_s`, becomes an error of its call.

    What is no call has `start_s`. The stream on which a server tells of itself (GET) has no end;
    its reader bounds each event.
    """

    def __init__(self, *, max_bytes: int, start_s: float, call_s: float) -> None:
        # Compressed, a small answer could become a very long one in a single step.
        super().__init__(
            headers={"accept-encoding": "identity"}, timeout=httpx2.Timeout(30.0, read=300.0)
        )
        self._max_bytes = max_bytes
        self._start_s = start_s
        self._call_s = call_s

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """As the library's."""
        asked = _asked(request)
        try:
            return await self._send(request, asked, options)
        except httpx2.SSEError as error:
            return _refused(request, asked, str(error))

    async def _send(
        self, request: httpx2.Request, asked: dict[str, Any], options: dict[str, Any]
    ) -> httpx2.Response:
        bound = _Bound(self._max_bytes, self._seconds(request, asked))
        with bound.in_time():
            response = await super().send(request, **options)
        try:
            if response.headers.get("content-encoding", "").strip().lower() not in _PLAIN:
                raise httpx2.SSEError(_PACKED)
            if request.method == "GET":
                return response
            assert isinstance(response.stream, httpx2.AsyncByteStream)
            response.stream = _BoundedStream(response.stream, bound)
            kind = response.headers.get("content-type", "").lower()
            if "id" in asked and kind.startswith("application/json"):
                await response.aread()
        except BaseException:
            await response.aclose()
            raise
        return response

    def _seconds(self, request: httpx2.Request, asked: dict[str, Any]) -> float | None:
        if request.method == "GET":
            return None
        if request.method == "DELETE":
            return _GOODBYE_S
        return self._call_s if asked.get("method") == _CALL else self._start_s


class _Bound:
    """What an answer may take, from now on; None is for ever."""

    def __init__(self, max_bytes: int, seconds: float | None) -> None:
        self._left = max_bytes
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._until_s = None if seconds is None else anyio.current_time() + seconds

    @contextlib.contextmanager
    def in_time(self) -> Iterator[None]:
        """Raises SSEError once the time is over."""
        left_s = None if self._until_s is None else max(0.0, self._until_s - anyio.current_time())
        try:
            with anyio.fail_after(left_s):
                yield
        except TimeoutError:
            words = f"its answer took longer than {self._seconds:g} seconds"
            raise httpx2.SSEError(words) from None

    def count(self, piece: bytes) -> None:
        """Raises SSEError once it is too much."""
        self._left -= len(piece)
        if self._left < 0:
            raise httpx2.SSEError(f"its answer is longer than {self._max_bytes:,} bytes")


class _BoundedStream(httpx2.AsyncByteStream):
    """The pieces of an answer within their bound."""

    def __init__(self, stream: httpx2.AsyncByteStream, bound: _Bound) -> None:
        self._stream = stream
        self._bound = bound

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = aiter(self._stream)
        while True:
            with self._bound.in_time():
                piece = await anext(pieces, None)
            if piece is None:
                return
            self._bound.count(piece)
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


def _asked(request: httpx2.Request) -> dict[str, Any]:
    """The message that is sent; empty where it is none."""
    if request.method != "POST":
        return {}
    try:
        message = json.loads(request.content)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def _refused(request: httpx2.Request, asked: dict[str, Any], words: str) -> httpx2.Response:
    """The answer in the place of the one that is not taken: only its own call fails."""
    if "id" not in asked:
        return httpx2.Response(202, request=request)
    error = {"code": _OWN_ERROR, "message": words}
    answer = {"jsonrpc": "2.0", "id": asked["id"], "error": error}
    return httpx2.Response(200, json=answer, request=request)
