"""The engine as a process: how it protects itself, and how it ends."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from audio import journal, wire
from audio.messages import (
    BeginTake,
    Configure,
    EchoMode,
    Listen,
    MicrophoneOpened,
    Ready,
    TakeStarted,
)
from tests.audio.running import RunningEngine, is_running, journal_folder, running_engine
from tests.desk.speech import say

pytestmark = pytest.mark.desk


@pytest.fixture
def folder(tmp_path):
    return journal_folder(tmp_path)


async def ended(engine: RunningEngine) -> int:
    async with asyncio.timeout(30):
        while engine.returncode is None:
            await asyncio.sleep(0.01)
    return engine.returncode


async def test_a_crash_would_leave_no_core_file(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        limits = Path(f"/proc/{engine.client.ready.pid}/limits").read_text()
    (line,) = [line for line in limits.splitlines() if line.startswith("Max core file size")]
    assert line.split()[4:6] == ["0", "0"]


async def test_what_libraries_print_does_not_reach_the_app(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        descriptors = Path(f"/proc/{engine.client.ready.pid}/fd")
        assert os.readlink(descriptors / "1") == os.readlink(descriptors / "2")
        assert os.readlink(descriptors / "0") == os.devnull


async def test_termination_finishes_the_take(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        await engine.client.send(BeginTake())
        await engine.wait_for(MicrophoneOpened)
        await asyncio.to_thread(sound.say_clip, say("good morning"))
        os.kill(engine.client.ready.pid, signal.SIGTERM)
        assert await ended(engine) == 0
    (take,) = journal.unfinished(folder)
    assert take.state is journal.TakeState.PENDING
    assert take.duration_ms > 500


async def test_an_interrupt_of_the_terminal_is_left_to_the_app(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        os.kill(engine.client.ready.pid, signal.SIGINT)
        await engine.client.send(Listen())
        await engine.wait_for(MicrophoneOpened)
        assert is_running(engine.client.ready.pid)


async def test_a_killed_engine_leaves_a_readable_take(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        await engine.client.send(BeginTake())
        await engine.wait_for(TakeStarted)
        await engine.wait_for(MicrophoneOpened)
        await asyncio.to_thread(sound.say_clip, say("good morning"))
        os.kill(engine.client.ready.pid, signal.SIGKILL)
        await ended(engine)
    (take,) = journal.unfinished(folder)
    assert take.state is journal.TakeState.RECORDING
    heard = bytes(engine.pcm[take.take_id])
    kept = journal.read(take.path).data
    assert heard.startswith(kept) or kept.startswith(heard)
    assert abs(len(heard) - len(kept)) <= 0.25 * 32_000


@pytest.mark.parametrize(
    "noise", [b"\xff\xff\xff\xffJ", wire._HEADER.pack(4, ord("J")) + b"oops"], ids=["head", "body"]
)
async def test_nonsense_from_the_app_ends_the_engine(sound, folder, noise):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        assert engine.client._process.stdin is not None
        engine.client._process.stdin.write(noise)
        assert await ended(engine) == 0


async def test_other_settings_may_come_at_any_time(sound, folder):
    configure = Configure(str(folder), echo=EchoMode.OFF)
    async with running_engine(configure, sound.environment) as engine:
        assert engine.client.ready.echo is EchoMode.OFF
        await engine.client.send(Configure(str(folder), echo=EchoMode.HALF_DUPLEX))
        ready = await engine.wait_for(Ready)
        assert ready.echo is EchoMode.HALF_DUPLEX
