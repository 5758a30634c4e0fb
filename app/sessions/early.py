"""Words before the turn is over: a take is transcribed in the pause that may be its end.

Most pauses are the end, and then the answer has been on its way for as long as the gate was
patient. A pause that is not costs one request. Core thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.errors import AppError
from app.providers.base import Transcript
from app.usage.occasion import Speculation

Spawn = Callable[[Awaitable[None], str], asyncio.Task[None]]


@dataclass(frozen=True, slots=True)
class HeardEarly:
    """What was said until a pause; `number` tells one pause from another."""

    take_id: str
    number: int
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class _Pause:
    take_id: str
    number: int
    words: asyncio.Future[Transcript | None]
    task: asyncio.Task[None]
    speculation: Speculation


class EarlyTranscript:
    """The transcription of the pause that is going on, if any."""

    def __init__(self, post: Callable[[HeardEarly], None], spawn: Spawn) -> None:
        self._post = post
        self._spawn = spawn
        self._number = 0
        self._pause: _Pause | None = None

    def begin(self, take_id: str, transcribe: Callable[[], Awaitable[Transcript]]) -> None:
        """A pause: begin with what was said until now."""
        self.void()
        self._number += 1
        number = self._number
        words: asyncio.Future[Transcript | None] = asyncio.get_running_loop().create_future()
        speculation = Speculation()

        async def work() -> None:
            speculation.enter()
            await self._run(take_id, number, transcribe, words)

        task = self._spawn(work(), "transcribe early")
        self._pause = _Pause(take_id, number, words, task, speculation)

    def void(self) -> None:
        """The speaker went on, or the take is not wanted: what was begun is dropped."""
        pause, self._pause = self._pause, None
        if pause is not None:
            pause.task.cancel()

    def is_current(self, heard: HeardEarly) -> bool:
        """Whether the pause that these words are from is still going on."""
        return self._pause is not None and self._pause.number == heard.number

    def claim(self, take_id: str) -> asyncio.Future[Transcript | None] | None:
        """The pause was the end of the take: its words, or None inside when they failed."""
        pause, self._pause = self._pause, None
        if pause is None:
            return None
        if pause.take_id != take_id:
            pause.task.cancel()
            return None
        pause.speculation.commit()
        return pause.words

    async def _run(
        self,
        take_id: str,
        number: int,
        transcribe: Callable[[], Awaitable[Transcript]],
        words: asyncio.Future[Transcript | None],
    ) -> None:
        found: Transcript | None = None
        try:
            found = await transcribe()
        except AppError:
            return  # The whole take is tried again when it is over, and its error is told then.
        finally:
            if not words.done():
                words.set_result(found)
        self._post(HeardEarly(take_id, number, found))
