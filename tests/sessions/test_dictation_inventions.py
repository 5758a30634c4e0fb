"""What has no words in it becomes no text, whoever is asked."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.dictation import commands as asks, events
from app.dictation.record import Outcome, Remedy
from app.providers.base import Hints, OnPartial, Transcript
from app.providers.local.recognizer import SphinxTranscriber
from app.providers.openai.transcriber import OpenAITranscriber
from app.providers.scripted import ScriptedTranscriber
from audio.pcm import Clip
from tests.providers.openai import fault_server as faults
from tests.providers.openai.connection import served
from tests.sessions.stage import Stage, stage
from tests.sessions.wordless import Taken, dictate

BUILT_IN, SERVER = "built in", "server"


@contextlib.asynccontextmanager
async def asking(whom: str, folder: Path) -> AsyncIterator[Stage]:
    """A stage whose dictations are transcribed there; the server says "Thank you." to all."""
    async with contextlib.AsyncExitStack() as stack:
        on_stage = await stack.enter_async_context(stage(folder))
        await on_stage.until(lambda: on_stage.desktop.bound)
        if whom == BUILT_IN:
            recognizer = SphinxTranscriber()
            stack.push_async_callback(recognizer.aclose)
            await recognizer.warm()
            on_stage.providers.hears = recognizer
        else:
            answer = faults.answer(200, b'{"text": "Thank you."}')
            client, _ = await stack.enter_async_context(served(answer))
            on_stage.providers.hears = OpenAITranscriber(client, "gpt-transcribe")
        yield on_stage


async def inventions(whom: str, folder: Path, count: int, fooled: bool = False) -> list[Taken]:
    """The takes without words that became text, of so many.

    An engine that is `fooled` takes a moment of each for a voice, so that all are transcribed.
    """
    async with asking(whom, folder) as on_stage:
        takes = [
            await dictate(on_stage, number, 128 + number * 37 % 260 if fooled else None)
            for number in range(count)
        ]
        inserted = on_stage.desktop.inserted
    with_text = [take for take in takes if take.end.text]
    assert bool(inserted) == bool(with_text)
    return with_text


class LeavesOut(ScriptedTranscriber):
    """A transcriber that does not believe its own words."""

    async def transcribe(
        self, clip: Clip, hints: Hints, on_partial: OnPartial | None = None
    ) -> Transcript:
        return Transcript("", self.label, dropped="Thank you.")


async def test_what_a_provider_left_out_can_be_brought_back(tmp_path: Path) -> None:
    async with stage(tmp_path) as on_stage:
        await on_stage.until(lambda: on_stage.desktop.bound)
        on_stage.providers.hears = LeavesOut()
        end = (await dictate(on_stage, 0, voice_ms=900)).end
        assert (end.outcome, end.action) == (Outcome.NOTHING_HEARD, Remedy.BRING_BACK)
        on_stage.send(asks.BringBackDropped(end.dictation_id))
        await on_stage.until(lambda: len(on_stage.of(events.DictationEnded)) == 2)
        assert on_stage.of(events.DictationEnded)[1].text == "Thank you."


@pytest.mark.parametrize("whom", [BUILT_IN, SERVER])
async def test_no_word_is_invented(whom: str, tmp_path: Path) -> None:
    assert await inventions(whom, tmp_path, 10) == []


async def test_no_word_is_invented_where_a_noise_passes_for_a_voice(tmp_path: Path) -> None:
    assert await inventions(SERVER, tmp_path, 10, fooled=True) == []


@pytest.mark.soak
async def test_no_word_is_invented_in_200_takes_that_pass_for_a_voice(tmp_path: Path) -> None:
    assert await inventions(SERVER, tmp_path, 200, fooled=True) == []


@pytest.mark.soak
@pytest.mark.parametrize("whom", [BUILT_IN, SERVER])
async def test_no_word_is_invented_in_200_takes(whom: str, tmp_path: Path) -> None:
    found = await inventions(whom, tmp_path, 200)
    for take in found:
        print(f"{whom}: {take.kind}, {take.voiced_ms} ms of voice: {take.end.text!r}")
    assert found == []
