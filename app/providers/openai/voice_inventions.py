"""Whether a model made words up over a clip in which nobody speaks. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.conversation.inventions import is_echo, is_known_invention, is_mark_of_silence
from audio.pcm import FLOOR_DBFS, Clip, level_dbfs, samples_for_ms

UNSURE_BELOW = 0.4
SURE_FROM = 0.8
QUIET_DBFS = -50.0
"""The loudest tenth of a second of a clip in which nobody speaks is quieter."""
LONGEST_INVENTION = 80
"""Characters. What is longer need not be looked at."""

_LOUDEST_OVER_MS = 100


def is_invented(
    text: str, clip: Clip, confidence: float | None, vocabulary: Sequence[str] = ()
) -> bool:
    """Whether `text` is a known invention, or the vocabulary told back, and nobody spoke.

    That nobody spoke is believed when the model is unsure of its words, or when the clip is all
    but silent and the model is not sure. What a person said loud and clear is never dropped.
    """
    if is_mark_of_silence(text):
        return True
    if not is_known_invention(text) and not is_echo(text, vocabulary):
        return False
    if confidence is not None and confidence < UNSURE_BELOW:
        return True
    return (confidence is None or confidence < SURE_FROM) and loudest_dbfs(clip) < QUIET_DBFS


def loudest_dbfs(clip: Clip) -> float:
    """The level of the loudest tenth of a second, in dB below full scale."""
    samples = clip.samples()
    step = max(1, samples_for_ms(clip.rate_hz, _LOUDEST_OVER_MS))
    parts = np.array_split(samples, max(1, len(samples) // step))
    return max((level_dbfs(part) for part in parts), default=FLOOR_DBFS)
