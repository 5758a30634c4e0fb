from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from app.errors import AppError, Code
from app.providers.base import Hints, LiveTranscriber, OnLivePartial, Partial, Transcript
from app.providers.fallback import Candidate, FallbackState, Lineup
from app.providers.kept_sound import KeptSound
from app.providers.live_take import LiveDictation
from app.services import Service

RATE_HZ = 16_000


class Told:
    """Notes what the candidates' watcher is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def on_fallback(self, service: Service, chosen: str, now: str, error: AppError) -> None:
        self.lines.append(f"{chosen} -> {now}")

    def on_return(self, service: Service, chosen: str) -> None:
        self.lines.append(f"{chosen} is back")

    def on_failure(self, server: str, error: AppError) -> None:
        self.lines.append(f"{server} failed")

    def on_success(self, server: str) -> None:
        pass


class Follower:
    """Hears how long a sound was; fails once it is `fails_at` bytes long."""

    def __init__(self, label: str, fails_at: int | None = None) -> None:
        self.label = label
        self.fails_at = fails_at
        self.cancelled = False

    async def warm(self) -> None:
        raise AssertionError("not asked for")

    async def aclose(self) -> None:
        raise AssertionError("not asked for")

    async def follow(
        self, sound: KeptSound, hints: Hints, on_partial: OnLivePartial | None = None
    ) -> Transcript:
        if self.fails_at is not None:
            await sound.beyond(self.fails_at)
            raise AppError(Code.SERVER_CUT_OFF, self.label)
        try:
            await sound.until_ended()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        text = f"{len((await sound.clip()).data)} bytes"
        if on_partial is not None:
            on_partial(Partial(text))
        return Transcript(text, self.label)


def dictation(told: Told, *followers: Follower) -> LiveDictation:
    def get(follower: Follower) -> Callable[[], Awaitable[LiveTranscriber]]:
        async def found() -> LiveTranscriber:
            return follower

        return found

    candidates = [
        Candidate(follower.label, follower.label, "", get(follower)) for follower in followers
    ]
    state = FallbackState(lambda: 0.0, told)
    return LiveDictation(Lineup(Service.TRANSCRIPTION, candidates, state), followers[0].label)


async def test_a_take_is_fed_and_its_words_are_told() -> None:
    partials: list[Partial] = []
    take = dictation(Told(), Follower("far")).open(Hints(), KeptSound(RATE_HZ), partials.append)
    take.sound.feed(bytes(600))
    take.sound.feed(bytes(400))
    assert await take.finish() == Transcript("1000 bytes", "far")
    assert partials == [Partial("1000 bytes")]


async def test_who_stands_in_hears_the_take_from_its_beginning() -> None:
    told = Told()
    take = dictation(told, Follower("far", fails_at=500), Follower("near")).open(
        Hints(), KeptSound(RATE_HZ)
    )
    take.sound.feed(bytes(600))
    await asyncio.sleep(0)
    take.sound.feed(bytes(400))
    assert await take.finish() == Transcript("1000 bytes", "near")
    assert told.lines == ["far failed", "far -> near"]


async def test_a_take_that_nobody_understands_keeps_its_sound() -> None:
    take = dictation(Told(), Follower("far", 0), Follower("near", 0)).open(
        Hints(), KeptSound(RATE_HZ)
    )
    take.sound.feed(b"abcd")
    with pytest.raises(AppError) as caught:
        await take.finish()
    assert caught.value.detail == "far"
    assert (await take.sound.clip()).data == b"abcd"


async def test_a_take_can_be_cancelled_before_and_while_it_finishes() -> None:
    follower = Follower("far")
    lineup = dictation(Told(), follower)
    take = lineup.open(Hints(), KeptSound(RATE_HZ))
    take.sound.feed(b"abcd")
    await asyncio.sleep(0)
    await take.cancel()
    assert follower.cancelled
    slow = lineup.open(Hints(), KeptSound(RATE_HZ))
    finishing = asyncio.create_task(slow.finish())
    finishing.cancel()
    await asyncio.wait([finishing])
    assert finishing.cancelled()
    await slow.cancel()
