from __future__ import annotations

import asyncio

import numpy as np
import pytest

from app.errors import AppError, Code
from app.providers.base import OnPartial, Partial, Transcript
from app.providers.kept_sound import KeptSound
from app.providers.partwise import Part, Partwise
from app.providers.pauses import Cutting
from tests.faults.api import number_in, said, sound_of

RATE_HZ = 16_000
CUTTING = Cutting(0.5, 60.0, 600.0, pause_ms=200)
PAUSE = bytes(2 * RATE_HZ // 2)


def joined(texts: list[str]) -> str:
    return " ".join(filter(None, texts))


def take(*numbers: int) -> bytes:
    return b"".join(sound_of(number, RATE_HZ, 1000) + PAUSE for number in numbers)


def loud(pcm: bytes) -> bytes:
    samples = np.frombuffer(pcm, dtype="<i2")
    return samples[samples > 100].tobytes()


async def heard(part: Part, told: OnPartial | None) -> Transcript:
    data = b"".join([piece async for piece in part.pieces()])
    assert (await part.clip()).data == data
    sound = loud(data)
    return Transcript(said(number_in(sound)) if sound else "", "m")


async def test_parts_are_heard_while_the_take_goes_on_and_joined_in_their_order() -> None:
    sound = KeptSound(RATE_HZ)
    told: list[Partial] = []
    first_is_told = asyncio.Event()

    def tell(partial: Partial) -> None:
        told.append(partial)
        first_is_told.set()

    running = asyncio.create_task(Partwise(sound, CUTTING, heard, joined, tell).run())
    sound.feed(take(3000))
    await first_is_told.wait()
    assert told[0].text == said(3000)
    sound.feed(take(5000, 7000))
    sound.end()
    texts = [one.text for one in await running]
    assert joined(texts) == " ".join(said(number) for number in (3000, 5000, 7000))
    assert told[-1].text == joined(texts)


async def test_a_part_that_ends_late_keeps_its_place() -> None:
    sound = KeptSound(RATE_HZ)
    later = asyncio.Event()

    async def slow_first(part: Part, told: OnPartial | None) -> Transcript:
        transcript = await heard(part, told)
        if part.begin == 0:
            await later.wait()
        else:
            later.set()
        return transcript

    running = asyncio.create_task(Partwise(sound, CUTTING, slow_first, joined).run())
    sound.feed(take(3000, 5000))
    sound.end()
    assert joined([one.text for one in await running]) == f"{said(3000)} {said(5000)}"


async def test_it_can_begin_in_the_middle() -> None:
    sound = KeptSound(RATE_HZ)
    sound.feed(take(3000, 5000))
    sound.end()
    begin = len(take(3000))
    found = await Partwise(sound, CUTTING, heard, joined, begin=begin).run()
    assert joined([one.text for one in found]) == said(5000)


async def test_a_failure_ends_all_parts() -> None:
    sound = KeptSound(RATE_HZ)

    async def failing(part: Part, told: OnPartial | None) -> Transcript:
        raise AppError(Code.SERVER_ERROR)

    running = asyncio.create_task(Partwise(sound, CUTTING, failing, joined).run())
    sound.feed(take(3000, 5000))
    await asyncio.sleep(0)
    sound.feed(PAUSE)
    with pytest.raises(AppError):
        await running
