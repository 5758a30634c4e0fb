"""Where in a stretch of sound somebody speaks, by the voice detector of the audio engine."""

from __future__ import annotations

import numpy as np

from app.files.cuts import FRAME_MS, Levels
from audio.pcm import Samples
from audio.vad import WINDOW_MS, WINDOW_SAMPLES, create_detector


def speech_probabilities(samples: Samples) -> Levels:
    """The probability of speech, 0 to 1, for each frame of 20 ms of 16 kHz sound."""
    detector = create_detector()
    count = len(samples) // WINDOW_SAMPLES
    windows = samples[: count * WINDOW_SAMPLES].reshape(count, WINDOW_SAMPLES)
    found = np.fromiter((detector.probability(window) for window in windows), np.float64, count)
    if not count:
        return found
    frames = np.arange(count * WINDOW_MS // FRAME_MS) * FRAME_MS // WINDOW_MS
    return np.asarray(found[np.minimum(frames, count - 1)])
