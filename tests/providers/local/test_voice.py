from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from pocketsphinx import Decoder

from app.errors import AppError, Code
from app.providers.local.spoken_text import spoken
from app.providers.local.voice import BuiltInVoice
from app.providers.local.voice_programs import FLITE, SAY, WINDOWS, find_program
from audio.pcm import Clip, level_dbfs
from audio.resample import resample


async def said(text: str, language: str = "en") -> Clip:
    clips = [clip async for clip in BuiltInVoice(language).speak(text)]
    assert len({clip.rate_hz for clip in clips}) == 1
    return Clip(clips[0].rate_hz, b"".join(clip.data for clip in clips))


def words(clip: Clip) -> str:
    decoder = Decoder(loglevel="FATAL")
    decoder.start_utt()
    decoder.process_raw(resample(clip, 16_000).data, full_utt=True)
    decoder.end_utt()
    return str(decoder.hyp().hypstr)


async def test_a_sentence_is_spoken_so_that_it_is_understood() -> None:
    assert words(await said("Please open the window.")) == "please open the window"


async def test_text_is_never_taken_for_an_option_or_a_command(tmp_path: Path) -> None:
    assert (await said("-lv")).duration_ms > 300
    assert (await said(f"$(touch {tmp_path}/made); touch {tmp_path}/made")).duration_ms > 300
    assert not (tmp_path / "made").exists()


async def test_another_language_is_spoken_by_espeak() -> None:
    assert level_dbfs((await said("Guten Tag, wie geht es?", "de")).samples()) > -40


async def test_nothing_to_say_is_no_sound() -> None:
    assert [clip async for clip in BuiltInVoice().speak("  ")] == []


async def test_a_missing_voice_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(AppError) as failure:
        await said("hello")
    assert (failure.value.code, failure.value.detail) == (Code.VOICE_MISSING, "flite")


def program(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    (folder / "flite").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "flite").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


@pytest.mark.parametrize("script", ["exit 3", "echo no sound", "exit 0"])
async def test_a_broken_voice_is_one_error(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, monkeypatch, script)
    with pytest.raises(AppError) as failure:
        await said("hello")
    assert failure.value.code is Code.VOICE_FAILED


async def test_a_cancelled_sentence_ends_its_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, monkeypatch, f"echo $$ > {tmp_path}/pid; exec sleep 60")
    speaking = asyncio.create_task(said("hello"))
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().strip():
        await asyncio.sleep(0.01)
    speaking.cancel()
    await asyncio.wait([speaking], timeout=30)
    assert speaking.cancelled()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("It is 14:05.", "It is 14 oh 5."),
        ("At 9:00 and 17:30", "At 9 o'clock and 17 30"),
        ("20°C is 68 °F", "20 degrees Celsius is 68 degrees Fahrenheit"),
        ("50% of $3.50", "50 percent of 3.50 dollars"),
        ("-5 + 3 = -2", "minus 5 plus 3 equals minus 2"),
        ("See https://www.example.org/a?b=c.", "See example dot org"),
        ("**bold** `code`", "bold code"),
        ("a well-known fact", "a well-known fact"),
    ],
)
def test_signs_become_words(written: str, read: str) -> None:
    assert spoken(written) == read


def test_every_system_has_a_voice() -> None:
    assert find_program("en", "linux") is FLITE
    assert find_program("fr", "linux").command[:3] == ("espeak-ng", "-v", "fr")
    assert find_program("en", "darwin") is SAY
    assert find_program("de", "win32") is WINDOWS
