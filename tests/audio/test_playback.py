"""The arithmetic of what is played and what of it was heard."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, strategies as st

from audio.messages import PlaybackFinished, PlaybackStarted
from audio.playback import PlaybackQueue

RATE_HZ = 1000
"""At this rate a sample is a millisecond, and no resampler stands between."""


def ramp(count: int, start: int = 0) -> bytes:
    return np.arange(start, start + count, dtype="<i2").tobytes()


def filled(queue: PlaybackQueue, frames: int = 10_000) -> list[int]:
    return [int(value) for value in queue.fill(frames)]


def queue_with(**streams: int) -> PlaybackQueue:
    """Ended streams of these lengths; each begins 1000 higher than the one before."""
    queue = PlaybackQueue(RATE_HZ)
    for number, (name, length) in enumerate(streams.items()):
        queue.announce(name, RATE_HZ)
        queue.append(name, ramp(length, number * 1000))
        queue.end(name)
    return queue


def test_streams_play_in_the_order_announced():
    queue = PlaybackQueue(RATE_HZ)
    queue.announce("a", RATE_HZ)
    queue.announce("b", RATE_HZ)
    queue.append("b", ramp(3, 10))
    queue.end("b")
    assert filled(queue) == []
    queue.append("a", ramp(2))
    assert filled(queue) == [0, 1]
    queue.append("a", ramp(1, 2))
    queue.end("a")
    assert filled(queue) == [2, 10, 11, 12]


def test_sound_for_nobody_is_dropped():
    queue = queue_with(a=2)
    queue.append("unknown", ramp(5))
    queue.end("unknown")
    assert filled(queue) == [0, 1]


def test_a_sample_cut_in_half_waits_for_its_other_half():
    queue = PlaybackQueue(RATE_HZ)
    queue.announce("a", RATE_HZ)
    data = ramp(4)
    queue.append("a", data[:3])
    assert filled(queue) == [0]
    queue.append("a", data[3:])
    assert filled(queue) == [1, 2, 3]


def test_no_more_is_given_out_than_asked_for():
    queue = queue_with(a=5000)
    assert len(filled(queue, 100)) in range(100, 121)
    assert queue.frames in range(100, 121)


def test_a_stream_starts_once_and_finishes_when_it_was_heard_for_certain():
    queue = queue_with(a=100)
    filled(queue)
    assert queue.advance(0, 0, 0) == []
    assert queue.advance(20, 0, 0) == [PlaybackStarted("a")]
    assert queue.advance(100, 100, 60) == []
    assert queue.advance(100, 100, 100) == [PlaybackFinished("a", 100)]
    assert queue.current is None
    assert not queue.wants_to_play


def test_a_stream_that_waits_for_sound_does_not_finish():
    queue = PlaybackQueue(RATE_HZ)
    queue.announce("a", RATE_HZ)
    queue.append("a", ramp(10))
    filled(queue)
    assert queue.advance(10, 10, 10) == [PlaybackStarted("a")]
    queue.end("a")
    filled(queue)
    assert queue.advance(10, 10, 10) == [PlaybackFinished("a", 10)]


def test_an_empty_stream_finishes_without_having_started():
    queue = queue_with(a=0)
    filled(queue)
    assert queue.advance(0, 0, 0) == [PlaybackFinished("a", 0)]


def test_pause_reports_what_is_heard_and_plays_nothing_more():
    queue = queue_with(a=300)
    filled(queue)
    queue.advance(150, 110, 100)
    stream, over = queue.pause(120)
    assert stream is not None
    assert (stream.stream_id, stream.played_ms, over) == ("a", 120, [])
    assert queue.frames == 120
    assert filled(queue) == []
    assert not queue.wants_to_play


def test_resume_goes_on_a_little_earlier_and_fades_in():
    queue = queue_with(a=300)
    filled(queue)
    queue.pause(120)
    queue.resume("a", 20)
    again = filled(queue)
    assert len(again) == 200
    assert again[10:] == list(range(110, 300))
    assert again[0] == 0
    assert all(value < 100 + at for at, value in enumerate(again[:9]))


def test_resume_does_not_go_back_before_the_beginning():
    queue = queue_with(a=300)
    filled(queue)
    queue.pause(50)
    queue.resume("a", 5000)
    assert len(filled(queue)) == 300


def test_a_second_pause_never_reports_less_than_the_first():
    queue = queue_with(a=300)
    filled(queue)
    queue.pause(200)
    queue.resume("a", 100)
    filled(queue)
    stream, _over = queue.pause(queue.frames - 195)
    assert stream is not None
    assert stream.played_ms == 200


def test_resume_of_what_is_not_paused_changes_nothing():
    queue = queue_with(a=10)
    queue.resume("a", 5)
    queue.resume("unknown", 5)
    assert filled(queue) == list(range(10))


def test_pause_in_a_later_stream_finishes_the_earlier_one():
    queue = queue_with(a=100, b=100)
    filled(queue)
    queue.advance(130, 80, 60)
    stream, over = queue.pause(140)
    assert stream is not None
    assert (stream.stream_id, stream.played_ms) == ("b", 40)
    assert over == [PlaybackFinished("a", 100)]


def test_pause_in_the_tail_stops_the_stream_that_is_still_heard():
    queue = queue_with(a=100)
    filled(queue)
    queue.advance(100, 60, 40)
    stream, over = queue.pause(100)
    assert stream is not None
    assert (stream.stream_id, stream.played_ms, over) == ("a", 100, [])
    queue.resume("a", 0)
    filled(queue)
    assert queue.advance(100, 100, 100)[-1:] == [PlaybackFinished("a", 100)]


def test_pause_before_the_first_sound_has_heard_nothing():
    queue = PlaybackQueue(RATE_HZ)
    queue.announce("a", RATE_HZ)
    stream, _over = queue.pause(0)
    assert stream is not None
    assert stream.played_ms == 0
    assert queue.pause(0) == (None, [])


def test_pause_of_nothing_is_nothing():
    assert PlaybackQueue(RATE_HZ).pause(0) == (None, [])


def test_a_stream_behind_a_paused_one_waits():
    queue = queue_with(a=100, b=50)
    filled(queue)
    queue.pause(40)
    assert filled(queue) == []
    assert queue.flush("a", None) == 40
    assert filled(queue) == list(range(1000, 1050))


def test_flush_lets_the_next_stream_play_from_its_beginning():
    queue = queue_with(a=100, b=50)
    filled(queue)
    point = queue.cut_point("a", 30)
    assert point == 30
    assert queue.flush("a", 35) == 35
    assert queue.frames == 35
    assert filled(queue) == list(range(1000, 1050))
    assert queue.advance(85, 85, 85) == [PlaybackStarted("b"), PlaybackFinished("b", 50)]


def test_flush_of_a_later_stream_leaves_the_first_alone():
    queue = queue_with(a=100, b=50, c=10)
    filled(queue)
    assert queue.cut_point("b", 30) == 100
    assert queue.flush("b", 100) == 0
    assert filled(queue) == list(range(2000, 2010))
    events = queue.advance(110, 110, 110)
    assert [e for e in events if isinstance(e, PlaybackFinished)] == [
        PlaybackFinished("a", 100),
        PlaybackFinished("c", 10),
    ]


def test_flush_of_what_was_given_out_whole_cuts_nothing():
    queue = queue_with(a=100)
    filled(queue)
    queue.advance(100, 50, 30)
    assert queue.cut_point("a", 100) is None
    assert queue.flush("a", None) == 100


def test_flush_of_an_unknown_stream_is_answered_with_what_is_remembered():
    queue = queue_with(a=100)
    filled(queue)
    queue.advance(100, 100, 100)
    assert queue.flush("a", None) == 100
    assert queue.flush("never", None) == 0


def test_all_streams_fail_together():
    queue = queue_with(a=100, b=50)
    filled(queue)
    queue.advance(60, 40, 30)
    assert [(s.stream_id, s.played_ms) for s in queue.fail()] == [("a", 40), ("b", 0)]
    assert queue.current is None


def test_another_device_goes_on_with_what_was_not_heard():
    queue = queue_with(a=100, b=20)
    filled(queue)
    queue.advance(90, 60, 50)
    queue.restart(RATE_HZ)
    assert queue.frames == 0
    rest = filled(queue)
    assert rest[10:] == [*range(70, 100), *range(1000, 1020)]
    assert len(rest) == 60
    assert queue.advance(60, 60, 60)[-1] == PlaybackFinished("b", 20)


def test_what_is_long_past_is_forgotten():
    queue = PlaybackQueue(RATE_HZ)
    queue.announce("a", RATE_HZ)
    for second in range(30):
        queue.append("a", ramp(1000, second * 1000))
        filled(queue)
        queue.advance(queue.frames, queue.frames, queue.frames)
    stream = queue.current
    assert stream is not None
    assert len(stream.pcm) <= 2 * 7000
    assert stream.played_ms == 30_000
    queue.pause(queue.frames)
    queue.resume("a", 3000)
    assert filled(queue)[100] == 27_100


@pytest.mark.parametrize("rate_hz", [8000, 16_000, 22_050, 24_000, 44_100, 48_000])
def test_every_rate_is_played_whole(rate_hz):
    queue = PlaybackQueue(48_000)
    queue.announce("a", rate_hz)
    tone = np.sin(np.arange(rate_hz) * 2 * np.pi * 200 / rate_hz) * 10_000
    queue.append("a", tone.astype("<i2").tobytes())
    queue.end("a")
    frames = queue.fill(1_000_000)
    assert len(frames) == pytest.approx(48_000, abs=2)
    expected = np.sin(np.arange(len(frames)) * 2 * np.pi * 200 / 48_000) * 10_000
    assert np.abs(frames - expected)[500:-500].max() < 200
    assert queue.advance(24_000, 24_000, 0) == [PlaybackStarted("a")]
    stream, _over = queue.pause(24_000)
    assert stream is not None
    assert stream.played_ms == pytest.approx(500, abs=1)


class Player:
    """Plays ended streams on a device that holds 20 frames, and notes how each one ends."""

    def __init__(self, lengths: list[int]) -> None:
        self.sent = {f"s{number}": length for number, length in enumerate(lengths)}
        self.queue = queue_with(**self.sent)
        self.position = 0
        self.ended: dict[str, int] = {}

    def fill(self, number: int) -> None:
        self.queue.fill(number)

    def play(self, number: int) -> None:
        self.position = min(self.queue.frames, self.position + number)
        heard = max(0, self.position - 20)
        self.note(self.queue.advance(self.position, heard, max(0, heard - 10)))

    def pause(self, number: int) -> None:
        _stream, over = self.queue.pause(min(self.queue.frames, self.position + number % 20))
        self.note(over)
        self.position = self.queue.frames

    def resume(self, number: int) -> None:
        if stream := self.queue.current:
            self.queue.resume(stream.stream_id, number)

    def flush(self, _number: int) -> None:
        if stream := self.queue.current:
            point = self.queue.cut_point(stream.stream_id, self.position)
            self.ended[stream.stream_id] = self.queue.flush(stream.stream_id, point)

    def note(self, events: Sequence[PlaybackStarted | PlaybackFinished]) -> None:
        for event in events:
            if isinstance(event, PlaybackFinished):
                assert event.stream_id not in self.ended
                self.ended[event.stream_id] = event.played_ms

    def finish(self) -> None:
        while self.queue.current is not None:
            self.resume(0)
            self.fill(1000)
            end = self.queue.frames
            self.note(self.queue.advance(end, end, end))


actions = st.sampled_from([Player.fill, Player.play, Player.pause, Player.resume, Player.flush])


@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=4),
    st.lists(st.tuples(actions, st.integers(1, 150)), max_size=40),
)
def test_heard_never_exceeds_sent_and_everything_ends(lengths, steps):
    player = Player(lengths)
    for action, number in steps:
        action(player, number)
        assert player.queue.frames >= player.position
        if stream := player.queue.current:
            assert 0 <= stream.heard_samples <= player.sent[stream.stream_id]
    player.finish()
    assert set(player.ended) == set(player.sent)
    assert all(played <= player.sent[name] for name, played in player.ended.items())
