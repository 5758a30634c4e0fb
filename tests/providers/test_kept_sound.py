from __future__ import annotations

import asyncio

from app.providers.kept_sound import TAIL_S, KeptSound

RATE_HZ = 1000
SECOND = bytes(range(250)) * 8


async def test_any_part_can_be_read_while_it_grows() -> None:
    sound = KeptSound(RATE_HZ)
    for piece in (b"abcd", b"", b"ef", b"ghij"):
        sound.feed(piece)
    whole = b"abcdefghij"
    for begin in range(12):
        for end in range(12):
            assert await sound.read(begin, end) == whole[begin:end]
    assert (await sound.clip()).data == whole
    assert sound.duration_s == 0.005


async def test_who_waits_is_woken_by_more_and_by_the_end() -> None:
    sound = KeptSound(RATE_HZ)
    waiting = [asyncio.create_task(sound.beyond(at)) for at in (0, 3, 4)]
    ending = asyncio.create_task(sound.until_ended())
    sound.feed(b"abcd")
    assert await asyncio.gather(*waiting[:2]) == [True, True]
    assert not waiting[2].done()
    sound.end()
    assert await waiting[2] is False
    await ending
    sound.feed(b"late")
    assert sound.length_bytes == 4


async def test_an_hour_stays_in_little_memory_and_is_read_again() -> None:
    recorded = bytearray()
    asked: list[tuple[int, int]] = []

    async def read_again(begin: int, end: int) -> bytes:
        asked.append((begin, end))
        return bytes(recorded[begin:end])

    sound = KeptSound(RATE_HZ, read_again)
    for number in range(3600):
        piece = bytes([number % 251]) * (2 * RATE_HZ)
        recorded += piece
        sound.feed(piece)
    assert sound.held_bytes <= (TAIL_S + 1) * 2 * RATE_HZ
    assert (await sound.clip()).data == recorded
    assert await sound.read(10, 20) == recorded[10:20]
    assert asked[-1] == (10, 20)
    del asked[:]
    assert await sound.read(len(recorded) - 9, len(recorded)) == recorded[-9:]
    assert asked == []
