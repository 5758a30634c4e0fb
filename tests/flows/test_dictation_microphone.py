"""A microphone that is pulled out in the middle of a dictation costs nothing that was said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from audio.pcm import Clip
from audio.wav import read_wav
from tests.audio.running import lags_ms, similarity
from tests.desk import targets
from tests.desk.screen import Screen
from tests.desk.sound import SoundServer
from tests.desk.speech import say
from tests.desk.waiting import wait_until
from tests.flows.dictation_kills import KEYS, SETTINGS, rows_of
from tests.flows.running import RunningSayso

pytestmark = pytest.mark.desk
SENTENCE = "this is a new sentence"


def dictate(
    sound: SoundServer, screen: Screen, folder: Path, speak: Callable[[], None]
) -> tuple[str, str, Clip]:
    """Hold the key while `speak`; the outcome, the text in the field, and the recording."""
    home = folder / "home"
    environment = sound.environment
    with (
        RunningSayso(
            home, environment, screen.environment, arguments=["talk"], settings=SETTINGS,
            stdin_text="/mute\n",
        ) as sayso,
        targets.qt(screen, folder, "plain") as field,
    ):  # fmt: skip
        sayso.wait_for_hotkeys()
        field.focus()
        for key in KEYS:
            screen.xdotool("keydown", key)
        try:
            wait_until(sound.sources_in_use, "an open microphone")
            speak()
        finally:
            for key in reversed(KEYS):
                screen.xdotool("keyup", key)
        rows = wait_until(
            lambda: [row for row in rows_of(home) if row[0] != "open"], "its end", timeout_s=40
        )
        text = field.settled("", timeout_s=1.0)
    ((outcome, audio),) = rows
    return outcome, text, read_wav(home / "data" / "dictations" / audio).clip


def test_the_last_microphone_goes(fresh_sound: SoundServer, screen: Screen, tmp_path: Path) -> None:
    said = say(SENTENCE, lead_ms=300)

    def speak() -> None:
        fresh_sound.say_clip(said)
        fresh_sound.unload_microphone()

    outcome, text, recording = dictate(fresh_sound, screen, tmp_path, speak)
    assert outcome == "inserted"
    assert "sentence" in text.lower()
    lags = lags_ms(recording.data, said)
    assert lags.count(None) <= 1, lags


def test_another_microphone_goes_on(
    fresh_sound: SoundServer, screen: Screen, tmp_path: Path
) -> None:
    first, second = say(SENTENCE, lead_ms=300), say("the garden is green", lead_ms=300)
    fresh_sound.load_microphone("spare", "Spare")
    fresh_sound.set_default_microphone("mic")

    def speak() -> None:
        fresh_sound.say_clip(first)
        fresh_sound.unload_microphone()
        wait_until(lambda: "spare" in fresh_sound.sources_in_use(), "the other microphone")
        fresh_sound.say_clip(second)

    outcome, text, recording = dictate(fresh_sound, screen, tmp_path, speak)
    assert outcome == "inserted"
    assert "sentence" in text.lower()
    whole = recording.samples()
    middle = len(whole) // 2
    assert similarity(whole[:middle].tobytes(), first) > 0.6
    assert similarity(whole[middle:].tobytes(), second) > 0.6
