from __future__ import annotations

import asyncio

from app.tools import progress
from app.tools.progress import LONGEST_CHARS, Paced, on_progress


async def test_the_first_comes_at_once_and_the_last_in_the_end() -> None:
    told: list[str] = []
    came = asyncio.Event()

    def tell(text: str) -> None:
        told.append(text)
        if text == "999":
            came.set()

    paced = Paced(tell)
    for number in range(1_000):
        paced(str(number))
    assert told == ["0"]
    await came.wait()
    assert told == ["0", "999"]
    paced.close()


async def test_it_is_told_on_the_loop_whoever_calls() -> None:
    told: asyncio.Queue[str] = asyncio.Queue()
    paced = Paced(told.put_nowait)
    on_progress(paced)
    await asyncio.to_thread(progress.progress, "x" * 500)
    assert await told.get() == "x" * LONGEST_CHARS + "…"
    paced.close()


async def test_nothing_is_told_of_a_tool_that_is_over() -> None:
    told: list[str] = []
    paced = Paced(told.append)
    paced("begun")
    paced("half")
    paced.close()
    paced("late")
    await asyncio.to_thread(paced, "later")
    await asyncio.sleep(0)
    assert told == ["begun"]
