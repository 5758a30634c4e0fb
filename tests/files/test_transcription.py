from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from app.errors import AppError, Code
from app.files.cuts import Limits
from app.files.progress import ProgressFile
from app.files.transcript import FileTranscript
from app.files.transcription import PATIENT, FileTranscription, Progress, Way
from app.providers.base import Expect, Hints, Transcriber
from app.providers.local.recognizer import SphinxTranscriber
from app.providers.openai.transcriber import OpenAITranscriber
from tests.desk.speech import join, say, silence
from tests.files.hearing_server import HearingServer, every
from tests.files.recordings import (
    RATE_HZ,
    Recording,
    differences,
    encode,
    numbered,
    without_pauses,
)
from tests.providers.openai import fault_server as faults
from tests.providers.openai.connection import TIRELESS, connected

LIMITS = Limits(longest_ms=30_000, searched_ms=10_000)
HURRIED = dataclasses.replace(PATIENT, base_wait_s=0.02, longest_wait_s=0.1)
BROKEN = faults.error(500, "The server had an error")
REFUSED = faults.error(400, "This sound cannot be used", code="invalid_value")


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return numbered(300, tmp_path_factory.mktemp("speech"))


@pytest.fixture(scope="module")
def sound(recording: Recording, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return encode(recording.clip, tmp_path_factory.mktemp("sound") / "talk.flac")


@contextlib.asynccontextmanager
async def hearing(server: HearingServer, at_once: int = 3) -> AsyncIterator[Way]:
    async with server, connected(server.base_url, TIRELESS) as client:
        transcriber = OpenAITranscriber(client, "gpt-transcribe")
        yield Way([transcriber] * at_once, Hints(), LIMITS, HURRIED)


async def run(
    path: Path, way: Way, kept: Path, on_progress: Callable[[Progress], None] = lambda _: None
) -> FileTranscript:
    return await FileTranscription(path, way, ProgressFile(kept, "key"), on_progress).run()


def overlap_of(stretches: list[tuple[int, int]]) -> int:
    ordered = sorted(stretches)
    return sum(max(0, a[1] - b[0]) for a, b in itertools.pairwise(ordered))


async def test_every_seventh_request_fails_and_no_word_is_lost_or_doubled(
    recording: Recording, sound: Path, tmp_path: Path
) -> None:
    server = HearingServer(recording, every(7, BROKEN))
    told: list[Progress] = []
    async with hearing(server) as way:
        transcript = await run(sound, way, tmp_path, told.append)
    assert differences(recording.text, transcript.text) == ([], [])
    assert (transcript.gaps, transcript.error, transcript.problem) == ([], None, None)
    assert len(server.asked) > len(server.answered) >= 10
    assert overlap_of(server.answered) == 0
    assert all(ends - begins <= 30 * RATE_HZ for begins, ends in server.asked)
    assert (told[-1].done_ms, told[-1].total_ms) == (transcript.duration_ms,) * 2
    assert [p.done_ms for p in told] == sorted(p.done_ms for p in told)


async def test_without_any_pause_nothing_is_lost_or_doubled_either(
    recording: Recording, tmp_path: Path
) -> None:
    breathless = without_pauses(recording)
    server = HearingServer(breathless)
    async with hearing(server) as way:
        transcript = await run(encode(breathless.clip, tmp_path / "t.flac"), way, tmp_path / "kept")
    assert overlap_of(server.answered) > 0
    assert differences(breathless.text, transcript.text) == ([], [])


async def test_times_are_those_of_the_sound(
    recording: Recording, sound: Path, tmp_path: Path
) -> None:
    async with hearing(HearingServer(recording)) as way:
        transcript = await run(sound, way, tmp_path)
    for segment in transcript.segments:
        words = [
            word for word in recording.words
            if segment.begins_ms <= (word.begins + word.ends) / 2 / 16 <= segment.ends_ms
        ]  # fmt: skip
        assert segment.text == " ".join(word.text for word in words)
        assert abs(words[0].begins / 16 - segment.begins_ms) < 250
        assert abs(words[-1].ends / 16 - segment.ends_ms) < 250


async def test_a_part_that_is_refused_is_a_gap_with_its_time_and_the_rest_is_there(
    recording: Recording, sound: Path, tmp_path: Path
) -> None:
    at = 100 * RATE_HZ

    def fault(number: int, stretch: tuple[int, int]) -> faults.Behaviour | None:
        return REFUSED if stretch[0] <= at < stretch[1] else None

    server = HearingServer(recording, fault)
    async with hearing(server) as way:
        transcript = await run(sound, way, tmp_path)
        (gap,) = transcript.gaps
        assert gap.begins_ms <= 100_000 < gap.ends_ms
        lost, added = differences(recording.text, transcript.text)
        assert lost == recording.heard(gap.begins_ms * 16, gap.ends_ms * 16 + 15).split()
        assert " ".join(added).endswith("not transcribed]")
        assert transcript.error is not None
        # Run again: only the gap is sent.
        before, server.fault = len(server.answered), None
        transcript = await run(sound, way, tmp_path)
        assert len(server.answered) == before + 1
    assert differences(recording.text, transcript.text) == ([], [])


@pytest.mark.parametrize(
    ("fault", "code", "most_asked"),
    [
        (faults.error(401, "Incorrect API key", code="invalid_api_key"), Code.KEY_WRONG, 6),
        (faults.error(429, "No money", code="insufficient_quota"), Code.QUOTA_SPENT, 6),
        (BROKEN, Code.SERVER_ERROR, 60),
    ],
)
async def test_trouble_that_every_part_would_have_ends_the_run(
    recording: Recording,
    sound: Path,
    tmp_path: Path,
    fault: faults.Behaviour,
    code: Code,
    most_asked: int,
) -> None:
    server = HearingServer(recording, lambda number, stretch: fault if number > 3 else None)
    async with hearing(server) as way:
        transcript = await run(sound, way, tmp_path)
        assert transcript.error is not None
        assert transcript.error.code is code
        assert len(server.answered) == 3
        assert len(server.asked) <= most_asked
        assert transcript.gaps[-1].ends_ms == transcript.duration_ms
        assert abs(transcript.duration_ms - recording.clip.duration_ms) < 50
        server.fault = lambda number, stretch: fault
        with pytest.raises(AppError) as raised:
            await run(sound, way, tmp_path / "elsewhere")
    assert raised.value.code is code


async def test_nothing_that_was_done_is_sent_again_after_a_stop(
    recording: Recording, sound: Path, tmp_path: Path
) -> None:
    server = HearingServer(recording)
    async with hearing(server) as way:
        for parts in (2, 5):
            done = asyncio.Event()

            def count(progress: Progress, parts: int = parts, done: asyncio.Event = done) -> None:
                if progress.done_ms >= parts * 25_000:
                    done.set()

            task = asyncio.create_task(run(sound, way, tmp_path, count))
            await done.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        kept = ProgressFile(tmp_path, "key")
        transcript = await run(sound, way, tmp_path)
    assert kept.is_begun
    assert differences(recording.text, transcript.text) == ([], [])
    # At most what was under way at the two stops was asked for twice.
    parts = len(set(server.asked))
    assert len(server.asked) <= parts + 2 * 3


async def test_silence_is_not_sent(tmp_path: Path) -> None:
    async with hearing(HearingServer(Recording(silence(1000), []))) as way:
        transcript = await run(encode(silence(70_000), tmp_path / "t.flac"), way, tmp_path / "k")
    assert (transcript.text, transcript.gaps, transcript.duration_ms) == ("", [], 70_000)


async def test_a_file_that_cannot_be_read_sends_nothing(tmp_path: Path) -> None:
    (tmp_path / "talk.mp3").write_text("words")
    server = HearingServer(Recording(silence(1000), []))
    async with hearing(server) as way:
        with pytest.raises(AppError, match="not a sound file"):
            await run(tmp_path / "talk.mp3", way, tmp_path / "kept")
    assert server.asked == []


@pytest.mark.parametrize("ending", ["mp3", "opus"])
async def test_the_built_in_recognizer_takes_it_in_turns(tmp_path: Path, ending: str) -> None:
    sentences = ["the weather is fine today", "how are you today", "what is twelve times seven"]
    talk = join(*[join(say(text), silence(700)) for text in sentences])
    first, second = SphinxTranscriber(), SphinxTranscriber()
    transcribers: list[Transcriber] = [first, second]
    limits = Limits(longest_ms=4000, searched_ms=2500)
    try:
        way = Way(transcribers, Hints(expect=Expect.FREE_TEXT), limits, HURRIED)
        transcript = await run(encode(talk, tmp_path / f"talk.{ending}"), way, tmp_path / "kept")
    finally:
        await first.aclose()
        await second.aclose()
    lost, added = differences(" ".join(sentences), transcript.text)
    assert len(lost) <= 2
    assert len(added) <= 2
    assert len(transcript.segments) >= 2
