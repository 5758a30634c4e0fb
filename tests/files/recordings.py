"""Recordings of any length whose every word is known, in every kind of file."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import av
import numpy as np

from audio.pcm import Clip, Samples, samples_for_ms
from audio.resample import resample
from tests.desk.need import need_programs
from tests.desk.speech import read_wav

RATE_HZ = 16_000
CODECS = {
    "wav": "pcm_s16le",
    "flac": "flac",
    "mp3": "libmp3lame",
    "m4a": "aac",
    "ogg": "libopus",
    "opus": "libopus",
    "webm": "libopus",
    "mp4": "aac",
}
"""Endings of files, and how the sound in them is encoded."""

_OPUS_HZ = 48_000
_VOICES = ("slt", "rms")
_TOPICS = ("apples", "bridges", "clouds", "doors", "engines", "forests", "gardens")


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word and the samples in which it is said."""

    text: str
    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class Recording:
    """Sound at 16 kHz and what is said in it."""

    clip: Clip
    words: Sequence[SpokenWord]

    @property
    def text(self) -> str:
        """All that is said."""
        return " ".join(word.text for word in self.words)

    def heard(self, begins: int, ends: int) -> str:
        """What an honest recognizer tells of a stretch: of a word that is cut only its stump."""
        told = []
        for word in self.words:
            inside = min(word.ends, ends) - max(word.begins, begins)
            if inside == word.ends - word.begins:
                told.append(word.text)
            elif inside > (word.ends - word.begins) // 3:
                told.append(word.text[:2])
        return " ".join(told)


def numbered(duration_s: float, folder: Path, gap_ms: int = 400) -> Recording:
    """Sentences with a number each, one after the other, as long as asked for."""
    need_programs("flite")
    clips: list[tuple[str, Samples]] = []
    total = 0
    with ThreadPoolExecutor(2) as pool:
        while total < duration_s * RATE_HZ:
            numbers = range(len(clips) + 1, len(clips) + 41)
            made = pool.map(lambda number: _sentence(number, folder), numbers)
            for text, samples in made:
                clips.append((text, samples))
                total += len(samples) + samples_for_ms(RATE_HZ, gap_ms)
                if total >= duration_s * RATE_HZ:
                    break
    return _assembled(clips, samples_for_ms(RATE_HZ, gap_ms))


def without_pauses(recording: Recording) -> Recording:
    """The same said without taking a breath: nothing but the words' own sound."""
    samples = recording.clip.samples()
    pieces, words, at = [], [], 0
    for word in recording.words:
        piece = samples[word.begins : word.ends]
        level = np.abs(piece.astype(np.int32))
        frames = level[: len(level) // 160 * 160].reshape(-1, 160).max(axis=1)
        loud = np.repeat(frames > 1200, 160)
        piece = piece[: len(loud)][loud]
        pieces.append(piece)
        words.append(SpokenWord(word.text, at, at + len(piece)))
        at += len(piece)
    return Recording(Clip(RATE_HZ, np.concatenate(pieces).tobytes()), words)


def differences(said: str, written: str) -> tuple[list[str], list[str]]:
    """The words that were lost, and those that nobody said or that are there twice."""
    truth, found = said.split(), written.split()
    same = len(os.path.commonprefix([truth, found]))
    truth, found = truth[same:], found[same:]
    lost, added = [], []
    for kind, a, b, c, d in SequenceMatcher(None, truth, found, autojunk=False).get_opcodes():
        if kind != "equal":
            lost += truth[a:b]
            added += found[c:d]
    return lost, added


def encode(clip: Clip, path: Path, edit: Callable[[bytes], bytes] | None = None) -> Path:
    """Write the clip as the path's ending says; `edit` changes the file's bytes afterwards."""
    codec = CODECS[path.suffix[1:]]
    rate_hz = _OPUS_HZ if codec == "libopus" else clip.rate_hz
    samples = resample(clip, rate_hz).samples() if rate_hz != clip.rate_hz else clip.samples()
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate_hz, layout="mono")
        assert isinstance(stream, av.AudioStream)
        resampler = av.AudioResampler(stream.codec_context.format, "mono", rate_hz)
        for at in range(0, len(samples), rate_hz):
            frame = av.AudioFrame.from_ndarray(samples[None, at : at + rate_hz], "s16", "mono")
            frame.sample_rate, frame.pts = rate_hz, at
            for ready in resampler.resample(frame):
                container.mux(stream.encode(ready))
        for ready in resampler.resample(None):
            container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
    if edit is not None:
        path.write_bytes(edit(path.read_bytes()))
    return path


def _sentence(number: int, folder: Path) -> tuple[str, Samples]:
    text = f"sentence {number} is about {_TOPICS[number % len(_TOPICS)]} and ends here"
    target = folder / f"sentence-{number}.wav"
    subprocess.run(
        ["flite", "-voice", _VOICES[number % len(_VOICES)], "-t", text, "-o", str(target)],
        check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
    )  # fmt: skip
    samples = read_wav(target).samples()
    target.unlink()
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > 200)
    return text, samples[loud[0] : loud[-1] + 1]


def _assembled(clips: Iterable[tuple[str, Samples]], gap: int) -> Recording:
    pieces: list[Samples] = []
    words: list[SpokenWord] = []
    at = 0
    for text, samples in clips:
        pieces += [np.zeros(gap, dtype="<i2"), samples.astype("<i2")]
        at += gap
        characters, told = len(text) + 1, 0
        for word in text.split():
            begins = at + len(samples) * told // characters
            told += len(word) + 1
            words.append(SpokenWord(word, begins, at + len(samples) * told // characters))
        at += len(samples)
    return Recording(Clip(RATE_HZ, np.concatenate(pieces).tobytes()), words)
