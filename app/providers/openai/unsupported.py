"""Parts of a request that a server does not take: left out, and remembered for each model."""

from __future__ import annotations

import contextlib
import json
import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from app.providers.openai import loose

if TYPE_CHECKING:
    import openai
    from openai._response import AsyncAPIResponse

_log = logging.getLogger(__name__)

# Some answer 404 or 500 to a request for tools; nobody does with another meaning and their name.
_STATUSES = frozenset({400, 404, 422, 500, 501})

Build = Callable[[frozenset[str]], dict[str, Any]]
"""Makes the request without the named parts."""

Create = Callable[..., AbstractAsyncContextManager["AsyncAPIResponse[Any]"]]


class UnsupportedParts:
    """What one server did not take so far. Core thread."""

    def __init__(self, patterns: Mapping[str, str]) -> None:
        """`patterns` is for each part the regular expression that a refusal of it holds.

        They are tried in order, so those that others contain come first.
        """
        self._patterns = {name: re.compile(text, re.I) for name, text in patterns.items()}
        self._of: dict[str, frozenset[str]] = {}

    def known(self, model: str) -> frozenset[str]:
        """What was refused for `model` so far."""
        return self._of.get(model, frozenset())

    @contextlib.asynccontextmanager
    async def response(
        self, model: str, create: Create, build: Build
    ) -> AsyncIterator[AsyncAPIResponse[Any]]:
        """The response to `create(**build(parts))`; asked again without each part refused.

        What was refused is remembered only when the rest was accepted. Raises what `create`
        raises.
        """
        import openai

        without = self.known(model)
        async with contextlib.AsyncExitStack() as stack:
            while True:
                try:
                    response = await stack.enter_async_context(create(**build(without)))
                    break
                except openai.APIStatusError as error:
                    part = self._refused_part(error, build, without)
                    if part is None:
                        raise
                    _log.info("%s takes no %s", model, part)
                    without |= {part}
            self._of[model] = without
            yield response

    def _refused_part(
        self, error: openai.APIStatusError, build: Build, without: frozenset[str]
    ) -> str | None:
        if error.status_code not in _STATUSES or not isinstance(error.body, dict | list):
            return None
        told = _told(error.body)
        asked = build(without)
        for part, pattern in self._patterns.items():
            if pattern.search(told) and build(without | {part}) != asked:
                return part
        return None


def _told(body: object) -> str:
    """What an error says. Some quote the whole request as the input that was wrong."""
    details = [entry for entry in loose.items(body, "detail") if isinstance(entry, dict)]
    if details:
        return " ".join(f"{entry.get('loc')} {entry.get('msg')}" for entry in details)
    return json.dumps(body, ensure_ascii=False, default=str)
