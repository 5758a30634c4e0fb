"""One policy for all use of the network: what to do after an error, and when to stop waiting.

`next_wait_s` decides and is pure; the rest carries it out on the core loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar, runtime_checkable

from app.errors import AppError, Code
from app.net.deadlines import Deadlines
from app.services import Service

_log = logging.getLogger(__name__)

CLOSE_WITHIN_S = 0.1
RETRIED = frozenset(
    {
        Code.OFFLINE,
        Code.SERVER_UNREACHABLE,
        Code.SERVER_SILENT,
        Code.SERVER_CUT_OFF,
        Code.SERVER_ERROR,
        Code.SERVER_BUSY,
        Code.MODEL_LOADING,
    }
)
"""Trouble of a network or a server that may be over the next moment."""

T = TypeVar("T")
Done = Callable[[], None]
OnWait = Callable[[float, AppError], Done]
"""Is told of a wait, in seconds, and why; what it returns is called when the wait is over."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """At most `retries` more calls, none begun later than `begin_within_s` after the first.

    The n-th wait is `base_wait_s` doubled n-1 times, at most `longest_wait_s`, of which up to
    half is left out at random. A server that loads its model is asked until `begin_within_s`.
    """

    deadlines: Deadlines = Deadlines()
    retries: int = 2
    base_wait_s: float = 0.5
    longest_wait_s: float = 4.0
    begin_within_s: float = 20.0
    on_wait: OnWait | None = field(default=None, compare=False)

    def scaled(self, factor: float) -> RetryPolicy:
        """The same policy at another pace, for tests."""
        return replace(
            self,
            deadlines=self.deadlines.scaled(factor),
            base_wait_s=self.base_wait_s * factor,
            longest_wait_s=self.longest_wait_s * factor,
            begin_within_s=self.begin_within_s * factor,
        )


@dataclass(frozen=True, slots=True)
class Policies:
    """The policy of each use of the network."""

    chat: RetryPolicy = RetryPolicy(Deadlines(total_s=300.0))
    transcription: RetryPolicy = RetryPolicy(Deadlines(total_s=60.0))
    speech: RetryPolicy = RetryPolicy(Deadlines(total_s=300.0))
    warm_up: RetryPolicy = RetryPolicy(Deadlines(first_byte_s=5.0, total_s=10.0), retries=0)

    def scaled(self, factor: float) -> Policies:
        """The same policies at another pace, for tests."""
        return Policies(
            self.chat.scaled(factor),
            self.transcription.scaled(factor),
            self.speech.scaled(factor),
            self.warm_up.scaled(factor),
        )

    def watched(self, on_wait: Callable[[Service, float, AppError], Done]) -> Policies:
        """The same policies; `on_wait` is told of each wait and what for, as `OnWait` is."""

        def told(policy: RetryPolicy, service: Service) -> RetryPolicy:
            return replace(policy, on_wait=lambda wait_s, error: on_wait(service, wait_s, error))

        return Policies(
            told(self.chat, Service.CHAT),
            told(self.transcription, Service.TRANSCRIPTION),
            told(self.speech, Service.SPEECH),
            self.warm_up,
        )


def next_wait_s(
    policy: RetryPolicy, error: AppError, failures: int, elapsed_s: float, chance: float
) -> float | None:
    """Seconds to wait before the next call, or None to give up.

    `failures` counts from 1, `elapsed_s` from the first call's begin, `chance` is 0..1. What a
    server asked for with Retry-After is never cut short: rather, it is given up.
    """
    is_spent = failures > policy.retries and error.code is not Code.MODEL_LOADING
    if error.code not in RETRIED or is_spent:
        return None
    wait_s = min(policy.longest_wait_s, policy.base_wait_s * 2 ** (failures - 1))
    wait_s *= 1 - chance / 2
    if error.retry_after_s is not None:
        wait_s = max(wait_s, error.retry_after_s + wait_s * chance / 2)
    return wait_s if elapsed_s + wait_s <= policy.begin_within_s else None


async def with_retries(call: Callable[[], Awaitable[T]], policy: RetryPolicy, *, peer: str) -> T:
    """The result of `call`, which must have had no effect when it fails; repeated by the policy.

    Raises the last AppError; SERVER_SILENT with `peer` when `deadlines.total_s` is over.
    """
    clock = asyncio.get_running_loop().time
    began = clock()
    failures = 0
    try:
        async with asyncio.timeout(policy.deadlines.total_s) as limit:
            while True:
                try:
                    return await call()
                except AppError as error:
                    failures += 1
                    chance = random.random()
                    wait_s = next_wait_s(policy, error, failures, clock() - began, chance)
                    if wait_s is None:
                        raise
                    _log.info("%s: %s; again in %.1f s", peer, error.code, wait_s)
                    done = policy.on_wait(wait_s, error) if policy.on_wait is not None else None
                try:
                    await asyncio.sleep(wait_s)
                finally:
                    if done is not None:
                        done()
    except TimeoutError:
        if not limit.expired():
            raise
        raise AppError(Code.SERVER_SILENT, peer) from None


async def begun_stream(
    make: Callable[[], AsyncGenerator[T, None]], policy: RetryPolicy, *, peer: str
) -> AsyncGenerator[T, None]:
    """The pieces of `make()`, made anew by the policy as long as no piece came.

    An error after the first piece is final: what was given cannot be taken back.
    """

    async def begin() -> tuple[AsyncGenerator[T, None], list[T]]:
        stream = make()
        try:
            return stream, [await anext(stream)]
        except StopAsyncIteration:
            return stream, []

    stream, first = await with_retries(begin, policy, peer=peer)
    async with contextlib.aclosing(stream):
        for piece in first:
            yield piece
        async for piece in stream:
            yield piece


async def guarded_stream(
    source: AsyncIterator[T], deadlines: Deadlines, *, peer: str
) -> AsyncGenerator[T, None]:
    """The pieces of `source`, each within its deadline; `source` is closed however this ends.

    Raises AppError(SERVER_SILENT) with `peer`. Closing takes 0.1 s at most.
    """
    clock = asyncio.get_running_loop().time
    ends_at = clock() + deadlines.total_s
    patience_s = deadlines.first_byte_s
    try:
        while True:
            try:
                async with asyncio.timeout_at(min(clock() + patience_s, ends_at)) as limit:
                    piece = await anext(source)
            except StopAsyncIteration:
                return
            except TimeoutError:
                if not limit.expired():
                    raise
                raise AppError(Code.SERVER_SILENT, peer) from None
            yield piece
            patience_s = deadlines.idle_s
    finally:
        await _close(source)


@runtime_checkable
class _Closable(Protocol):
    async def aclose(self) -> None: ...


async def _close(source: object) -> None:
    if not isinstance(source, _Closable):
        return
    # Not asyncio.timeout: before Python 3.11.4 it takes a cancel that is being cleaned up after for
    # one from outside.
    closing = asyncio.ensure_future(source.aclose())
    try:
        await asyncio.wait([closing], timeout=CLOSE_WITHIN_S)
    finally:
        closing.cancel()
        await asyncio.wait([closing])
    if closing.cancelled() or closing.exception() is not None:
        _log.debug("A stream did not close well")
