"""Tools that open a web page or an application, after a person's yes."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
import urllib.parse
from collections.abc import Mapping
from typing import Annotated, Any

from app.desktop.opener import AppNotFound, Opener
from app.tools.base import Risk, Tool, ToolFailed
from app.tools.schema import Answer, tool

MAX_URL_CHARS = 2_000
MAX_APP_CHARS = 80

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
_PATH_SAFE = "/%:@!$&'()*+,;=~-._?"


def checked_url(text: str) -> str:
    """The exact address that will be opened, in ASCII. Raises ToolFailed when it is none.

    Only http and https, only public hosts, no user name or password, no port but a valid one. A
    host in other scripts is shown in punycode, so that look-alikes are seen.
    """
    text = text.strip()
    if len(text) > MAX_URL_CHARS:
        raise ToolFailed(f"The address is longer than {MAX_URL_CHARS} characters.")
    if not text or "\\" in text or any(_is_hidden(char) for char in text):
        raise ToolFailed("The address is empty, or has characters that no address has.")
    if not _SCHEME.match(text):
        text = f"https://{text.removeprefix('//')}"
    try:
        parts = urllib.parse.urlsplit(text)
        if parts.scheme not in ("http", "https"):
            raise ToolFailed("Only http and https addresses can be opened.")
        if "@" in parts.netloc:
            raise ToolFailed("An address with a user name or a password in it is not opened.")
        port = parts.port
        host = _checked_host(parts.hostname or "")
    except ValueError:
        raise ToolFailed(f"“{text}” is not a web address.") from None
    return urllib.parse.urlunsplit(
        (
            parts.scheme,
            host if port is None else f"{host}:{port}",
            urllib.parse.quote(parts.path, safe=_PATH_SAFE),
            urllib.parse.quote(parts.query, safe=_PATH_SAFE),
            urllib.parse.quote(parts.fragment, safe=_PATH_SAFE),
        )
    )


def opening_tools(opener: Opener) -> tuple[Tool, ...]:
    """open_site and open_app."""

    @tool(
        description="Open a web page in the user's browser. The user is asked first.",
        risk=Risk.REVERSIBLE,
        timeout_s=15.0,
        asks=True,
        question=_site_question,
    )
    async def open_site(
        url: Annotated[str, "The address, for instance https://en.wikipedia.org/wiki/Tea"],
    ) -> Answer:
        try:
            await opener.open_url(checked_url(url))
        except OSError as error:
            raise ToolFailed(f"The browser could not be started: {error}") from None
        return {"opened": True}

    @tool(
        description="Start an application that is installed. The user is asked first.",
        risk=Risk.REVERSIBLE,
        timeout_s=15.0,
        asks=True,
        question=_app_question,
    )
    async def open_app(
        name: Annotated[str, 'Its name or what it is, for instance "calculator" or "Firefox".'],
    ) -> Answer:
        try:
            await opener.open_app(_checked_name(name))
        except AppNotFound as error:
            raise ToolFailed(str(error)) from None
        except OSError as error:
            raise ToolFailed(f"{_checked_name(name)} could not be started: {error}") from None
        return {"opened": True}

    return open_site, open_app


def _site_question(arguments: Mapping[str, Any]) -> str:
    url = checked_url(arguments["url"])
    parts = urllib.parse.urlsplit(url)
    plain = parts.scheme == "https" and parts.path in ("", "/") and not parts.query + parts.fragment
    return f"Open {parts.netloc if plain else url} in your browser?"


def _app_question(arguments: Mapping[str, Any]) -> str:
    return f"Open the application “{_checked_name(arguments['name'])}”?"


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if (
        not name
        or len(name) > MAX_APP_CHARS
        or any(_is_hidden(char) for char in name if char != " ")
    ):
        raise ToolFailed("That is not the name of an application.")
    return name


def _is_hidden(char: str) -> bool:
    """Spaces, control, format and other characters that do not show as what they are."""
    return char.isspace() or unicodedata.category(char)[0] == "C"


def _checked_host(host: str) -> str:
    if ":" in host or re.fullmatch(r"[0-9.]+", host):
        address = ipaddress.ip_address(host)
        if not address.is_global:
            raise ToolFailed("Addresses inside the own network are not opened.")
        return f"[{address}]" if address.version == 6 else str(address)
    host = host.rstrip(".").encode("idna").decode("ascii").lower()
    labels = host.split(".")
    if host == "localhost" or labels[-1] in ("localhost", "local", "internal"):
        raise ToolFailed("Addresses inside the own network are not opened.")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(host)
    if not labels[-1][0].isalpha():
        raise ValueError(host)
    return host
