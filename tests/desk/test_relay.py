"""The relay makes a line as bad as it is told, and no worse."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from tests.desk.relay import FINE, SLOW, Line, Relay
from tests.faults.clock import run_hurried


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
    writer.close()


@contextlib.asynccontextmanager
async def _line(line: Line) -> AsyncIterator[Relay]:
    """A relay to an echo."""
    server = await asyncio.start_server(_echo, "127.0.0.1", 0)
    async with server:
        async with Relay(server.sockets[0].getsockname()[1], line) as relay:
            yield relay
        await asyncio.sleep(0.5)  # the loop closes what was aborted


@contextlib.asynccontextmanager
async def _caller(relay: Relay) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def _through(line: Line, sent: bytes) -> tuple[bytes, float, list[int]]:
    """What comes back of `sent` by way of an echo, after how long, in pieces of which sizes."""
    clock = asyncio.get_running_loop().time
    async with _line(line) as relay, _caller(relay) as (reader, writer):
        began_s = clock()
        writer.write(sent)
        writer.write_eof()
        pieces = []
        while data := await reader.read(65_536):
            pieces.append(data)
        return b"".join(pieces), clock() - began_s, [len(piece) for piece in pieces]


def test_a_fine_line_delivers_all() -> None:
    sent = bytes(range(256)) * 1_000
    assert run_hurried(_through(FINE, sent))[0] == sent


def test_a_slow_line_delivers_all_and_takes_its_time() -> None:
    sent = bytes(range(256)) * 125
    came, took_s, _ = run_hurried(_through(SLOW, sent))
    assert came == sent
    assert took_s >= 4.0 + 0.8


def test_a_sliced_line_delivers_small_pieces() -> None:
    line = Line(slice_bytes=7, delay_s=0.1, bytes_per_s=700)
    came, _, sizes = run_hurried(_through(line, bytes(70)))
    assert came == bytes(70)
    assert max(sizes) < 70


def test_a_cut_breaks_connections_and_a_line_that_is_down_takes_none() -> None:
    async def use() -> None:
        async with _line(FINE) as relay:
            async with _caller(relay) as (reader, writer):
                writer.write(b"hello")
                assert await reader.read(5) == b"hello"
                relay.cut()
                with pytest.raises(ConnectionError):
                    await reader.readexactly(1)
            relay.become(down=True)
            async with _caller(relay) as (reader, _):
                with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                    await reader.readexactly(1)

    run_hurried(use())


def test_a_black_hole_gives_nothing_until_it_ends() -> None:
    async def use() -> None:
        async with _line(Line(black_hole=True)) as relay, _caller(relay) as (reader, writer):
            writer.write(b"hello")
            coming = asyncio.ensure_future(reader.readexactly(5))
            assert await asyncio.wait([coming], timeout=20.0) == (set(), {coming})
            assert relay.passed_bytes == 0
            relay.become(black_hole=False)
            assert await coming == b"hello"

    run_hurried(use())
