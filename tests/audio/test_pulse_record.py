"""Recording by libpulse from a real server."""

from __future__ import annotations

import threading

import pytest

from audio.inventory import DeviceError
from audio.pcm import SAMPLE_BYTES
from audio.pulse_record import PulseRecorder
from tests.audio.running import lags_ms
from tests.desk.sound import MICROPHONE
from tests.desk.speech import say
from tests.desk.waiting import wait_until

pytestmark = pytest.mark.desk


class Recorded:
    """What a recorder has told."""

    def __init__(self, source: str = "", rate_hz: int = 16_000) -> None:
        self.sound = bytearray()
        self.ended = threading.Event()
        self.recorder = PulseRecorder(
            source, rate_hz, 20, on_sound=self.sound.extend, on_end=self.ended.set
        )


@pytest.fixture
def server(sound):
    with sound.here():
        yield sound


@pytest.mark.parametrize("source", ["", MICROPHONE])
def test_all_that_is_said_is_recorded(server, source):
    recorded = Recorded(source)
    recorded.recorder.open()
    said = say("good morning")
    server.say_clip(said)
    assert server.sources_in_use() == [MICROPHONE]
    enough = len(recorded.sound) + SAMPLE_BYTES * 3200
    wait_until(lambda: len(recorded.sound) >= enough, "the rest is recorded")
    recorded.recorder.close()
    lags = lags_ms(bytes(recorded.sound), said)
    assert lags.count(None) <= 1, lags
    assert server.sources_in_use() == []
    assert not recorded.ended.is_set()


def test_after_close_nothing_is_told(server):
    recorded = Recorded()
    recorded.recorder.open()
    wait_until(lambda: bool(recorded.sound), "sound comes")
    recorded.recorder.close()
    length = len(recorded.sound)
    server.say_clip(say("good morning"))
    assert len(recorded.sound) == length


def test_a_source_that_is_not_there_is_refused(server):
    with pytest.raises(DeviceError, match="No such entity"):
        Recorded("nowhere").recorder.open()


def test_without_a_server_it_is_refused(server):
    server.kill()
    with pytest.raises(DeviceError, match="refused"):
        Recorded().recorder.open()
    server.restart()


def test_the_end_of_the_server_is_told(server):
    recorded = Recorded()
    recorded.recorder.open()
    server.kill()
    assert recorded.ended.wait(5)
    recorded.recorder.close()
    server.restart()


def test_a_server_that_hangs_does_not_hold_up_the_end(server):
    recorded = Recorded()
    recorded.recorder.open()
    server.freeze()
    try:
        recorded.recorder.close()
    finally:
        server.thaw()
    wait_until(lambda: not server.sources_in_use(), "the source is released")


def test_how_old_the_sound_is_comes_from_the_servers_clock_where_it_matters(server):
    recorded = Recorded()
    recorded.recorder.open()
    wait_until(lambda: bool(recorded.sound), "sound comes")
    assert recorded.recorder.latency_s == 0.0
    recorded.recorder.measures = True
    wait_until(lambda: recorded.recorder.latency_s > 0.0, "the clock is read")
    assert recorded.recorder.latency_s < 0.5
    recorded.recorder.close()
