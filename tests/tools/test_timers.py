from __future__ import annotations

import asyncio
import contextlib
import datetime

import pytest

from app.conversation.kept import Timer
from app.conversation.store import Store
from app.errors import AppError, Code
from app.tools.base import ToolFailed
from app.tools.timers import MAX_SECONDS, MAX_TIMERS, Timers, timer_tools
from tests.tools.calling import call


@pytest.fixture
async def store():
    opened = await Store.open(None)
    yield opened
    await opened.aclose()


@contextlib.asynccontextmanager
async def running(store, on_due):
    timers = Timers(store, on_due)
    missed = await timers.start()
    try:
        yield timers, missed
    finally:
        await timers.aclose()


def due_in(seconds, label):
    due_at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)
    return Timer(label, label, 60, due_at)


def never(timer):
    raise AssertionError(f"{timer.label} rang")


async def test_the_tools_set_list_and_cancel(store):
    async with running(store, never) as (timers, _):
        tools = timer_tools(timers)
        pasta = await call(tools, "set_timer", seconds=600, label="pasta")
        assert (pasta["label"], pasta["seconds"], pasta["due"][2]) == ("pasta", 600, ":")
        await call(tools, "set_timer", seconds=300, label=None)
        (first, second) = (await call(tools, "list_timers"))["timers"]
        assert (first["label"], second["label"]) == (None, "pasta")
        assert 295 <= first["remaining_s"] <= 300
        assert await call(tools, "cancel_timer", label="rice") == {"cancelled": 0}
        assert await call(tools, "cancel_timer", label="the Pasta timer") == {"cancelled": 1}
        assert await call(tools, "cancel_timer", label=None) == {"cancelled": 1}
        assert (await call(tools, "list_timers")) == {"timers": []}
        assert await store.timers() == ()


async def test_timers_ring_in_their_order_and_are_forgotten(store):
    for timer in (due_in(0.08, "late"), due_in(0.04, "early"), due_in(0.08, "later")):
        await store.add_timer(timer)
    rung: asyncio.Queue[str] = asyncio.Queue()

    async def on_due(timer):
        rung.put_nowait(timer.label)

    async with running(store, on_due) as (timers, missed):
        assert missed == ()
        labels = [await asyncio.wait_for(rung.get(), 30) for _ in range(3)]
        assert labels == ["early", "late", "later"]
        while await store.timers():
            await asyncio.sleep(0)
        assert timers.list() == ()


async def test_a_shorter_timer_set_later_rings_first(store):
    rung: asyncio.Queue[str] = asyncio.Queue()
    async with running(store, lambda timer: rung.put_nowait(timer.label)) as (timers, _):
        await timers.set(3_600, "long")
        await timers.set(1, "short")
        assert await asyncio.wait_for(rung.get(), 30) == "short"
        assert [timer.label for timer, _ in timers.list()] == ["long"]


async def test_a_restart_keeps_timers_and_reports_the_missed_ones(store):
    async with running(store, never) as (timers, _):
        await timers.set(600, "kept")
    await store.add_timer(due_in(-30, "missed"))
    async with running(store, never) as (timers, missed):
        assert [timer.label for timer in missed] == ["missed"]
        assert [timer.label for timer, _ in timers.list()] == ["kept"]
    async with running(store, never) as (_, missed):
        assert missed == ()


async def test_a_timer_set_before_the_start_runs_once(store):
    timers = Timers(store, never)
    await timers.set(600, "early bird")
    assert await timers.start() == ()
    assert len(timers.list()) == 1
    await timers.aclose()


@pytest.mark.logs("could not be announced")
async def test_a_ring_that_fails_does_not_silence_the_next(store):
    for timer in (due_in(0.02, "bad"), due_in(0.04, "good")):
        await store.add_timer(timer)
    rung: asyncio.Queue[str] = asyncio.Queue()

    def on_due(timer):
        if timer.label == "bad":
            raise RuntimeError("no bell")
        rung.put_nowait(timer.label)

    async with running(store, on_due):
        assert await asyncio.wait_for(rung.get(), 30) == "good"


async def test_a_timer_cancelled_while_another_rings_stays_silent(store):
    for timer in (due_in(0.02, "first"), due_in(0.02, "second"), due_in(0.06, "last")):
        await store.add_timer(timer)
    rung = []
    done = asyncio.Event()

    async def on_due(timer):
        rung.append(timer.label)
        await timers.cancel("second")
        if timer.label == "last":
            done.set()

    async with running(store, on_due) as (timers, _):
        await asyncio.wait_for(done.wait(), 30)
    assert rung == ["first", "last"]


class FullDisk:
    """A store whose disk is full once it holds something."""

    def __init__(self, timer):
        self.timer = timer

    async def timers(self):
        return (self.timer,)

    async def add_timer(self, timer):
        raise AppError(Code.STORE_UNWRITABLE, "disk full")

    async def remove_timer(self, timer_id):
        raise AppError(Code.STORE_UNWRITABLE, "disk full")


@pytest.mark.logs("could not be removed")
async def test_a_full_disk_does_not_stop_the_ring():
    rung: asyncio.Queue[str] = asyncio.Queue()
    store = FullDisk(due_in(0.02, "tea"))
    async with running(store, lambda timer: rung.put_nowait(timer.label)) as (timers, _):
        assert await asyncio.wait_for(rung.get(), 30) == "tea"
        with pytest.raises(AppError):
            await timers.set(60, "not kept")
        assert timers.list() == ()


async def test_limits_are_told(store):
    async with running(store, never) as (timers, _):
        for seconds in (0, -5, MAX_SECONDS + 1):
            with pytest.raises(ToolFailed, match="seven days"):
                await timers.set(seconds)
        for _ in range(MAX_TIMERS):
            await timers.set(600)
        with pytest.raises(ToolFailed, match="already"):
            await timers.set(600)
