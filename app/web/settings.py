"""The settings of the web."""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import Field

from app.settings_section import Section

BRAVE_HOST = "api.search.brave.com"
"""What the key for Brave Search is bound to."""


class SearchBy(enum.StrEnum):
    """Who searches the web."""

    PROVIDER = "provider"
    SEARXNG = "searxng"
    BRAVE = "brave"
    NONE = "no_search"


class WebSettings(Section):
    """Searching the web, and pictures that are made by a server."""

    search: Annotated[
        SearchBy,
        Field(
            title="Web search",
            description=(
                "Provider: OpenAI's own search, when it answers you. Or a SearXNG server by its "
                "address below, or Brave Search with a key of yours."
            ),
        ),
    ] = SearchBy.PROVIDER
    searxng_url: Annotated[
        str,
        Field(
            title="SearXNG address",
            description="For instance http://localhost:8888. The server must allow JSON.",
        ),
    ] = ""
