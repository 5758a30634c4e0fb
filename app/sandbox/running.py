"""Starts a job in the sandbox and waits for it, as one cancellable call. Core thread."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import signal
import sys
from asyncio import subprocess
from collections.abc import Callable
from dataclasses import dataclass

import app
from app.sandbox.job import Job

HEAD_BYTES = 12_000
TAIL_BYTES = 12_000
_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(app.__file__)))
_PIECE_BYTES = 16_384
_GRACE_S = 3.0
"""What the launcher may take beyond the job's own time."""

_STOPPED = {
    "time": "it took too long",
    "memory": "it used too much memory",
    "processes": "it started too many processes",
}


class SandboxMissing(Exception):
    """Nothing was run, because a layer of the sandbox is missing; the text says which."""


class NotStarted(Exception):
    """The program could not be started; the text says why."""


@dataclass(frozen=True, slots=True)
class Finished:
    """`code` is the program's exit code, below zero a signal's number; None when it was stopped.

    `output` is what it wrote, its middle left out where it was long.
    """

    output: str
    code: int | None = None
    stopped: str = ""


class _Output:
    """The first and the last bytes of all that was written."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self.total_bytes = 0

    def add(self, piece: bytes) -> None:
        """More of it."""
        self.total_bytes += len(piece)
        room = HEAD_BYTES - len(self._head)
        self._head += piece[:room]
        self._tail += piece[room:] if room > 0 else piece
        del self._tail[:-TAIL_BYTES]

    def text(self) -> str:
        """In words, with a note of what was left out."""
        missing = self.total_bytes - len(self._head) - len(self._tail)
        gap = f"\n[{missing} bytes left out here]\n".encode() if missing else b""
        return (bytes(self._head) + gap + bytes(self._tail)).decode("utf-8", "replace")


async def run(job: Job, on_output: Callable[[int, str], None] = lambda *_: None) -> Finished:
    """Run to the end, to the job's limit, or until cancelled: then nothing of it is left.

    `on_output` gets the bytes so far and the last line. Raises SandboxMissing and NotStarted.
    """
    if sys.platform != "linux":
        raise SandboxMissing("commands are run on Linux only")
    told, tells = os.pipe()
    try:
        process = await _launch(tells)
    except BaseException:
        os.close(told)
        raise
    finally:
        os.close(tells)
    output = _Output()
    try:
        await _to_the_end(process, job, output, on_output)
        report = await asyncio.to_thread(_report, told)
    finally:
        os.close(told)
        await _end(process)
    return _finished(report, output)


async def _launch(tells: int) -> subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-SEs", "-m", "app.sandbox.launcher", str(tells),
        cwd=_ROOT,
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=(tells,),
        start_new_session=True,
    )  # fmt: skip


async def _to_the_end(
    process: subprocess.Process,
    job: Job,
    output: _Output,
    on_output: Callable[[int, str], None],
) -> None:
    """Until it has ended, at most a little longer than its time; kills it then."""
    assert process.stdin is not None
    with contextlib.suppress(ConnectionError):
        process.stdin.write(job.to_json().encode())
        await process.stdin.drain()
    process.stdin.close()
    reading = asyncio.create_task(_read(process, output, on_output), name="sandbox output")
    try:
        await asyncio.wait([reading], timeout=job.limits.seconds + _GRACE_S)
    finally:
        _kill(process)
        if not reading.done():
            await asyncio.wait([reading], timeout=_GRACE_S)
        reading.cancel()
        await asyncio.wait([reading])
    if not reading.cancelled():
        reading.result()


async def _read(
    process: subprocess.Process, output: _Output, on_output: Callable[[int, str], None]
) -> None:
    assert process.stdout is not None
    while piece := await process.stdout.read(_PIECE_BYTES):
        output.add(piece)
        on_output(output.total_bytes, piece.decode("utf-8", "replace").rstrip().split("\n")[-1])


def _report(descriptor: int) -> dict[str, object]:
    """All that the launcher told, which has ended: nobody keeps the pipe open."""
    lines = b"".join(iter(lambda: os.read(descriptor, 4096), b"")).splitlines()
    report: dict[str, object] = {}
    for line in lines:
        report |= json.loads(line)
    return report


def _finished(report: dict[str, object], output: _Output) -> Finished:
    if "missing" in report:
        raise SandboxMissing(str(report["missing"]))
    if "failed" in report:
        raise NotStarted(str(report["failed"]))
    if not report:
        raise SandboxMissing(f"the launcher failed: {output.text().strip()[-300:]}")
    finished = Finished(output.text())
    if isinstance(code := report.get("code"), int):
        return dataclasses.replace(finished, code=code)
    reason = str(report.get("stopped", "time"))
    return dataclasses.replace(finished, stopped=_STOPPED.get(reason, reason))


def _kill(process: subprocess.Process) -> None:
    """The launcher's group holds the namespace's first process, and the kernel ends the rest."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


async def _end(process: subprocess.Process) -> None:
    _kill(process)
    waiting = asyncio.ensure_future(process.wait())
    await asyncio.wait([waiting], timeout=_GRACE_S)
    waiting.cancel()
    await asyncio.wait([waiting])
