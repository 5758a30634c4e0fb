"""The voice of a reply that speaks itself."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from app.conversation.heard_sound import Unheard
from app.conversation.sentences import Piece
from app.providers.base import Speech
from app.providers.scripted import ScriptedSpeech
from app.sessions.sound_out import SoundOut
from audio import messages
from tests.sessions.voice import SOUND

SILENCE = bytes(48)


class Port:
    def __init__(self) -> None:
        self.sent: list[messages.Command] = []
        self.pcm = b""

    async def send(self, message: messages.Command) -> None:
        self.sent.append(message)

    async def send_pcm(self, stream_id: str, data: bytes) -> None:
        self.pcm += data


@contextlib.asynccontextmanager
async def running(
    speech: Speech | None = None, *, clear: bool = True
) -> AsyncIterator[tuple[SoundOut, Port, asyncio.Event]]:
    async def voice() -> Speech | None:
        return speech

    port, may_start = Port(), asyncio.Event()
    if clear:
        may_start.set()
    out = SoundOut(port, "stream", may_start, voice)
    task = asyncio.create_task(out.run())
    try:
        yield out, port, may_start
    finally:
        task.cancel()
        await asyncio.wait([task])


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_silence_before_the_voice_is_left_out_and_counted_all_the_same() -> None:
    async with running() as (out, port, _):
        out.words("a", "One two three four.")
        out.sound("a", SILENCE * 200)
        out.sound("a", SOUND * 1_000)
        out.item_is_whole()
        await settle()
        assert len(port.pcm) == 1_020 * 48
        assert out.unheard(320) == (Unheard("a", 500),)
        assert out.unheard(1_020) == ()
        assert out.heard("One two three four.", 510) == "One two"
        assert out.heard("One two three four.", 1_020) == "One two three four."
        assert out.audible_after(500)
        assert not out.audible_after(1_020)


async def test_nothing_starts_before_it_may() -> None:
    async with running(clear=False) as (out, port, may_start):
        out.sound("a", SOUND * 100)
        await settle()
        assert not port.sent
        assert not out.announced
        assert out.unheard(0) == (Unheard("a", 0),)
        may_start.set()
        await settle()
        assert port.sent == [messages.Play("stream", 24_000)]


async def test_a_question_is_spoken_by_another_voice_and_is_no_item() -> None:
    speech = ScriptedSpeech()
    async with running(speech) as (out, port, _):
        out.say(Piece("One two.", 0, 8))
        out.words("a", "One two.")
        out.sound("a", SOUND * 500)
        out.say(Piece("Shall I?", 8, 8))
        await settle()
        asked_ms = len(port.pcm) // 48 - 500
        assert speech.said == ["Shall I?"]
        assert asked_ms > 0
        out.words("b", "Three four.")
        out.sound("b", SOUND * 600)
        out.item_is_whole()
        await settle()
        text = "One two.\n\nThree four."
        assert out.unheard(500 + asked_ms + 100) == (Unheard("b", 100),)
        assert out.heard(text, 500 + asked_ms) == "One two."
        assert out.heard(text, 500 + asked_ms + 400) == "One two.\n\nThree"


async def test_its_end_waits_for_the_listener() -> None:
    async with running() as (out, port, _):
        out.sound("a", SOUND * 100)
        out.finish()
        await settle()
        assert port.sent == [messages.Play("stream", 24_000), messages.PlayEnd("stream")]
        out.playback_finished()


async def test_a_reply_without_sound_plays_nothing() -> None:
    port = Port()

    async def nobody() -> Speech | None:
        return None

    out = SoundOut(port, "stream", asyncio.Event(), nobody)
    out.sound("a", SILENCE * 100)
    out.finish()
    await asyncio.wait_for(out.run(), 1)
    assert not port.sent
