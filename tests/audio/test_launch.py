"""Engines that are launched before their core is there."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest

from audio import launch
from audio.client import EngineClient, EngineFailed
from audio.messages import Configure, EchoMode, Listen, MicrophoneOpened
from tests.audio.running import is_running, journal_folder


@pytest.fixture
def folder(tmp_path):
    return journal_folder(tmp_path)


@pytest.fixture
def launched(sound, monkeypatch):
    """The process id of an engine that waits for its core."""
    for name, value in sound.environment.items():
        monkeypatch.setenv(name, value)
    launch.launch(subprocess.DEVNULL)
    (process,) = launch._waiting
    yield process.pid
    process.kill()
    process.wait()


@pytest.mark.desk
async def test_the_engine_that_was_launched_is_the_one_that_starts(launched, folder):
    client = await EngineClient.start(Configure(str(folder)))
    assert client.ready.pid == launched
    await client.close()
    assert not is_running(launched)
    other = await EngineClient.start(Configure(str(folder)))
    assert other.ready.pid != launched
    await other.close()


@pytest.mark.desk
async def test_an_engine_that_was_told_listens_before_it_is_started(launched, folder):
    configure = Configure(str(folder))
    launch.tell_launched([configure, Listen()])
    client = await EngineClient.start(configure)
    assert client.ready.pid == launched
    async with asyncio.timeout(30):
        while not isinstance(await client.receive(), MicrophoneOpened):
            pass
    await client.close()


@pytest.mark.desk
async def test_an_engine_that_was_told_something_else_is_not_used(launched, folder):
    launch.tell_launched([Configure(str(folder), echo=EchoMode.OFF)])
    client = await EngineClient.start(Configure(str(folder), echo=EchoMode.CANCEL))
    assert client.ready.pid != launched
    assert client.ready.echo is EchoMode.CANCEL
    assert not is_running(launched)
    await client.close()


@pytest.mark.desk
async def test_an_engine_that_was_told_nothing_is_configured_by_its_core(launched, folder):
    launch.tell_launched([])
    client = await EngineClient.start(Configure(str(folder), echo=EchoMode.OFF))
    assert client.ready.pid == launched
    assert client.ready.echo is EchoMode.OFF
    await client.close()


@pytest.mark.desk
async def test_an_engine_that_died_early_is_replaced(launched, folder):
    os.kill(launched, 9)
    (process,) = launch._waiting
    await asyncio.to_thread(process.wait)
    launch.tell_launched([Configure(str(folder))])
    client = await EngineClient.start(Configure(str(folder)))
    assert client.ready.pid != launched
    await client.close()


async def test_an_engine_that_dies_once_it_was_told_has_failed(folder, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    launch.launch(subprocess.DEVNULL)
    configure = Configure(str(folder))
    launch.tell_launched([configure, Listen()])
    with pytest.raises(EngineFailed):
        await EngineClient.start(configure)


async def test_nothing_is_told_where_nothing_was_launched(folder):
    launch.tell_launched([Configure(str(folder))])
    assert launch._told == {}
    assert await launch.launched() is None
