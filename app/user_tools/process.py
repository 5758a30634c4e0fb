"""A tool file's own process, as Sayso holds it: started when needed, ended when it hangs.

Core thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from asyncio import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import app
from app.extensions.environment import child_environment
from app.extensions.processes import reap, signal_group
from app.tools.base import Origin, Risk, Tool, ToolFailed, ToolResult
from app.tools.progress import progress

START_S = 10.0
_MAX_LINE_BYTES = 1_000_000
_KILL = 9


class FileBroken(Exception):
    """The file cannot be used; the text says why, and in which line."""


@dataclass(frozen=True, slots=True)
class ToolFile:
    """A file as it was read."""

    path: Path
    source: str
    digest: str


class FileProcess:
    """`start` gives the tools; each call starts it again where it has ended. `aclose` last."""

    def __init__(self, file: ToolFile) -> None:
        self.file = file
        self._process: subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._first: asyncio.Future[dict[str, Any]] | None = None
        self._calls: dict[int, asyncio.Queue[dict[str, Any] | None]] = {}
        self._last = 0
        self._starting = asyncio.Lock()

    async def start(self) -> tuple[Tool, ...]:
        """Run the file; its tools. Raises FileBroken."""
        async with self._starting:
            told = await self._start()
        return tuple(self._tool(raw) for raw in told["tools"])

    async def aclose(self) -> None:
        """End it, and fail what it was doing."""
        process, self._process = self._process, None
        if process is None:
            return
        signal_group(process, _KILL)
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])
        await reap(process)

    async def _start(self) -> dict[str, Any]:
        await self.aclose()
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "app.user_tools.host",
            cwd=Path(app.__file__).parents[1],
            env=child_environment(os.environ),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            limit=_MAX_LINE_BYTES,
            start_new_session=True,
        )  # fmt: skip
        self._first = first = asyncio.get_running_loop().create_future()
        self._reading = asyncio.create_task(
            self._read(process), name=f"tools {self.file.path.name}"
        )
        await self._send({"path": str(self.file.path), "source": self.file.source})
        await asyncio.wait([first], timeout=START_S)
        told = first.result() if first.done() else {"problem": "it did not begin in time"}
        if "tools" not in told:
            await self.aclose()
            line = f"line {told['line']}: " if told.get("line") else ""
            raise FileBroken(f"{line}{told.get('problem', 'it has ended')}")
        return dict(told)

    async def _run(self, name: str, arguments: dict[str, Any]) -> ToolResult:
        async with self._starting:
            if self._process is None or self._reading is None or self._reading.done():
                await self._start_again()
        self._last += 1
        number = self._last
        answers = self._calls[number] = asyncio.Queue()
        try:
            await self._send({"id": number, "name": name, "arguments": arguments})
            while (told := await answers.get()) is not None:
                if "progress" not in told:
                    return ToolResult(str(told["text"]), bool(told["ok"]))
                progress(str(told["progress"]))
            raise ToolFailed(f"The tool file {self.file.path.name} has ended.")
        except asyncio.CancelledError:
            await self.aclose()  # Nobody can tell whether its thread would ever come back.
            raise
        finally:
            self._calls.pop(number, None)

    async def _start_again(self) -> None:
        try:
            await self._start()
        except FileBroken as error:
            raise ToolFailed(f"The tool file {self.file.path.name} is broken: {error}") from None

    async def _send(self, message: dict[str, Any]) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        with contextlib.suppress(ConnectionError):  # the reader finds out that it has ended
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            await self._process.stdin.drain()

    async def _read(self, process: subprocess.Process) -> None:
        assert process.stdout is not None
        try:
            while line := await process.stdout.readline():
                self._take(json.loads(line))
        except ValueError:
            return  # Something else wrote there: it is not trusted any further.
        finally:
            if self._first is not None and not self._first.done():
                self._first.set_result({"problem": "it has ended"})
            for answers in self._calls.values():
                answers.put_nowait(None)

    def _take(self, told: dict[str, Any]) -> None:
        if "id" in told:
            if (answers := self._calls.get(told["id"])) is not None:
                answers.put_nowait(told)
        elif self._first is not None and not self._first.done():
            self._first.set_result(told)

    def _tool(self, raw: dict[str, Any]) -> Tool:
        name = str(raw["name"])

        async def run(**arguments: Any) -> ToolResult:
            return await self._run(name, arguments)

        return Tool(
            name=name,
            description=str(raw["description"]),
            parameters=raw["parameters"],
            risk=Risk(raw["risk"]),
            run=run,
            timeout_s=float(raw["timeout_s"]),
            question=lambda _: f"Use “{name.replace('_', ' ')}” of {self.file.path.name}?",
            family="own tools",
            origin=Origin.SERVER,
            foreign=True,
        )
