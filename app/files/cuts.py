"""Where a long recording is cut into parts: in a pause, and with an overlap where there is none.

Pure: samples in, parts out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio.pcm import Clip, Samples, samples_for_ms

FRAME_MS = 20
PAUSE_MS = 240
SILENT_DBFS = -65.0
"""Nobody speaks where the loudest tenth of a second is quieter."""

_BELOW_SPEECH_DB = 30.0
_ALWAYS_QUIET_DBFS = -60.0
_NO_SPEECH_BELOW = 0.25
_LONGEST_PAUSE_MS = 1000
_MARGIN_FRAMES = 5
_LOUD_FRAMES = 5
_FULL_SCALE_SQUARED = 32768.0**2

Levels = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

FindSpeech = Callable[[Samples], Levels]
"""The probability of speech, 0 to 1, for each frame of 20 ms of consecutive samples."""


@dataclass(frozen=True, slots=True)
class Limits:
    """A part has at most `longest_ms`; its end is looked for in the last `searched_ms` of them.

    Where nobody pauses, two parts share `overlap_ms`.
    """

    longest_ms: int
    searched_ms: int
    overlap_ms: int = 4000


@dataclass(frozen=True, slots=True)
class Cut:
    """A part ends before `end`, the next one begins at `begin`: earlier, where both overlap."""

    end: int
    begin: int


@dataclass(frozen=True, slots=True)
class Part:
    """Consecutive sound; `begins` and `ends` are samples from the recording's start.

    `overlaps`: it begins with sound that the part before it has too.
    """

    number: int
    begins: int
    clip: Clip
    overlaps: bool

    @property
    def samples(self) -> Samples:
        """A read-only view."""
        return self.clip.samples()

    @property
    def ends(self) -> int:
        """The first sample that is no longer its own."""
        return self.begins + len(self.samples)


def parts(
    blocks: Iterable[Samples], rate_hz: int, limits: Limits, find_speech: FindSpeech
) -> Iterator[Part]:
    """The recording's parts, each as soon as it is known. At most one is held in memory."""
    most = samples_for_ms(rate_hz, limits.longest_ms)
    held: list[Samples] = []
    count = number = begins = 0
    overlaps = False
    for block in blocks:
        held.append(block)
        count += len(block)
        while count > most:
            samples = np.concatenate(held)
            cut = choose_cut(samples[:most], rate_hz, limits, find_speech)
            rest, clip = samples[cut.begin :].copy(), Clip(rate_hz, samples[: cut.end].tobytes())
            held, count = [rest], len(rest)
            del samples
            yield Part(number, begins, clip, overlaps)
            del clip
            number, begins, overlaps = number + 1, begins + cut.begin, cut.begin < cut.end
    if count:
        yield Part(number, begins, Clip(rate_hz, np.concatenate(held).tobytes()), overlaps)


def choose_cut(samples: Samples, rate_hz: int, limits: Limits, find_speech: FindSpeech) -> Cut:
    """Where to cut `samples`, which are as long as a part may be.

    The middle of the longest silence near their end; else of the longest pause that the detector
    finds; else an overlap around the quietest place.
    """
    frame = samples_for_ms(rate_hz, FRAME_MS)
    half = samples_for_ms(rate_hz, limits.overlap_ms) // 2
    searched = min(samples_for_ms(rate_hz, limits.searched_ms), len(samples) // 2)
    first = len(samples) - searched
    levels = frame_levels(samples, frame)
    near = levels[first // frame :]
    offset = first // frame * frame
    quiet = _longest_run(near < _quiet_dbfs(levels))
    if quiet is None:
        quiet = _longest_run(find_speech(samples[offset:])[: len(near)] < _NO_SPEECH_BELOW)
    if quiet is not None:
        at = offset + quiet * frame
        return Cut(at, at)
    width = PAUSE_MS // FRAME_MS
    sums = np.convolve(np.power(10.0, near / 10), np.ones(width), mode="valid")
    usable = max(1, len(sums) - half // frame)
    at = offset + (int(sums[:usable].argmin()) + width // 2) * frame
    return Cut(min(at + half, len(samples)), max(at - half, frame))


def frame_levels(samples: Samples, frame: int) -> Levels:
    """The level of each whole frame, in dB below full scale."""
    count = len(samples) // frame
    frames = samples[: count * frame].reshape(count, frame).astype(np.float32)
    energy = np.einsum("ij,ij->i", frames, frames).astype(np.float64)
    return np.asarray(10 * np.log10(energy / (frame * _FULL_SCALE_SQUARED) + 1e-12))


def spoken_range(samples: Samples, rate_hz: int) -> tuple[int, int] | None:
    """The first and the last sample that may be speech; None for silence."""
    frame = samples_for_ms(rate_hz, FRAME_MS)
    levels = frame_levels(samples, frame)
    width = min(_LOUD_FRAMES, len(levels))
    if not width:
        return None
    energy = np.power(10.0, levels / 10)
    loudest = np.convolve(energy, np.ones(width) / width, mode="valid").max()
    if 10 * np.log10(loudest + 1e-12) < SILENT_DBFS:
        return None
    loud = np.flatnonzero(levels >= min(_quiet_dbfs(levels), float(levels.max())))
    begins = max(0, int(loud[0]) - _MARGIN_FRAMES) * frame
    ends = min(len(samples), (int(loud[-1]) + 1 + _MARGIN_FRAMES) * frame)
    return begins, ends


def _quiet_dbfs(levels: Levels) -> float:
    """What is quieter is a pause, by how loud the speech is."""
    loud = float(np.percentile(levels, 90)) if len(levels) else 0.0
    return max(loud - _BELOW_SPEECH_DB, _ALWAYS_QUIET_DBFS)


def _longest_run(quiet: Flags) -> int | None:
    """The middle of the longest pause; the last one of those that are long. None without any."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], quiet, [False]))))
    begins, ends = edges[::2], edges[1::2]
    lengths = np.minimum(ends - begins, _LONGEST_PAUSE_MS // FRAME_MS)
    if not len(lengths) or lengths.max() < PAUSE_MS // FRAME_MS:
        return None
    best = int(np.flatnonzero(lengths == lengths.max())[-1])
    return int((begins[best] + ends[best]) // 2)
