"""What is to be played, and what of it has been heard: arithmetic without a device or a clock.

A stream is PCM at its own rate. It is resampled into one endless row of device frames; segments
remember which frames carry which stream. Frame counts are those of the device's ring.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np

from audio.messages import PlaybackFinished, PlaybackStarted
from audio.pcm import SAMPLE_BYTES, Samples
from audio.resample import Resampler

_KEPT_S = 5
_CHUNK_MS = 20
_FADE_IN_MS = 10
_REMEMBERED = 32
_EMPTY = np.zeros(0, dtype=np.int16)


@dataclass(slots=True)
class Stream:
    """PCM that arrives piece by piece. Sample numbers count from the stream's beginning."""

    stream_id: str
    rate_hz: int
    pcm: bytearray = field(default_factory=bytearray)
    dropped_samples: int = 0
    next_sample: int = 0
    heard_samples: int = 0
    ended: bool = False
    paused: bool = False
    started: bool = False

    @property
    def total_samples(self) -> int:
        """How many samples have been sent."""
        return self.dropped_samples + len(self.pcm) // SAMPLE_BYTES

    @property
    def played_ms(self) -> int:
        """How much of it the listener has heard."""
        return self.heard_samples * 1000 // self.rate_hz

    def next_samples(self, limit: int) -> Samples:
        """The next samples to play, and move on."""
        start = (self.next_sample - self.dropped_samples) * SAMPLE_BYTES
        count = min(limit, self.total_samples - self.next_sample)
        self.next_sample += count
        return np.frombuffer(bytes(self.pcm[start : start + count * SAMPLE_BYTES]), dtype="<i2")

    def hear_until(self, sample: int) -> None:
        """Note that everything before `sample` was heard, and forget what is long past."""
        self.heard_samples = max(self.heard_samples, min(sample, self.total_samples))
        past = self.heard_samples - _KEPT_S * self.rate_hz - self.dropped_samples
        if past > self.rate_hz:
            del self.pcm[: past * SAMPLE_BYTES]
            self.dropped_samples += past

    def go_back_to(self, sample: int) -> None:
        """Play again from `sample` on."""
        self.next_sample = max(self.dropped_samples, min(sample, self.total_samples))


@dataclass(slots=True)
class Segment:
    """Device frames that carry one stream from `first_sample` on, without a gap.

    A `complete` segment holds the stream's end; a `closed` one was cut, and takes no more.
    """

    stream: Stream
    first_frame: int
    first_sample: int
    rate_hz: int
    resampler: Resampler
    frames: int = 0
    complete: bool = False
    closed: bool = False

    @property
    def end_frame(self) -> int:
        """The frame after its last one."""
        return self.first_frame + self.frames

    def sample_at(self, frame: int) -> int:
        """The stream's sample that this frame plays; the end counts as the stream's end."""
        inside = max(0, min(frame, self.end_frame) - self.first_frame)
        if self.complete and inside == self.frames:
            return self.stream.total_samples
        return self.first_sample + inside * self.stream.rate_hz // self.rate_hz


