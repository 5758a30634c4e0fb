from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from audio import silero
from audio.pcm import Samples
from audio.silero import SileroDetector
from tests.desk import speech

REFERENCE = Path(__file__).with_name("silero_reference.npz")
"""Speech, quiet and noisy, and what the published ONNX network makes of each of its windows."""


def _windows(samples: Samples) -> Samples:
    count = len(samples) // SileroDetector.window_samples
    return samples[: count * SileroDetector.window_samples].reshape(count, -1)


def _spoken() -> Samples:
    return _windows(speech.say("Please open the window and read the first letter to me.").samples())


def test_the_probabilities_are_those_of_the_published_network() -> None:
    detector = SileroDetector()
    with np.load(REFERENCE) as reference:
        windows, expected = _windows(reference["sound"]), reference["probabilities"]
    actual = [detector.probability(window) for window in windows]
    assert len(expected) > 350
    assert 0.3 < np.mean(expected >= 0.5) < 0.8
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-4)


def test_speech_is_told_from_noise() -> None:
    detector = SileroDetector()
    assert np.mean([detector.probability(window) >= 0.5 for window in _spoken()]) > 0.7
    detector.reset()
    noise = np.random.default_rng(3).standard_normal(32_000) * 800
    assert max(detector.probability(w) for w in _windows(noise.astype(np.int16))) < 0.5


def test_the_loudest_sound_is_no_overflow() -> None:
    detector = SileroDetector()
    square = np.where(np.arange(32_000) // 40 % 2, 32_767, -32_768).astype(np.int16)
    assert all(0.0 <= detector.probability(window) <= 1.0 for window in _windows(square))


def test_it_forgets_at_a_reset() -> None:
    detector = SileroDetector()
    windows = _spoken()[:40]
    first = [detector.probability(window) for window in windows]
    assert [detector.probability(window) for window in windows] != first
    detector.reset()
    assert [detector.probability(window) for window in windows] == first


def test_two_detectors_do_not_share_what_they_heard() -> None:
    one, other, alone = SileroDetector(), SileroDetector(), SileroDetector()
    for window in _spoken():
        expected = alone.probability(window)
        assert one.probability(window) == expected
        other.probability(window[::-1])


@pytest.mark.parametrize("damage", ["cut", "garbage", "other"])
def test_damaged_weights_are_refused(
    damage: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    good = files("resources").joinpath("silero", silero._FILE).read_bytes()
    file = tmp_path / "silero" / silero._FILE
    file.parent.mkdir()
    match damage:
        case "cut":
            file.write_bytes(good[:500_000])
        case "garbage":
            file.write_bytes(b"nothing of use" * 1000)
        case "other":
            shapes = {**silero._SHAPES, "conv3": (3, 3)}
            weights = {name: np.zeros(shape, dtype=np.float32) for name, shape in shapes.items()}
            np.savez(file, **weights)  # type: ignore[arg-type]
    monkeypatch.setattr(silero, "files", lambda _package: tmp_path)
    with pytest.raises(RuntimeError, match="weights"):
        SileroDetector()
