"""Builds the corpus. Run: python -m tests.bench.corpus --bench DIR FOLDER

Sentences with pauses in the middle, with fillers and with numbers read out in groups, the eight
plain utterances of the harness, and the noises. `SAYSO_HUMAN_SPEECH` adds a human voice.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.bench.clips import RATE_HZ, ClipInfo, Samples, Word, read_wav, save
from tests.bench.noises import noises
from tests.bench.voices import Spoken, flite, inner_pauses_ms, trimmed_speech

# A bar and a number: a pause of so many milliseconds between two words.
SENTENCES: tuple[tuple[str, str, str], ...] = (
    ("pause", "slt", "I would like a table for |300 four people on Friday evening"),
    ("pause", "rms", "Could you tell me when the |400 next train leaves for Boston"),
    ("pause", "awb", "Put the meeting with my brother |500 on Thursday afternoon please"),
    ("pause", "slt", "What was the name of that |600 little restaurant near the station"),
    ("pause", "rms", "Please write a message to |700 Sarah and ask her about dinner"),
    ("pause", "kal16", "Is there any chance of |500 rain in the mountains tomorrow"),
    ("pause", "awb", "I want to know how much |300 sugar is in |400 a glass of orange juice"),
    ("pause", "slt", "Set an alarm for half past |600 seven on every morning this week"),
    ("pause", "rms", "Turn off the lights in the |500 kitchen and the |700 living room"),
    ("pause", "awb", "My favourite part of the book is |650 where the whale comes back"),
    ("filler", "slt", "Can you find um |400 a good recipe for tomato soup"),
    ("filler", "rms", "I think we should uh |500 leave a little earlier than planned"),
    ("filler", "awb", "Remind me to |300 um |400 water the plants on Sunday"),
    ("filler", "slt", "So the thing is uh |600 I need the report before Monday"),
    ("filler", "rms", "Well um |700 tell me about the history of the old bridge"),
    ("number", "slt", "My number is five five five |400 one two three |400 four five six seven"),
    ("number", "rms", "The code is seven four |500 two nine |500 one six |500 three zero"),
    ("number", "awb", "Please call four one five |600 nine eight two |600 six six one four"),
    ("number", "slt", "The bill was twelve |300 hundred and |450 forty five dollars"),
)
_HUMAN_WORDS = (
    ("And so, my fellow Americans,", 300, 2400),
    ("ask not", 3300, 4400),
    ("what your country can do for you,", 5400, 7700),
    ("ask what you can do for your country.", 8150, 10800),
)
_QUESTIONS = ("Could", "Can", "What", "Is")
_SNAP_MS = 30
_FADE = RATE_HZ // 200


def build(bench: Path, folder: Path) -> None:
    """Write all clips and the index."""
    found = [*_plain(bench / "wavf"), *_hesitating(), *noises()]
    if human := os.environ.get("SAYSO_HUMAN_SPEECH"):
        found.append(_human(Path(human)))
    save(folder, found)


def _plain(folder: Path) -> Iterator[tuple[ClipInfo, Samples]]:
    for wav in sorted(folder.glob("u?.wav")):
        samples = read_wav(wav)
        text = wav.with_suffix(".txt").read_text().strip()
        yield ClipInfo(wav.stem, "plain", _spread(text, 0, len(samples) * 1000 / RATE_HZ)), samples


def _hesitating() -> Iterator[tuple[ClipInfo, Samples]]:
    for number, (kind, voice, text) in enumerate(SENTENCES):
        spoken = _with_pauses(text, voice)
        yield _info(f"{kind}{number:02}", kind, spoken), spoken.samples


def _human(source: Path) -> tuple[ClipInfo, Samples]:
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "human.wav"
        convert = ["sox", str(source), "-r", str(RATE_HZ), "-c", "1", "-b", "16", str(wav)]
        subprocess.run(convert, check=True, stdin=subprocess.DEVNULL, timeout=60)
        samples = read_wav(wav)
    words = tuple(w for text, a, b in _HUMAN_WORDS for w in _spread(text, a, b))
    spoken = trimmed_speech(Spoken(samples, words))
    return _info("human", "human", spoken), spoken.samples


def _info(name: str, kind: str, spoken: Spoken) -> ClipInfo:
    return ClipInfo(name, kind, spoken.words, inner_pauses_ms(spoken.samples))


def _with_pauses(text: str, voice: str) -> Spoken:
    """Say the sentence in one breath, then part it where the bars are."""
    pauses: dict[int, int] = {}
    plain: list[str] = []
    for token in text.split():
        if token.startswith("|"):
            pauses[len(plain)] = int(token[1:])
        else:
            plain.append(token)
    spoken = trimmed_speech(flite(" ".join(plain), voice))
    pieces, words, start, shift_ms = [], [], 0, 0.0
    ends = "?" if plain[0] in _QUESTIONS else "."
    for number, word in enumerate(spoken.words):
        if pause_ms := pauses.get(number):
            cut = _quietest(spoken.samples, word.start_ms)
            pieces += [_faded(spoken.samples[start:cut]), _silence(pause_ms)]
            start, shift_ms = cut, shift_ms + pause_ms
        words.append(Word(word.text, word.start_ms + shift_ms, word.end_ms + shift_ms))
    pieces.append(_faded(spoken.samples[start:]))
    words[-1] = Word(words[-1].text + ends, words[-1].start_ms, words[-1].end_ms)
    return Spoken(np.concatenate(pieces), tuple(words))


def _quietest(samples: Samples, at_ms: float) -> int:
    """The quietest 5 ms near a time."""
    around = range(
        int((at_ms - _SNAP_MS) * RATE_HZ / 1000), int((at_ms + _SNAP_MS) * RATE_HZ / 1000), 16
    )
    energy = {i: np.abs(samples[i : i + _FADE].astype(np.int32)).sum() for i in around}
    return min(energy, key=lambda i: energy[i])


def _faded(samples: Samples) -> Samples:
    result = samples.astype(np.float64)
    ramp = np.linspace(0, 1, _FADE)
    result[:_FADE] *= ramp
    result[-_FADE:] *= ramp[::-1]
    return result.astype(np.int16)


def _silence(duration_ms: int) -> Samples:
    return np.zeros(duration_ms * RATE_HZ // 1000, dtype=np.int16)


def _spread(text: str, start_ms: float, end_ms: float) -> tuple[Word, ...]:
    """Times by the length of the words, where nothing better is known."""
    tokens = text.split()
    edges = np.cumsum([0, *(len(token) + 1 for token in tokens)]).astype(float)
    edges = start_ms + edges / edges[-1] * (end_ms - start_ms)
    return tuple(
        Word(token, float(a), float(b))
        for token, a, b in zip(tokens, edges[:-1], edges[1:], strict=True)
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", type=Path, required=True, help="folder of the peers' harness")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    build(options.bench, options.folder)


if __name__ == "__main__":
    main()
