"""Takes over transcription sessions: words in order, and none lost with a session."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.errors import AppError, Code
from app.net.policy import Policies
from app.providers.base import Hints, Partial, Transcript
from app.providers.kept_sound import KeptSound
from app.providers.openai import live_session, live_socket, realtime_socket
from app.providers.openai.live_transcriber import OpenAILiveTranscriber
from app.providers.openai.transcriber import OpenAITranscriber
from app.providers.pauses import Cutting
from tests.desk.relay import FINE, Line, Relay
from tests.faults.api import Service, said, sound_of
from tests.faults.behaviours import status
from tests.faults.server import ApiServer
from tests.providers.openai.connection import connected
from tests.providers.openai.live_server import Habits, LiveServer

RATE_HZ = 16_000
MODEL = "gpt-live-transcribe"
POLICIES = Policies().scaled(0.1)
NUMBERS = (3000, 5000, 7000, 9000)
WORDS = " ".join(said(number) for number in NUMBERS)
PLAIN = Hints()
UPLOADED = "What an upload holds."


def take(*numbers: int) -> bytes:
    pause = bytes(RATE_HZ)
    return b"".join(sound_of(number, RATE_HZ, 1000) + pause for number in numbers)


class Stage:
    """A live transcriber for an API server whose sessions have some habits."""

    def __init__(
        self, api: ApiServer, live: LiveServer, transcriber: OpenAILiveTranscriber
    ) -> None:
        self.api = api
        self.live = live
        self.transcriber = transcriber
        self.told: list[Partial] = []

    @property
    def uploads(self) -> int:
        return len(self.api.asked(Service.TRANSCRIPTION))

    async def hear(self, pcm: bytes, hints: Hints = PLAIN) -> Transcript:
        sound = KeptSound(RATE_HZ)
        following = asyncio.create_task(self.transcriber.follow(sound, hints, self.told.append))
        for at in range(0, len(pcm), 3200):
            sound.feed(pcm[at : at + 3200])
            await asyncio.sleep(0)
        sound.end()
        return await following


@contextlib.asynccontextmanager
async def stage(habits: Habits | None = None, line: Line = FINE) -> AsyncIterator[Stage]:
    async with (
        LiveServer(habits) as live,
        ApiServer() as api,
        Relay(api.port, line) as relay,
        connected(f"http://127.0.0.1:{relay.port}/v1", POLICIES) as client,
    ):
        api.realtime_port = live.port
        api.model.hears = UPLOADED
        upload = OpenAITranscriber(client, "gpt-transcribe")
        transcriber = OpenAILiveTranscriber(client, MODEL, upload)
        try:
            yield Stage(api, live, transcriber)
        finally:
            await transcriber.aclose()


@pytest.fixture(autouse=True)
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_session, "CUTTING", Cutting(0.5, 60.0, 600.0, pause_ms=200))


async def test_a_take_is_heard_and_both_sides_keep_to_the_schema(oracle: Any) -> None:
    async with stage() as s:
        transcript = await s.hear(take(*NUMBERS), Hints("de", vocabulary=("Sayso",)))
        problems = [oracle.check_client_event(event) for event in s.live.received]
        problems += [oracle.check_server_event(event) for event in s.live.sent]
        assert transcript == Transcript(WORDS, MODEL)
        assert s.uploads == 0
        assert not any(problems)
        assert s.live.handshakes[0].path == "/v1/realtime?intent=transcription"
        assert s.live.kinds.count("input_audio_buffer.commit") >= 4


async def test_words_are_told_while_it_is_spoken_and_stay() -> None:
    async with stage() as s:
        await s.hear(take(*NUMBERS))
        texts = [partial.text for partial in s.told]
        assert texts[-1] == WORDS
        assert said(NUMBERS[0]) in texts
        for before, after in zip(s.told, s.told[1:], strict=False):
            assert after.text.startswith(before.text[: before.stable_chars])
        assert s.told[-1].stable_chars == len(WORDS)


@pytest.mark.parametrize(
    "habits", [Habits(hold=5), Habits(nameless=True)], ids=["out of order", "nameless"]
)
async def test_however_items_complete_the_words_are_in_order(habits: Habits) -> None:
    async with stage(habits) as s:
        assert (await s.hear(take(*NUMBERS))).text == WORDS
        assert s.uploads == 0


async def test_a_warm_session_is_used_and_used_again() -> None:
    async with stage() as s:
        await s.transcriber.warm()
        for _ in range(3):
            assert (await s.hear(take(*NUMBERS))).text == WORDS
        assert len(s.live.handshakes) == 1


async def test_a_warm_session_that_closed_is_replaced() -> None:
    async with stage() as s:
        await s.transcriber.warm()
        await s.live.open[0].close(1001)
        assert (await s.hear(take(*NUMBERS))).text == WORDS
        assert (s.uploads, len(s.live.handshakes)) == (0, 2)


async def test_an_idle_session_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_socket, "IDLE_S", 0.05)
    async with stage() as s:
        await s.transcriber.warm()
        await s.live.until(lambda: bool(s.live.handshakes) and not s.live.open)


async def test_a_take_outlives_its_session_and_no_word_is_lost() -> None:
    for after in (2, 17, 31, 45):
        async with stage(Habits(cut_after=after)) as s:
            sound = KeptSound(RATE_HZ)
            following = asyncio.create_task(s.transcriber.follow(sound, Hints()))
            sound.feed(take(*NUMBERS))
            await s.live.until(lambda: len(s.live.handshakes) == 2)
            sound.end()
            assert (await following).text == WORDS
            assert s.uploads == 0


async def test_a_session_that_is_cut_at_the_end_leaves_the_rest_to_an_upload() -> None:
    async with stage(Habits(cut_after=3, cut_connections=99)) as s:
        text = (await s.hear(take(*NUMBERS))).text
        assert s.uploads >= 1
        assert text.endswith(UPLOADED)


async def test_a_slow_line_is_no_silence() -> None:
    async with stage(line=Line(bytes_per_s=200_000, delay_s=0.1)) as s:
        assert (await s.hear(take(*NUMBERS))).text == WORDS
        assert s.uploads == 0


async def test_an_old_session_is_replaced_between_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(realtime_socket, "OLDEST_S", 0.0)
    async with stage() as s:
        assert (await s.hear(take(*NUMBERS))).text == WORDS
        assert len(s.live.handshakes) >= 4
        assert s.uploads == 0
        await s.live.until(lambda: not s.live.open)


NOT_FOUND = (404, b'{"error":{"message":"Not found","type":"x","code":null}}')
WRONG_KEY = (401, b'{"error":{"message":"Incorrect API key","code":"invalid_api_key"}}')


@pytest.mark.parametrize("refuse", [NOT_FOUND, WRONG_KEY, (503, b"{}")], ids=["404", "401", "503"])
async def test_without_a_session_the_take_is_uploaded(refuse: tuple[int, bytes]) -> None:
    async with stage(Habits(refuse=refuse)) as s:
        transcript = await s.hear(take(*NUMBERS))
        assert transcript == Transcript(UPLOADED, "gpt-transcribe")
        assert s.uploads == 1


async def test_a_server_without_sessions_is_not_asked_for_one_again() -> None:
    async with stage(Habits(refuse=NOT_FOUND)) as s:
        for _ in range(3):
            assert (await s.hear(take(*NUMBERS))).text == UPLOADED
        assert len(s.live.handshakes) == 1


async def test_the_successor_of_a_model_takes_over() -> None:
    async with stage(Habits(gone=frozenset({MODEL}))) as s:
        assert await s.hear(take(*NUMBERS)) == Transcript(WORDS, "gpt-realtime-whisper")
        assert await s.hear(take(*NUMBERS)) == Transcript(WORDS, "gpt-realtime-whisper")
        assert len(s.live.handshakes) == 2


async def test_silence_after_the_end_leaves_the_take_to_an_upload() -> None:
    async with stage(Habits(silent=True)) as s:
        assert (await s.hear(take(*NUMBERS))).text == UPLOADED


async def test_a_part_that_failed_is_uploaded() -> None:
    failure = {"type": "x", "code": "audio_unintelligible", "message": "no", "param": None}
    async with stage(Habits(fails=failure)) as s:
        assert (await s.hear(take(*NUMBERS))).text == UPLOADED


async def test_words_made_up_from_silence_are_left_out() -> None:
    async with stage(Habits(hears="Thank you.")) as s:
        transcript = await s.hear(bytes(3 * RATE_HZ))
        assert (transcript.text, transcript.dropped) == ("", "Thank you.")
        assert (await s.hear(take(20_000))).text.startswith("Thank you.")


async def test_what_is_shorter_than_a_word_is_not_sent() -> None:
    async with stage() as s:
        assert (await s.hear(bytes(3000))).text == ""
        assert s.live.handshakes == []


async def test_a_take_that_is_cancelled_ends_at_once_and_harms_no_other() -> None:
    async with stage(Habits(silent=True)) as s:
        sound = KeptSound(RATE_HZ)
        following = asyncio.create_task(s.transcriber.follow(sound, Hints()))
        sound.feed(take(3000))
        await s.live.until(lambda: "input_audio_buffer.append" in s.live.kinds)
        following.cancel()
        await asyncio.wait([following])
        assert following.cancelled()
        s.live.habits.silent = False
        assert (await s.hear(take(*NUMBERS))).text == WORDS


async def test_when_nothing_works_the_error_is_the_uploads() -> None:
    async with stage(Habits(refuse=WRONG_KEY)) as s:
        s.api.inject(Service.TRANSCRIPTION, status(401, "invalid_api_key"))
        with pytest.raises(AppError) as caught:
            await s.hear(take(3000))
        assert caught.value.code is Code.KEY_WRONG
