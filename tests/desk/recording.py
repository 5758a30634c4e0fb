"""What a sound server's speakers play, kept with the times at which it was heard."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from audio.pcm import Clip, level_dbfs, samples_for_ms
from tests.desk.child import Child
from tests.desk.waiting import wait_until

RATE_HZ = 48_000
_BLOCK_MS = 20


@dataclass(slots=True)
class Recording:
    """What was heard: each block with the monotonic time at which it arrived."""

    rate_hz: int
    blocks: list[tuple[float, bytes]] = field(default_factory=list)

    @property
    def clip(self) -> Clip:
        """All that was heard so far."""
        return Clip(self.rate_hz, b"".join(data for _time, data in list(self.blocks)))

    def first_sound_s(self, above_dbfs: float = -50.0) -> float | None:
        """`time.monotonic()` at which the first block with sound in it arrived."""
        return next((at for at, data in list(self.blocks) if self._level(data) > above_dbfs), None)

    def last_sound_s(self, above_dbfs: float = -50.0) -> float | None:
        """`time.monotonic()` at which the last block with sound in it arrived."""
        backwards = reversed(list(self.blocks))
        return next((at for at, data in backwards if self._level(data) > above_dbfs), None)

    def sounds(self, above_dbfs: float = -50.0) -> Clip:
        """From the first sample of sound to the last; empty if there was silence only."""
        samples = self.clip.samples()
        loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > 32768 * 10 ** (above_dbfs / 20))
        if not len(loud):
            return Clip(self.rate_hz, b"")
        return Clip(self.rate_hz, samples[loud[0] : loud[-1] + 1].tobytes())

    def sounding_ms(self, above_dbfs: float = -50.0) -> int:
        """For how long there was sound: a pause that a busy computer's player made is left out."""
        step = samples_for_ms(self.rate_hz, 1)
        samples = np.abs(self.clip.samples().astype(np.int32))
        peaks = samples[: len(samples) // step * step].reshape(-1, step).max(axis=1)
        return int(np.count_nonzero(peaks > 32768 * 10 ** (above_dbfs / 20)))

    def wait_for_sound(self, timeout_s: float = 30.0, above_dbfs: float = -50.0) -> float:
        """Wait until there is sound; the time of its arrival."""
        return wait_until(
            lambda: self.first_sound_s(above_dbfs), "sound from the speakers", timeout_s=timeout_s
        )

    def wait_for_silence(
        self, silence_ms: int = 500, timeout_s: float = 30.0, above_dbfs: float = -50.0
    ) -> None:
        """Wait until the last `silence_ms` were silent."""
        count = samples_for_ms(self.rate_hz, silence_ms)
        wait_until(
            lambda: self._quiet_for(count, above_dbfs),
            "silence from the speakers",
            timeout_s=timeout_s,
        )

    def _quiet_for(self, count: int, above_dbfs: float) -> bool:
        samples = self.clip.samples()[-count:]
        return len(samples) == count and level_dbfs(samples) <= above_dbfs

    @staticmethod
    def _level(data: bytes) -> float:
        return level_dbfs(np.frombuffer(data, dtype="<i2"))


@contextmanager
def record(source: str, folder: Path, environment: Mapping[str, str]) -> Iterator[Recording]:
    """Record a source with parec, which runs before the context begins."""
    command = [
        *("parec", f"--device={source}", f"--latency-msec={_BLOCK_MS}"),
        *(f"--rate={RATE_HZ}", "--channels=1", "--format=s16le"),
    ]
    result = Recording(RATE_HZ)
    with Child(command, folder, environment=environment, stdout=subprocess.PIPE) as recorder:
        reader = threading.Thread(target=_read_blocks, args=(recorder, result), daemon=True)
        reader.start()
        try:
            wait_until(lambda: result.blocks, "the first block of the recording")
            yield result
        finally:
            recorder.process.terminate()
            reader.join(5)


def _read_blocks(recorder: Child, into: Recording) -> None:
    stream = recorder.process.stdout
    assert stream is not None
    size = 2 * samples_for_ms(into.rate_hz, _BLOCK_MS)
    while data := stream.read(size):
        into.blocks.append((time.monotonic(), data))
