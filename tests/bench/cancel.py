"""How long a cancel takes in each way of using a server: `python -m tests.bench.cancel`."""

from __future__ import annotations

import asyncio
import dataclasses
import statistics
import time
from collections.abc import Awaitable, Callable

from app.net.policy import Policies
from app.providers.openai.client import OpenAIClient
from app.secrets import Secret
from tests.providers.openai import fault_server as faults
from tests.providers.openai.connection import KEY
from tests.providers.openai.fault_server import Behaviour, FaultServer
from tests.providers.openai.test_cancel import USES

TIMES = 20
_CALM = dataclasses.replace(Policies().chat, base_wait_s=0.0)
_SITUATIONS: dict[str, tuple[Behaviour, tuple[str, ...]]] = {
    "no first byte": (faults.hang, tuple(USES)),
    "stalled stream": (faults.stream(faults.chat("Hel", finish=None), "hang"), ("chat",)),
    "stalled sound": (faults.stream([bytes(48_000)], "hang", "audio/pcm"), ("speech",)),
    "waiting to retry": (faults.error(429, "slow", retry_after="15"), tuple(USES)),
}


async def _measure(behaviour: Behaviour, use: Callable[[OpenAIClient], Awaitable[object]]) -> float:
    """Milliseconds from the cancel to the end of the call."""
    async with FaultServer(behaviour) as server:
        policies = Policies(_CALM, _CALM, _CALM)
        client = OpenAIClient(server.base_url, Secret(KEY), policies)
        await client.sdk()
        call = asyncio.ensure_future(use(client))
        await server.until(lambda: len(server.requests) == 1)
        await asyncio.sleep(0.1)
        began = time.perf_counter()
        call.cancel()
        await asyncio.wait([call])
        took_ms = (time.perf_counter() - began) * 1000
        await client.aclose()
        return took_ms


async def _main() -> None:
    for name, (behaviour, uses) in _SITUATIONS.items():
        for use in uses:
            took = [await _measure(behaviour, USES[use]) for _ in range(TIMES)]
            print(
                f"{name:18} {use:14} median {statistics.median(took):6.1f} ms"
                f"  worst {max(took):6.1f} ms"
            )


if __name__ == "__main__":
    asyncio.run(_main())
