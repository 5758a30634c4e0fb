"""A tool that runs a program in the sandbox. It exists only while the user wants it."""

from __future__ import annotations

import asyncio
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Annotated, Any

from app.sandbox.job import Job, Limits
from app.sandbox.running import Finished, NotStarted, SandboxMissing, run
from app.tools.base import Origin, Risk, Tool, ToolFailed
from app.tools.progress import progress
from app.tools.schema import Answer, tool

MAX_WORDS = 100
MAX_WORD_CHARS = 8_000
_NEVER = ("/", "/etc", "/proc", "/sys", "/dev", "/run", "/boot", "/usr", "/var", "/home", "/tmp")


def program_tools(
    given: Callable[[], Sequence[str]],
    limits: Limits | None = None,
    *,
    never: Sequence[Path] = (),
) -> tuple[Tool]:
    """run_command. `given` tells the folders that programs may write in.

    Those in `never`, below them and above them are not written in.
    """
    bounds = limits or Limits()

    def question(arguments: Mapping[str, Any]) -> str:
        words = _checked(arguments["argv"])
        where = f" in {arguments['folder']}" if arguments.get("folder") else ""
        return f"Run this command{where}? {command_line(words)}"

    @tool(
        description=(
            "Run a program with its arguments: no shell, so no pipes, wildcards or variables. It "
            "has no network, sees only the system's own files and the folders that the user gave "
            "for commands, and ends after 30 seconds. The user is asked first."
        ),
        risk=Risk.IRREVERSIBLE,
        timeout_s=bounds.seconds + 10.0,
        question=question,
        family="commands",
        origin=Origin.FILE,
        only_exactly=True,
    )
    async def run_command(
        argv: Annotated[list[str], 'The program and its arguments: ["wc", "-l", "notes.txt"].'],
        folder: Annotated[
            str | None, "The full path of the given folder to begin in; null for an empty one."
        ] = None,
    ) -> Answer:
        folders = await asyncio.to_thread(usable_folders, given(), Path.home(), never)
        start = await asyncio.to_thread(_start, folder or "", folders)
        return _answer(await _run(Job(_checked(argv), folders, start, bounds)))

    return (run_command,)


def command_line(words: Sequence[str]) -> str:
    """As it would be typed, with nothing in it that does not show."""
    shown = (word if word.isprintable() else word.encode("unicode_escape").decode()
             for word in words)  # fmt: skip
    return shlex.join(shown)


def usable_folders(given: Sequence[str], home: Path, never: Sequence[Path] = ()) -> tuple[str, ...]:
    """The real paths of those that exist and are narrow enough to be written in. Blocks."""
    private = [PurePath(os.path.realpath(path)) for path in never]
    found = []
    for name in given:
        path = PurePath(os.path.realpath(os.path.expanduser(name.strip() or "/")))
        is_wide = str(path) in _NEVER or PurePath(home).is_relative_to(path)
        is_hidden = path.is_relative_to(home) and any(
            part.startswith(".") for part in path.relative_to(home).parts
        )
        touches = any(path.is_relative_to(own) or own.is_relative_to(path) for own in private)
        if not (is_wide or is_hidden or touches) and os.path.isdir(path):
            found.append(str(path))
    return tuple(dict.fromkeys(found))


def _start(folder: str, folders: Sequence[str]) -> str:
    """Where to begin: a real path in one of the folders. Blocks."""
    start = os.path.realpath(os.path.expanduser(folder)) if folder else ""
    if start and not any(PurePath(start).is_relative_to(each) for each in folders):
        known = ", ".join(folders) or "none"
        raise ToolFailed(f"“{folder}” is not in the folders for commands: {known}")
    return start


async def _run(job: Job) -> Finished:
    try:
        return await run(job, lambda size, line: progress(f"{size} bytes: {line[-80:]}"))
    except SandboxMissing as error:
        raise ToolFailed(
            f"Nothing was run: this computer cannot close the sandbox ({error})"
        ) from None
    except NotStarted as error:
        raise ToolFailed(f"{job.argv[0]} could not be started: {error}") from None


def _answer(finished: Finished) -> dict[str, object]:
    ended = {"exit_code": finished.code} if finished.code is not None else {}
    stopped = {"stopped": finished.stopped} if finished.stopped else {}
    return {**ended, **stopped, "output": finished.output}


def _checked(words: Sequence[str]) -> tuple[str, ...]:
    if not words or not words[0].strip():
        raise ToolFailed("The command is empty.")
    if len(words) > MAX_WORDS or any(len(word) > MAX_WORD_CHARS for word in words):
        raise ToolFailed("The command is too long.")
    if any("\0" in word for word in words):
        raise ToolFailed("A command has no zero bytes in it.")
    return tuple(words)
