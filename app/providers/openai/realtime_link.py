"""Opens websockets to `/realtime` and its kind. What goes wrong then becomes an AppError here."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
import ssl
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.errors import AppError, Code
from app.net.reach import proxy_of
from app.providers.openai import loose
from app.providers.openai.client import OpenAIClient
from app.providers.openai.errors import Peer, translate

if TYPE_CHECKING:
    import httpx2

_LONGEST_MESSAGE_BYTES = 16 * 1024 * 1024
_IN_FLIGHT_BYTES = 32 * 1024
_log = logging.getLogger(__name__)
_wire_log = logging.getLogger(f"{__name__}.wire")
# At DEBUG the library writes down headers, the key among them.
_wire_log.addFilter(lambda record: record.levelno > logging.DEBUG)


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """How often a ping is sent, when its answer is missed, and how long closing may take.

    Not `by_library`: whoever has the connection pings, as the library cannot on a stalled one.
    """

    ping_every_s: float
    pong_within_s: float
    close_within_s: float
    by_library: bool = True


async def connect(
    client: OpenAIClient,
    query: Mapping[str, str],
    peer: Peer,
    alive: KeepAlive,
    patience_s: float,
    path: str = "/realtime",
) -> Any:
    """An open connection of the websocket library. Raises AppError."""
    websockets = await asyncio.to_thread(library)
    try:
        return await _connect(client, path, query, alive, patience_s)
    except (OSError, ValueError, websockets.exceptions.WebSocketException) as error:
        _log.debug("%s refused a session", peer.host, exc_info=error)
        raise _translated(error, peer) from None


async def _connect(
    client: OpenAIClient,
    path: str,
    query: Mapping[str, str],
    alive: KeepAlive,
    patience_s: float,
) -> Any:
    address = client.address
    encrypted = address.scheme == "https"
    url = address.url.replace("http", "ws", 1)
    asked = f"?{urllib.parse.urlencode(query)}" if query else ""
    attempt = library().asyncio.client.connect(
        f"{url}{path}{asked}",
        additional_headers=client.authorization(),
        proxy=proxy_of(address) or None,
        ssl=await asyncio.to_thread(_certificates) if encrypted else None,
        compression=None,
        open_timeout=patience_s,
        ping_interval=alive.ping_every_s if alive.by_library else None,
        ping_timeout=alive.pong_within_s,
        close_timeout=alive.close_within_s,
        max_size=_LONGEST_MESSAGE_BYTES,
        logger=_wire_log,
    )
    # The library would follow a redirect to any host, with the key.
    attempt.process_redirect = lambda error: error
    return await attempt


def keep_little_in_flight(connection: Any) -> None:
    """Let what is not yet sent wait here: a ping behind a long queue would seem unanswered."""
    found = connection.transport.get_extra_info("socket")
    with contextlib.suppress(OSError, AttributeError):
        found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _IN_FLIGHT_BYTES)


def library() -> Any:
    """The websocket library, loaded on first use."""
    import websockets.asyncio.client  # type: ignore[import-not-found, unused-ignore]
    import websockets.exceptions  # type: ignore[import-not-found, unused-ignore]

    return websockets


def _certificates() -> ssl.SSLContext:
    import httpx2

    return httpx2.create_ssl_context()


def _translated(error: Exception, peer: Peer) -> AppError:
    """The AppError for a session that was refused."""
    known = library().exceptions
    if isinstance(error, known.InvalidStatus):
        return _of_status(error.response, peer)
    if isinstance(error, known.ProxyError):
        return AppError(Code.PROXY_REFUSED, peer.host)
    if isinstance(error, known.InvalidHandshake | known.InvalidURI):
        cut = isinstance(error.__cause__, EOFError | ConnectionError)
        return AppError(Code.SERVER_CUT_OFF if cut else Code.SERVER_NOT_API, peer.host)
    return translate(error, peer)


def _of_status(response: Any, peer: Peer) -> AppError:
    import httpx2

    answer = httpx2.Response(
        response.status_code,
        headers=list(response.headers.raw_items()),
        content=bytes(response.body or b""),
        request=httpx2.Request("GET", f"https://{peer.host}/realtime"),
    )
    return refused(answer, peer)


def refused(response: httpx2.Response, peer: Peer) -> AppError:
    """The AppError for a response, read to its end, that the vendor's library did not judge."""
    import openai

    try:
        body = json.loads(response.content)
    except ValueError:
        body = None
    told = loose.record(body, "error") or body
    return translate(openai.APIStatusError("refused", response=response, body=told), peer)
