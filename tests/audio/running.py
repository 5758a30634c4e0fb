"""An engine in a process of its own, and what it has said so far."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from audio.client import EngineClient, EngineGone
from audio.messages import Configure, Devices, Event, Pcm
from audio.pcm import Clip
from tests.desk.child import merged

M = TypeVar("M")


@dataclass
class RunningEngine:
    """`events` holds everything but PCM in order, `times` when each came, `pcm` the takes.

    `messages` holds PCM and events in their common order.
    """

    client: EngineClient
    messages: list[Event | Pcm] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    pcm: dict[str, bytearray] = field(default_factory=dict)
    returncode: int | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait_for(self, kind: type[M], *, count: int = 1, timeout_s: float = 30.0) -> M:
        """The `count`-th event of this kind, counted from the engine's start."""
        async with asyncio.timeout(timeout_s):
            while len(found := self.all(kind)) < count:
                assert self.returncode is None, "the engine has ended"
                self._news.clear()
                await self._news.wait()
        return found[count - 1]

    async def wait_for_speaker(self, device_id: str, timeout_s: float = 30.0) -> None:
        """Until the engine has said that there is this speaker."""
        async with asyncio.timeout(timeout_s):
            while not any(
                device.id == device_id for news in self.all(Devices)[-1:] for device in news.outputs
            ):
                self._news.clear()
                await self._news.wait()

    def all(self, kind: type[M]) -> list[M]:
        """All events of this kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def time_of(self, event: object) -> float:
        """`time.monotonic()` at which the event came."""
        return next(t for e, t in zip(self.events, self.times, strict=True) if e is event)

    async def follow(self) -> None:
        """Note what the engine says until it ends."""
        with contextlib.suppress(EngineGone):
            while True:
                message = await self.client.receive()
                self.messages.append(message)
                if isinstance(message, Pcm):
                    self.pcm.setdefault(message.owner, bytearray()).extend(message.data)
                else:
                    self.events.append(message)
                    self.times.append(time.monotonic())
                self._news.set()
        self.returncode = await self.client._process.wait()
        self._news.set()


@contextlib.asynccontextmanager
async def running_engine(
    configure: Configure, environment: Mapping[str, str]
) -> AsyncIterator[RunningEngine]:
    """An engine that uses the sound server of `environment`."""
    client = await EngineClient.start(configure, environment=merged(environment))
    engine = RunningEngine(client)
    async with asyncio.TaskGroup() as group:
        group.create_task(engine.follow())
        try:
            yield engine
        finally:
            await client.close()


def journal_folder(tmp_path: Path) -> Path:
    """A place for takes."""
    folder = tmp_path / "takes"
    folder.mkdir()
    return folder


def is_running(pid: int) -> bool:
    """Whether a process lives, zombies apart."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def resident_mb(pid: int) -> float:
    """Memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def similarity(heard: bytes, said: Clip) -> float:
    """How well 16 kHz PCM contains the clip, at its best place: 1.0 is the very same."""
    left = np.frombuffer(heard, dtype="<i2").astype(np.float64)
    right = said.samples().astype(np.float64)
    size = 1 << (len(left) + len(right)).bit_length()
    product = np.fft.rfft(left, size) * np.conj(np.fft.rfft(right, size))
    best = float(np.abs(np.fft.irfft(product)).max())
    return best / float(np.linalg.norm(left) * np.linalg.norm(right))


_LEAST_PEAK = 300
_LEAST_MATCH = 0.9


def lags_ms(heard: bytes, said: Clip, piece_ms: int = 200) -> list[int | None]:
    """How late each piece of the clip that has sound is in 16 kHz PCM; None where it is lost.

    Where a player pauses, what follows is late, and nothing is lost: `similarity` would not tell.
    """
    left = np.frombuffer(heard, dtype="<i2").astype(np.float64)
    right = said.samples().astype(np.float64)
    size = said.rate_hz * piece_ms // 1000
    energy = np.sqrt(np.convolve(left * left, np.ones(size), "valid"))
    lags: list[int | None] = []
    for begin in range(0, len(right) - size + 1, size):
        piece = right[begin : begin + size]
        if np.abs(piece).max() < _LEAST_PEAK:
            continue
        match = np.correlate(left, piece, "valid") / (energy * np.linalg.norm(piece) + 1e-9)
        best = int(match.argmax())
        is_found = match[best] > _LEAST_MATCH
        lags.append((best - begin) * 1000 // said.rate_hz if is_found else None)
    return lags


def loud_noise(duration_ms: int, rate_hz: int = 48_000) -> Clip:
    """Samples of which each is loud and none is like its neighbour."""
    random = np.random.default_rng(7)
    count = rate_hz * duration_ms // 1000
    values = random.integers(2000, 8000, count) * random.choice([-1, 1], count)
    return Clip(rate_hz, values.astype("<i2").tobytes())
