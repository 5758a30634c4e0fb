from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, strategies as st

from app.conversation.sentences import Piece, SentenceSplitter
from app.errors import AppError, Code
from app.sessions.voice_onset import KEPT_MS, QUIET_PEAK, OnsetFinder
from app.sessions.voice_out import LEAD_S, VoiceOut
from audio.messages import Command, Play, PlayEnd
from audio.pcm import Clip

RATE_HZ = 1000
"""One sample a millisecond."""

LOUD = (1000).to_bytes(2, "little")
TEXT = "One two three. Four five six. Seven eight nine."
_SPLITTER = SentenceSplitter()
FIRST, SECOND, THIRD = *_SPLITTER.feed(TEXT), *_SPLITTER.finish()


def sound(duration_ms: int) -> Clip:
    return Clip(RATE_HZ, LOUD * duration_ms)


@dataclass
class Script:
    """What one piece sounds like: clips, then an error or nothing, all when `go` is set."""

    clips: list[Clip] = field(default_factory=lambda: [sound(100), sound(100)])
    error: AppError | None = None
    go: asyncio.Event | None = None
    rest: asyncio.Event | None = None


class Voice:
    """A Speech that says what it is told, and tells when it began and was closed."""

    label = "test"

    def __init__(self, **scripts: Script) -> None:
        self._scripts = scripts
        self.begun: list[str] = []
        self.closed: list[str] = []
        self.changed = asyncio.Event()

    async def warm(self) -> None:
        raise AssertionError

    async def aclose(self) -> None:
        raise AssertionError

    async def speak(self, text: str) -> AsyncGenerator[Clip, None]:
        self.begun.append(text)
        script = self._scripts.get(text.split()[0].lower(), Script())
        try:
            if script.go is not None:
                await script.go.wait()
            for number, clip in enumerate(script.clips):
                if number and script.rest is not None:
                    await script.rest.wait()
                yield clip
            if script.error is not None:
                raise script.error
        finally:
            self.closed.append(text)


class Port:
    """A playback that plays nothing, and remembers."""

    def __init__(self) -> None:
        self.sent: list[Command] = []
        self.pcm: list[bytes] = []

    async def send(self, message: Command) -> None:
        self.sent.append(message)

    async def send_pcm(self, stream_id: str, data: bytes) -> None:
        self.pcm.append(data)

    @property
    def sent_ms(self) -> int:
        return len(b"".join(self.pcm)) // 2


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0)


async def settle() -> None:
    for _ in range(30):
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def speaking(
    voice: Voice, *pieces: Piece, clear: bool = True
) -> AsyncIterator[tuple[VoiceOut, Port, asyncio.Event, asyncio.Task[None]]]:
    port, may_start = Port(), asyncio.Event()
    if clear:
        may_start.set()
    out = VoiceOut(port, voice, "s", may_start)
    for piece in pieces:
        out.say(piece)
    out.finish()
    running = asyncio.create_task(out.run())
    try:
        yield out, port, may_start, running
    finally:
        running.cancel()
        await asyncio.wait([running])


