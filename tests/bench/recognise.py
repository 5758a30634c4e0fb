"""A perfect recognizer of a known corpus: which words of which clip are in an upload.

Compares the loudness of bands over time, so rate, level and what surrounds the clip do not matter.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.bench.clips import RATE_HZ, ClipInfo, Samples, load, samples_of

_HOP_MS = 10
_EDGES_HZ = (100, 250, 400, 600, 850, 1150, 1500, 2000, 2700, 3600, 5000, 7000)
_WINDOW_HOPS = 3
_ENOUGH = 0.7
_ENOUGH_IF_KNOWN = 0.35
_TOO_LITTLE = 1e-9
ITS_OWN_VOICE = "*"
"""For a clip's name: what is heard is the reply."""

Features = npt.NDArray[np.float64]


class Recognizer:
    """Knows the clips of a folder."""

    def __init__(self, folder: Path) -> None:
        self._clips = [(info, features(samples_of(folder, info), RATE_HZ)) for info in load(folder)]

    def words_in(self, wav: bytes, name: str = "") -> str | None:
        """The words of the clip that a WAV file has a part of; None if it has none of them.

        Where `name` tells which clip was said, only its words are looked for.
        """
        with wave.open(io.BytesIO(_with_length(wav))) as file:
            rate_hz = file.getframerate()
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return self.words_of(samples, rate_hz, name)

    def words_of(self, samples: Samples, rate_hz: int, name: str = "") -> str | None:
        """The same for samples."""
        heard = features(samples, rate_hz)
        if len(heard) < 5:
            return None
        info, score, start = self._best(heard, name)
        if score < (_ENOUGH_IF_KNOWN if name else _ENOUGH):
            return None
        return info.text_between(start * _HOP_MS, (start + len(heard)) * _HOP_MS)

    def _best(self, heard: Features, name: str) -> tuple[ClipInfo, float, int]:
        found = [
            (info, *_match(heard, known))
            for info, known in self._clips
            if not name or info.name == name
        ]
        return max(found, key=lambda entry: entry[1])


def features(samples: Samples, rate_hz: int) -> Features:
    """The shape of the spectrum each 10 ms: compressed loudness of the bands against their mean."""
    hop = rate_hz * _HOP_MS // 1000
    size = hop * _WINDOW_HOPS
    count = len(samples) // hop
    if not count:
        return np.zeros((0, len(_EDGES_HZ) - 1))
    padded = np.concatenate([samples, np.zeros(size, dtype=np.int16)]).astype(np.float64) / 32768
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[: count * hop : hop]
    power = np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)) ** 2 / size
    hertz = np.fft.rfftfreq(size, 1 / rate_hz)
    bands = [
        power[:, (hertz >= low) & (hertz < high)].sum(axis=1)
        for low, high in zip(_EDGES_HZ[:-1], _EDGES_HZ[1:], strict=True)
    ]
    loudness = np.stack(bands, axis=1) ** 0.25
    result: Features = loudness - loudness.mean(axis=1, keepdims=True)
    return result


def _match(heard: Features, known: Features) -> tuple[float, int]:
    """How alike they are at best, and at which frame of the clip the upload begins then."""
    size = 1 << int(np.ceil(np.log2(len(heard) + len(known))))
    product = np.fft.rfft(known, size, axis=0) * np.conj(np.fft.rfft(heard, size, axis=0))
    likeness = np.fft.irfft(product.sum(axis=1), size)
    energy = np.concatenate([[0.0], np.cumsum((known**2).sum(axis=1))])
    starts = np.arange(-len(heard) + 1, len(known))
    inside = (
        energy[np.clip(starts + len(heard), 0, len(known))] - energy[np.clip(starts, 0, len(known))]
    )
    # A few overlapping frames are always alike: what is outside the overlap counts against it.
    norm = np.sqrt(np.maximum(inside, _TOO_LITTLE) * max((heard**2).sum(), _TOO_LITTLE))
    scores = np.where(inside > 0.05 * energy[-1], likeness[starts % size] / norm, 0.0)
    best = int(np.argmax(scores))
    return float(scores[best]), int(starts[best])


def _with_length(wav: bytes) -> bytes:
    """A streamed WAV says that it is endless; the reader wants to know better."""
    at = wav.find(b"data")
    if at < 0 or wav[at + 4 : at + 8] not in (b"\xff\xff\xff\xff", b"\0\0\0\0"):
        return wav
    return wav[: at + 4] + (len(wav) - at - 8).to_bytes(4, "little") + wav[at + 8 :]


def alike(said: str, heard: str) -> float:
    """The share of the words of `said` that are in `heard`, in their order."""
    import difflib

    a, b = _plain(said), _plain(heard)
    matched = difflib.SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    return sum(block.size for block in matched) / max(1, len(a))


def _plain(text: str) -> Sequence[str]:
    kept = "".join(c if c.isalnum() or c.isspace() else "" for c in text.lower())
    return kept.split()
