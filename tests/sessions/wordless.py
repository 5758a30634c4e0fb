"""Sounds without a word in them, other ones for each number, and how a dictation takes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.desktop.hotkeys import HotkeyName, KeyEvent
from app.dictation import events
from audio import messages
from audio.capture import CapturePipeline
from audio.endpoint import Endpointer, EndpointSettings
from audio.level import Meter
from audio.messages import SPEECH_RATE_HZ, BeginTake, EndTake, Pcm, TakeEnd
from audio.pcm import Clip
from audio.vad import create_detector
from tests.sessions.stage import Stage

Sound = npt.NDArray[np.float64]


def silence(chance: np.random.Generator, t: Sound) -> Sound:
    """A quiet room: a little noise of the microphone itself."""
    level = float(10 ** chance.uniform(-5.0, -3.5))
    return chance.standard_normal(len(t)) * level


def fan(chance: np.random.Generator, t: Sound) -> Sound:
    """Air, blades and a motor's hum."""
    blades = 1 + 0.3 * np.sin(2 * np.pi * chance.uniform(8, 40) * t)
    motor_hz = chance.uniform(95, 125)
    hum = np.sum([np.sin(2 * np.pi * motor_hz * n * t) / n for n in range(1, 5)], axis=0)
    air = _band(chance.standard_normal(len(t)), 60, chance.uniform(800, 3000))
    sound: Sound = air / np.abs(air).max() * blades + 0.1 * hum
    return sound * chance.uniform(0.01, 0.15)


def music(chance: np.random.Generator, t: Sound) -> Sound:
    """Chords, a melody and a drum, at some tempo."""
    beat_s = chance.uniform(0.3, 0.7)
    sound = np.zeros(len(t))
    root = chance.uniform(110, 220)
    for start_s in np.arange(0.0, t[-1], beat_s):
        here = t - start_s
        shape = np.where(here >= 0, np.exp(-np.maximum(here, 0) / (beat_s * 0.8)), 0.0)
        steps = (0, 4, 7, int(chance.integers(9, 25)))
        for step in chance.choice([0, 5, 7, 9]) + np.array(steps):
            hertz = root * 2 ** (step / 12)
            for n in range(1, 6):
                sound += shape * np.sin(2 * np.pi * hertz * n * here) / n**1.5
        drum = np.where(here >= 0, np.exp(-np.maximum(here, 0) / 0.05), 0.0)
        sound += 2 * drum * np.sin(2 * np.pi * 60 * here)
    return _scaled(sound, chance.uniform(0.05, 0.4))


def breathing(chance: np.random.Generator, t: Sound) -> Sound:
    """In and out, close to the microphone."""
    swell = np.sin(2 * np.pi * chance.uniform(0.2, 0.5) * t + chance.uniform(0, 6)) ** 2
    air = _band(chance.standard_normal(len(t)), 300, chance.uniform(1500, 4000))
    return _scaled(air * swell**3, chance.uniform(0.02, 0.2))


def cough(chance: np.random.Generator, t: Sound) -> Sound:
    """One to three bursts, with a moment of voice at the end of each."""
    sound = chance.standard_normal(len(t)) * 3e-4
    for at_s in np.cumsum(chance.uniform(0.35, 0.6, int(chance.integers(1, 4)))):
        here = t - at_s
        burst = np.where(here >= 0, np.exp(-np.maximum(here, 0) / 0.07), 0.0)
        noise = _band(chance.standard_normal(len(t)), 250, 4500)
        throat = np.sin(2 * np.pi * chance.uniform(120, 250) * here) * burst**2
        sound += burst * noise / np.abs(noise).max() + 0.3 * throat
    return _scaled(sound, chance.uniform(0.1, 0.6))


KINDS: tuple[Callable[[np.random.Generator, Sound], Sound], ...] = (
    silence, fan, music, breathing, cough,
)  # fmt: skip


def wordless(number: int) -> tuple[str, Clip]:
    """A kind of sound, and two to five seconds of it."""
    chance = np.random.default_rng(number)
    make = KINDS[number % len(KINDS)]
    t = np.arange(int(chance.uniform(2.0, 5.0) * SPEECH_RATE_HZ)) / SPEECH_RATE_HZ
    samples = np.clip(make(chance, t) * 32767, -32768, 32767).astype("<i2")
    return make.__name__, Clip(SPEECH_RATE_HZ, samples.tobytes())


def voiced_ms(clip: Clip) -> int:
    """How much of it the engine takes for a voice."""
    endpointer = Endpointer(EndpointSettings(max_ms=600_000))
    pipeline = CapturePipeline(clip.rate_hz, 1, create_detector(), endpointer, Meter())
    pieces = pipeline.process(clip.data, playing=False, cancelling=False)
    return sum(piece.voiced_ms for piece in pieces)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of such a sound."""

    kind: str
    voiced_ms: int
    end: events.DictationEnded


async def dictate(stage: Stage, number: int, voice_ms: int | None = None) -> Taken:
    """Hold the key over a sound without words; `voice_ms` is what the engine says of it."""
    kind, clip = wordless(number)
    voice = voiced_ms(clip) if voice_ms is None else voice_ms
    take_id = f"wordless-{number}"
    begun = sum(isinstance(message, BeginTake) for message in stage.engine.sent)
    ended = sum(isinstance(message, EndTake) for message in stage.engine.sent)
    stage.post(KeyEvent(HotkeyName.DICTATE, True, number * 100.0))
    await stage.until(lambda: sum(isinstance(m, BeginTake) for m in stage.engine.sent) > begun)
    stage.engine.tell(messages.TakeStarted(take_id, 0, "", 0))
    stage.engine.tell(Pcm(take_id, clip.data))
    stage.post(KeyEvent(HotkeyName.DICTATE, False, number * 100.0 + 5.0))
    await stage.until(lambda: sum(isinstance(m, EndTake) for m in stage.engine.sent) > ended)
    stage.engine.tell(messages.TakeEnded(take_id, clip.duration_ms, voice, TakeEnd.RELEASED))
    await stage.until(lambda: _end_of(stage, take_id), within_s=60.0)
    return Taken(kind, voice, _end_of(stage, take_id)[0])


def _end_of(stage: Stage, take_id: str) -> list[events.DictationEnded]:
    return [end for end in stage.of(events.DictationEnded) if end.dictation_id == take_id]


def _scaled(sound: Sound, peak: float) -> Sound:
    result: Sound = sound / np.abs(sound).max() * peak
    return result


def _band(sound: Sound, low_hz: float, high_hz: float) -> Sound:
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / SPEECH_RATE_HZ)
    slope = 1 / (1 + (low_hz / np.maximum(hertz, 1)) ** 4) / (1 + (hertz / high_hz) ** 4)
    return np.fft.irfft(spectrum * slope, len(sound))
