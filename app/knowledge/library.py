"""The folders that the user added: kept up to date, searched, told of. Core thread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import AppError, Code
from app.knowledge import commands, events
from app.knowledge.embedding import Embedder, estimate
from app.knowledge.finder import Finder
from app.knowledge.folder_states import FolderStates
from app.knowledge.index import Hit, Index
from app.knowledge.passage import Place
from app.knowledge.places import NOT_A_FOLDER, placed
from app.knowledge.query import best_line, query_of, snippet
from app.knowledge.upkeep import Upkeep

SHOWN_SOURCES = 8
NO_EMBEDDINGS = "The provider of your answers makes no embeddings."

GetEmbedder = Callable[[], Awaitable[Embedder | None]]


@dataclass(frozen=True, slots=True)
class LibraryParts:
    """`on_battery` may block; `show` opens a file at a place and raises OSError."""

    path: Path
    own_folders: Sequence[Path]
    embedder: GetEmbedder
    on_battery: Callable[[], bool]
    show: Callable[[Place], Awaitable[None]]
    publish: Callable[[events.KnowledgeEvent], None]
    on_trouble: Callable[[AppError], None]


@dataclass(frozen=True, slots=True)
class _Opened:
    """The index and what works on it."""

    index: Index
    finder: Finder
    upkeep: Upkeep


class Library:
    """`run` beside the core; `aclose` at its end. The index is begun with the first folder."""

    def __init__(self, parts: LibraryParts) -> None:
        self._parts = parts
        self._shelf: _Opened | None = None
        self._opening = asyncio.Lock()
        self._begun = asyncio.Event()

    async def run(self) -> None:
        """Keep the index up to date until cancelled."""
        if not await asyncio.to_thread(self._parts.path.exists):
            await self._begun.wait()
        await (await self._opened()).upkeep.run()

    async def aclose(self) -> None:
        """Release the index."""
        if self._shelf is not None:
            await self._shelf.index.aclose()

    async def has_folders(self) -> bool:
        """Whether there is anything to search."""
        return await self._is_there() and bool(await (await self._opened()).index.folders())

    async def find(self, question: str, limit: int) -> list[Hit]:
        """The passages that fit best."""
        if not await self._is_there():
            return []
        return await (await self._opened()).finder.find(question, limit)

    async def read_from(self, file: str, page: int, line: int) -> list[Hit]:
        """What a file of the index says from this place on; empty for an unknown file."""
        if not await self._is_there():
            return []
        return await (await self._opened()).index.read_from(file, page, line)

    async def on_command(self, command: object) -> bool:
        """Whether the command was about folders. Raises AppError."""
        match command:
            case commands.AddFolder(path):
                await self._add(path)
            case commands.RemoveFolder(folder_id):
                await (await self._opened()).index.remove(folder_id)
                await self._changed()
            case commands.PauseFolder(folder_id, on):
                await (await self._opened()).index.pause(folder_id, on=on)
                await self._changed()
            case commands.UpdateFolders():
                await self._changed(at_once=True)
            case commands.ListLeftOut(folder_id):
                files = await (await self._opened()).index.left_out(folder_id)
                self._parts.publish(events.LeftOutListed(folder_id, files))
            case commands.EstimateEmbeddings(folder_id):
                await self._estimate(folder_id)
            case commands.AllowEmbeddings(folder_id, embeds):
                await (await self._opened()).index.allow_embeddings(folder_id, embeds)
                await self._changed()
            case commands.SearchSources(query):
                await self._search(query)
            case commands.OpenSource(file, page, line):
                await self._show(Place(file, page, line))
            case _:
                return False
        return True

    async def _is_there(self) -> bool:
        return self._shelf is not None or await asyncio.to_thread(self._parts.path.exists)

    async def _opened(self) -> _Opened:
        async with self._opening:
            if self._shelf is None:
                index = await Index.open(self._parts.path)
                if index.set_aside is not None:
                    self._parts.on_trouble(AppError(Code.INDEX_BROKEN, index.set_aside.name))
                self._shelf = self._made(index)
                self._begun.set()
        return self._shelf

    def _made(self, index: Index) -> _Opened:
        parts = self._parts
        finder = Finder(index, parts.embedder)
        states = FolderStates(index, parts.publish)
        upkeep = Upkeep(
            parts.path,
            index,
            states,
            parts.embedder,
            parts.on_battery,
            finder.forget_vectors,
            parts.on_trouble,
        )
        return _Opened(index, finder, upkeep)

    async def _changed(self, *, at_once: bool = False) -> None:
        shelf = await self._opened()
        shelf.finder.forget_vectors()
        await shelf.upkeep.begin_anew(at_once=at_once)

    async def _add(self, text: str) -> None:
        path = await asyncio.to_thread(_real_folder, text)
        if path is None:
            self._parts.publish(events.FolderRefused(text, NOT_A_FOLDER))
            return
        index = (await self._opened()).index
        folders = [(folder.id, folder.path) for folder in await index.folders()]
        verdict = placed(path, folders, self._parts.own_folders)
        if verdict.refused:
            self._parts.publish(events.FolderRefused(verdict.path, verdict.refused))
            return
        for folder_id in verdict.inside:
            await index.remove(folder_id)
        await index.add(verdict.path)
        await self._changed()

    async def _estimate(self, folder_id: int) -> None:
        index = (await self._opened()).index
        try:
            embedder = await self._parts.embedder()
        except AppError as error:
            told = events.EmbeddingsEstimated(folder_id, problem=error.message)
        else:
            told = events.EmbeddingsEstimated(folder_id, problem=NO_EMBEDDINGS)
            if embedder is not None:
                passages, chars = await index.chars_without_vector(folder_id)
                told = estimate(folder_id, passages, chars, embedder)
        self._parts.publish(told)

    async def _search(self, question: str) -> None:
        """For the search box: by words alone, since every key that is typed asks."""
        began_s = time.perf_counter()
        hits: list[Hit] = []
        if question.strip() and await self._is_there():
            finder = (await self._opened()).finder
            hits = await finder.find(question, SHOWN_SOURCES, typing=True, by_meaning=False)
        words = query_of(question, typing=True).words
        sources = tuple(
            events.FoundSource(
                hit.file, hit.page, hit.first_line + best_line(hit.text, words),
                snippet(hit.text, words),
            )
            for hit in hits
        )  # fmt: skip
        seconds = time.perf_counter() - began_s
        self._parts.publish(events.SourcesFound(question, sources, seconds))

    async def _show(self, place: Place) -> None:
        """Only what is in the index: a place may come from words that a model wrote."""
        known = await self._is_there() and await (await self._opened()).index.file_at(place.file)
        if not known:
            raise AppError(Code.SOURCE_GONE, Path(place.file).name)
        try:
            await self._parts.show(place)
        except OSError as error:
            raise AppError(Code.SOURCE_GONE, Path(place.file).name) from error


def _real_folder(text: str) -> Path | None:
    """The folder with no link in its path; None where there is none."""
    try:
        path = Path(text).expanduser().resolve(strict=True)
        return path if path.is_dir() else None
    except (OSError, RuntimeError, ValueError):
        return None
