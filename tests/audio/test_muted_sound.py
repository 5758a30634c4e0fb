"""What was played while it was turned down to nothing does not count as heard."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from audio.level import Meter
from audio.messages import Pcm, Play
from audio.speaking import Speaking

RATE_HZ = 48_000


@pytest.fixture
def speaking(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A stream of two seconds, of which one was handed to a speaker."""
    ports = SimpleNamespace(send=lambda _: None, wake=lambda: None)
    found = Speaking(Meter(), ports)  # type: ignore[arg-type]
    monkeypatch.setattr(found, "_need", lambda: None)
    speaker = SimpleNamespace(
        handed_frames=RATE_HZ, rate_hz=RATE_HZ, latency_s=0.02, gain=1.0, quiet_ms=0.0
    )
    speaker.stop = lambda: speaker.handed_frames
    monkeypatch.setattr(found, "_plays_on", speaker)
    found.play(Play("reply", RATE_HZ))
    found.add(Pcm("reply", bytes(RATE_HZ * 4)))
    found._queue.fill(RATE_HZ * 2)
    return found


def test_what_was_muted_was_not_heard(speaking: Any) -> None:
    speaking.duck(0.1)
    speaking.duck(0.0)
    speaking._plays_on.handed_frames += RATE_HZ // 10
    speaking.duck(0.0)
    assert speaking.interrupt() == ("reply", 1000)


def test_what_was_only_softer_was_heard(speaking: Any) -> None:
    speaking.duck(0.1)
    speaking._plays_on.handed_frames += RATE_HZ // 10
    assert speaking.interrupt() == ("reply", 1100)


def test_a_noise_that_passed_mutes_nothing_later(speaking: Any) -> None:
    speaking.duck(0.0)
    speaking.duck(1.0)
    speaking._plays_on.handed_frames += RATE_HZ // 10
    assert speaking.interrupt() == ("reply", 1100)
