"""The folder of tool files: looked at again and again, shown, allowed, run. Core thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from app.extensions.pins import Pins, digest
from app.extensions.review import Condition, Extension, Review, ReviewKind
from app.tools.toolbox import Toolbox
from app.user_tools.process import FileBroken, FileProcess, ToolFile

LOOK_AGAIN_S = 2.0
MAX_FILE_BYTES = 200_000
MAX_FILES = 50

_log = logging.getLogger(__name__)


class ToolFolder:
    """`follow` with each change of the settings, `aclose` last."""

    def __init__(
        self,
        folder: Path,
        pins: Pins,
        toolbox: Toolbox,
        on_change: Callable[[], None],
        on_broken: Callable[[str], None],
        *,
        look_again_s: float = LOOK_AGAIN_S,
    ) -> None:
        self._folder = folder
        self._pins = pins
        self._toolbox = toolbox
        self._on_change = on_change
        self._on_broken = on_broken
        self._look_again_s = look_again_s
        self._files: dict[str, ToolFile] = {}
        self._problems: dict[str, str] = {}
        self._running: dict[str, FileProcess] = {}
        self._tools: dict[str, tuple[str, ...]] = {}
        self._watching: asyncio.Task[None] | None = None

    async def follow(self, *, enabled: bool) -> None:
        """Watch the folder, or stop and forget all of it."""
        if enabled and self._watching is None:
            await asyncio.to_thread(_make, self._folder)
            self._watching = asyncio.create_task(self._watch(), name="tool files")
        elif not enabled and self._watching is not None:
            await self.aclose()
            self._files, self._problems = {}, {}
            self._on_change()

    async def answer(self, review: Review) -> None:
        """The user allowed a file. Raises OSError where that cannot be kept."""
        if review.kind is ReviewKind.TOOL_FILE:
            await asyncio.to_thread(self._pins.pin, {review.id: review.digest})
            await self._run(review.id.partition(":")[2])

    async def start_again(self, name: str) -> None:
        """Try a file anew."""
        if name in self._files:
            await self._stop(name)
            await self._run(name)

    def reviews(self) -> tuple[Review, ...]:
        """Files that the user has not seen as they are now."""
        return tuple(
            file_review(file) for file in self._files.values() if not self._is_allowed(file)
        )

    def extensions(self) -> tuple[Extension, ...]:
        """Each file as it is now."""
        return tuple(self._extension(name) for name in sorted({*self._files, *self._problems}))

    async def aclose(self) -> None:
        """Stop watching and end all processes."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait([self._watching])
            self._watching = None
        await asyncio.gather(*(self._stop(name) for name in tuple(self._running)))

    async def _watch(self) -> None:
        seen: dict[str, tuple[int, int]] = {}
        while True:
            now = await asyncio.to_thread(_look, self._folder)
            for name in {*seen, *now}:
                if seen.get(name) != now.get(name):
                    await self._renew(name)
            seen = now
            await asyncio.sleep(self._look_again_s)

    async def _renew(self, name: str) -> None:
        """The file is new, or another, or gone."""
        await self._stop(name)
        self._files.pop(name, None)
        self._problems.pop(name, None)
        try:
            self._files[name] = await asyncio.to_thread(_read, self._folder / name)
        except FileNotFoundError:
            _log.info("a tool file is gone")
        except (OSError, ValueError) as error:
            self._complain(name, f"it cannot be read: {error}")
        else:
            await self._run(name)
        self._on_change()

    async def _run(self, name: str) -> None:
        file = self._files.get(name)
        if file is None or name in self._running or not self._is_allowed(file):
            return
        self._problems.pop(name, None)
        process = self._running[name] = FileProcess(file)
        try:
            tools = await process.start()
            self._toolbox.put(_owner(name), tools)
        except (FileBroken, ValueError) as error:
            await self._stop(name)
            self._complain(name, str(error))
            return
        self._tools[name] = tuple(tool.name for tool in tools)

    async def _stop(self, name: str) -> None:
        self._toolbox.put(_owner(name), ())
        self._tools.pop(name, None)
        process = self._running.pop(name, None)
        if process is not None:
            await process.aclose()

    def _complain(self, name: str, problem: str) -> None:
        self._problems[name] = problem
        self._on_broken(f"{name}, {problem}")

    def _is_allowed(self, file: ToolFile) -> bool:
        return self._pins.holds(f"file:{file.path.name}", file.digest)

    def _extension(self, name: str) -> Extension:
        problem = self._problems.get(name, "")
        file = self._files.get(name)
        if problem:
            condition = Condition.FAILED
        elif file is not None and not self._is_allowed(file):
            condition = Condition.ASKS
        else:
            condition = Condition.RUNS if name in self._tools else Condition.STARTING
        return Extension(name, False, condition, problem, self._tools.get(name, ()))


def file_review(file: ToolFile) -> Review:
    """The whole file."""
    title = f"Use the tool file “{file.path.name}”? It runs with all your rights."
    return Review(f"file:{file.path.name}", ReviewKind.TOOL_FILE, title, file.source, file.digest)


def _make(folder: Path) -> None:
    """So that the user finds it."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        _log.info("the tool folder cannot be made: %s", error)


def _look(folder: Path) -> dict[str, tuple[int, int]]:
    """When each file was changed, and its size. A folder that is not there has none."""
    found: dict[str, tuple[int, int]] = {}
    try:
        for path in sorted(folder.glob("*.py"))[:MAX_FILES]:
            if path.is_file() and not path.name.startswith((".", "_")):
                about = path.stat()
                found[path.name] = about.st_mtime_ns, about.st_size
    except OSError as error:
        _log.info("the tool folder cannot be read: %s", error)
    return found


def _read(path: Path) -> ToolFile:
    with path.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise ValueError("it is too large")
    source = data.decode("utf-8")
    return ToolFile(path, source, digest(path.name, source))


def _owner(name: str) -> str:
    return f"file {name}"
