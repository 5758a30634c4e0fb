"""A take of an hour: little of it is in memory, and all of it is heard and kept."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from app.desktop.hotkeys import HotkeyName, KeyEvent
from app.dictation import events
from app.dictation.record import Outcome
from app.providers.base import Hints, OnPartial, Transcript
from app.providers.scripted import ScriptedTranscriber
from audio import journal, take_folder
from audio.journal import JournalWriter
from audio.messages import (
    SPEECH_RATE_HZ,
    BeginTake,
    EndTake,
    JournalFailed,
    Pcm,
    TakeEnd,
    TakeEnded,
    TakeStarted,
)
from audio.pcm import SAMPLE_BYTES, Clip
from tests.sessions.stage import Stage, stage

HOUR_S = 3600
SECOND_BYTES = SPEECH_RATE_HZ * SAMPLE_BYTES
TAIL_S = 60


class Digesting(ScriptedTranscriber):
    """Says something, and notes what it was given."""

    digest = ""

    async def transcribe(
        self, clip: Clip, hints: Hints, on_partial: OnPartial | None = None
    ) -> Transcript:
        self.digest = hashlib.sha256(clip.data).hexdigest()
        return Transcript("hello there", self.label)


async def hold(on_stage: Stage, take_id: str) -> None:
    await on_stage.until(lambda: on_stage.desktop.bound)
    on_stage.post(KeyEvent(HotkeyName.DICTATE, True, 1.0))
    await on_stage.until(lambda: any(isinstance(m, BeginTake) for m in on_stage.engine.sent))
    on_stage.engine.tell(TakeStarted(take_id, 0, "", 0))
    await on_stage.until(lambda: on_stage.of(events.DictationStarted))


async def release(on_stage: Stage, take_id: str, seconds: int) -> events.DictationEnded:
    on_stage.post(KeyEvent(HotkeyName.DICTATE, False, 1.0 + seconds))
    await on_stage.until(lambda: any(isinstance(m, EndTake) for m in on_stage.engine.sent))
    on_stage.engine.tell(TakeEnded(take_id, seconds * 1000, seconds * 500, TakeEnd.RELEASED))
    await on_stage.until(lambda: on_stage.of(events.DictationEnded))
    return on_stage.of(events.DictationEnded)[0]


def second(number: int) -> bytes:
    return number.to_bytes(2, "little") * SPEECH_RATE_HZ


async def held_bytes(on_stage: Stage, seconds: int) -> int:
    """How much is in memory when so much of it has come."""
    take = on_stage._core._parts.dictation._open
    assert take is not None
    sound = take.sound.kept
    await on_stage.until(lambda: sound.length_bytes == seconds * SECOND_BYTES)
    return sound.held_bytes


async def test_an_hour_is_whole_and_a_minute_of_it_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(take_folder, "sync_data", lambda file: None)
    whole = hashlib.sha256()
    async with stage(tmp_path) as on_stage:
        on_stage.providers.hears = hears = Digesting()
        await hold(on_stage, "t1")
        writer = JournalWriter.open(on_stage.journal, "t1", SPEECH_RATE_HZ)
        most = 0
        for number in range(HOUR_S):
            pcm = second(number)
            whole.update(pcm)
            writer.append(pcm)
            on_stage.engine.tell(Pcm("t1", pcm))
            if number % 100 == 99:
                most = max(most, await held_bytes(on_stage, number + 1))
        writer.finish()
        end = await release(on_stage, "t1", HOUR_S)
        assert (end.outcome, end.text) == (Outcome.INSERTED, "Hello there")
        assert most <= (TAIL_S + 1) * SECOND_BYTES
        assert hears.digest == whole.hexdigest()
        await on_stage.until(lambda: not journal.unfinished(on_stage.journal))
    kept = (tmp_path / "dictations" / "t1.wav").read_bytes()
    assert hashlib.sha256(kept[44:]).hexdigest() == whole.hexdigest()


@pytest.mark.logs("only in memory")
async def test_what_the_disk_refuses_stays_in_memory(tmp_path: Path) -> None:
    whole = hashlib.sha256()
    async with stage(tmp_path) as on_stage:
        on_stage.providers.hears = hears = Digesting()
        await hold(on_stage, "t1")
        on_stage.engine.tell(JournalFailed("t1", "disk full"))
        for number in range(3 * TAIL_S):
            whole.update(second(number))
            on_stage.engine.tell(Pcm("t1", second(number)))
        end = await release(on_stage, "t1", 3 * TAIL_S)
        assert end.outcome is Outcome.INSERTED
        assert hears.digest == whole.hexdigest()