class PlaybackQueue:
    """Streams in the order in which they were announced, one playing after the other.

    `frames` counts the device frames given out so far.
    """

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.frames = 0
        self._streams: OrderedDict[str, Stream] = OrderedDict()
        self._segments: list[Segment] = []
        self._over: OrderedDict[str, int] = OrderedDict()

    @property
    def current(self) -> Stream | None:
        """The stream that plays, waits for PCM, or is paused."""
        return next(iter(self._streams.values()), None)

    @property
    def wants_to_play(self) -> bool:
        """Whether a stream waits to be played or heard to its end."""
        return self.current is not None and not self.current.paused

    def announce(self, stream_id: str, rate_hz: int) -> None:
        """Add a stream at the end."""
        if stream_id not in self._streams:
            self._streams[stream_id] = Stream(stream_id, rate_hz)

    def append(self, stream_id: str, data: bytes) -> None:
        """Add PCM; what belongs to no stream (any more) is dropped."""
        if stream := self._streams.get(stream_id):
            stream.pcm += data

    def end(self, stream_id: str) -> None:
        """No more PCM comes for this stream."""
        if stream := self._streams.get(stream_id):
            stream.ended = True

    def fill(self, frames: int) -> Samples:
        """About `frames` more device frames, fewer if the PCM has not arrived yet."""
        wanted = self.frames + frames
        parts = []
        while self.frames < wanted and (segment := self._feeding()):
            part = self._feed(segment)
            if part is None:
                break
            parts.append(part)
        return np.concatenate(parts) if parts else _EMPTY

    def advance(
        self, handed: int, heard: int, certain: int
    ) -> list[PlaybackStarted | PlaybackFinished]:
        """What has happened, by device frames: handed to the device, heard, heard for certain."""
        events: list[PlaybackStarted | PlaybackFinished] = []
        for segment in self._segments:
            stream = segment.stream
            if handed > segment.first_frame and not stream.started:
                stream.started = True
                events.append(PlaybackStarted(stream.stream_id))
            if heard > segment.first_frame:
                stream.hear_until(segment.sample_at(heard))
        while self._segments and self._is_past(self._segments[0], certain):
            segment = self._segments.pop(0)
            if segment.complete:
                events.append(self._finish(segment.stream))
        return events

    def pause(self, frame: int) -> tuple[Stream | None, list[PlaybackFinished]]:
        """Stop at `frame`: what comes before it is still heard, nothing after it is played.

        Returns the stream that was stopped, and the ends of those that were over by then.
        """
        self._cut(frame)
        stopping = self._segments[-1].stream if self._segments else self.current
        for segment in self._segments:
            segment.stream.hear_until(segment.sample_at(frame))
        over = [s.stream for s in self._segments if s.complete and s.stream is not stopping]
        self._segments.clear()
        events = [self._finish(stream) for stream in over]
        if stopping is None or stopping.paused:
            return None, events
        stopping.paused = True
        return stopping, events

    def resume(self, stream_id: str, rewind_ms: int) -> None:
        """Play on from `rewind_ms` before the pause."""
        stream = self._streams.get(stream_id)
        if stream is not None and stream.paused:
            stream.paused = False
            stream.go_back_to(stream.heard_samples - rewind_ms * stream.rate_hz // 1000)

    def take_back(self, frame: int) -> None:
        """Nothing from `frame` on was heard: it is given out again."""
        for segment in self._segments:
            segment.stream.hear_until(segment.sample_at(frame))
        self._cut(frame)

    def go_on_at(self, frame: int) -> None:
        """The next frame that is given out has this number: the device dropped those before it."""
        self.frames = frame

    def cut_point(self, stream_id: str, earliest: int) -> int | None:
        """The first frame, from `earliest` on, that carries the stream or follows it."""
        owned = [s for s in self._segments if s.stream.stream_id == stream_id]
        if not owned or owned[-1].end_frame <= earliest:
            return None
        return max(owned[0].first_frame, earliest)

    def flush(self, stream_id: str, frame: int | None) -> int:
        """Drop a stream; the milliseconds of it that are heard.

        From `frame` on, nothing given out so far is played; None if all of it still is.
        """
        stream = self._streams.get(stream_id)
        if stream is None:
            return self._over.get(stream_id, 0)
        if frame is not None:
            self._cut(frame)
        for segment in self._segments:
            if segment.stream is stream:
                stream.hear_until(segment.sample_at(segment.end_frame))
        return self._remove(stream)

    def fail(self) -> list[Stream]:
        """Drop everything; what was dropped."""
        streams = list(self._streams.values())
        self._segments.clear()
        for stream in streams:
            self._remove(stream)
        return streams

    def restart(self, rate_hz: int) -> None:
        """Go on with another device, whose frames count from 0, at what was not heard yet."""
        self._cut(0)
        for stream in self._streams.values():
            stream.go_back_to(stream.heard_samples)
        self.rate_hz = rate_hz
        self.frames = 0

    def _feeding(self) -> Segment | None:
        """The segment that takes the next PCM, a new one if need be."""
        for stream in self._streams.values():
            last = next((s for s in reversed(self._segments) if s.stream is stream), None)
            if last is not None and last.complete:
                continue
            if stream.paused:
                return None
            if last is None or last.closed:
                last = Segment(
                    stream,
                    self.frames,
                    stream.next_sample,
                    self.rate_hz,
                    Resampler(stream.rate_hz, self.rate_hz),
                )
                self._segments.append(last)
            return last
        return None

    def _feed(self, segment: Segment) -> Samples | None:
        """Some more frames of the segment's stream; None if it has nothing to give now."""
        stream = segment.stream
        fade = stream.next_sample > 0 and segment.frames == 0
        samples = stream.next_samples(stream.rate_hz * _CHUNK_MS // 1000)
        last = stream.ended and stream.next_sample == stream.total_samples
        if not len(samples) and not last:
            return None
        part = segment.resampler.process(samples, last=last)
        segment.complete = last
        segment.frames += len(part)
        self.frames += len(part)
        return _fade_in(part, self.rate_hz) if fade else part

    def _is_past(self, segment: Segment, certain: int) -> bool:
        return certain >= segment.end_frame and (
            segment.complete or segment is not self._segments[-1]
        )

    def _cut(self, frame: int) -> None:
        """Forget all frames from `frame` on; their streams play again from there."""
        while self._segments and self._segments[-1].first_frame >= frame:
            segment = self._segments.pop()
            segment.stream.go_back_to(segment.first_sample)
        if self._segments and self._segments[-1].end_frame > frame:
            segment = self._segments[-1]
            segment.stream.go_back_to(segment.sample_at(frame))
            segment.frames = frame - segment.first_frame
            segment.complete = False
            segment.closed = True
        self.frames = min(self.frames, frame)

    def _finish(self, stream: Stream) -> PlaybackFinished:
        stream.hear_until(stream.total_samples)
        return PlaybackFinished(stream.stream_id, self._remove(stream))

    def _remove(self, stream: Stream) -> int:
        self._segments = [s for s in self._segments if s.stream is not stream]
        self._streams.pop(stream.stream_id, None)
        self._over[stream.stream_id] = stream.played_ms
        while len(self._over) > _REMEMBERED:
            self._over.popitem(last=False)
        return stream.played_ms


def _fade_in(samples: Samples, rate_hz: int) -> Samples:
    """The same samples, the first of them rising from nothing."""
    count = min(len(samples), rate_hz * _FADE_IN_MS // 1000)
    result = samples.copy()
    ramp = np.linspace(0.0, 1.0, num=count, dtype=np.float32)
    result[:count] = np.rint(result[:count] * ramp)
    return result
