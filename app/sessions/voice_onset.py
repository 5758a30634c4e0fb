"""The silence before a voice's first sound only makes a listener wait. Pure: clips in and out."""

from __future__ import annotations

from audio.pcm import SAMPLE_BYTES, Clip, samples_for_ms

KEPT_MS = 20
"""What is left before the first sound, so that its onset is whole."""

QUIET_PEAK = 64
"""54 dB below full scale: the noise of a voice that has not begun."""


class OnsetFinder:
    """Takes a reply's first clips, all of one rate, until one of them has sound."""

    def __init__(self) -> None:
        self._before = b""

    def feed(self, clip: Clip) -> Clip | None:
        """The clip from shortly before its first sound on; None while there is none."""
        import numpy as np

        data = self._before + clip.data
        samples = np.frombuffer(data, dtype="<i2")
        loud = (samples > QUIET_PEAK) | (samples < -QUIET_PEAK)
        kept = samples_for_ms(clip.rate_hz, KEPT_MS)
        if not loud.any():
            self._before = data[-kept * SAMPLE_BYTES :]
            return None
        begins = max(0, int(loud.argmax()) - kept)
        return Clip(clip.rate_hz, data[begins * SAMPLE_BYTES :])
