"""Searching the web: by a SearXNG server that the user names, or by Brave's with a key."""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from html import unescape
from typing import Any, Protocol

from app.net.address import parse_address
from app.secrets import Secret
from app.tools.base import ToolFailed
from app.web.address import WebAddress, parse_web_address
from app.web.connect import PageFailed, Way
from app.web.fetch import Request, fetch
from app.web.hidden import without_hidden_characters
from app.web.settings import BRAVE_HOST

MAX_HITS = 8
MAX_SNIPPET_CHARS = 400

_JSON = ("application/json",)
_TAG = re.compile(r"<[^<>]{0,200}>")
_BRAVE = WebAddress("https", BRAVE_HOST, 443, "/res/v1/web/search")


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that was found."""

    title: str
    url: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """Pages, best first; `summary` is what the search itself wrote about them, if it does."""

    hits: tuple[Hit, ...]
    summary: str = ""


class SearchEngine(Protocol):
    """Finds pages of the web."""

    @property
    def name(self) -> str:
        """How it is named to a person."""
        ...

    async def search(self, query: str) -> Findings:
        """Raises ToolFailed and AppError."""
        ...


class SearxngSearch:
    """A SearXNG server, wherever the user has it."""

    name = "SearXNG"

    def __init__(self, base_url: str, way: Way) -> None:
        """Raises AppError for what is no address."""
        server = parse_address(base_url)
        self._address = WebAddress(server.scheme, server.host, server.port, f"{server.path}/search")
        self._way = way

    async def search(self, query: str) -> Findings:
        """Raises ToolFailed."""
        asked = urllib.parse.urlencode({"q": query, "format": "json"})
        address = replace(self._address, query=asked)
        try:
            fetched = await fetch(Request(address, _JSON, follow=False), self._way)
        except PageFailed as error:
            if error.status == 403:
                raise ToolFailed(
                    "The SearXNG server gives no JSON: its settings must allow that format."
                ) from error
            raise
        return searxng_findings(_decoded(fetched.body, self.name))


class BraveSearch:
    """Brave's search. `key` is asked for with each search."""

    name = "Brave Search"

    def __init__(self, key: Callable[[], Awaitable[Secret]], way: Way) -> None:
        self._key = key
        self._way = way

    async def search(self, query: str) -> Findings:
        """Raises ToolFailed."""
        key = (await self._key()).reveal()
        if not key or not key.isascii() or not key.isprintable():
            raise ToolFailed("Brave Search needs a key: it is entered in the settings.")
        asked = urllib.parse.urlencode({"q": query, "count": MAX_HITS})
        address = replace(_BRAVE, query=asked)
        headers = {"X-Subscription-Token": key}
        try:
            fetched = await fetch(Request(address, _JSON, headers, follow=False), self._way)
        except PageFailed as error:
            if error.status in (401, 403, 422):
                raise ToolFailed("Brave Search does not accept the key.") from error
            if error.status == 429:
                raise ToolFailed("Brave Search takes no more searches for now.") from error
            raise
        return brave_findings(_decoded(fetched.body, self.name))


def searxng_findings(body: object) -> Findings:
    """The hits in an answer of SearXNG."""
    return Findings(_hits(_list(body, "results"), "content"))


def brave_findings(body: object) -> Findings:
    """The hits in an answer of Brave Search."""
    web = body.get("web") if isinstance(body, dict) else None
    return Findings(_hits(_list(web, "results"), "description"))


def _hits(entries: list[Any], words: str) -> tuple[Hit, ...]:
    """Those with an address that may be read; each address once."""
    found: dict[str, Hit] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        try:
            url = parse_web_address(str(entry.get("url", ""))).url
        except ToolFailed:
            continue
        title, snippet = _plain(entry.get("title")), _plain(entry.get(words))
        found.setdefault(url, Hit(title[:200] or url, url, snippet[:MAX_SNIPPET_CHARS]))
    return tuple(found.values())[:MAX_HITS]


def _plain(text: object) -> str:
    if not isinstance(text, str):
        return ""
    return " ".join(without_hidden_characters(unescape(_TAG.sub("", text))).split())


def _list(body: object, name: str) -> list[Any]:
    entries = body.get(name) if isinstance(body, dict) else None
    return entries if isinstance(entries, list) else []


def _decoded(body: bytes, name: str) -> object:
    try:
        result: object = json.loads(body)
    except ValueError:
        raise ToolFailed(f"{name} gave an answer that is not understood.") from None
    return result
