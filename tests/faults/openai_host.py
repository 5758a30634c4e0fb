"""OpenAI's own host, on loopback: its name, its port and a certificate that is trusted here."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import sys
import types
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.faults.api import SPEECH_RATE_HZ, SPOKEN_MS
from tests.faults.certificates import Authority
from tests.faults.clock import HurriedLoop
from tests.faults.server import ApiServer
from tests.faults.whole import WholeCore, settings_for, whole_core
from tests.providers.openai.connection import KEY
from tests.providers.openai.realtime_server import RealtimeServer, saying

HOST = "api.openai.com"
BASE_URL = f"https://{HOST}/v1"


@contextlib.asynccontextmanager
async def reading_aloud() -> AsyncIterator[RealtimeServer]:
    """Realtime models, which read what they are given."""
    sound = bytes(range(1, 251)) * (SPEECH_RATE_HZ * SPOKEN_MS // 1000 * 2 // 250)
    async with RealtimeServer(saying(None, sound)) as realtime:
        yield realtime


@contextlib.asynccontextmanager
async def openai_core(
    folder: Path, realtime: RealtimeServer | None = None
) -> AsyncIterator[tuple[WholeCore, ApiServer]]:
    """The app with OpenAI for everything, and what answers there."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, HurriedLoop)
    authority = Authority(folder / "authority")
    environment = {"OPENAI_API_KEY": KEY, "SSL_CERT_FILE": str(authority.path)}
    async with ApiServer(authority.server(HOST)) as server:
        server.realtime_port = realtime.port if realtime is not None else 0
        loop.places = {(HOST, 443): server.port}
        async with whole_core(folder / "home", settings_for(BASE_URL), environment) as core:
            yield core, server


@contextlib.contextmanager
def on_the_day(day: datetime.date, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let all modules of the app's providers believe that it is this day."""

    class Then(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Then:
            return cls(day.year, day.month, day.day, 12, tzinfo=tz)

    then = types.ModuleType("datetime")
    vars(then).update(vars(datetime))
    then.datetime = Then  # type: ignore[attr-defined]
    with patch.context() as patched:
        for name, module in list(sys.modules.items()):
            if name.startswith("app.") and vars(module).get("datetime") is datetime:
                patched.setattr(module, "datetime", then)
        yield
