"""Carries out commands about folders beside the core's queue: an index may take a second."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from app.errors import AppError
from app.knowledge import commands
from app.knowledge.library import Library

_OURS = (
    commands.AddFolder,
    commands.RemoveFolder,
    commands.PauseFolder,
    commands.UpdateFolders,
    commands.ListLeftOut,
    commands.EstimateEmbeddings,
    commands.AllowEmbeddings,
    commands.SearchSources,
    commands.OpenSource,
)


class Errands:
    """Core thread. One after another, in their order; a search that is outdated is left out."""

    def __init__(
        self,
        library: Library,
        spawn: Callable[[Awaitable[None], str], object],
        on_trouble: Callable[[AppError], None],
    ) -> None:
        self._library = library
        self._spawn = spawn
        self._on_trouble = on_trouble
        self._one_at_a_time = asyncio.Lock()
        self._search: commands.SearchSources | None = None

    async def on_command(self, command: object) -> bool:
        """Whether the command is about folders; it is done later."""
        if not isinstance(command, _OURS):
            return False
        if isinstance(command, commands.SearchSources):
            self._search = command
        self._spawn(self._do(command), f"knowledge {type(command).__name__}")
        return True

    async def _do(self, command: object) -> None:
        async with self._one_at_a_time:
            if isinstance(command, commands.SearchSources) and command is not self._search:
                return
            try:
                await self._library.on_command(command)
            except AppError as error:
                self._on_trouble(error)
