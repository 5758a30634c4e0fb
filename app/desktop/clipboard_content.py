"""Content that this process serves on a clipboard, and who has read it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.desktop.wayland_pipes import is_chromium, is_read_by, write_all
from app.desktop.x11_formats import SECRET_HINT

Content = Mapping[str, bytes]
"""Data by the name of its type."""

TEXT_TYPES = ("text/plain;charset=utf-8", "text/plain", "UTF8_STRING", "STRING", "TEXT")


def text_content(text: str, *, hidden: bool) -> dict[str, bytes]:
    """The forms of a text. `hidden` marks it for clipboard managers as nothing to keep."""
    content = dict.fromkeys(TEXT_TYPES, text.encode())
    return {**content, SECRET_HINT: b"secret"} if hidden else content


@dataclass(frozen=True, slots=True)
class Reading:
    """The content was taken, whole. `by_target` is None where its reader is not known."""

    asked_at_s: float
    by_target: bool | None


class Readings:
    """Who has read one content, on all the clipboards that it is on."""

    def __init__(self, target_pid: int | None = None) -> None:
        """`target_pid` is the process whose readings count as the target's."""
        self.target_pid = target_pid
        # Chromium reads a text for the page to see, even where nothing can be pasted, and again.
        self.needed = 2 if target_pid and is_chromium(target_pid) else 1
        self.done: list[Reading] = []
        self.begun = 0
        self.writing: set[asyncio.Task[None]] = set()
        self.changed = asyncio.Event()

    def since(self, since_s: float) -> list[Reading]:
        """Those that were asked for at that moment or later."""
        return [reading for reading in self.done if reading.asked_at_s >= since_s]

    async def wait(self, since_s: float, within_s: float) -> bool:
        """Wait for one by the target, or by a reader who is not known; False if none comes."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within_s
        while all(reading.by_target is False for reading in self.since(since_s)):
            left_s = deadline - loop.time()
            if left_s <= 0:
                return False
            self.changed.clear()
            await first_of(self.changed, left_s)
        return True

    def pasted(self, since_s: float) -> bool:
        """Whether the target has read since then in order to paste."""
        return sum(one.by_target is True for one in self.since(since_s)) >= self.needed

    async def wait_to_paste(self, since_s: float, quiet_s: float) -> None:
        """Wait until it has, or there was no more reading during `quiet_s`."""
        read = -1
        while read < len(self.done) and not self.pasted(since_s):
            read = len(self.done)
            self.changed.clear()
            await first_of(self.changed, quiet_s)

    async def wait_for_end(self, within_s: float) -> None:
        """Wait until everybody who has begun to read has ended."""
        if self.writing:
            await asyncio.wait(self.writing, timeout=within_s)


class Served:
    """Content on offer, and what is being written of it."""

    def __init__(self, content: Content, readings: Readings) -> None:
        self.content = content
        self.readings = readings
        self.cancelled = False

    def serve(self, fd: int, name: str, after: Callable[[bool], None] = lambda _: None) -> None:
        """Write one form of it into a pipe and close that; then `after` hears whether all went."""
        if name not in self.content or self.cancelled:
            os.close(fd)
            after(False)
            return
        asked_at_s = time.monotonic()
        pid = self.readings.target_pid
        # The reader waits for the end of the pipe, so it is still there to be seen.
        by_target = is_read_by(fd, pid) if pid else None
        self.readings.begun += 1
        task = asyncio.create_task(self._write(fd, name, Reading(asked_at_s, by_target), after))
        self.readings.writing.add(task)
        task.add_done_callback(self.readings.writing.discard)

    async def end(self) -> None:
        """Stop serving; who is reading gets no more than it has."""
        writing = set(self.readings.writing)
        for task in writing:
            task.cancel()
        if writing:
            await asyncio.wait(writing)

    async def _write(
        self, fd: int, name: str, reading: Reading, after: Callable[[bool], None]
    ) -> None:
        whole = await write_all(fd, self.content[name])
        if whole and name != SECRET_HINT:
            self.readings.done.append(reading)
        after(whole)
        self.readings.changed.set()


async def first_of(event: asyncio.Event, within_s: float) -> None:
    """Wait for an event, or until time is up."""
    waiter = asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait([waiter], timeout=within_s)
    finally:
        waiter.cancel()
