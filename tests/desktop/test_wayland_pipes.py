from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from app.desktop.wayland_pipes import TooMuch, is_chromium, is_read_by, read_all, write_all


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue


async def test_a_big_content_goes_through(pipe: tuple[int, int]) -> None:
    data = os.urandom(3_000_000)
    reading, writing = pipe
    got, taken = await asyncio.gather(read_all(reading, 1 << 22), write_all(writing, data))
    assert got == data
    assert taken


async def test_more_than_is_wanted_is_not_read(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    sending = asyncio.create_task(write_all(writing, bytes(1 << 20)))
    with pytest.raises(TooMuch):
        await read_all(reading, 1 << 16)
    assert not await sending


async def test_a_reader_that_leaves_has_not_taken_it(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    sending = asyncio.create_task(write_all(writing, bytes(1 << 20)))
    os.close(reading)
    assert not await sending


def test_the_reader_is_known_by_its_pipe(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    command = [sys.executable, "-c", "input()"]
    with subprocess.Popen(command, stdin=reading) as reader:
        assert is_read_by(writing, os.getpid())
        os.close(reading)
        assert is_read_by(writing, reader.pid)
        assert not is_read_by(writing, os.getpid())
        assert not is_read_by(writing, 1)
        os.write(writing, b"\n")
    assert is_read_by(writing, reader.pid) is None


def test_chromium_is_known_by_what_it_starts() -> None:
    other = "import time; time.sleep(60)"
    assert not is_chromium(os.getpid())
    with subprocess.Popen([sys.executable, "-c", other, "--type=zygote"]) as started:
        try:
            until = time.monotonic() + 10.0
            while not is_chromium(os.getpid()) and time.monotonic() < until:
                time.sleep(0.01)  # The list of children can lack one while another ends.
            assert is_chromium(os.getpid())
        finally:
            started.kill()
    assert not is_chromium(0)
