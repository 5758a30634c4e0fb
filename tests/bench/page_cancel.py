"""How soon reading a page ends once it is cancelled: `python -m tests.bench.page_cancel [times]`.

The page hangs at each of its steps: the look-up of the name, the connection, the first byte, the
middle of the body; and while the text of a large page is being read.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Sequence

from app.tools.web_page import web_page_tools
from app.web.connect import Way
from tests.web.site import OK, Names, Site, page, way

_STEPS = ("name", "first byte", "body", "reading")


async def main(times: int) -> None:
    """Print the median and the worst of each step, in ms."""
    large = page("<p>word <b>bold</b></p>" * 150_000)
    for step in _STEPS:
        took: list[float] = []
        for _ in range(times):
            answer = {"first byte": b"", "reading": large}.get(step, OK + b"\r\nhalf a page")
            async with Site({"/": answer}) as site:
                site.hangs = step != "reading"
                took.append(await _cancelled(site, step))
        print(f"{step:10}  median {statistics.median(took):6.1f} ms  worst {max(took):6.1f} ms")


async def _cancelled(site: Site, step: str) -> float:
    known: Way = way(Names(site_example=[["127.0.0.1"]]))
    if step == "name":
        known = Way(_never, known.is_allowed, known.proxy, known.trust)
    (tool,) = web_page_tools(known)
    running = tool.run(url=f"http://site.example:{site.port}/", part=1)
    task = asyncio.ensure_future(running)
    await asyncio.sleep({"reading": 0.4}.get(step, 0.1))
    began = time.perf_counter()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    return (time.perf_counter() - began) * 1000


async def _never(host: str, port: int) -> Sequence[str]:
    await asyncio.Event().wait()
    return ()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10))
