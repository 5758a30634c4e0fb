"""The built-in recognizer while somebody speaks: words before the end, as good as afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import numpy as np
import pytest

from app.errors import AppError, Code
from app.providers.base import Expect, Hints, Partial
from app.providers.kept_sound import KeptSound
from app.providers.local.live_recognizer import SphinxLiveTranscriber
from app.providers.local.recognizer import SphinxTranscriber
from audio.pcm import Clip
from audio.resample import resample
from tests.desk.speech import say, silence

SENTENCES = (
    "we should talk about the project on monday and then decide what to do next",
    "can you recommend a good book about history",
    "my favorite color is green",
)
FREE = Hints(expect=Expect.FREE_TEXT)


@pytest.fixture
async def recognizer() -> AsyncIterator[SphinxTranscriber]:
    transcriber = SphinxTranscriber()
    yield transcriber
    await transcriber.aclose()


@pytest.fixture
async def live(recognizer: SphinxTranscriber) -> AsyncIterator[SphinxLiveTranscriber]:
    live = SphinxLiveTranscriber(recognizer)
    yield live
    await live.aclose()


async def heard(live: SphinxLiveTranscriber, clip: Clip, told: list[Partial] | None = None) -> str:
    """What is heard of a clip that comes in pieces, each after the last words were told."""
    sound = KeptSound(clip.rate_hz)
    tell = None if told is None else told.append
    following = asyncio.create_task(live.follow(sound, FREE, tell))
    step = clip.rate_hz  # Half a second.
    for at in range(0, len(clip.data), step):
        sound.feed(clip.data[at : at + step])
        await asyncio.sleep(0)
    sound.end()
    return (await following).text


def errors(said: str, text: str) -> int:
    """Words to change, add or take out."""
    said_words, words = said.split(), text.split()
    row = list(range(len(words) + 1))
    for count, word in enumerate(said_words, 1):
        before, row[0] = row[:], count
        for at, other in enumerate(words, 1):
            row[at] = min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (word != other))
    return row[-1]


async def test_it_hears_at_least_as_well_as_of_a_whole_take(
    live: SphinxLiveTranscriber, recognizer: SphinxTranscriber
) -> None:
    at_once, afterwards = 0, 0
    for sentence in SENTENCES:
        clip = say(sentence)
        at_once += errors(sentence, await heard(live, clip))
        afterwards += errors(sentence, (await recognizer.transcribe(clip, FREE)).text)
    assert at_once <= afterwards


async def test_words_are_told_before_the_end_and_stay_after_a_pause(
    live: SphinxLiveTranscriber,
) -> None:
    both = Clip(16_000, say(SENTENCES[1]).data + silence(600).data + say(SENTENCES[2]).data)
    sound, told = KeptSound(16_000), []
    some = asyncio.Event()

    def tell(partial: Partial) -> None:
        told.append(partial)
        if partial.stable_chars:
            some.set()

    following = asyncio.create_task(live.follow(sound, FREE, tell))
    sound.feed(both.data)
    await some.wait()
    assert not sound.ended
    sound.end()
    text = (await following).text
    assert errors(f"{SENTENCES[1]} {SENTENCES[2]}", text) <= 3
    sure = next(partial for partial in told if partial.stable_chars)
    assert len(sure.text[: sure.stable_chars].split()) >= 6
    assert text.startswith(sure.text[: sure.stable_chars])


async def test_any_rate_is_heard(live: SphinxLiveTranscriber) -> None:
    clip = resample(say(SENTENCES[2]), 48_000)
    assert await heard(live, clip) == SENTENCES[2]


@pytest.mark.parametrize("kind", ["silence", "noise", "hum", "click"])
async def test_no_words_are_invented(live: SphinxLiveTranscriber, kind: str) -> None:
    time_s = np.arange(48_000) / 16_000
    values = {
        "silence": np.zeros(48_000),
        "noise": np.random.default_rng(1).standard_normal(48_000) * 1000,
        "hum": 3000 * np.sin(2 * np.pi * 50 * time_s),
        "click": np.where((time_s > 1) & (time_s < 1.003), 20_000, 0),
    }[kind]
    assert await heard(live, Clip(16_000, values.astype("<i2").tobytes())) == ""
    assert await heard(live, Clip(16_000, b"")) == ""


async def test_a_cancelled_take_leaves_the_worker_to_the_next_one(
    live: SphinxLiveTranscriber, recognizer: SphinxTranscriber
) -> None:
    await live.warm()
    worker = recognizer._worker
    sound = KeptSound(16_000)
    following = asyncio.create_task(live.follow(sound, FREE))
    sound.feed(say(SENTENCES[0]).data)
    await asyncio.sleep(0)
    following.cancel()
    await asyncio.wait([following])
    assert following.cancelled()
    assert (await recognizer.transcribe(say("what time is it"), Hints())).text == "what time is it"
    assert await heard(live, say(SENTENCES[2])) == SENTENCES[2]
    assert recognizer._worker is worker


@pytest.mark.logs("the recognizer's process is gone")
async def test_a_take_outlives_its_worker(
    live: SphinxLiveTranscriber, recognizer: SphinxTranscriber
) -> None:
    await live.warm()
    assert recognizer._worker is not None
    os.kill(recognizer._worker.pid, signal.SIGKILL)
    assert await heard(live, say(SENTENCES[2])) == SENTENCES[2]


async def test_another_language_is_told(live: SphinxLiveTranscriber) -> None:
    with pytest.raises(AppError) as failure:
        await live.follow(KeptSound(16_000), Hints("de"))
    assert failure.value.code is Code.LANGUAGE_NOT_BUILT_IN
