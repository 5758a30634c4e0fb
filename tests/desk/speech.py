"""Test speech: flite's voices, which the built-in recognizer understands word for word."""

from __future__ import annotations

import functools
import os
import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np
import pytest

from audio.pcm import Clip, Samples, samples_for_ms
from tests.desk.need import need_programs

VOICES = ("slt", "awb", "rms")
_SEED = 20_240_229
_HUMAN_ELSEWHERE = Path(__file__).parents[3] / "shared" / "speech" / "jfk.flac"


@functools.cache
def say(
    text: str,
    voice: str = "slt",
    stretch: float = 1.0,
    noise_snr_db: float | None = None,
    lead_ms: int = 200,
    tail_ms: int = 300,
) -> Clip:
    """`text` spoken at 16 kHz, with silence around it and, if asked for, white noise over all."""
    need_programs("flite")
    with tempfile.TemporaryDirectory(prefix="sayso-speech-") as folder:
        target = Path(folder) / "speech.wav"
        command = ["flite", "-voice", voice, "--setf", f"duration_stretch={stretch}"]
        subprocess.run(
            [*command, "-t", text, "-o", str(target)],
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
        )
        spoken = read_wav(target)
    padded = pad(spoken, lead_ms, tail_ms)
    return padded if noise_snr_db is None else with_noise(padded, noise_snr_db)


@functools.cache
def human() -> Clip:
    """Eleven seconds of a human voice at 16 kHz, with long pauses inside.

    It is not part of the project: `SAYSO_HUMAN_SPEECH` names the file (anything that sox reads).
    """
    source = Path(os.environ.get("SAYSO_HUMAN_SPEECH", _HUMAN_ELSEWHERE))
    if not source.is_file():
        pytest.skip("no recording of a human voice; SAYSO_HUMAN_SPEECH names none")
    need_programs("sox")
    with tempfile.TemporaryDirectory(prefix="sayso-speech-") as folder:
        target = Path(folder) / "human.wav"
        command = ["sox", str(source), "-r", "16000", "-c", "1", "-b", "16", str(target)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=60)
        return read_wav(target)


def silence(duration_ms: int, rate_hz: int = 16_000) -> Clip:
    """Digital silence."""
    return Clip(rate_hz, bytes(2 * samples_for_ms(rate_hz, duration_ms)))


def tone(frequency_hz: float, duration_ms: int, rate_hz: int = 24_000, level: float = 0.5) -> Clip:
    """A sine; `level` 1.0 is full scale."""
    steps = np.arange(samples_for_ms(rate_hz, duration_ms))
    wave_form = np.sin(2 * np.pi * frequency_hz * steps / rate_hz) * level * 32767
    return Clip(rate_hz, wave_form.astype("<i2").tobytes())


def pad(clip: Clip, lead_ms: int, tail_ms: int) -> Clip:
    """The clip with silence before and after it."""
    return join(silence(lead_ms, clip.rate_hz), clip, silence(tail_ms, clip.rate_hz))


def join(*clips: Clip) -> Clip:
    """One after the other; all have the same rate."""
    (rate_hz,) = {clip.rate_hz for clip in clips}
    return Clip(rate_hz, b"".join(clip.data for clip in clips))


def with_noise(clip: Clip, snr_db: float) -> Clip:
    """White noise over the clip, the same each time, `snr_db` below its mean power."""
    sound = clip.samples().astype(np.float64)
    noise = np.random.default_rng(_SEED).standard_normal(len(sound))
    noise *= np.sqrt(np.mean(sound**2) / 10 ** (snr_db / 10))
    return _clipped(clip.rate_hz, sound + noise)


def scaled(clip: Clip, gain: float) -> Clip:
    """The clip made louder or quieter."""
    return _clipped(clip.rate_hz, clip.samples().astype(np.float64) * gain)


def save(clip: Clip, target: Path) -> Path:
    """Write the clip as a WAV file, and return its path."""
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(clip.rate_hz)
        file.writeframes(clip.data)
    return target


def read_wav(source: Path) -> Clip:
    """A 16-bit mono WAV file."""
    with wave.open(str(source), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return Clip(file.getframerate(), file.readframes(file.getnframes()))


def _clipped(rate_hz: int, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Clip:
    samples: Samples = np.clip(np.rint(values), -32768, 32767).astype("<i2")
    return Clip(rate_hz, samples.tobytes())
