from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from app import commands, events
from app.thread import CoreThread, Post, Publish


async def echo(publish: Publish, on_ready: Callable[[Post], None]) -> None:
    """Says back what it was sent, as notices, until Shutdown."""
    inbox: asyncio.Queue[object] = asyncio.Queue()
    on_ready(inbox.put_nowait)
    while not isinstance(item := await inbox.get(), commands.Shutdown):
        assert isinstance(item, commands.DismissNotice)
        publish(events.NoticeGone(item.notice_id))
    publish(events.Closed())


def test_commands_arrive_in_order_whenever_they_were_sent() -> None:
    heard: list[events.Event] = []
    threads: set[str] = set()
    core = CoreThread(echo)
    core.subscribe(heard.append)
    core.subscribe(lambda _: threads.add(threading.current_thread().name))
    core.send(commands.DismissNotice("early"))
    core.start()
    for number in range(200):
        core.send(commands.DismissNotice(str(number)))
    assert core.stop()
    expected = [events.NoticeGone("early")] + [events.NoticeGone(str(n)) for n in range(200)]
    assert heard == [*expected, events.Closed()]
    assert threads == {"core"}
    core.send(commands.DismissNotice("late"))


@pytest.mark.parametrize("early", [True, False])
def test_what_the_core_needs_is_made_ready_once_and_before_it_runs(early: bool) -> None:
    order: list[str] = []

    async def core_main(publish: Publish, on_ready: Callable[[Post], None]) -> None:
        order.append("core")

    core = CoreThread(core_main, lambda: order.append("ready"))
    if early:
        core.prepare()
        assert order == ["ready"]
    core.start()
    assert core.join(5)
    assert order == ["ready", "core"]


@pytest.mark.logs("the core ended")
def test_a_core_that_fails_tells_its_front_end() -> None:
    async def broken(publish: Publish, on_ready: Callable[[Post], None]) -> None:
        raise RuntimeError("no")

    heard: list[events.Event] = []
    core = CoreThread(broken)
    core.subscribe(heard.append)
    core.start()
    assert core.join(5)
    assert heard == [events.Closed()]
    assert isinstance(core.failure, RuntimeError)
