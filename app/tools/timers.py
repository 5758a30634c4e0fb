"""Timers that survive a restart, and the tools that set, list and cancel them. Core thread."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import inspect
import json
import logging
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Protocol

from app.conversation.kept import Timer
from app.conversation.message import new_id
from app.errors import AppError
from app.tools.base import Origin, Risk, Tool, ToolFailed, ToolResult
from app.tools.own_words import is_foreign
from app.tools.schema import Answer, tool

MAX_SECONDS = 7 * 24 * 3600
MAX_TIMERS = 100

_log = logging.getLogger(__name__)


class TimerStore(Protocol):
    """Where timers are kept."""

    async def timers(self) -> tuple[Timer, ...]:
        """All of them, the next one first."""
        ...

    async def add_timer(self, timer: Timer) -> None:
        """Keep one."""
        ...

    async def remove_timer(self, timer_id: str) -> None:
        """Forget one; an id that is gone is no error."""
        ...


if sys.platform == "win32":
    _elapsed = time.monotonic
else:
    # Counts on while the computer sleeps, and is not moved by a change of the clock.
    _CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

    def _elapsed() -> float:
        return time.clock_gettime(_CLOCK)


def _utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True, slots=True)
class _Running:
    timer: Timer
    due_s: float


class Timers:
    """Any number of countdowns. `start` first, `aclose` last.

    `on_due` is called once for each timer that runs out, and should return soon: the other timers
    wait for it.
    """

    LOOK_AGAIN_S = 5.0
    """Longest nap: how late a timer may be after the computer slept."""

    def __init__(
        self,
        store: TimerStore,
        on_due: Callable[[Timer], Awaitable[None] | None],
        *,
        now: Callable[[], datetime.datetime] = _utc_now,
    ) -> None:
        self._store = store
        self._on_due = on_due
        self._now = now
        self._running: list[_Running] = []
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> tuple[Timer, ...]:
        """Take up the kept timers. Gives those that fell due while Sayso was closed, forgotten."""
        missed: list[Timer] = []
        kept = await self._store.timers()
        known = {running.timer.id for running in self._running}
        for timer in (timer for timer in kept if timer.id not in known):
            left_s = (timer.due_at - self._now()).total_seconds()
            if left_s > 0:
                self._running.append(_Running(timer, _elapsed() + left_s))
            else:
                missed.append(timer)
                await self._store.remove_timer(timer.id)
        self._task = asyncio.create_task(self._watch(), name="timers")
        return tuple(missed)

    async def set(self, seconds: int, label: str = "", *, is_foreign: bool = False) -> Timer:
        """Begin a countdown. Raises ToolFailed when it is too long, or one too many.

        `is_foreign`: others may have written the label.
        """
        if not 1 <= seconds <= MAX_SECONDS:
            raise ToolFailed("A timer runs for one second to seven days.")
        if len(self._running) >= MAX_TIMERS:
            raise ToolFailed(f"There are already {MAX_TIMERS} timers.")
        due_at = self._now() + datetime.timedelta(seconds=seconds)
        label = " ".join(label.split())[:60]
        timer = Timer(new_id(), label, seconds, due_at, bool(label) and is_foreign)
        running = _Running(timer, _elapsed() + seconds)
        await self._store.add_timer(timer)
        self._running.append(running)
        self._changed.set()
        return timer

    def list(self) -> tuple[tuple[Timer, int], ...]:
        """Each running timer and the whole seconds that it has left, the next one first."""
        now_s = _elapsed()
        ordered = sorted(self._running, key=lambda running: running.due_s)
        return tuple((each.timer, max(0, round(each.due_s - now_s))) for each in ordered)

    async def cancel(self, label: str | None = None) -> int:
        """Stop those with this label (in any case), or all; gives how many."""
        wanted = [
            running
            for running in self._running
            if label is None or _same_label(running.timer.label, label)
        ]
        for running in wanted:
            await self._forget(running)
        self._changed.set()
        return len(wanted)

    async def aclose(self) -> None:
        """Stop watching; what is still running is kept for the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _watch(self) -> None:
        while True:
            self._changed.clear()
            now_s = _elapsed()
            for running in [each for each in self._running if each.due_s <= now_s]:
                await self._ring(running)
            with contextlib.suppress(TimeoutError):
                # Not wait_for: before Python 3.12 it loses a cancel that comes with the event.
                async with asyncio.timeout(self._nap_s()):
                    await self._changed.wait()

    def _nap_s(self) -> float | None:
        if not self._running:
            return None
        next_s = min(running.due_s for running in self._running)
        return max(0.0, min(self.LOOK_AGAIN_S, next_s - _elapsed()))

    async def _ring(self, running: _Running) -> None:
        if running not in self._running:
            return
        self._running.remove(running)
        try:
            done = self._on_due(running.timer)
            if inspect.isawaitable(done):
                await done
        except Exception:  # noqa: BLE001 - one bad ring must not silence the other timers
            _log.exception("A timer could not be announced")
        try:
            await self._store.remove_timer(running.timer.id)
        except AppError:
            _log.exception("A timer that is over could not be removed")

    async def _forget(self, running: _Running) -> None:
        if running in self._running:
            self._running.remove(running)
        await self._store.remove_timer(running.timer.id)


def timer_tools(timers: Timers) -> tuple[Tool, ...]:
    """set_timer, list_timers and cancel_timer."""

    @tool(
        description="Start a countdown that rings when it is over.",
        risk=Risk.REVERSIBLE,
        family="time",
    )
    async def set_timer(
        seconds: Annotated[int, "How long, in seconds."],
        label: Annotated[str | None, 'What it is for, for instance "pasta"; null if unnamed.'],
    ) -> Answer:
        timer = await timers.set(seconds, label or "", is_foreign=is_foreign(label or ""))
        due = timer.due_at.astimezone()
        return {"label": timer.label or None, "seconds": timer.seconds, "due": f"{due:%H:%M}"}

    @tool(description="The timers that are running.", risk=Risk.READ, family="time")
    async def list_timers() -> Answer:
        running = timers.list()
        listed = [
            {"label": timer.label or None, "remaining_s": left_s} for timer, left_s in running
        ]
        return ToolResult(
            json.dumps({"timers": listed}, ensure_ascii=False),
            origin=Origin.KEPT if any(timer.is_foreign for timer, _ in running) else None,
        )

    @tool(description="Stop a timer before it rings.", risk=Risk.REVERSIBLE, family="time")
    async def cancel_timer(
        label: Annotated[str | None, "Which one, by its label; null stops all of them."],
    ) -> Answer:
        return {"cancelled": await timers.cancel(label or None)}

    return set_timer, list_timers, cancel_timer


def _same_label(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(label: str) -> str:
    words = label.casefold().split()
    return " ".join(word for word in words if word not in ("timer", "the", "my"))
