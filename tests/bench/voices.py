"""Sentences from the system's speech synthesizers, and at which time each word is said."""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.bench.clips import RATE_HZ, Samples, Word, read_wav, resampled

_QUIET = 0.005
_WINDOW = RATE_HZ // 100
_PEAK = 0.6


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence and the times of its words, milliseconds."""

    samples: Samples
    words: tuple[Word, ...]


def flite(text: str, voice: str) -> Spoken:
    """A sentence by flite at 16 kHz; its words' times come from the sounds they are made of."""
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "said.wav"
        printed = _run("flite", "-voice", voice, "-psdur", "-t", text, "-o", str(wav))
        samples = _at_our_rate(wav)
    phones = [(name, float(end)) for name, end in re.findall(r"(\S+):([\d.]+)", printed)]
    return Spoken(samples, _words(text, voice, phones))


def espoken(text: str, voice: str, pitch: int = 50) -> Samples:
    """A sentence by espeak-ng at 16 kHz."""
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "said.wav"
        _run("espeak-ng", "-v", voice, "-p", str(pitch), "-s", "130", "-w", str(wav), text)
        return _at_our_rate(wav)


def trimmed(samples: Samples) -> Samples:
    """The sound without the silence around it, at a common level."""
    first, last = _extent(samples)
    return leveled(samples[first:last])


def trimmed_speech(spoken: Spoken) -> Spoken:
    """The same for a sentence with words."""
    first, last = _extent(spoken.samples)
    shift = -first * 1000 / RATE_HZ
    return Spoken(leveled(spoken.samples[first:last]), shifted(spoken.words, shift))


def shifted(words: tuple[Word, ...], by_ms: float) -> tuple[Word, ...]:
    """The words later by some milliseconds."""
    return tuple(Word(w.text, w.start_ms + by_ms, w.end_ms + by_ms) for w in words)


def leveled(samples: Samples) -> Samples:
    """The sound with its peak at -4.4 dBFS."""
    peak = np.abs(samples.astype(np.int32)).max()
    result: Samples = (samples * (_PEAK * 32767 / peak)).astype(np.int16)
    return result


def loudness(samples: Samples) -> np.ndarray:
    """RMS of each 10 ms, 1.0 is full scale."""
    windows = len(samples) // _WINDOW
    parts = samples[: windows * _WINDOW].reshape(windows, _WINDOW).astype(np.float64) / 32768
    result: np.ndarray = np.sqrt((parts * parts).mean(axis=1))
    return result


def inner_pauses_ms(samples: Samples, at_least_ms: int = 200) -> tuple[int, ...]:
    """Lengths of the silences inside a sentence."""
    pauses, quiet = [], 0
    for level in loudness(trimmed(samples)):
        if level <= _QUIET:
            quiet += 10
            continue
        if quiet >= at_least_ms:
            pauses.append(quiet)
        quiet = 0
    return tuple(pauses)


def _words(text: str, voice: str, phones: list[tuple[str, float]]) -> tuple[Word, ...]:
    ends = [end for _, end in phones]
    starts = [0.0, *ends[:-1]]
    sounds = [i for i, (name, _) in enumerate(phones) if name != "pau"]
    words: list[Word] = []
    tokens = text.split()
    counts = [_phone_count(token, voice) for token in tokens]
    scale = len(sounds) / sum(counts)
    done = 0
    for token, until in zip(tokens, np.cumsum(counts), strict=True):
        upto = round(float(until) * scale)
        of_word = sounds[done : max(upto, done + 1)]
        done = max(upto, done + 1)
        words.append(Word(token, starts[of_word[0]] * 1000, ends[of_word[-1]] * 1000))
    return tuple(words)


def _phone_count(token: str, voice: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "word.wav"
        printed = _run("flite", "-voice", voice, "-ps", "-t", f"{token} ", "-o", str(wav))
    return max(1, len([name for name in printed.split() if name != "pau"]))


def _extent(samples: Samples) -> tuple[int, int]:
    """First and last sample of sound."""
    loud = np.flatnonzero(loudness(samples) > _QUIET)
    return int(loud[0]) * _WINDOW, (int(loud[-1]) + 1) * _WINDOW


def _at_our_rate(wav: Path) -> Samples:
    import wave

    with wave.open(str(wav)) as file:
        rate_hz = file.getframerate()
    return resampled(read_wav(wav), rate_hz, RATE_HZ)


def _run(*command: str) -> str:
    done = subprocess.run(
        command, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )
    return done.stdout
