"""What is asked of one voice session, in order, also by those who cannot wait. Core thread."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from app.errors import AppError
from app.providers.voice_session import VoiceSession
from app.sessions.responses import LinkLost

T = TypeVar("T")
Ask = Callable[[VoiceSession], Awaitable[T]]

_log = logging.getLogger(__name__)


class Outbox:
    """`run` is one task; `close` gives up what was not asked yet."""

    def __init__(self, session: VoiceSession) -> None:
        self._session = session
        self._asked: asyncio.Queue[
            tuple[Ask[Any], asyncio.Future[Any] | None, contextvars.Context]
        ] = asyncio.Queue()
        self._is_closed = False

    def send(self, ask: Ask[object]) -> None:
        """Ask, and never mind what comes of it."""
        if not self._is_closed:
            self._asked.put_nowait((ask, None, contextvars.copy_context()))

    async def ask(self, ask: Ask[T]) -> T:
        """Ask, and wait until it is on the wire. Raises LinkLost, AppError."""
        if self._is_closed:
            raise LinkLost
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._asked.put_nowait((ask, answer, contextvars.copy_context()))
        return await answer

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            ask, answer, context = await self._asked.get()
            if answer is not None and answer.done():
                continue  # Whoever asked was cancelled.
            work = asyncio.create_task(_asked(ask, self._session), context=context)
            try:
                result = await work
            except asyncio.CancelledError:
                work.cancel()
                if answer is not None and not answer.done():
                    answer.set_exception(LinkLost())
                raise
            except AppError as error:
                _log.info("the session did not take it: %s", error)
                if answer is not None and not answer.done():
                    answer.set_exception(error)
            else:
                if answer is not None and not answer.done():
                    answer.set_result(result)

    def close(self) -> None:
        """The session is over."""
        self._is_closed = True
        while not self._asked.empty():
            _, answer, _ = self._asked.get_nowait()
            if answer is not None and not answer.done():
                answer.set_exception(LinkLost())


async def _asked(ask: Ask[T], session: VoiceSession) -> T:
    return await ask(session)
