"""Keeps the index up to date: at the start, after changes, and now and then. Core thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from app.errors import AppError
from app.knowledge.embedding import Embedder, name_of
from app.knowledge.embedding_work import embed_folder
from app.knowledge.folder_states import FolderStates
from app.knowledge.index import FolderRow, Index
from app.knowledge.index_process import run_indexer

EVERY_S = 900.0
BATTERY_EVERY_S = 30.0

NOBODY = -1
"""The indexer erases what was removed whatever it is asked for; no folder has this id."""

TRIES = 3
BROKE_OFF = "Reading broke off. Sayso tries again in a quarter of an hour."
OTHER_MODEL = "Embedding stopped: the model or the server is another one now. Allow it anew."


class Upkeep:
    """`run` until cancelled. One indexer at a time, and no embedding beside it."""

    def __init__(
        self,
        path: Path,
        index: Index,
        states: FolderStates,
        embedder: Callable[[], Awaitable[Embedder | None]],
        on_battery: Callable[[], bool],
        on_vectors: Callable[[], None],
        on_trouble: Callable[[AppError], None],
    ) -> None:
        self._path = path
        self._index = index
        self._states = states
        self._embedder = embedder
        self._on_battery = on_battery
        self._on_vectors = on_vectors
        self._on_trouble = on_trouble
        self._wanted = asyncio.Event()
        self._ignores_battery = False
        self._work: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Work, wait for something to do, work."""
        while True:
            self._wanted.clear()
            try:
                await self._work_once()
            except AppError as error:
                self._on_trouble(error)
            waiting = asyncio.create_task(self._wanted.wait(), name="knowledge waits")
            try:
                await asyncio.wait([waiting], timeout=EVERY_S)
            finally:
                waiting.cancel()
                await asyncio.wait([waiting])

    async def begin_anew(self, *, at_once: bool) -> None:
        """Something has changed: what goes on is cut off. `at_once` counts battery as power."""
        self._ignores_battery = at_once
        self._wanted.set()
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait([self._work])
        await self._states.tell(waiting=True)

    async def _work_once(self) -> None:
        """One pass, which ends early when the computer goes on battery."""
        allowed = not await self._is_on_battery()
        if not allowed and not await self._index.has_removed():
            await self._states.tell(on_battery=True)
            return
        work = asyncio.create_task(self._pass(allowed=allowed), name="knowledge")
        self._work = work
        try:
            while not work.done():
                await asyncio.wait([work], timeout=BATTERY_EVERY_S)
                if not work.done() and allowed and await self._is_on_battery():
                    work.cancel()
        finally:
            self._work = None
            work.cancel()
            await asyncio.wait([work])
        if work.cancelled():
            await self._states.tell(on_battery=await self._is_on_battery(), waiting=True)
        else:
            work.result()

    async def _pass(self, *, allowed: bool) -> None:
        await self._states.tell(on_battery=not allowed)
        await self._read(() if allowed else (NOBODY,))
        await self._states.tell(on_battery=not allowed)
        if not allowed:
            return
        for folder in await self._index.folders():
            if folder.embeds and not folder.paused:
                await self._embed(folder)
        self._ignores_battery = False

    async def _read(self, folders: tuple[int, ...]) -> None:
        """A file that ends the indexer is known to the next one, and left out."""
        for _ in range(TRIES):
            if await run_indexer(self._path, folders, self._states.reading):
                return
        for folder in await self._index.folders():
            if not folder.paused:
                await self._index.note_problem(folder.id, BROKE_OFF)

    async def _embed(self, folder: FolderRow) -> None:
        missing, _ = await self._index.chars_without_vector(folder.id)
        if not missing:
            return
        problem = OTHER_MODEL
        try:
            embedder = await self._embedder()
            if embedder is not None and name_of(embedder) == folder.embeds:
                await embed_folder(
                    self._index,
                    folder.id,
                    embedder,
                    lambda done, total: self._states.embedding(folder.id, done, total),
                )
                problem = ""
        except AppError as error:
            problem = error.message
        finally:
            self._on_vectors()
        await self._index.note_problem(folder.id, problem)
        await self._states.tell()

    async def _is_on_battery(self) -> bool:
        return not self._ignores_battery and await asyncio.to_thread(self._on_battery)
