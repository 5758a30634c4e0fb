"""Tools that open a web page or an application, after a person's yes."""

from __future__ import annotations

import unicodedata
import urllib.parse
from collections.abc import Mapping
from typing import Annotated, Any

from app.desktop.opener import AppNotFound, Opener
from app.tools.base import Risk, Sent, Tool, ToolFailed
from app.tools.schema import Answer, tool
from app.web.address import checked_url

MAX_APP_CHARS = 80


def opening_tools(opener: Opener) -> tuple[Tool, ...]:
    """open_site and open_app."""

    @tool(
        description="Open a web page in the user's browser. The user is asked first.",
        risk=Risk.REVERSIBLE,
        timeout_s=15.0,
        asks=True,
        question=_site_question,
        family="web",
        sends=lambda arguments: Sent("", address=str(arguments["url"])),
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
        family="applications",
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
