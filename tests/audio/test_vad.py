from __future__ import annotations

import numpy as np
import pytest

from audio import silero
from audio.endpoint import Edge, Endpointer, EndpointSettings
from audio.pcm import Clip, Samples
from audio.silero import SileroDetector
from audio.vad import (
    WINDOW_MS,
    WINDOW_SAMPLES,
    EnergyDetector,
    GatedDetector,
    NoiseFloor,
    SpeechDetector,
    create_detector,
)
from tests.desk import speech

SENTENCE = "Please open the window and read the first letter to me."
SILENCE = np.zeros(WINDOW_SAMPLES, dtype=np.int16)


class _Counting:
    """A real detector that notes what it is asked."""

    window_samples = WINDOW_SAMPLES
    label = "counting"

    def __init__(self, detector: SpeechDetector) -> None:
        self._detector = detector
        self.windows: list[Samples] = []
        self.resets = 0

    def probability(self, window: Samples) -> float:
        self.windows.append(window.copy())
        return self._detector.probability(window)

    def reset(self) -> None:
        self.resets += 1
        self._detector.reset()


def _windows(clip: Clip) -> list[Samples]:
    samples = clip.samples()
    count = len(samples) // WINDOW_SAMPLES
    return list(samples[: count * WINDOW_SAMPLES].reshape(count, WINDOW_SAMPLES))


def _noise(duration_ms: int, level: float, seed: int = 3) -> Clip:
    noise = np.random.default_rng(seed).standard_normal(16 * duration_ms) * level
    return Clip(16_000, np.rint(noise).astype("<i2").tobytes())


def _mixed(*clips: Clip) -> Clip:
    total = sum((clip.samples().astype(np.int32) for clip in clips), np.int32(0))
    return Clip(16_000, np.clip(total, -32768, 32767).astype("<i2").tobytes())


def _starts_ms(detector: SpeechDetector, clip: Clip) -> list[int]:
    endpointer = Endpointer(EndpointSettings())
    return [
        number * WINDOW_MS
        for number, window in enumerate(_windows(clip), 1)
        if endpointer.feed(WINDOW_MS, detector.probability(window)) is Edge.STARTED
    ]


def test_silence_does_not_run_the_model() -> None:
    inner = _Counting(SileroDetector())
    detector = GatedDetector(inner)
    for window in _windows(_noise(60_000, 20)):
        assert detector.probability(window) < 0.5
    assert not detector.is_awake
    assert len(inner.windows) < 100


def test_digital_silence_does_not_run_the_model() -> None:
    inner = _Counting(SileroDetector())
    detector = GatedDetector(inner)
    for _ in range(1_000):
        detector.probability(SILENCE)
    assert len(inner.windows) < 50


def test_a_fan_that_is_switched_on_is_soon_taken_for_silence() -> None:
    inner = _Counting(SileroDetector())
    detector = GatedDetector(inner)
    for window in _windows(_noise(5_000, 10)) + _windows(_noise(20_000, 600)):
        detector.probability(window)
    inner.windows.clear()
    for window in _windows(_noise(10_000, 600, seed=4)):
        detector.probability(window)
    assert not inner.windows


def test_while_someone_speaks_the_model_sees_every_window() -> None:
    inner = _Counting(SileroDetector())
    detector = GatedDetector(inner)
    for _ in range(200):
        detector.probability(SILENCE)
    pause = speech.silence(600)
    windows = _windows(speech.join(speech.say(SENTENCE), pause, speech.say(SENTENCE)))
    inner.windows.clear()
    for window in windows:
        detector.probability(window)
    assert len(inner.windows) >= len(windows)
    assert np.array_equal(np.concatenate(inner.windows[-len(windows) :]), np.concatenate(windows))


def test_after_a_short_sleep_the_model_is_as_if_it_had_never_slept() -> None:
    plain, inner = SileroDetector(), _Counting(SileroDetector())
    gated = GatedDetector(inner)
    spoken = _windows(speech.say(SENTENCE))
    windows = spoken + [SILENCE] * 30 + spoken
    asleep = 0
    for number, window in enumerate(windows):
        expected, actual = plain.probability(window), gated.probability(window)
        asleep += not gated.is_awake
        if gated.is_awake:
            assert actual == pytest.approx(expected, abs=1e-6), number
    assert 0 < asleep <= 16
    assert inner.resets == 0
    assert len(inner.windows) == len(windows)


