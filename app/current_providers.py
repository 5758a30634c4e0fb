"""Who does what, as the settings say at the moment of asking, and who stands in. Core thread."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from app.errors import AppError
from app.fallback_notices import FallbackNotices
from app.net.watch import UNREACHED, ReturnWatch, Spawn, WatchPace
from app.notices import NoticeBoard
from app.preferences import Preferences
from app.providers.base import ChatModel, Speech, Transcriber
from app.providers.fallback import FallbackState
from app.providers.lineups import Lineups
from app.providers.live_take import LiveDictation
from app.providers.registry import Registry
from app.providers.voice_session import VoiceModel
from app.realtime_settings import Engine


@dataclass(frozen=True, slots=True)
class ServerBack:
    """A server that failed is there again, or worth another try."""

    server: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where the providers' troubles are told: `say` speaks, `post` takes `ServerBack`."""

    notices: NoticeBoard
    say: Callable[[str], None]
    post: Callable[[ServerBack], None]
    spawn: Spawn
    pace: WatchPace = WatchPace()


class CurrentProviders:
    """Who does what, as the settings say at the moment of asking."""

    def __init__(
        self,
        make_registry: Callable[[], Registry],
        preferences: Preferences,
        outlook: Outlook,
    ) -> None:
        self._preferences = preferences
        self._notices = outlook.notices
        watcher = FallbackNotices(
            outlook.notices, outlook.say, self._on_failure, lambda server: self._watch.works(server)
        )
        self._state = FallbackState(asyncio.get_running_loop().time, watcher)
        self._watch = ReturnWatch(
            outlook.spawn,
            lambda server: outlook.post(ServerBack(server)),
            self._state.rests.longest_s,
            outlook.pace,
        )
        self._lineups = Lineups(make_registry, self._state)

    @property
    def registry(self) -> Registry:
        """The providers that the user chose, without anybody who stands in."""
        return self._lineups.registry

    async def transcriber(self) -> Transcriber:
        """Speech to text."""
        return await self._lineups.transcriber(self._preferences.settings)

    async def live_transcriber(self) -> LiveDictation:
        """Speech to text while it goes on, for dictation."""
        return await self._lineups.live_transcriber(self._preferences.settings)

    async def chat_model(self) -> ChatModel:
        """Answers."""
        return await self._lineups.chat_model(self._preferences.settings)

    async def speech(self) -> Speech | None:
        """The voice, or None when replies are only shown."""
        settings = self._preferences.settings
        return await self._lineups.speech(settings) if settings.speech.aloud else None

    async def voice_model(self) -> VoiceModel:
        """Speech to speech, without anybody who stands in. Raises AppError."""
        return await self.registry.voice_model(self._preferences.settings)

    def on_back(self, back: ServerBack) -> None:
        """Ask it again from now on; what was said of the network is over."""
        self._state.rests.end(back.server)
        self._notices.clear(*UNREACHED)

    async def warm(self) -> None:
        """Load and connect what the settings name, so that the first turn does not wait."""
        if self._preferences.settings.realtime.engine is Engine.REALTIME:
            with contextlib.suppress(AppError):
                await (await self.voice_model()).warm()
        for get in (self.transcriber, self.speech, self.chat_model):
            try:
                provider = await get()
            except AppError:
                continue  # Reported when it is needed: nobody asked for anything yet.
            if provider is not None:
                await provider.warm()

    async def aclose(self) -> None:
        """Release all of them."""
        await self._lineups.aclose()

    def _on_failure(self, server: str, error: AppError) -> None:
        self._watch.failed(server, error)
