"""What is added to the harness's microphone and loudspeaker: runs of sound, and an echo."""

from __future__ import annotations

import collections
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.bench import scripts

_KEPT_S = 60.0


class Observed:
    """Goes before the harness's `Speaker`: keeps its runs and its last sound."""

    write: Callable[[int, int], float]

    def __init__(self, lead: float = 0.06) -> None:
        self.runs: list[tuple[float, float]] = []
        self.resumes: list[float] = []
        self._sound: collections.deque[tuple[float, int, npt.NDArray[np.int16]]]
        self._sound = collections.deque()
        self._head = 0.0
        self._left_s = 0.0
        super().__init__(lead)  # type: ignore[call-arg]

    @property
    def head(self) -> float:
        """Until when there is sound."""
        return self._head

    @head.setter
    def head(self, value: float) -> None:
        # Set back to now: what was queued is dropped.
        if value < self._head:
            self._left_s = self._head - value
            scripts.cut(self.runs, value)
        self._head = value

    def arm(self) -> None:
        """Begin to watch anew."""
        super().arm()  # type: ignore[misc]
        self.runs.clear()
        self.resumes.clear()

    def write_pcm(self, pcm: bytes, rate_hz: int) -> float:
        """The harness's `write`, with the sound itself."""
        start_s = max(time.monotonic(), self.head)
        wait_s = self.write(len(pcm), rate_hz)
        scripts.merged(self.runs, start_s, self.head)
        self._sound.append((start_s, rate_hz, np.frombuffer(pcm, dtype="<i2")))
        while self._sound[0][0] < time.monotonic() - _KEPT_S:
            self._sound.popleft()
        return wait_s

    def resume(self) -> None:
        """Sound again what was dropped by the last cut."""
        now_s = time.monotonic()
        if self._left_s and self.head <= now_s:
            self.resumes.append(now_s)
            scripts.merged(self.runs, now_s, now_s + self._left_s)
            self._head, self._left_s = now_s + self._left_s, 0.0

    def heard(self, start_s: float, count: int, rate_hz: int) -> npt.NDArray[np.float64]:
        """What sounds from a time on, so many samples at a rate."""
        times = start_s + np.arange(count) / rate_hz
        result = np.zeros(count)
        for began_s, sound_hz, pcm in list(self._sound):
            inside = (times >= began_s) & (times < began_s + len(pcm) / sound_hz)
            if inside.any():
                places = ((times[inside] - began_s) * sound_hz).astype(int)
                result[inside] = pcm[np.minimum(places, len(pcm) - 1)]
        sounding = np.zeros(count, dtype=bool)
        for began_s, end_s in list(self.runs):
            sounding |= (times >= began_s) & (times < end_s)
        return result * sounding


class Echoing:
    """Goes before the harness's `Mic`: it hears the loudspeaker."""

    sr: int
    speaker: Any = None

    def __init__(self, deliver: Callable[[bytes], None], **options: Any) -> None:
        self.echo = 0.0
        super().__init__(lambda frame: deliver(self._with_echo(frame)), **options)  # type: ignore[call-arg]

    def _with_echo(self, frame: bytes) -> bytes:
        if not self.echo:
            return frame
        near = np.frombuffer(frame, dtype="<i2").astype(np.float64)
        start_s = time.monotonic() - len(near) / self.sr
        far = self.speaker.heard(start_s, len(near), self.sr)
        return scripts.as_int16(near + far * self.echo).tobytes()
