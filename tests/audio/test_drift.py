"""Clocks that run apart: bridged, measured, and told from another delay."""

from __future__ import annotations

import numpy as np
import pytest

from audio.drift import ClockBridge, DelayWatch, moved

BLOCK = 160


def noise(count: int, seed: int = 1) -> np.ndarray:
    """Something that resembles only itself, without what no clock can carry over."""
    sound = np.random.default_rng(seed).standard_normal(count)
    return np.convolve(sound, np.hanning(9) / 4.5, "same").astype(np.float32)


def blocks(sound: np.ndarray) -> list[np.ndarray]:
    return [sound[at : at + BLOCK] for at in range(0, len(sound) - BLOCK + 1, BLOCK)]


def test_without_a_drift_the_sound_passes_as_it_is():
    bridge, sound = ClockBridge(BLOCK), noise(16_000)
    out = np.concatenate([made for block in blocks(sound) for made in bridge.process(block)])
    middle = out[1000:15_000]
    lag = int(np.argmax(np.correlate(sound, middle, "valid")))
    assert abs(lag - 1000) <= 32
    assert np.allclose(middle, sound[lag : lag + len(middle)], atol=0.01)


@pytest.mark.parametrize("drift_ppm", [-500.0, 500.0])
def test_a_faster_clock_counts_more_blocks(drift_ppm):
    bridge = ClockBridge(BLOCK)
    bridge.drift_ppm = drift_ppm
    silence = np.zeros(BLOCK, np.float32)
    made = sum(len(bridge.process(silence)) for _ in range(8_000))
    assert made == pytest.approx(8_000 * (1 + drift_ppm * 1e-6), abs=1.5)


def watch(delay: int, drift_ppm: float, seconds: int = 10) -> tuple[DelayWatch, list[float]]:
    """A watch of bridged clocks that has seen sound come back; the sudden changes it told."""
    sound = noise(16_000 * seconds)
    places = np.arange(len(sound)) / (1 + drift_ppm * 1e-6) - delay
    heard = np.interp(places, np.arange(len(sound)), sound, left=0.0).astype(np.float32) * 0.2
    watched, bridge, told = DelayWatch(), ClockBridge(BLOCK), []
    waiting: list[np.ndarray] = []
    for played, near in zip(blocks(sound), blocks(heard), strict=True):
        bridge.drift_ppm = watched.drift_ppm
        waiting += bridge.process(played)
        if waiting and (change := watched.feed(waiting.pop(0), near)) is not None:
            told.append(change)
    return watched, told


@pytest.mark.parametrize("drift_ppm", [-200.0, 0.0, 60.0, 200.0])
def test_a_drift_is_measured_within_seconds(drift_ppm):
    watched, told = watch(900, drift_ppm)
    assert watched.drift_ppm == pytest.approx(drift_ppm, abs=8)
    assert set(told) == {0.0}


def test_another_delay_after_an_interruption_is_told_early_and_is_no_drift():
    watched, sound = DelayWatch(), noise(32_000)

    def told(delay: int) -> list[float]:
        heard = np.concatenate((np.zeros(delay, np.float32), sound * 0.2))[: len(sound)]
        pairs = list(zip(blocks(sound), blocks(heard), strict=True))[:120]
        return [change for pair in pairs if (change := watched.feed(*pair)) is not None]

    assert told(900) == [0.0]
    watched.interrupt()
    assert told(1050)[0] == pytest.approx(150, abs=0.5)
    watched.interrupt(by_samples=160)
    assert told(1210)[0] == pytest.approx(0, abs=0.5)
    assert abs(watched.drift_ppm) < 2


def test_where_nothing_comes_back_nothing_is_measured():
    watched = DelayWatch()
    for played, near in zip(blocks(noise(48_000)), blocks(noise(48_000, 3)), strict=True):
        assert watched.feed(played, near) is None
    for _ in range(300):
        assert watched.feed(np.zeros(BLOCK, np.float32), played) is None


@pytest.mark.parametrize("by", [-12.0, -0.5, 0.0, 3.25, 160.0])
def test_a_response_is_moved_by_parts_of_a_sample(by):
    at = np.arange(2000.0)
    response = np.exp(-(((at - 700) / 20) ** 2)).astype(np.float32)
    expected = np.exp(-(((at - 700 - by) / 20) ** 2))
    assert np.allclose(moved(response, by), expected, atol=1e-3)