async def test_pieces_play_in_order_and_the_end_is_told() -> None:
    voice = Voice(one=Script([sound(10)]), four=Script([sound(20)]), seven=Script([sound(30)]))
    async with speaking(voice, FIRST, SECOND, THIRD) as (out, port, _, running):
        await until(lambda: len(port.sent) == 2)
        assert [len(data) // 2 for data in port.pcm] == [10, 20, 30]
        assert port.sent == [Play("s", RATE_HZ), PlayEnd("s")]
        assert not running.done()
        out.playback_finished()
        await running
        assert voice.begun == voice.closed == [FIRST.text, SECOND.text, THIRD.text]


async def test_the_first_clip_goes_out_while_the_rest_is_made() -> None:
    voice = Voice(one=Script(rest=asyncio.Event()))
    async with speaking(voice, FIRST) as (_, port, _, _):
        await until(lambda: port.sent_ms == 100)


async def test_the_next_piece_is_made_while_this_one_still_streams_and_no_further() -> None:
    voice = Voice(one=Script(rest=asyncio.Event()))
    async with speaking(voice, FIRST, SECOND, THIRD) as (_, port, _, _):
        await until(lambda: voice.closed == [SECOND.text])
        await settle()
        assert voice.begun == [FIRST.text, SECOND.text]
        assert port.sent_ms == 100


async def test_the_next_piece_waits_for_the_first_sound() -> None:
    go = asyncio.Event()
    voice = Voice(one=Script(go=go))
    async with speaking(voice, FIRST, SECOND) as (_, _, _, _):
        await settle()
        assert voice.begun == [FIRST.text]
        go.set()
        await until(lambda: voice.begun == [FIRST.text, SECOND.text])


async def test_nothing_is_made_that_would_be_heard_much_later() -> None:
    long = Piece("One " * 50, 0, 200)
    voice = Voice(one=Script([sound(round(LEAD_S * 1000) + 1000)]))
    async with speaking(voice, long, SECOND) as (out, port, _, _):
        await until(lambda: bool(port.pcm))
        await settle()
        assert voice.begun == [long.text]
        out._started_at = asyncio.get_running_loop().time() - 1.5
        out.started.set()
        await until(lambda: len(voice.begun) == 2)


async def test_no_sound_starts_before_it_may() -> None:
    async with speaking(Voice(), FIRST, clear=False) as (out, port, may_start, _):
        await settle()
        assert (port.sent, port.pcm, out.announced) == ([], [], False)
        may_start.set()
        await until(lambda: port.sent_ms == 200)


async def test_an_error_of_a_piece_made_ahead_comes_after_what_was_before_it() -> None:
    rest, error = asyncio.Event(), AppError(Code.SERVER_ERROR, "x")
    voice = Voice(one=Script(rest=rest), four=Script([sound(100)], error))
    async with speaking(voice, FIRST, SECOND, THIRD) as (out, port, _, running):
        await until(lambda: voice.closed == [SECOND.text])
        assert port.sent_ms == 100
        rest.set()
        await until(lambda: PlayEnd("s") in port.sent)
        assert port.sent_ms == 300
        assert out.heard(TEXT, 200) == FIRST.text
        assert out.heard(TEXT, 300) != TEXT[: SECOND.source_end]
        out.playback_finished()
        with pytest.raises(AppError) as caught:
            await running
        assert caught.value is error
        assert set(voice.begun) == set(voice.closed)


async def test_an_error_without_a_sound_is_told_at_once() -> None:
    error = AppError(Code.SERVER_ERROR, "x")
    async with speaking(Voice(one=Script([], error)), FIRST, SECOND) as (_, port, _, running):
        with pytest.raises(AppError):
            await running
        assert port.sent == []


@pytest.mark.logs("a piece of speech failed")
async def test_a_defect_in_a_voice_ends_the_run() -> None:
    voice = Voice(one=Script([sound(1), None]))  # type: ignore[list-item]
    async with speaking(voice, FIRST) as (_, _, _, running):
        with pytest.raises(AttributeError):
            await running


async def test_cancelling_closes_every_piece() -> None:
    hanging = asyncio.Event()
    voice = Voice(one=Script(rest=hanging), four=Script(go=hanging))
    async with speaking(voice, FIRST, SECOND) as (_, _, _, running):
        await until(lambda: len(voice.begun) == 2)
        running.cancel()
        await asyncio.wait([running])
        assert sorted(voice.closed) == sorted(voice.begun)


async def test_what_was_heard_is_exact_while_the_next_piece_is_made() -> None:
    voice = Voice(four=Script(rest=asyncio.Event()))
    async with speaking(voice, FIRST, SECOND) as (out, port, _, _):
        await until(lambda: port.sent_ms == 300)
        assert out.heard(TEXT, 199) == "One two"
        assert out.heard(TEXT, 200) == FIRST.text
        # 15 characters are likely to take 900 ms, of which 100 were sent.
        assert out.heard(TEXT, 200 + 450) == "One two three. Four"
        assert out.audible_after(200)
        assert not out.audible_after(290)


async def test_silence_before_the_first_sound_is_left_out_and_later_silence_is_kept() -> None:
    silent = Clip(RATE_HZ, bytes(2 * 300))
    voice = Voice(one=Script([silent, sound(100)]), four=Script([silent, sound(100)]))
    async with speaking(voice, FIRST, SECOND) as (out, port, _, _):
        await until(lambda: PlayEnd("s") in port.sent)
        assert port.sent_ms == KEPT_MS + 100 + 300 + 100
        assert out.heard(TEXT, KEPT_MS + 100) == FIRST.text


async def test_a_reply_of_silence_alone_is_never_announced() -> None:
    voice = Voice(one=Script([Clip(RATE_HZ, bytes(200))]))
    async with speaking(voice, FIRST) as (out, port, _, running):
        await running
        assert (port.sent, out.announced) == ([], False)


@given(st.integers(0, 100), st.integers(1, 100), st.lists(st.integers(1, 40), max_size=20))
def test_the_onset_keeps_the_sound_and_at_most_20_ms_before_it(
    silent: int, loud: int, cuts: list[int]
) -> None:
    samples = np.array([QUIET_PEAK] * silent + [QUIET_PEAK + 1] * loud, dtype="<i2")
    finder, begun, out, rest = OnsetFinder(), False, b"", samples.tobytes()
    for cut in [*cuts, 1000]:
        piece, rest = Clip(RATE_HZ, rest[: 2 * cut]), rest[2 * cut :]
        found = piece if begun else finder.feed(piece)
        if found is not None:
            begun, out = True, out + found.data
    assert out == samples[max(0, silent - KEPT_MS) :].tobytes()
