"""Takes as files for an upload, cut where a server's limits ask for it. Pure: samples and words."""

from __future__ import annotations

import io
import unicodedata
import wave
from dataclasses import dataclass

import numpy as np

from audio.flac import flac_bytes
from audio.pcm import SAMPLE_BYTES, Clip, Samples, samples_for_ms

FLAC = "flac"
"""The part of a request that a server refuses when it reads WAV alone."""
LARGEST_BYTES = 25_000_000
HEADER_BYTES = 44
SEARCHED_MS = 20_000
"""How far before a limit the quietest place is looked for."""

_FRAME_MS = 20
_PAUSE_FRAMES = 10
_MOST_DOUBLED_WORDS = 8
_LEAST_DOUBLED_WORDS = 2


def wav_bytes(clip: Clip) -> bytes:
    """The clip as a WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(SAMPLE_BYTES)
        file.setframerate(clip.rate_hz)
        file.writeframes(clip.data)
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class Upload:
    """A clip as a file, once as WAV and, where that is worth its while, once as FLAC."""

    wav: bytes
    flac: bytes

    def file(self, without: frozenset[str]) -> tuple[str, bytes, str]:
        """Name, content and media type: FLAC as long as it is not among what is refused."""
        if self.flac and FLAC not in without:
            return "speech.flac", self.flac, "audio/flac"
        return "speech.wav", self.wav, "audio/wav"


def upload_of(clip: Clip, *, far: bool) -> Upload:
    """What is sent: to a server that is `far`, in as few bytes as the same sound takes."""
    return Upload(wav_bytes(clip), flac_bytes(clip) if far else b"")


def uploads(clip: Clip, longest_s: float, largest_bytes: int = LARGEST_BYTES) -> list[Clip]:
    """The clip in pieces that keep to both limits, cut at the quietest places before them."""
    by_size = (largest_bytes - HEADER_BYTES) // SAMPLE_BYTES
    most = max(1, min(by_size, samples_for_ms(clip.rate_hz, longest_s * 1000)))
    samples, at, pieces = clip.samples(), 0, []
    while len(samples) - at > most:
        searched = min(most // 2, samples_for_ms(clip.rate_hz, SEARCHED_MS))
        begins = at + most - searched
        cut = begins + quietest(samples[begins : at + most], clip.rate_hz)
        pieces.append(samples[at:cut])
        at = cut
    pieces.append(samples[at:])
    return [Clip(clip.rate_hz, piece.tobytes()) for piece in pieces]


def quietest(samples: Samples, rate_hz: int) -> int:
    """The middle of the quietest 200 ms; the end where there are not as many."""
    frame = max(1, samples_for_ms(rate_hz, _FRAME_MS))
    count = len(samples) // frame
    if count < _PAUSE_FRAMES:
        return len(samples)
    frames = samples[: count * frame].reshape(count, frame).astype(np.float64)
    energy = np.square(frames).mean(axis=1)
    pauses = np.convolve(energy, np.ones(_PAUSE_FRAMES), mode="valid")
    return (int(pauses.argmin()) + _PAUSE_FRAMES // 2) * frame


def joined(texts: list[str]) -> str:
    """The words of pieces that follow one another.

    Two or more words that end one piece and begin the next are one utterance that was heard twice.
    """
    whole = ""
    for text in texts:
        rest = text.strip()
        if not whole or not rest:
            whole = whole or rest
            continue
        rest = _without_doubled(whole, rest)
        wide = all(
            unicodedata.east_asian_width(edge) in "WF" for edge in (whole[-1], rest[:1]) if edge
        )
        whole += rest if wide or not rest else f" {rest}"
    return whole


def _without_doubled(before: str, after: str) -> str:
    ending, words = before.split()[-_MOST_DOUBLED_WORDS:], after.split()
    for count in range(min(len(ending), len(words)), _LEAST_DOUBLED_WORDS - 1, -1):
        if [_bare(word) for word in ending[-count:]] == [_bare(word) for word in words[:count]]:
            return " ".join(words[count:])
    return after


def _bare(word: str) -> str:
    return "".join(filter(str.isalnum, word.casefold())) or word
