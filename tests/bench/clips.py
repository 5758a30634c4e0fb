"""Test sentences and noises on disk: 16 kHz WAV files and what is said in them, and when.

Loaded by the peers' interpreters, too: only numpy and the standard library in here.
"""

from __future__ import annotations

import dataclasses
import json
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

RATE_HZ = 16_000
_INDEX = "clips.json"

Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a clip and the milliseconds at which it begins and ends."""

    text: str
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class ClipInfo:
    """A recording of the corpus. `kind` names what it tries; `pauses_ms` are those inside it."""

    name: str
    kind: str
    words: tuple[Word, ...] = ()
    pauses_ms: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """All that is said."""
        return " ".join(word.text for word in self.words)

    def text_between(self, start_ms: float, end_ms: float) -> str:
        """The words whose middle lies between two times."""
        return " ".join(
            word.text
            for word in self.words
            if start_ms <= (word.start_ms + word.end_ms) / 2 <= end_ms
        )


def save(folder: Path, found: Sequence[tuple[ClipInfo, Samples]]) -> None:
    """Write clips and their index."""
    folder.mkdir(parents=True, exist_ok=True)
    for info, samples in found:
        write_wav(folder / f"{info.name}.wav", samples)
    index = [dataclasses.asdict(info) for info, _ in found]
    (folder / _INDEX).write_text(json.dumps(index, indent=1))


def load(folder: Path) -> list[ClipInfo]:
    """The index of a folder that `save` wrote."""
    return [
        ClipInfo(
            entry["name"],
            entry["kind"],
            tuple(Word(**word) for word in entry["words"]),
            tuple(entry["pauses_ms"]),
        )
        for entry in json.loads((folder / _INDEX).read_text())
    ]


def samples_of(folder: Path, info: ClipInfo, rate_hz: int = RATE_HZ) -> Samples:
    """A clip's sound at the rate of some microphone."""
    return resampled(read_wav(folder / f"{info.name}.wav"), RATE_HZ, rate_hz)


def read_wav(path: Path) -> Samples:
    """Mono int16 samples of a WAV file."""
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")


def write_wav(path: Path, samples: Samples, rate_hz: int = RATE_HZ) -> None:
    """Write mono int16 samples."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.astype("<i2").tobytes())


def resampled(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """The whole clip at another rate, by its spectrum."""
    if from_hz == to_hz or not len(samples):
        return samples
    length = round(len(samples) * to_hz / from_hz)
    spectrum = np.fft.rfft(samples.astype(np.float64))
    bins = length // 2 + 1
    fitted = np.zeros(bins, dtype=complex)
    kept = min(bins, len(spectrum))
    fitted[:kept] = spectrum[:kept]
    sound = np.fft.irfft(fitted, length) * (length / len(samples))
    return np.clip(sound, -32768, 32767).astype(np.int16)
