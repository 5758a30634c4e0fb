"""From streams to the speaker: order, interruption, and what was heard. Runs on the engine loop."""

from __future__ import annotations

import time

import numpy as np

from audio.inventory import Inventory, SoundDevice
from audio.level import Meter
from audio.line import Line
from audio.messages import (
    CloseReason,
    Direction,
    Flush,
    Pcm,
    Play,
    PlaybackFlushed,
    PlayEnd,
    Resume,
    SpeakerFailed,
)
from audio.pcm import Samples
from audio.playback import PlaybackQueue
from audio.speaker import Speaker
from audio.worker import Ports

_AHEAD_S = 0.1
_TICK_S = 0.02
_IDLE_S = 10.0
_LATENCY_S = 0.04
_FADE_WITHIN_S = 0.09
_LONGEST_HOLD_S = 1.0
_SAFE_LATENCY_S = 0.12
_MAX_UNDERFLOWS = 2
_REFERENCE_MS = 1500.0
_REFERENCE_PARTS = 100
_START_RATE_HZ = 48_000
_NOTHING = np.zeros(0, dtype=np.int16)


class Speaking:
    """Plays streams one after the other; the speaker is open while there is need of it."""

    def __init__(
        self,
        meter: Meter,
        ports: Ports,
        speaker: type[Speaker] = Speaker,
    ) -> None:
        self._meter = meter
        self._speaker = speaker
        self._send = ports.send
        self._wake = ports.wake
        self._queue = PlaybackQueue(_START_RATE_HZ)
        self._line: Line[Speaker] = Line(
            Direction.OUTPUT, make=self._make_speaker, listener=self, ports=ports
        )
        self._plays_on: Speaker | None = None
        self._device_id = ""
        self._closed_at_s = float("-inf")
        self._latency_s = _LATENCY_S
        self._idle_at_s: float | None = None
        self._reference: list[Samples] = []
        self._held_at: int | None = None
        self._hold_ends_at_s: float | None = None
        self._quiet_when_held_ms = 0.0

    def choose(self, device_id: str) -> None:
        """Play on this device; an empty id follows the system's default."""
        self._line.choose(device_id)

    def play(self, command: Play) -> None:
        """Announce a stream; the speaker opens while its PCM is on the way."""
        self._queue.announce(command.stream_id, command.rate_hz)
        self._need()

    def add(self, pcm: Pcm) -> None:
        """PCM of an announced stream."""
        self._queue.append(pcm.owner, pcm.data)

    def play_end(self, command: PlayEnd) -> None:
        """No more PCM comes for this stream."""
        self._queue.end(command.stream_id)

    def resume(self, command: Resume) -> None:
        """Play on after an interruption."""
        self._queue.resume(command.stream_id, command.rewind_ms)
        self._need()

    def flush(self, command: Flush) -> None:
        """Drop a stream and say how much of it was heard."""
        frame = None
        if speaker := self._plays_on:
            point = self._queue.cut_point(command.stream_id, speaker.handed_frames)
            if point is not None:
                is_heard = point == speaker.handed_frames
                frame = self._stop(speaker) if is_heard else speaker.stop(point, fade=False)
        played_ms = self._queue.flush(command.stream_id, frame)
        self._go_on()
        self._send(PlaybackFlushed(command.stream_id, played_ms))

    def interrupt(self) -> tuple[str, int]:
        """Silence and pause the current stream; its id (empty if none) and the time heard."""
        speaker, frame = self._plays_on, self._held_at or 0
        if speaker is not None and self._held_at is None:
            frame = self._drop(speaker)
        self._held_at = None
        stream, over = self._queue.pause(frame)
        self._go_on()
        for event in over:
            self._send(event)
        return (stream.stream_id, stream.played_ms) if stream is not None else ("", 0)

    def duck(self, gain: float) -> None:
        """Play softer for a moment, because somebody may have begun to speak; 1.0 is as before.

        At 0.0 nothing is heard at once, and nothing is lost: afterwards it goes on from there.
        """
        speaker = self._plays_on
        if speaker is None:
            return
        if gain == 0.0:
            self._hold(speaker)
            return
        self._held_at = self._hold_ends_at_s = None
        # What was interrupted stays soft to its end.
        if gain < 1.0 or self._queue.wants_to_play:
            speaker.gain = gain

    def on_inventory(self, inventory: Inventory) -> None:
        """Devices or connections have changed."""
        self._line.on_inventory(inventory)

    @property
    def is_audible(self) -> bool:
        """Whether something plays, or did a moment ago."""
        return self.quiet_ms < _REFERENCE_MS

    @property
    def is_mid_stream(self) -> bool:
        """Whether a stream has begun and is not over, heard or waiting for its PCM."""
        current = self._queue.current
        return current is not None and current.started and not current.paused

    @property
    def device_id(self) -> str:
        """The speaker that plays, or was the last to play; empty before the first."""
        return self._device_id

    @property
    def quiet_ms(self) -> float:
        """For how long nothing was heard from the speaker; while it is held, as before that."""
        if self._held_at is not None:
            return self._quiet_when_held_ms
        if self._plays_on is not None:
            return self._plays_on.quiet_ms
        return (time.monotonic() - self._closed_at_s) * 1000

    @property
    def latency_ms(self) -> float:
        """From the reference to the air."""
        speaker = self._plays_on
        return (speaker.latency_s - speaker.held_back_s) * 1000 if speaker is not None else 0.0

    def take_reference(self) -> tuple[Samples, int]:
        """What the device was given since the last call, and its rate."""
        reference, self._reference = self._reference, []
        rate_hz = self._plays_on.rate_hz if self._plays_on is not None else _START_RATE_HZ
        return (np.concatenate(reference) if reference else _NOTHING), rate_hz

    def tick(self) -> None:
        """Report what was heard, and keep the ring filled."""
        self._line.check()
        if self._line.device is not self._plays_on:
            self._switch(self._line.device)
        speaker = self._plays_on
        if speaker is None:
            return
        self._advance(speaker)
        self._note_reference(speaker)
        if self._queue.wants_to_play:
            self._idle_at_s = None
            self._fill(speaker)
            self._watch_underflows(speaker)
        elif self._idle_at_s is None:
            self._idle_at_s = time.monotonic() + _IDLE_S
        elif time.monotonic() >= self._idle_at_s:
            self._idle_at_s = None
            self._line.release()

    def deadline_s(self) -> float | None:
        """When `tick` must be called at the latest."""
        times = [t for t in (self._idle_at_s, self._line.deadline_s()) if t is not None]
        if self._plays_on is not None and self._queue.wants_to_play:
            times.append(time.monotonic() + _TICK_S)
        return min(times, default=None)

    # What the line reports

    def on_device_opened(self) -> None:
        """The speaker runs, or is another one now."""

    def on_device_closed(self, reason: CloseReason, detail: str) -> None:
        """There is no speaker, or not any more."""
        if reason is CloseReason.REQUESTED:
            return
        self._line.forget()
        if self._plays_on is not None:
            self._switch(None)
        for stream in self._queue.fail():
            self._send(SpeakerFailed(detail or "no speaker", stream.stream_id, stream.played_ms))

    # Sound

    def _make_speaker(self, device: SoundDevice, chosen: bool) -> Speaker:
        return self._speaker(device, chosen=chosen, latency_s=self._latency_s, wake=self._wake)

    def _need(self) -> None:
        if self._queue.wants_to_play and not (self._line.is_wanted and self._plays_on):
            self._line.want()

    def _switch(self, speaker: Speaker | None) -> None:
        """Go on with another speaker, or none, at what was not heard yet."""
        if self._plays_on is not None:
            self._advance(self._plays_on)
            self._closed_at_s = time.monotonic() - self._plays_on.quiet_ms / 1000
        self._plays_on = speaker
        if speaker is not None:
            self._device_id = speaker.device.device.id
        self._reference.clear()
        self._held_at = None
        self._idle_at_s = None
        self._queue.restart(self._queue.rate_hz if speaker is None else speaker.rate_hz)

    def _stop(self, speaker: Speaker) -> int:
        """Fade out, unless too much waits in the device; the frame after the last one heard."""
        return speaker.stop() if speaker.latency_s <= _FADE_WITHIN_S else self._drop(speaker)

    def _drop(self, speaker: Speaker) -> int:
        """Be silent at once; the frame after the last one heard."""
        if speaker.quiet_ms > 0.0:
            return speaker.stop()
        frame = speaker.drop()
        self._line.run(speaker.renew)
        return frame

    def _hold(self, speaker: Speaker) -> None:
        """Be silent at once, until it was nothing or an interruption, but not for long."""
        now_s = time.monotonic()
        if self._hold_ends_at_s is None:
            self._hold_ends_at_s = now_s + _LONGEST_HOLD_S
        if now_s >= self._hold_ends_at_s:
            self._held_at = None
        elif self._held_at is None and self._queue.wants_to_play:
            self._quiet_when_held_ms = speaker.quiet_ms
            self._held_at = self._drop(speaker)
            self._queue.take_back(self._held_at)
            self._go_on()

    def _go_on(self) -> None:
        """What is given out from now on comes behind what the speaker was given."""
        if self._plays_on is not None:
            self._queue.go_on_at(self._plays_on.queued_frames)

    def _advance(self, speaker: Speaker) -> None:
        handed = speaker.handed_frames
        for event in self._queue.advance(
            handed, speaker.heard_frames, speaker.certainly_heard_frames
        ):
            self._send(event)

    def _fill(self, speaker: Speaker) -> None:
        if self._held_at is not None:
            return
        missing = int(_AHEAD_S * speaker.rate_hz) - speaker.ahead_frames
        if missing > 0:
            samples = self._queue.fill(missing)
            if len(samples):
                speaker.play(samples)

    def _note_reference(self, speaker: Speaker) -> None:
        samples = speaker.take_reference()
        if speaker.quiet_ms > _REFERENCE_MS:
            self._reference.clear()
        elif len(samples):
            self._meter.add(samples)
            self._reference.append(samples)
            del self._reference[:-_REFERENCE_PARTS]

    def _watch_underflows(self, speaker: Speaker) -> None:
        if speaker.underflows >= _MAX_UNDERFLOWS and self._latency_s < _SAFE_LATENCY_S:
            self._latency_s = _SAFE_LATENCY_S
            self._line.reopen()
