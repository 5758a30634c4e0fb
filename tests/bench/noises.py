"""Sounds that are not a wish to speak: coughs, a door, typing, and "mm-hm"."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tests.bench.clips import RATE_HZ, ClipInfo, Samples, Word
from tests.bench.voices import espoken, trimmed

Sound = npt.NDArray[np.float64]

_MM_HM = (("en-us", "m_hm_low", 38), ("en-us+f3", "m_hm_high", 50), ("en-gb", "m_hm_far", 45))
_MM_HM_PEAK = 0.2


def noises() -> Iterator[tuple[ClipInfo, Samples]]:
    """Every noise; the same ones each time."""
    rng = np.random.default_rng(20_261_121)
    for number, (bursts, peak) in enumerate([(1, 0.35), (2, 0.5), (3, 0.3)]):
        yield ClipInfo(f"cough{number}", "cough"), _scaled(_cough(rng, bursts), peak)
    for number, peak in enumerate([0.4, 0.25]):
        yield ClipInfo(f"door{number}", "door"), _scaled(_door(rng), peak)
    for number, (keys, peak) in enumerate([(12, 0.08), (20, 0.15)]):
        yield ClipInfo(f"typing{number}", "typing"), _scaled(_typing(rng, keys), peak)
    for voice, name, pitch in _MM_HM:
        samples = trimmed(espoken("[[m'm:hm:]]", voice, pitch))
        words = (Word("Mm-hm.", 0.0, len(samples) * 1000 / RATE_HZ),)
        yield ClipInfo(name, "mm-hm", words), _scaled(samples.astype(np.float64), _MM_HM_PEAK)


def _cough(rng: np.random.Generator, bursts: int) -> Sound:
    """Each burst: an explosive onset, a breathy middle, and a weak voiced end."""
    parts = []
    for burst in range(bursts):
        length_s = 0.22 + 0.08 * rng.random()
        t = np.arange(int(length_s * RATE_HZ)) / RATE_HZ
        breath = _band(rng.standard_normal(len(t)), 300, 3500) + 0.6 * _band(
            rng.standard_normal(len(t)), 500, 1500
        )
        envelope = (1 - np.exp(-t / 0.006)) * (np.exp(-t / 0.05) + 0.25 * np.exp(-t / 0.15))
        pitch_hz = 170 - 60 * t / length_s
        voiced = np.sign(np.sin(2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ))
        ending = _band(voiced, 150, 1800) * np.clip((t - 0.12) / 0.03, 0, 1) * np.exp(-t / 0.08)
        parts.append((breath * envelope + 0.5 * ending) * 0.8**burst)
        parts.append(np.zeros(int((0.06 + 0.1 * rng.random()) * RATE_HZ)))
    return np.concatenate(parts)


def _door(rng: np.random.Generator) -> Sound:
    """A thud of the leaf, the click of the lock, a short rattle."""
    t = np.arange(int(0.6 * RATE_HZ)) / RATE_HZ
    thud = sum(
        np.sin(2 * np.pi * hertz * t + rng.random() * 6) * np.exp(-t / decay_s)
        for hertz, decay_s in ((62, 0.16), (95, 0.12), (148, 0.09), (230, 0.05))
    )
    crack = _band(rng.standard_normal(len(t)), 200, 5000) * np.exp(-t / 0.018)
    rattle = np.zeros(len(t))
    for at_s in (0.11, 0.17, 0.22):
        start = int(at_s * RATE_HZ)
        rest = len(t) - start
        click = _band(rng.standard_normal(rest), 1000, 6000)
        rattle[start:] += 0.3 * click * np.exp(-t[:rest] / 0.01)
    return thud + 0.9 * crack + rattle


def _typing(rng: np.random.Generator, keys: int) -> Sound:
    """Strokes: the key down, and a weaker up."""
    starts = np.cumsum(0.08 + 0.12 * rng.random(keys))
    sound = np.zeros(int((starts[-1] + 0.2) * RATE_HZ))
    for start_s in starts:
        for at_s, level in ((start_s, 1.0), (start_s + 0.07, 0.4)):
            start = int(at_s * RATE_HZ)
            t = np.arange(int(0.03 * RATE_HZ)) / RATE_HZ
            click = _band(rng.standard_normal(len(t)), 800, 7000) * np.exp(-t / 0.004)
            body = np.sin(2 * np.pi * 240 * t) * np.exp(-t / 0.008)
            sound[start : start + len(t)] += level * (0.7 + 0.3 * rng.random()) * (click + body)
    return sound


def _band(sound: Sound, low_hz: float, high_hz: float) -> Sound:
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    slope = 1 / (1 + (low_hz / np.maximum(hertz, 1)) ** 4) / (1 + (hertz / high_hz) ** 4)
    return np.fft.irfft(spectrum * slope, len(sound))


def _scaled(sound: Sound, peak: float) -> Samples:
    result: Samples = (sound / np.abs(sound).max() * peak * 32767).astype(np.int16)
    return result