def test_after_a_long_sleep_the_model_begins_anew_with_the_last_half_second() -> None:
    inner = _Counting(SileroDetector())
    gated = GatedDetector(inner)
    quiet, spoken = _windows(_noise(20_000, 20)), _windows(speech.say(SENTENCE))
    for window in quiet:
        gated.probability(window)
    inner.windows.clear()
    for window in spoken:
        gated.probability(window)
    assert inner.resets == 1
    seen, everything = np.concatenate(inner.windows), np.concatenate(quiet + spoken)
    assert len(inner.windows) >= len(spoken)
    assert np.array_equal(seen, everything[-len(seen) :])
    fresh = SileroDetector()
    expected = [fresh.probability(window) for window in inner.windows]
    assert gated.probability(SILENCE) == pytest.approx(fresh.probability(SILENCE), abs=1e-6)
    assert max(expected) > 0.9


@pytest.mark.parametrize("voice", speech.VOICES)
@pytest.mark.parametrize(("gain", "noise"), [(1.0, 0), (0.02, 0), (0.02, 5), (0.1, 30)])
def test_the_gate_never_delays_an_onset(voice: str, gain: float, noise: float) -> None:
    spoken = speech.scaled(speech.say(SENTENCE, voice), gain)
    clip = speech.pad(spoken, 5_000, 1_500)
    clip = _mixed(clip, _noise(clip.duration_ms, noise))
    plain = _starts_ms(SileroDetector(), clip)
    gated = _starts_ms(GatedDetector(SileroDetector()), clip)
    assert gated[0] <= plain[0] + WINDOW_MS


def test_a_reset_gate_is_like_a_new_one() -> None:
    inner = _Counting(SileroDetector())
    used, fresh = GatedDetector(inner), GatedDetector(SileroDetector())
    windows = _windows(speech.say(SENTENCE))
    for window in windows + [SILENCE] * 100:
        used.probability(window)
    used.reset()
    again = [used.probability(window) for window in windows]
    assert again == pytest.approx([fresh.probability(window) for window in windows], abs=1e-6)


def test_the_window_may_be_reused_by_the_caller() -> None:
    inner = _Counting(SileroDetector())
    gated = GatedDetector(inner)
    shared = np.zeros(WINDOW_SAMPLES, dtype=np.int16)
    for _ in range(100):
        gated.probability(shared)
    spoken = _windows(speech.scaled(speech.say(SENTENCE, lead_ms=0), 0.5))
    inner.windows.clear()
    for window in spoken:
        shared[:] = window
        gated.probability(shared)
    seen = np.concatenate(inner.windows)
    everything = np.concatenate([SILENCE] * 100 + spoken)
    assert np.array_equal(seen, everything[-len(seen) :])


def test_the_floor_falls_at_once_and_rises_slowly() -> None:
    floor = NoiseFloor()
    assert floor.excess_db(-80.0) == float("inf")
    floor.follow(-40.0, 0.1)
    assert floor.dbfs == -40.0
    for _ in range(20):
        floor.follow(-60.0, 0.1)
    assert floor.dbfs == pytest.approx(-60.0, abs=0.5)
    before = floor.dbfs
    for _ in range(10):
        floor.follow(-20.0, 0.1)
    assert floor.dbfs == pytest.approx(before + 1.0)


def test_the_floor_never_sinks_into_nothing() -> None:
    floor = NoiseFloor()
    for _ in range(50):
        floor.follow(-90.0, 0.1)
    assert floor.excess_db(-72.0) == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize("voice", speech.VOICES)
def test_energy_alone_finds_speech_in_a_quiet_room(voice: str) -> None:
    clip = speech.pad(speech.say(SENTENCE, voice), 2_000, 2_000)
    detector = EnergyDetector()
    assert len(_starts_ms(detector, _mixed(clip, _noise(clip.duration_ms, 20)))) == 1
    detector.reset()
    assert _starts_ms(detector, _noise(10_000, 20)) == []
    detector.reset()
    assert _starts_ms(detector, _noise(10_000, 500)) == []


def test_the_detector_is_silero_behind_a_gate() -> None:
    detector = create_detector()
    assert isinstance(detector, GatedDetector)
    assert (detector.label, detector.window_samples) == ("silero", 512)


@pytest.mark.logs("voice detection by energy alone")
def test_without_silero_energy_must_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silero, "_FILE", "missing.npz")
    detector = create_detector()
    assert isinstance(detector, EnergyDetector)
    assert detector.label == "energy"
