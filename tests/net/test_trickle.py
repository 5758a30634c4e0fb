"""A stream that drips is given up; one that is slow, or whose reader is slow, is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from app.errors import AppError, Code
from app.net.trickle import no_trickle
from tests.faults.clock import run_hurried


async def _source(
    count: int, size: int, every_s: float, first_s: float
) -> AsyncGenerator[bytes, None]:
    await asyncio.sleep(first_s)
    for _ in range(count):
        yield bytes(size)
        await asyncio.sleep(every_s)


def _came(
    count: int, size: int, every_s: float, first_s: float = 0.0, reader_s: float = 0.0
) -> int:
    async def read() -> int:
        pieces = no_trickle(
            _source(count, size, every_s, first_s), bytes_per_s=1_000, within_s=10.0, peer="h"
        )
        came = 0
        async for piece in pieces:
            came += len(piece)
            await asyncio.sleep(reader_s)
        return came

    return run_hurried(read())


def test_a_drip_is_silence() -> None:
    with pytest.raises(AppError) as caught:
        _came(100, 1, 2.0)
    assert caught.value.code is Code.SERVER_SILENT
    assert caught.value.detail == "h"


def test_a_slow_line_is_none() -> None:
    assert _came(100, 4_000, 0.5) == 400_000


def test_neither_is_a_late_begin_nor_a_slow_reader() -> None:
    assert _came(3, 2_000, 0.5, first_s=14.0) == 6_000
    assert _came(30, 2_000, 0.5, reader_s=5.0) == 60_000
