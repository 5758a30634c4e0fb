"""Clipboard content through pipes: reading and writing them, and who is at the other end."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

_CHUNK = 1 << 16


class TooMuch(Exception):
    """There is more to read than is wanted."""


async def read_all(fd: int, most_bytes: int) -> bytes:
    """What comes out of a pipe until its end; closes it. Raises TooMuch or OSError."""
    os.set_blocking(fd, False)
    loop = asyncio.get_running_loop()
    data = bytearray()
    try:
        while True:
            await _ready(fd, loop.add_reader, loop.remove_reader)
            chunk = os.read(fd, _CHUNK)
            data += chunk
            if len(data) > most_bytes:
                raise TooMuch
            if not chunk:
                return bytes(data)
    finally:
        os.close(fd)


async def write_all(fd: int, data: bytes) -> bool:
    """Write into a pipe and close it; whether its reader took everything."""
    os.set_blocking(fd, False)
    loop = asyncio.get_running_loop()
    left = memoryview(data)
    try:
        while left:
            await _ready(fd, loop.add_writer, loop.remove_writer)
            left = left[os.write(fd, left) :]
        return True
    except OSError:
        return False
    finally:
        os.close(fd)


def is_read_by(fd: int, pid: int) -> bool | None:
    """Whether process `pid` holds the pipe that `fd` writes into; None if that is not told.

    Only its reader and its writer have an unnamed pipe open, and the writer is this process.
    """
    try:
        pipe = os.readlink(f"/proc/self/fd/{fd}")
        numbers = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return None
    held = sum(_opens(f"/proc/{pid}/fd/{number}") == pipe for number in numbers)
    return held > (pid == os.getpid())


def is_chromium(pid: int) -> bool:
    """Whether a process is Chromium, or a program built on it: those start others as a zygote."""
    # Children are listed by the thread that started them.
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return False
    return any(
        b"--type=zygote" in _command(child)
        for thread in threads
        for child in _children(f"/proc/{pid}/task/{thread}/children")
    )


def _children(path: str) -> list[str]:
    try:
        with open(path, encoding="ascii") as children:
            return children.read().split()
    except OSError:
        return []


def _command(pid: str) -> bytes:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as command:
            return command.read()
    except OSError:
        return b""


def _opens(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


async def _ready(fd: int, watch: Callable[..., object], unwatch: Callable[[int], object]) -> None:
    ready = asyncio.Event()
    watch(fd, ready.set)
    try:
        await ready.wait()
    finally:
        unwatch(fd)
