"""While a server is silent nobody has to wait for it: stop, or just go on talking."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import commands, events
from app.state import Phase
from tests.faults.api import Service, said
from tests.faults.catalogue import BY_NAME
from tests.faults.clock import run_hurried
from tests.faults.server import ApiServer
from tests.faults.whole import WholeCore, key_for, settings_for, whole_core

SILENCES = ("takes the request and is silent", "silent in the middle", "429 after 1 s")


@contextlib.asynccontextmanager
async def _stalled(
    home: Path, service: Service, fault: str
) -> AsyncIterator[tuple[WholeCore, ApiServer]]:
    """A turn that waits for a service, and is not told of anything yet."""
    async with ApiServer() as server:
        url = server.base_url
        async with whole_core(home, settings_for(url), key_for(url)) as core:
            server.inject(service, BY_NAME[fault].of)
            core.engine.say(1)
            await core.until(lambda: server.asked(service))
            yield core, server


@pytest.mark.parametrize("fault", SILENCES)
@pytest.mark.parametrize("service", [Service.CHAT, Service.SPEECH])
def test_stop_ends_the_waiting(service: Service, fault: str, tmp_path: Path) -> None:
    async def use() -> None:
        async with _stalled(tmp_path, service, fault) as (core, server):
            core.send(commands.StopReply())
            await core.until(lambda: core.phase is Phase.LISTENING, 5.0)
            assert core.of(events.Notice) == [], "who stops it knows why it stopped"
            server.heal()
            await core.say(2)
            assert ("assistant", "I have heard number 2.") in core.messages()

    run_hurried(use())


@pytest.mark.parametrize("fault", SILENCES)
@pytest.mark.parametrize("service", [Service.TRANSCRIPTION, Service.CHAT, Service.SPEECH])
def test_speaking_again_does_not_wait(service: Service, fault: str, tmp_path: Path) -> None:
    async def use() -> None:
        async with _stalled(tmp_path, service, fault) as (core, server):
            server.heal()
            await core.say(2)
            await core.until(lambda: ("assistant", "I have heard number 2.") in core.messages())
            heard = [text for role, text in core.messages() if role == "user"]
            assert heard.count(said(2)) == 1
            assert heard.count(said(1)) + (1 in core.kept()) == 1

    run_hurried(use())
