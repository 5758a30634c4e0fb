"""A VoiceSession over one websocket of the Realtime API. Core loop.

What is asked waits in a queue of its own, so that a stalled socket holds nobody up; one that
answers no ping is given up.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

from app.errors import AppError, Code
from app.providers.base import ChatMessage
from app.providers.openai.errors import Peer
from app.providers.openai.realtime_closing import closing_of, session_over
from app.providers.openai.realtime_link import KeepAlive, keep_little_in_flight
from app.providers.openai.realtime_outbox import Outbox, Pulse, Told
from app.providers.openai.realtime_protocol import kind_of
from app.providers.openai.realtime_protocol_wire import Frame, VoiceExchange, detail_of
from app.providers.openai.realtime_socket import RealtimeSocket
from app.providers.voice_session import (
    OnWire,
    SessionOver,
    SessionReady,
    SessionSetup,
    VoiceEvent,
    WireNote,
)

ALIVE = KeepAlive(2.0, 3.0, 0.5, by_library=False)
"""A dead connection is known after 5 seconds."""

GREETED_S = 2.0
"""How long a server that has greeted may leave the set-up unanswered: some never answer it."""

_LONGEST_S = 3600.0


class RealtimeSession(RealtimeSocket):
    """An open connection, of use once `begin` has returned. `on_wire` is shown each event."""

    def __init__(
        self,
        connection: Any,
        peer: Peer,
        exchange: VoiceExchange,
        alive: KeepAlive = ALIVE,
    ) -> None:
        self._exchange = exchange
        self._alive = alive
        self.on_wire: OnWire | None = None
        self._events: asyncio.Queue[VoiceEvent] = asyncio.Queue()
        self._moved = asyncio.Event()
        self._over: SessionOver | None = None
        self._closing = False
        self._dead: AppError | None = None
        self._pulse = Pulse(connection, alive, self._give_up)
        self._outbox = Outbox(connection, self._sent)
        super().__init__(connection, peer, "voice session")
        keep_little_in_flight(connection)
        self._tasks = [
            asyncio.create_task(self._outbox.run(), name="send to a voice session"),
            asyncio.create_task(self._pulse.run(), name="watch a voice session"),
        ]

    @property
    def label(self) -> str:
        """The model's name."""
        return self._peer.model

    @property
    def takes_pictures(self) -> bool:
        """Realtime models see."""
        return True

    @property
    def refused_parts(self) -> frozenset[str]:
        """What of a set-up the server did not take."""
        return self._exchange.without

    @property
    def words_models(self) -> tuple[str, ...]:
        """Who may transcribe the user, of those that were not refused."""
        return self._exchange.words_models

    async def begin(
        self, setup: SessionSetup, history: Sequence[ChatMessage], within_s: float
    ) -> None:
        """Set it up, and wait until that was accepted. Raises AppError."""
        exchange, begun_at = self._exchange, _now()
        exchange.set_up(setup, history)
        self._flush()
        while not exchange.is_ready:
            if self._over is not None and exchange.setup_error is None:
                raise self._over.error or AppError(Code.SERVER_CUT_OFF, self._peer.host)
            if exchange.setup_error is not None:
                error = exchange.wire.judge(exchange.setup_error)
                if self._over is not None or not exchange.leave_out_refused():
                    raise error
                self._flush()
            patience_s = min(within_s, GREETED_S) if exchange.is_greeted else within_s
            self._moved.clear()
            left_s = begun_at + patience_s - _now()
            if left_s > 0:
                await _until(self._moved, left_s)
            elif exchange.is_greeted:
                exchange.begin()
                self._flush()
            else:
                raise AppError(Code.SERVER_SILENT, self._peer.host)

    def events(self) -> AsyncIterator[VoiceEvent]:
        """What it tells, to one reader."""
        return Told(self._events)

    async def update(self, setup: SessionSetup) -> None:
        """Change what it was told."""
        if self._over is None:
            self._exchange.update(setup)
            self._flush()

    async def append(self, pcm: bytes) -> None:
        """More of the user's sound, at 24 kHz."""
        if self._over is None:
            self._exchange.append(pcm)
            self._flush()

    async def clear(self) -> None:
        """Forget what was not committed."""
        if self._over is None:
            self._exchange.clear()
            self._flush()

    async def commit(self) -> str:
        """The sound so far is a turn."""
        if self._over is not None:
            return ""
        ref = self._exchange.commit()
        self._flush()
        return ref

    async def add(self, messages: Sequence[ChatMessage]) -> None:
        """Put messages into its conversation."""
        if self._over is None:
            self._exchange.add(messages)
            self._flush()

    async def respond(self, instructions: str = "", *, aside: bool = False) -> str:
        """Ask for a response."""
        if self._over is not None:
            return ""
        ref = self._exchange.respond(instructions, aside=aside)
        self._flush()
        return ref

    async def cancel(self, response_id: str = "") -> None:
        """Stop a response."""
        if self._over is None:
            self._exchange.cancel(response_id)
            self._flush()

    async def truncate(self, item_id: str, heard_ms: int) -> None:
        """Only so much of an item was heard."""
        if self._over is None:
            self._exchange.truncate(item_id, heard_ms)
            self._flush()

    async def delete(self, item_id: str) -> None:
        """Take an item, or those of a response, out."""
        if self._over is None:
            self._exchange.delete(item_id)
            self._flush()

    async def aclose(self) -> None:
        """End it; half a second at most. What waits to be sent is dropped."""
        self._closing = True
        closing = asyncio.create_task(self._connection.close(), name="close a voice session")
        await asyncio.wait([closing], timeout=self._alive.close_within_s)
        self._connection.transport.abort()
        tasks = [closing, *self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.wait([*tasks, self._receiving], timeout=self._alive.close_within_s)
        for task in tasks:
            if task.done() and not task.cancelled():
                task.exception()

    # What is sent

    def _flush(self) -> None:
        wire = self._exchange.wire
        while wire.out:
            self._outbox.put(wire.out.popleft())
        while wire.told:
            self._tell(wire.told.popleft())
        if self._outbox.is_full:
            self._give_up()

    def _give_up(self) -> None:
        self._dead = AppError(Code.SERVER_SILENT, self._peer.host)
        self._connection.transport.abort()

    # What is told

    async def _take(self, event: dict[str, Any], size: int) -> None:
        self._pulse.heard()
        if self.on_wire is not None:
            self._note(False, kind_of(event), size, detail_of(event))
        self._exchange.take(event)
        self._flush()
        self._moved.set()

    def _garbage(self, size: int) -> None:
        """One bad frame is no reason to end a conversation."""
        self._pulse.heard()
        self._note(False, "no event", size, "")

    def _ended(self, closed: Any) -> None:
        if self._over is not None:
            return
        exchange, closing = self._exchange, closing_of(closed)
        self._note(False, "closed", 0, f"{closing[0]} {closing[1]}".strip())
        if self._closing:
            over = SessionOver()
        elif self._dead is not None:
            over = SessionOver(self._dead)
        elif exchange.expired:
            over = SessionOver(expired=True)
        else:
            over = session_over(
                closing,
                self._peer,
                left_s=self._left_s(),
                is_due=exchange.is_due,
                told=exchange.last_error,
            )
        self._over = over
        self._outbox.empty()
        for task in self._tasks:
            task.cancel()
        self._events.put_nowait(over)
        self._moved.set()

    def _tell(self, event: VoiceEvent) -> None:
        if isinstance(event, SessionReady):
            event = SessionReady(max(self._left_s() or 0.0, 0.0))
        self._events.put_nowait(event)

    def _left_s(self) -> float | None:
        """How long it may last; None where that is not told, or this clock is wrong."""
        left_s = self._exchange.expires_at - time.time()
        return left_s if -_LONGEST_S < left_s <= 2 * _LONGEST_S else None

    def _sent(self, frame: Frame) -> None:
        if self.on_wire is not None:
            detail = detail_of(frame.event) if frame.event else ""
            self._note(True, frame.kind, len(frame.text), detail)

    def _note(self, sent: bool, kind: str, size_bytes: int, detail: str) -> None:
        if self.on_wire is not None:
            self.on_wire(WireNote(_now(), sent, kind, size_bytes, detail))


async def _until(event: asyncio.Event, within_s: float) -> None:
    """Wait for `event`, or for this long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            await event.wait()


def _now() -> float:
    return asyncio.get_running_loop().time()
