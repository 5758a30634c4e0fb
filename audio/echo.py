"""Takes what the speaker plays out of what the microphone hears. Runs in the audio engine."""

from __future__ import annotations

import logging

import numpy as np

from audio.pcm import Samples

_log = logging.getLogger(__name__)

ECHO_SUPPRESSION_DB = 18.0
"""A sound that the canceller takes away by more than this was echo; a person loses far less."""

_BLOCK_MS = 10
_TAIL_BLOCKS = 150
_LONGEST_DELAY_MS = 500
_ENERGY_BLOCKS = 3


class EchoCanceller:
    """WebRTC's echo canceller and high-pass filter, in blocks of 10 ms.

    Give each block that goes to the speaker to `far`, then the block heard meanwhile to `near`.
    From 1.5 s after the last sound was played until the next one, blocks pass through untouched,
    at no cost; what was learnt about the room is kept. One thread at a time.
    Raises ImportError, OSError or RuntimeError where the library does not load.
    """

    def __init__(self, rate_hz: int) -> None:
        # Costs 0.2 s and 19 MB, so only an engine that cancels echo pays for it.
        from livekit import rtc

        self.rate_hz = rate_hz
        self.block_samples = rate_hz * _BLOCK_MS // 1000
        self._module = rtc.AudioProcessingModule(echo_cancellation=True, high_pass_filter=True)
        self._far = rtc.AudioFrame.create(rate_hz, 1, self.block_samples)
        self._near = rtc.AudioFrame.create(rate_hz, 1, self.block_samples)
        self._far_samples = np.frombuffer(self._far.data, dtype=np.int16)
        self._near_samples = np.frombuffer(self._near.data, dtype=np.int16)
        self._audible_blocks = 0
        self._delay_ms = 0
        self._heard = np.zeros(_ENERGY_BLOCKS)
        self._left = np.zeros(_ENERGY_BLOCKS)
        self._block = 0

    @property
    def suppression_db(self) -> float:
        """How much of the last 30 ms was taken away; 0 while nothing is played.

        Beyond ECHO_SUPPRESSION_DB there is only echo, whatever a detector makes of the rest.
        """
        if not self._audible_blocks:
            return 0.0
        return float(10.0 * np.log10((self._heard.sum() + 1.0) / (self._left.sum() + 1.0)))

    def far(self, block: Samples) -> None:
        """Note `block_samples` that are about to be played; zeros, or no call, for silence."""
        if block.any():
            self._audible_blocks = _TAIL_BLOCKS
        if self._audible_blocks:
            self._far_samples[:] = block
            self._module.process_reverse_stream(self._far)

    def near(self, block: Samples) -> Samples:
        """The heard `block_samples` without the echo of what was played."""
        if not self._audible_blocks:
            return block
        self._audible_blocks -= 1
        self._near_samples[:] = block
        self._module.process_stream(self._near)
        cleaned: Samples = self._near_samples.copy()
        self._block = (self._block + 1) % _ENERGY_BLOCKS
        self._heard[self._block] = _energy(block)
        self._left[self._block] = _energy(cleaned)
        return cleaned

    def set_delay_ms(self, delay_ms: int) -> None:
        """Tell how long a block takes from `far` over the air to `near`.

        Only a hint: any delay of up to half a second is found within a second of speech.
        """
        delay_ms = min(max(delay_ms, 0), _LONGEST_DELAY_MS)
        if delay_ms != self._delay_ms:
            self._module.set_stream_delay_ms(delay_ms)
            self._delay_ms = delay_ms


def create_echo_canceller(rate_hz: int) -> EchoCanceller | None:
    """A canceller, or None, and the reason in the log, where the library does not load."""
    try:
        return EchoCanceller(rate_hz)
    except (ImportError, OSError, RuntimeError) as error:
        _log.warning("no echo cancellation: %s", error)
        return None


def _energy(block: Samples) -> float:
    scaled = block.astype(np.float32)
    return float(np.dot(scaled, scaled))
