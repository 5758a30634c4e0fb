"""Fetches one page, bounded in size, time and redirects. Each redirect is checked like the first.

No cookies, no referrer, nothing of the user's but the address itself.
"""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import AsyncGenerator, Awaitable, Collection, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

from app.web.address import AddressRefused, WebAddress, parse_web_address
from app.web.connect import PageFailed, Way, connected

MAX_REDIRECTS = 5
MAX_BODY_BYTES = 4_000_000
TOTAL_S = 25.0
IDLE_S = 10.0

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})(?: [^\r\n]*)?")
_MAX_HEADS = 5
_PIECE_BYTES = 65_536
_NAME = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. `media_types` are accepted, as prefixes; `headers` go to `address` alone.

    `follow` tells whether redirects are followed.
    """

    address: WebAddress
    media_types: Collection[str]
    headers: Mapping[str, str] = field(default_factory=dict)
    max_bytes: int = MAX_BODY_BYTES
    total_s: float = TOTAL_S
    follow: bool = True


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came, from `address` in the end. `is_cut`: there was more than the limit."""

    address: WebAddress
    media_type: str
    charset: str
    body: bytes
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class _Head:
    status: int
    fields: Mapping[str, str]


async def fetch(request: Request, way: Way) -> Fetched:
    """Raises PageFailed, or AddressRefused where it leads to what may not be asked."""
    try:
        async with asyncio.timeout(request.total_s):
            return await _followed(request, way)
    except TimeoutError as error:
        raise PageFailed(f"{request.address.authority} took too long.") from error


async def _followed(request: Request, way: Way) -> Fetched:
    address = request.address
    for _ in range(MAX_REDIRECTS + 1):
        headers = request.headers if address == request.address else {}
        result = await _once(address, headers, request, way)
        if isinstance(result, Fetched):
            return result
        if address.scheme == "https" and result.scheme == "http":
            raise AddressRefused(f"{address.authority} leads to a page that is not encrypted.")
        address = result
    raise PageFailed(f"{request.address.authority} leads from page to page without an end.")


async def _once(
    address: WebAddress, headers: Mapping[str, str], request: Request, way: Way
) -> Fetched | WebAddress:
    """What is there, or where it leads."""
    reader, writer = await connected(address, way)
    try:
        writer.write(_request_head(address, headers, request.media_types))
        head = await _read_head(reader)
        location = head.fields.get("location", "")
        if head.status in _REDIRECTS and location:
            if not request.follow:
                raise PageFailed(f"{address.authority} answers with another address.")
            return parse_web_address(location, address)
        if head.status != 200:
            raise PageFailed(f"{address.authority} answered with error {head.status}.", head.status)
        media_type, charset = _content_type(head.fields.get("content-type", ""))
        if not media_type.startswith(tuple(request.media_types)):
            raise PageFailed(f"This is no page of text but {media_type}.")
        body, is_cut = await _read_body(reader, head, request.max_bytes)
        return Fetched(address, media_type, charset, body, is_cut)
    except (OSError, EOFError, ValueError, zlib.error, asyncio.LimitOverrunError) as error:
        raise PageFailed(f"{address.authority} broke off, or gave no web page.") from error
    finally:
        writer.transport.abort()


def _request_head(
    address: WebAddress, headers: Mapping[str, str], media_types: Collection[str]
) -> bytes:
    accept = ", ".join(name for name in media_types if _NAME.fullmatch(name))
    fields = {
        "Host": address.authority,
        "User-Agent": "Mozilla/5.0 (compatible; Sayso)",
        "Accept": f"{accept}, */*;q=0.1",
        "Accept-Encoding": "gzip",
        "Connection": "close",
        **headers,
    }
    lines = [f"GET {address.target} HTTP/1.1", *(f"{k}: {v}" for k, v in fields.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1")


async def _read_head(reader: asyncio.StreamReader) -> _Head:
    """The final head; those that only announce it are passed over. Raises ValueError."""
    for _ in range(_MAX_HEADS):
        async with asyncio.timeout(IDLE_S):
            raw = await reader.readuntil(b"\r\n\r\n")
        first, *lines = raw[:-4].split(b"\r\n")
        match = _STATUS.fullmatch(first)
        if match is None:
            raise ValueError("not HTTP")
        if (status := int(match[1])) >= 200:
            fields: dict[str, str] = {}
            for line in lines:
                name, _, value = line.decode("latin-1").partition(":")
                fields.setdefault(name.strip().lower(), value.strip())
            return _Head(status, fields)
    raise ValueError("too many heads")


async def _read_body(
    reader: asyncio.StreamReader, head: _Head, max_bytes: int
) -> tuple[bytes, bool]:
    encoding = head.fields.get("content-encoding", "identity").lower()
    if encoding not in ("identity", "", "gzip", "x-gzip"):
        raise ValueError(encoding)
    unpack = zlib.decompressobj(47) if encoding not in ("identity", "") else None
    body = bytearray()
    async with aclosing(_pieces(reader, head)) as pieces:
        async for piece in pieces:
            room = max_bytes + 1 - len(body)
            body += piece if unpack is None else unpack.decompress(piece, room)
            if len(body) > max_bytes:
                return bytes(body[:max_bytes]), True
    return bytes(body), False


async def _pieces(reader: asyncio.StreamReader, head: _Head) -> AsyncGenerator[bytes, None]:
    """The body as it comes. Raises EOFError where it ends too soon."""
    if head.fields.get("transfer-encoding", "").lower().endswith("chunked"):
        while size := int((await _within(reader.readline())).partition(b";")[0], 16):
            while size > 0:
                piece = await _some(reader, size)
                size -= len(piece)
                yield piece
            await _within(reader.readexactly(2))
        return
    told = head.fields.get("content-length")
    if told is None:
        while piece := await _within(reader.read(_PIECE_BYTES)):
            yield piece
        return
    left = int(told)
    while left > 0:
        piece = await _some(reader, left)
        left -= len(piece)
        yield piece


async def _some(reader: asyncio.StreamReader, at_most: int) -> bytes:
    piece = await _within(reader.read(min(at_most, _PIECE_BYTES)))
    if not piece:
        raise EOFError
    return piece


async def _within(reading: Awaitable[bytes]) -> bytes:
    async with asyncio.timeout(IDLE_S):
        return await reading


def _content_type(text: str) -> tuple[str, str]:
    """Media type and charset, both in lower case; HTML where the server tells nothing."""
    media_type, *parameters = text.lower().split(";")
    charset = ""
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        if name == "charset":
            charset = value.strip("\"' ")
    return media_type.strip() or "text/html", charset
