"""Every tool that there is at the moment. Some come and go while Sayso runs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from app.tools.base import Tool

_log = logging.getLogger(__name__)


class Toolbox:
    """Core thread. Tools by who brought them, for instance the name of a server."""

    def __init__(self, tools: Sequence[Tool] = ()) -> None:
        self._by_owner: dict[str, tuple[Tool, ...]] = {}
        self._followers: list[Callable[[], None]] = []
        self.put("", tools)

    def put(self, owner: str, tools: Sequence[Tool]) -> None:
        """These are now all tools of `owner`; none takes them away.

        Raises ValueError when two of them have one name. A name that an earlier owner has stays
        with that one.
        """
        if len({tool.name for tool in tools}) != len(tools):
            raise ValueError("two tools have the same name")
        taken = {
            tool.name for other, held in self._by_owner.items() if other != owner for tool in held
        }
        for tool in tools:
            if tool.name in taken:
                _log.info("the tool %s of %s is hidden by another one", tool.name, owner)
        self._by_owner[owner] = tuple(tools)
        for follower in self._followers:
            follower()

    def follow(self, on_change: Callable[[], None]) -> None:
        """Be told of each change."""
        self._followers.append(on_change)

    def tools(self) -> tuple[Tool, ...]:
        """All of them, those that were there first in front."""
        known: dict[str, Tool] = {}
        for tools in self._by_owner.values():
            for tool in tools:
                known.setdefault(tool.name, tool)
        return tuple(known.values())
