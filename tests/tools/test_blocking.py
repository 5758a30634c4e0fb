from __future__ import annotations

import asyncio
import threading

import pytest

from app.tools.blocking import GivenUp, Watch, in_thread
from app.tools.progress import on_progress


async def test_it_gives_what_the_work_gives() -> None:
    assert await in_thread(lambda _: threading.current_thread() is not threading.main_thread())


async def test_it_raises_what_the_work_raises() -> None:
    def work(_: Watch) -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await in_thread(work)


async def test_progress_comes_on_the_loop_and_in_its_order() -> None:
    told: list[tuple[str, bool]] = []
    on_progress(lambda text: told.append((text, threading.current_thread() is here)))
    here = threading.current_thread()

    def work(watch: Watch) -> None:
        for number in range(3):
            watch.tell(str(number))

    await in_thread(work)
    assert told == [("0", True), ("1", True), ("2", True)]


async def test_work_that_nobody_waits_for_ends() -> None:
    begun, ended = threading.Event(), threading.Event()

    def work(watch: Watch) -> None:
        begun.set()
        try:
            while True:
                watch.check()
        except GivenUp:
            ended.set()
            raise

    task = asyncio.create_task(in_thread(work))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert await asyncio.to_thread(ended.wait, 10)
