"""What a voice session has to send and to tell, and whether it still lives. Core loop."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Self

from app.providers.openai.realtime_link import KeepAlive, library
from app.providers.openai.realtime_protocol_wire import Frame
from app.providers.voice_session import SessionOver, VoiceEvent

FULL_BYTES = 48 * 1024 * 1024
"""More is a connection that takes nothing, or a caller who does not stop."""

_GRACE_S = 0.2
"""What a computer that was held up gets to read what has come meanwhile."""


class Outbox:
    """Sends in order, as fast as the socket takes it. Putting in waits for nothing."""

    def __init__(self, connection: Any, on_sent: Callable[[Frame], None]) -> None:
        self._connection = connection
        self._on_sent = on_sent
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()

    @property
    def is_full(self) -> bool:
        """Whether it is out of hand."""
        return self._bytes > FULL_BYTES

    def put(self, frame: Frame) -> None:
        """Send it behind what waits already."""
        self._frames.append(frame)
        self._bytes += len(frame.text)
        self._wake.set()

    def empty(self) -> None:
        """Forget what waits."""
        self._frames.clear()
        self._bytes = 0

    async def run(self) -> None:
        """Until the connection is closed."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._frames:
                    frame = self._frames.popleft()
                    self._bytes -= len(frame.text)
                    self._on_sent(frame)
                    await self._connection.send(frame.text)
        except library().exceptions.ConnectionClosed:
            return  # Whoever receives tells it.


class Told:
    """What a session tells, up to its end, which stays told. It may be left at any moment."""

    def __init__(self, events: asyncio.Queue[VoiceEvent]) -> None:
        self._events = events
        self._is_over = False

    def __aiter__(self) -> Self:
        """The same."""
        return self

    async def __anext__(self) -> VoiceEvent:
        """The next one."""
        if self._is_over:
            raise StopAsyncIteration
        event = await self._events.get()
        if isinstance(event, SessionOver):
            self._is_over = True
            self._events.put_nowait(event)
        return event


class Pulse:
    """Asks for a sign of life after each silence, and says so when none comes."""

    def __init__(self, connection: Any, alive: KeepAlive, on_dead: Callable[[], None]) -> None:
        self._connection = connection
        self._alive = alive
        self._on_dead = on_dead
        self._heard_at = self._pinged_at = _now()
        self._ping: asyncio.Task[None] | None = None

    def heard(self) -> None:
        """Anything came."""
        self._heard_at = _now()

    async def run(self) -> None:
        """Until it is dead."""
        try:
            while not await self._is_dead():
                pass
        finally:
            if self._ping is not None:
                self._ping.cancel()
        self._on_dead()

    async def _is_dead(self) -> bool:
        """Look at it, and wait until the next look is due."""
        if self._ping is None or self._ping.done():
            due_at = self._heard_at + self._alive.ping_every_s
            if _now() >= due_at:
                self._pinged_at = _now()
                self._ping = asyncio.create_task(self._ask(), name="ping")
                return False
        else:
            due_at = max(self._pinged_at, self._heard_at) + self._alive.pong_within_s
            if _now() >= due_at + _GRACE_S:
                return True
            due_at += _GRACE_S if _now() >= due_at else 0.0
        await asyncio.sleep(max(due_at - _now(), 0.01))
        return False

    async def _ask(self) -> None:
        try:
            await (await self._connection.ping())
        except library().exceptions.ConnectionClosed:
            return
        self.heard()


def _now() -> float:
    return asyncio.get_running_loop().time()
