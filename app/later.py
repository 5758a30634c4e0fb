"""What is built once the microphone is open: it takes as long to load as all the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from app.providers.base import ChatModel
from app.sessions.turn_parts import Providers

Work = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class LaterParts:
    """The same as in `CoreParts`; `prompt` is what models are told besides."""

    handlers: Sequence[Callable[[object], Awaitable[bool]]]
    on_settings: Sequence[Work]
    background: Sequence[Work]
    closers: Sequence[Work]
    prompt: Callable[[], str]


class Later:
    """Core thread. Built by `begin`, or before that by whoever needs it."""

    def __init__(
        self,
        build: Callable[[], Awaitable[LaterParts]],
        spawn: Callable[[Awaitable[None], str], asyncio.Task[None]],
    ) -> None:
        self._build = build
        self._spawn = spawn
        self._one_at_a_time = asyncio.Lock()
        self._parts: LaterParts | None = None

    async def ready(self) -> LaterParts:
        """All of it, which runs from now on."""
        async with self._one_at_a_time:
            if self._parts is None:
                self._parts = await self._build()
                for work in self._parts.background:
                    self._spawn(work(), getattr(work, "__qualname__", "background"))
            return self._parts

    async def begin(self) -> None:
        """Build it, while nobody waits for it."""
        await self.ready()

    async def on_command(self, command: object) -> bool:
        """Whether one of its handlers handled it."""
        parts = await self.ready()
        for handle in parts.handlers:
            if await handle(command):
                return True
        return False

    async def follow_settings(self) -> None:
        """They have changed."""
        for follow in self._parts.on_settings if self._parts is not None else ():
            await follow()

    def prompt(self) -> str:
        """What models are told besides; empty before it is built."""
        return self._parts.prompt() if self._parts is not None else ""

    async def aclose(self) -> None:
        """Close what was built."""
        for close in self._parts.closers if self._parts is not None else ():
            await close()


class WithTools:
    """The providers, and a model only once it has its tools."""

    def __init__(self, providers: Providers, later: Later) -> None:
        self.transcriber = providers.transcriber
        self.speech = providers.speech
        self._providers = providers
        self._later = later

    async def chat_model(self) -> ChatModel:
        """Answers."""
        await self._later.ready()
        from app.providers.local.own_wish import WithOwnWishes

        return WithOwnWishes(await self._providers.chat_model())
