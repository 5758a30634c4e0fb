"""The built-in recognizer on voices: commands word for word, other speech as it is, no ghosts."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import numpy as np
import pocketsphinx
import pytest

from app.errors import AppError, Code
from app.providers.base import Expect, Hints
from app.providers.local.grammar import PRONUNCIATIONS, answer_fsg, command_fsg
from app.providers.local.matcher import match
from app.providers.local.recognizer import SphinxTranscriber
from audio.pcm import Clip
from tests.desk.speech import say, silence

COMMANDS = (
    "what time is it",
    "what day is it tomorrow",
    "set a timer for five minutes",
    "how many kilometers are five miles",
    "what is twelve times seven",
    "what is fifteen percent of eighty",
    "take a note",
    "cancel the timer",
    "open wikipedia",
    "what can you do",
)
OTHER = (
    "my favorite color is green",
    "we should talk about the project on monday",
    "can you recommend a good book about history",
)


@pytest.fixture
async def recognizer() -> AsyncIterator[SphinxTranscriber]:
    transcriber = SphinxTranscriber()
    yield transcriber
    await transcriber.aclose()


async def heard(recognizer: SphinxTranscriber, clip: Clip, **hints: object) -> str:
    return (await recognizer.transcribe(clip, Hints(**hints))).text  # type: ignore[arg-type]


async def test_commands_are_understood_in_three_voices(recognizer: SphinxTranscriber) -> None:
    for voice in ("slt", "awb", "rms"):
        for command in COMMANDS:
            text = await heard(recognizer, say(command, voice=voice))
            assert match(text) == match(command), f"{voice}: {command!r} was heard as {text!r}"


async def test_slow_and_fast_speech_is_understood(recognizer: SphinxTranscriber) -> None:
    for stretch in (0.8, 1.3):
        for command in COMMANDS[:5]:
            text = await heard(recognizer, say(command, stretch=stretch))
            assert match(text) == match(command), f"{stretch}: {command!r} as {text!r}"


async def test_other_speech_is_not_forced_into_a_command(recognizer: SphinxTranscriber) -> None:
    for sentence in OTHER:
        text = await heard(recognizer, say(sentence))
        assert match(text) is None
        assert set(text.split()) & set(sentence.split())


async def test_what_is_expected_is_heard(recognizer: SphinxTranscriber) -> None:
    assert await heard(recognizer, say("yes please"), expect=Expect.YES_OR_NO) == "yes please"
    assert await heard(recognizer, say("no"), expect=Expect.YES_OR_NO) == "no"
    note = "please open the window"
    assert await heard(recognizer, say(note), expect=Expect.FREE_TEXT) == note


def _sound(kind: str) -> Clip:
    time_s = np.arange(32_000) / 16_000
    values = {
        "noise": np.random.default_rng(1).standard_normal(32_000) * 1000,
        "hum": 3000 * np.sin(2 * np.pi * 50 * time_s),
        "click": np.where((time_s > 1) & (time_s < 1.003), 20_000, 0),
    }[kind]
    return Clip(16_000, values.astype("<i2").tobytes())


@pytest.mark.parametrize("kind", ["silence", "noise", "hum", "click"])
async def test_no_words_are_invented(recognizer: SphinxTranscriber, kind: str) -> None:
    clip = silence(2000) if kind == "silence" else _sound(kind)
    assert await heard(recognizer, clip) == ""
    assert await heard(recognizer, clip, expect=Expect.FREE_TEXT) == ""
    assert await heard(recognizer, Clip(16_000, b"")) == ""


async def test_another_language_is_told(recognizer: SphinxTranscriber) -> None:
    with pytest.raises(AppError) as failure:
        await heard(recognizer, silence(500), language="de")
    assert failure.value.code is Code.LANGUAGE_NOT_BUILT_IN


@pytest.mark.logs("the recognizer's process is gone")
async def test_a_worker_that_dies_is_replaced(recognizer: SphinxTranscriber) -> None:
    await recognizer.warm()
    worker = recognizer._worker
    assert worker is not None
    os.kill(worker.pid, signal.SIGKILL)
    assert await heard(recognizer, say("what time is it")) == "what time is it"


async def test_a_cancelled_take_does_not_answer_the_next_one(
    recognizer: SphinxTranscriber,
) -> None:
    await recognizer.warm()
    long = Clip(16_000, say("my favorite color is green").data * 3)
    first = asyncio.create_task(heard(recognizer, long, expect=Expect.FREE_TEXT))
    await asyncio.sleep(0.1)
    first.cancel()
    await asyncio.wait([first])
    assert first.cancelled()
    assert await heard(recognizer, say("what time is it")) == "what time is it"


def test_every_word_of_the_commands_can_be_pronounced() -> None:
    decoder = pocketsphinx.Decoder(loglevel="FATAL")
    lines = [*command_fsg().splitlines(), *answer_fsg().splitlines()]
    steps = [line.split() for line in lines if line.startswith("TRANSITION")]
    spoken = {step[4] for step in steps if len(step) == 5}
    assert {"time", "please", "yes"} < spoken
    unknown = {word for word in spoken if decoder.lookup_word(word) is None}
    assert unknown <= set(PRONUNCIATIONS)
