"""Runs one tool file: `python -m app.user_tools.host`, JSON lines in and out.

First comes the file itself; what it prints goes to the standard error.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import traceback
import types
from typing import Any, BinaryIO

from app.tools.base import ToolFailed
from app.tools.progress import on_progress
from app.tools.schema import validate
from app.user_tools import api

_LONGEST_TEXT = 64_000


class Wire:
    """Lines to Sayso, on a descriptor that the file's own prints do not reach."""

    def __init__(self) -> None:
        self._descriptor = os.dup(1)
        os.dup2(2, 1)

    def tell(self, **values: object) -> None:
        """One line; Sayso being gone ends this process."""
        data = json.dumps(values).encode() + b"\n"
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            os._exit(0)


def main() -> None:
    """Until the input closes."""
    wire = Wire()
    incoming = sys.stdin.buffer
    first = json.loads(incoming.readline())
    os.chdir(os.path.expanduser("~"))
    if not _load(first["path"], first["source"], wire):
        return
    asyncio.run(_serve(wire, incoming))


def _load(path: str, source: str, wire: Wire) -> bool:
    sys.modules[api.MODULE] = api
    module = types.ModuleType("tool_file")
    module.__file__ = path
    sys.modules[module.__name__] = module
    try:
        exec(
            compile(source, path, "exec", dont_inherit=True), module.__dict__
        )  # what the user has read and allowed
    except BaseException as error:  # noqa: BLE001 - whatever a file raises is told with its line
        line, words = _place(error, path)
        wire.tell(problem=words, line=line)
        return False
    wire.tell(
        tools=[
            {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
                "risk": tool.risk.value,
                "timeout_s": tool.timeout_s,
            }
            for tool in api.found
        ]
    )
    return True


async def _serve(wire: Wire, incoming: BinaryIO) -> None:
    loop = asyncio.get_running_loop()
    running: set[asyncio.Task[None]] = set()
    while line := await loop.run_in_executor(None, incoming.readline):
        task = asyncio.create_task(_answer(wire, json.loads(line)))
        running.add(task)
        task.add_done_callback(running.discard)
    os._exit(0)  # A thread of a tool may hang.


async def _answer(wire: Wire, call: dict[str, Any]) -> None:
    number = call["id"]
    on_progress(lambda text: wire.tell(id=number, progress=str(text)[:200]))
    try:
        tool = next(each for each in api.found if each.name == call["name"])
        result = await tool.run(**validate(tool, json.dumps(call["arguments"])))
        wire.tell(id=number, ok=result.ok, text=result.text[:_LONGEST_TEXT])
    except ToolFailed as error:
        wire.tell(id=number, ok=False, text=f"Error: {error}")
    except BaseException as error:  # noqa: BLE001 - whatever a tool raises ends as words
        line, words = _place(error, sys.modules["tool_file"].__file__ or "")
        wire.tell(id=number, ok=False, text=f"Error: {words} (line {line})", line=line)


def _place(error: BaseException, path: str) -> tuple[int, str]:
    """The last line of the file that had a part in it, and what happened."""
    words = f"{type(error).__name__}: {error}"[:500]
    if isinstance(error, SyntaxError):
        return error.lineno or 0, f"SyntaxError: {error.msg}"
    lines = [
        frame.lineno or 0
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == path
    ]
    return (lines[-1] if lines else 0), words


if __name__ == "__main__":
    main()
