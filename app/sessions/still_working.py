"""A spoken word in between, when tools take long. Core thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from app.errors import AppError
from app.providers.base import ToolCall
from app.providers.voice_session import ResponseOver, ResponseSound, VoiceSession
from app.sessions.responses import Follower, LinkLost, Responses
from app.sessions.sound_out import SoundOut
from app.sessions.voice_line import VoiceLine

AFTER_S = 3.0
AGAIN_S = 12.0
_SAY = (
    "A tool of yours still runs: {tools}. In at most six words and in the language of the user, "
    "say that it takes a moment. Say nothing of what it will find."
)


class StillWorking:
    """Asks for it beside the conversation, where nothing is being heard and nobody is asked."""

    def __init__(
        self,
        line: VoiceLine,
        responses: Responses,
        is_asking: Callable[[], bool],
        spawn: Callable[[Awaitable[None], str], asyncio.Task[None]],
    ) -> None:
        self._line = line
        self._responses = responses
        self._is_asking = is_asking
        self._spawn = spawn
        self._task: asyncio.Task[None] | None = None

    def begin(self, calls: Sequence[ToolCall], voice: SoundOut | None) -> None:
        """These run from now on."""
        self.end()
        if voice is not None:
            names = ", ".join(call.name.replace("_", " ") for call in calls)
            self._task = self._spawn(self._run(names, voice), "still working")

    def end(self) -> None:
        """They are done, or nobody waits any more."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    async def _run(self, names: str, voice: SoundOut) -> None:
        wait_s = AFTER_S
        while True:
            await asyncio.sleep(wait_s)
            wait_s = AGAIN_S
            if voice.is_playing or self._is_asking():
                continue
            try:
                await self._say(names, voice)
            except (AppError, LinkLost):
                return  # It would have been a courtesy.

    async def _say(self, names: str, voice: SoundOut) -> None:
        follower = Follower()

        async def respond(session: VoiceSession) -> None:
            ref = await session.respond(_SAY.format(tools=names), aside=True)
            self._responses.expect(ref, follower)

        await self._line.ask(respond)
        try:
            while not isinstance(event := await follower.next(), ResponseOver):
                if isinstance(event, ResponseSound):
                    voice.aside(event.pcm)
        finally:
            if not follower.is_over:
                self._responses.give_up(follower)
