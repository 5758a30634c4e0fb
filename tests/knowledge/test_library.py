"""Folders as the core keeps them: the real indexer in its own process, searches, embeddings."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

from app.errors import AppError, Code
from app.knowledge import commands, events
from app.knowledge.errands import Errands
from app.knowledge.events import FolderPhase, FolderState
from app.knowledge.library import NO_EMBEDDINGS, Library, LibraryParts
from app.knowledge.passage import LeftOut, Place

_Event = TypeVar("_Event")
DIMENSIONS = 64


class WordBag:
    """Embeds by words and their kin: "automobile" is near "car"."""

    model, server, has_prices = "text-embedding-3-small", "api.openai.com", True

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails: AppError | None = None

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        if self.fails is not None:
            raise self.fails
        self.asked.extend(texts)
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> list[float]:
        vector = [0.001] * DIMENSIONS
        for word in text.lower().replace("automobile", "car").split():
            digest = hashlib.blake2b(word.strip(".,").encode(), digest_size=4).digest()
            vector[int.from_bytes(digest, "big") % DIMENSIONS] += 1.0
        return vector


class Desk:
    """A library that runs, and what it told."""

    def __init__(self, home: Path) -> None:
        self.docs = home / "docs"
        self.docs.mkdir()
        self.told: list[events.KnowledgeEvent] = []
        self.shown: list[Place] = []
        self.trouble: list[AppError] = []
        self.embedder: WordBag | None = WordBag()
        self.on_battery = False
        self._news = asyncio.Event()
        self.library = Library(
            LibraryParts(
                path=home / "data" / "knowledge.db",
                own_folders=(home / "data",),
                embedder=self._embedder,
                on_battery=lambda: self.on_battery,
                show=self._show,
                publish=self._hear,
                on_trouble=self.trouble.append,
            )
        )

    async def _embedder(self) -> WordBag | None:
        return self.embedder

    async def _show(self, place: Place) -> None:
        self.shown.append(place)

    def _hear(self, event: events.KnowledgeEvent) -> None:
        self.told.append(event)
        self._news.set()

    def write(self, name: str, text: str) -> Path:
        path = self.docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def last(self, kind: type[_Event]) -> _Event:
        return [event for event in self.told if isinstance(event, kind)][-1]

    @property
    def folders(self) -> tuple[FolderState, ...]:
        seen = [event for event in self.told if isinstance(event, events.FoldersChanged)]
        return seen[-1].folders if seen else ()

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(60):
            while not holds():
                self._news.clear()
                await self._news.wait()

    async def do(self, command: object) -> None:
        assert await self.library.on_command(command)

    async def add(self) -> None:
        """Add the folder and wait until it is read."""
        await self.do(commands.AddFolder(str(self.docs)))
        await self.until_ready()

    async def until_ready(self) -> None:
        await self.until(
            lambda: self.folders and all(f.phase is FolderPhase.READY for f in self.folders)
        )


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    running = asyncio.create_task(made.library.run())
    yield made
    running.cancel()
    await asyncio.wait([running])
    await made.library.aclose()


async def test_a_folder_is_read_found_in_and_opened_at_its_place(desk: Desk) -> None:
    desk.write("lease.md", "# Lease\n\nThe notice period is three months.\n")
    desk.write(".env", "KEY=1")
    await desk.add()
    (folder,) = desk.folders
    assert (folder.files, folder.left_out, folder.problem) == (1, ((LeftOut.SECRET, 1),), "")
    (hit,) = await desk.library.find("What is the notice period?", 5)
    assert hit.file == str(desk.docs / "lease.md")
    await desk.do(commands.SearchSources("notic"))
    (source,) = desk.last(events.SourcesFound).sources
    assert (source.line, source.text) == (3, "# Lease The notice period is three months.")
    await desk.do(commands.OpenSource(source.file, source.page, source.line))
    assert desk.shown == [Place(str(desk.docs / "lease.md"), 0, 3)]
    await desk.do(commands.ListLeftOut(folder.id))
    assert desk.last(events.LeftOutListed).files == ((".env", LeftOut.SECRET),)


async def test_only_what_is_in_the_index_is_opened(desk: Desk, tmp_path: Path) -> None:
    desk.write("a.txt", "apples")
    desk.write(".env", "KEY=1")
    outside = tmp_path / "docs2.txt"
    outside.write_text("apples")
    await desk.add()
    for file in (outside, desk.docs / ".env", desk.docs / ".." / "docs2.txt", "/etc/passwd"):
        with pytest.raises(AppError) as caught:
            await desk.do(commands.OpenSource(str(file)))
        assert caught.value.code is Code.SOURCE_GONE
    assert desk.shown == []


async def test_a_file_is_read_on_from_a_place(desk: Desk) -> None:
    lines = [f"line {number} " + "x" * 60 for number in range(1, 101)]
    file = desk.write("long.txt", "\n".join(lines))
    await desk.add()
    hits = await desk.library.read_from(str(file), 0, 50)
    assert hits[0].first_line <= 50 <= hits[0].last_line
    assert hits[-1].last_line == 100
    assert await desk.library.read_from(str(file.with_name("other.txt")), 0, 1) == []


async def test_a_removed_folder_is_forgotten_and_its_files_stay(desk: Desk, tmp_path: Path) -> None:
    file = desk.write("a.txt", "the word xylophonist")
    await desk.add()
    await desk.do(commands.RemoveFolder(desk.folders[0].id))
    assert desk.folders == ()
    assert await desk.library.find("xylophonist", 5) == []
    index = tmp_path / "data"
    async with asyncio.timeout(60):
        while any(b"xylophonist" in path.read_bytes() for path in index.iterdir()):
            await asyncio.sleep(0.05)
    assert file.read_text() == "the word xylophonist"


async def test_folders_that_make_no_sense_are_refused(desk: Desk, tmp_path: Path) -> None:
    inner = desk.docs / "inner"
    inner.mkdir()
    desk.write("a.txt", "apples")
    await desk.add()
    refused = [str(inner), str(desk.docs), "/", str(tmp_path / "data"), str(tmp_path / "no")]
    for path in (*refused, str(desk.docs / "a.txt")):
        await desk.do(commands.AddFolder(path))
        assert desk.last(events.FolderRefused).reason
    assert len(desk.folders) == 1


async def test_a_folder_takes_the_place_of_those_inside_it(desk: Desk) -> None:
    desk.write("inner/a.txt", "apples")
    desk.write("b.txt", "apples")
    await desk.do(commands.AddFolder(str(desk.docs / "inner")))
    await desk.until_ready()
    await desk.add()
    assert [folder.path for folder in desk.folders] == [str(desk.docs)]
    assert {hit.file for hit in await desk.library.find("apples", 5)} == {
        str(desk.docs / "inner" / "a.txt"),
        str(desk.docs / "b.txt"),
    }


async def test_on_battery_it_waits_unless_it_is_asked(desk: Desk) -> None:
    desk.on_battery = True
    desk.write("a.txt", "apples")
    await desk.do(commands.AddFolder(str(desk.docs)))
    await desk.until(lambda: desk.folders and desk.folders[0].phase is FolderPhase.ON_BATTERY)
    assert await desk.library.find("apples", 5) == []
    await desk.do(commands.UpdateFolders())
    await desk.until_ready()
    assert len(await desk.library.find("apples", 5)) == 1


async def test_a_paused_folder_is_searched_but_not_read(desk: Desk) -> None:
    desk.write("a.txt", "apples")
    await desk.add()
    folder_id = desk.folders[0].id
    await desk.do(commands.PauseFolder(folder_id, True))
    desk.write("b.txt", "pears")
    await desk.do(commands.UpdateFolders())
    await desk.until(lambda: desk.folders[0].phase is FolderPhase.PAUSED)
    assert len(await desk.library.find("apples", 5)) == 1
    await desk.do(commands.PauseFolder(folder_id, False))
    await desk.until(lambda: desk.folders[0].files == 2)
    assert len(await desk.library.find("pears", 5)) == 1


async def test_a_killed_indexer_goes_on_where_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1500):
        desk.write(f"{number}.txt", f"number {number}\n" + "apples " * 2000)
    processes: list[asyncio.subprocess.Process] = []
    begin = asyncio.create_subprocess_exec

    async def begun(*words: str, **options: object) -> asyncio.subprocess.Process:
        process = await begin(*words, **options)  # type: ignore[arg-type]
        processes.append(process)
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", begun)
    await desk.do(commands.AddFolder(str(desk.docs)))
    await desk.until(
        lambda: any(isinstance(e, events.FolderProgress) and 0 < e.done < 1400 for e in desk.told)
    )
    killed = desk.last(events.FolderProgress)
    os.kill(processes[-1].pid, signal.SIGKILL)
    await desk.until_ready()
    assert desk.folders[0].files == 1500
    totals = [e.total for e in desk.told if isinstance(e, events.FolderProgress) and e.done == 0]
    assert totals[0] == 1500
    assert totals[1] <= 1500 - killed.done, "what was done is not done again"


async def test_nothing_is_sent_before_a_yes_and_the_price_comes_first(desk: Desk) -> None:
    desk.write("a.txt", "My car is in the garage.")
    desk.write("b.txt", "Bread, butter, cheese.")
    await desk.add()
    folder_id = desk.folders[0].id
    embedder = desk.embedder
    assert embedder is not None
    assert await desk.library.find("automobile", 5) == []
    await desk.do(commands.EstimateEmbeddings(folder_id))
    told = desk.last(events.EmbeddingsEstimated)
    assert (told.passages, told.server, told.problem) == (2, "api.openai.com", "")
    assert told.usd == pytest.approx(told.tokens * 0.02 / 1_000_000)
    assert embedder.asked == []
    await desk.do(commands.AllowEmbeddings(folder_id, told.embeds))
    await desk.until(lambda: desk.folders[0].embedded == 2)
    (hit, *_) = await desk.library.find("automobile", 5)
    assert hit.file.endswith("a.txt")
    assert embedder.asked[-1] == "automobile"
    await desk.do(commands.AllowEmbeddings(folder_id, ""))
    await desk.until(lambda: desk.folders[0].embedded == 0)
    sent = len(embedder.asked)
    assert await desk.library.find("automobile", 5) == []
    assert len(embedder.asked) == sent


async def test_a_yes_counts_for_one_model_on_one_server(desk: Desk) -> None:
    desk.write("a.txt", "My car.")
    await desk.add()
    await desk.do(commands.AllowEmbeddings(desk.folders[0].id, "other-model at elsewhere.example"))
    await desk.until(lambda: desk.folders[0].problem)
    assert "Allow it anew" in desk.folders[0].problem
    assert desk.embedder is not None
    assert desk.embedder.asked == []


async def test_a_server_that_fails_leaves_full_text(desk: Desk) -> None:
    desk.write("a.txt", "My car.")
    await desk.add()
    assert desk.embedder is not None
    desk.embedder.fails = AppError(Code.SERVER_UNREACHABLE, "api.openai.com")
    name = "text-embedding-3-small at api.openai.com"
    await desk.do(commands.AllowEmbeddings(desk.folders[0].id, name))
    await desk.until(lambda: desk.folders[0].problem)
    assert len(await desk.library.find("car", 5)) == 1


async def test_without_embeddings_the_page_is_told_why(desk: Desk) -> None:
    desk.write("a.txt", "My car.")
    await desk.add()
    desk.embedder = None
    await desk.do(commands.EstimateEmbeddings(desk.folders[0].id))
    assert desk.last(events.EmbeddingsEstimated).problem == NO_EMBEDDINGS


async def test_commands_do_not_hold_up_who_gives_them_and_late_searches_are_dropped(
    desk: Desk,
) -> None:
    desk.write("a.txt", "apples and pears")
    await desk.add()
    tasks: list[asyncio.Task[None]] = []

    async def run(work: Awaitable[None]) -> None:
        await work

    def spawn(work: Awaitable[None], name: str) -> None:
        tasks.append(asyncio.create_task(run(work), name=name))

    errands = Errands(desk.library, spawn, desk.trouble.append)
    for typed in ("a", "ap", "app", "apples"):
        assert await errands.on_command(commands.SearchSources(typed))
    assert await errands.on_command(commands.OpenSource("/etc/passwd"))
    assert not await errands.on_command(commands.ForgetFact("x"))
    assert not any(isinstance(event, events.SourcesFound) for event in desk.told)
    await asyncio.gather(*tasks)
    found = [event.query for event in desk.told if isinstance(event, events.SourcesFound)]
    assert found == ["apples"]
    assert [error.code for error in desk.trouble] == [Code.SOURCE_GONE]


@pytest.mark.logs("The store is broken")
async def test_a_broken_index_is_told_of_and_begun_anew(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "knowledge.db").write_bytes(b"no database at all" * 100)
    running = asyncio.create_task(desk.library.run())
    desk.write("a.txt", "apples")
    await desk.add()
    assert [error.code for error in desk.trouble] == [Code.INDEX_BROKEN]
    assert len(await desk.library.find("apples", 5)) == 1
    running.cancel()
    await asyncio.wait([running])
    await desk.library.aclose()


async def test_an_end_in_the_middle_leaves_nothing_behind(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for number in range(300):
        desk.write(f"{number}.txt", "apples " * 2000)
    running = asyncio.create_task(desk.library.run())
    await desk.do(commands.AddFolder(str(desk.docs)))
    await desk.until(lambda: any(isinstance(e, events.FolderProgress) for e in desk.told))
    running.cancel()
    await asyncio.wait([running])
    await desk.library.aclose()
    assert running.cancelled()
