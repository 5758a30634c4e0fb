"""What the engine says while the app may not be reading."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from audio import wire
from audio.messages import Event, Level, Message, Pcm, PlaybackStarted
from audio.outbox import Outbox

STUCK = 2_000_000


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    for end in (reading, writing):
        try:
            os.close(end)
        except OSError:
            continue


def messages(reading: int) -> list[Message | Pcm]:
    """Everything in the pipe until its end."""
    with os.fdopen(os.dup(reading), "rb") as stream:
        found = []
        while head := stream.read(wire.HEADER_BYTES):
            length, kind = wire.header(head)
            found.append(wire.decode(kind, stream.read(length)))
        return found


def read_in_background(reading: int) -> tuple[list[Message | Pcm], threading.Thread]:
    found: list[Message | Pcm] = []
    thread = threading.Thread(target=lambda: found.extend(messages(reading)))
    thread.start()
    return found, thread


def never() -> None:
    """The pipe is whole when a test is over, or nobody minds."""


def test_messages_come_in_order(pipe):
    reading, writing = pipe
    sent: list[Event | Pcm] = [Pcm("t", b"12"), PlaybackStarted("a"), Pcm("t", b"34")]
    outbox = Outbox(writing, never)
    for message in sent:
        outbox.put(message)
    outbox.close(5)
    os.close(writing)
    assert messages(reading) == sent


@pytest.mark.logs("does not read")
def test_an_app_that_does_not_read_costs_levels_and_at_last_pcm_but_no_events(pipe):
    reading, writing = pipe
    outbox = Outbox(writing, never)
    for number in range(3):
        outbox.put(Pcm("t", bytes(STUCK)))
        outbox.put(PlaybackStarted(str(number)))
    for number in range(500):
        outbox.put(Level(float(-number), 0.0))
        outbox.put(Pcm("t", bytes(STUCK)))
    outbox.put(PlaybackStarted("last"))
    found, thread = read_in_background(reading)
    outbox.close(10)
    os.close(writing)
    thread.join(10)
    started = [m.stream_id for m in found if isinstance(m, PlaybackStarted)]
    assert started == ["0", "1", "2", "last"]
    assert len([m for m in found if isinstance(m, Level)]) <= 2
    assert [m for m in found if isinstance(m, Level)][-1] == Level(-499.0, 0.0)
    assert 3 <= len([m for m in found if isinstance(m, Pcm)]) <= 8


def test_closing_does_not_wait_for_ever(pipe):
    _reading, writing = pipe
    outbox = Outbox(writing, never)
    outbox.put(Pcm("t", bytes(STUCK)))
    closing = threading.Thread(target=outbox.close, args=(0.05,), daemon=True)
    closing.start()
    closing.join(5)
    assert not closing.is_alive()


def test_an_app_that_is_gone_is_noticed(pipe):
    reading, writing = pipe
    gone = threading.Event()
    outbox = Outbox(writing, gone.set)
    os.close(reading)
    outbox.put(PlaybackStarted("a"))
    assert gone.wait(5)
