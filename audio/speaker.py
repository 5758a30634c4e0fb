"""One open speaker: PortAudio's callback plays from a ring, and silence when that is empty."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

import numpy as np

from audio.inventory import DeviceError, SoundDevice
from audio.pcm import SAMPLE_BYTES, Samples, fade_out
from audio.ring import Ring

_BLOCK_MS = 10
_FADE_MS = 5
_RING_S = 2
_REFERENCE_S = 1
_TAIL_LATENCIES = 1.25
_MAX_DELAY_S = 2.0
_DROPPING_S = 1.0
_CLOSING_S = 0.1
_SETTLED_S = 0.015
_LEAST_DELAY_S = 0.04
_MOST_HELD_BACK_S = 0.04


class Speaker:
    """Plays mono int16 at the device's own rate. Positions count frames since it was opened.

    `reference` repeats what was really handed to the device, silence included; the last of it is
    held back, because it is never heard if it is dropped. `underflows` counts the gaps that the
    device had while there was something to play. `gain` may change at any time; a block goes from
    one to the next without a click.
    """

    def __init__(
        self, device: SoundDevice, *, chosen: bool, latency_s: float, wake: Callable[[], None]
    ) -> None:
        self.device = device
        self.chosen = chosen
        self.rate_hz = device.rate_hz
        self.blocks = 0
        self.underflows = 0
        self.ended = False
        self.gain = 1.0
        self._gain_now = 1.0
        self._channels = 1
        self._latency_s = latency_s
        self._delay_s = 0.0
        self._idle_frames = 0
        self._wake = wake
        self._stream: Any = None
        self._is_dropping = False
        self._has_dropped = threading.Event()
        self._dropped_at_s: float | None = None
        self._renewed_at_s: float | None = None
        self._since_drop_frames = 0
        self._unplayed_bytes = 0
        self._block_frames = self.rate_hz * _BLOCK_MS // 1000
        self._set_up(1)

    def open(self) -> None:
        """Start to play silence. May block for long. Raises DeviceError."""
        # Only an engine that plays pays for it.
        from audio.portaudio import open_stream

        self._stream, _channels = open_stream(
            self.device, chosen=self.chosen, make=self._make_stream
        )
        self._latency_s = self._stream.latency

    def close(self) -> None:
        """Drop what is queued, and release the device. May block for long."""
        if self._stream is not None:
            from audio.portaudio import close_stream

            # A callback thread that PortAudio cancels may take the interpreter's lock with it.
            self._is_dropping = True
            self._has_dropped.wait(_CLOSING_S)
            close_stream(self._stream)

    @property
    def latency_s(self) -> float:
        """How long a frame takes from the ring to the air."""
        measured = self._delay_s if 0 < self._delay_s < _MAX_DELAY_S else 0.0
        return max(self._latency_s, measured)

    @property
    def held_back_s(self) -> float:
        """How much later than the device the reference is. The echo must never come before it."""
        return min(max(0.0, self._latency_s - _LEAST_DELAY_S), _MOST_HELD_BACK_S)

    @property
    def handed_frames(self) -> int:
        """How many frames of sound the device has taken."""
        return self.ring.read // self._frame_bytes

    @property
    def queued_frames(self) -> int:
        """How many frames of sound it was given, those that were taken back apart."""
        return self.ring.written // self._frame_bytes

    @property
    def heard_frames(self) -> int:
        """How many frames of sound have left the speaker by now, as far as that is known."""
        return self._left_after(self.latency_s * self.rate_hz)

    @property
    def certainly_heard_frames(self) -> int:
        """The same, with a margin for what the device does not tell."""
        return self._left_after(
            self.latency_s * self.rate_hz * _TAIL_LATENCIES + self._block_frames
        )

    @property
    def quiet_ms(self) -> float:
        """For how long nothing but silence has left the speaker; 0 while something is heard."""
        if self.ring.unread:
            return 0.0
        return max(0.0, self._idle_frames * 1000 / self.rate_hz - self.latency_s * 1000)

    @property
    def ahead_frames(self) -> int:
        """How many frames wait in the ring."""
        return self.ring.unread // self._frame_bytes

    def play(self, samples: Samples) -> None:
        """Queue mono samples behind those that wait."""
        self.ring.write(np.repeat(samples, self._channels).tobytes())

    def stop(self, frame: int = 0, *, fade: bool = True) -> int:
        """Play nothing more from about `frame`, or from now, on; the frame at which it ends."""
        size = self._frame_bytes
        start = max(self.ring.read + self._block_frames * size, frame * size)
        if fade:
            rest = self.ring.peek(start, self.rate_hz * _FADE_MS // 1000 * size)
            self.ring.replace(start, fade_out(np.frombuffer(rest, dtype=np.int16)).tobytes())
            start += len(rest)
        return self.ring.truncate(start) // size

    def drop(self) -> int:
        """Play nothing more, not even what the device holds; the frame after the last one heard.

        The device is silent from its next block on. `renew` starts it again.
        """
        before, self._is_dropping = self._is_dropping, True
        end = self.ring.truncate(self.ring.read) // self._frame_bytes
        return end if before else min(end, self.heard_frames + self._block_frames)

    def renew(self) -> None:
        """Start again after `drop`. May block for a while. Raises DeviceError."""
        if not self._is_dropping:
            return
        if not self._has_dropped.wait(_DROPPING_S):
            raise DeviceError("the device does not stop")
        self._has_dropped.clear()
        self._is_dropping = False
        self._start_again()

    def take_reference(self) -> Samples:
        """What was handed to the device since the last call, mono."""
        held_back = round(self.held_back_s * self.rate_hz) * self._frame_bytes
        samples = np.frombuffer(self.reference.take(held_back), dtype=np.int16)
        return samples[:: self._channels]

    def _set_up(self, channels: int) -> None:
        self._channels = channels
        self._frame_bytes = channels * SAMPLE_BYTES
        second = self.rate_hz * self._frame_bytes
        self.ring = Ring(second * _RING_S)
        self.reference = Ring(second * _REFERENCE_S)
        self._silence = memoryview(bytes(self._block_frames * self._frame_bytes))

    def _left_after(self, delay_frames: float) -> int:
        inside = max(0.0, delay_frames - self._idle_frames)
        return max(0, self.handed_frames - int(inside))

    def _make_stream(self, index: int, channels: int) -> Any:
        # A mono stream would leave the other ears of a real device without sound.
        import sounddevice

        wanted = min(2, self.device.channels) if channels == 1 else channels
        self._set_up(wanted)
        return sounddevice.RawOutputStream(
            samplerate=self.rate_hz,
            blocksize=self._block_frames,
            device=index,
            channels=wanted,
            dtype="int16",
            latency=self._latency_s,
            callback=self._on_callback,
            finished_callback=self._on_end,
        )

    def _start_again(self) -> None:
        from audio.portaudio import restart_stream

        restart_stream(self._stream)

    def _on_callback(self, out: Any, frames: int, time: Any, status: Any) -> None:
        import sounddevice

        if not self._on_block(out, frames, time, status):
            raise sounddevice.CallbackAbort

    def _on_block(self, out: Any, frames: int, time: Any, status: Any) -> bool:
        """Fill a block. False if the device must drop what it holds, and end."""
        if self._is_dropping:
            self._forget_unheard()
            return False
        target = memoryview(out)
        filled = self.ring.read_into(target)
        if filled < len(target):
            target[filled:] = self._silence[: len(target) - filled]
        if filled and not self.gain == self._gain_now == 1.0:
            self._turn_down(target)
        self._refer(target, frames)
        self.blocks += 1
        self._delay_s = time.outputBufferDacTime - time.currentTime
        if not filled:
            self._idle_frames += frames
            return True
        self._idle_frames = 0
        if status:
            self.underflows += 1
        self._wake()
        return True

    def _forget_unheard(self) -> None:
        """The device drops what it holds: that has no echo."""
        reference = self.reference
        unheard = int(self._latency_s * self.rate_hz) * self._frame_bytes
        before = reference.written
        forgotten = before - reference.truncate(before - unheard)
        # It fills itself anew, at once; `_follow_restart` knows how it really was.
        self._unplayed_bytes = max(0, unheard - forgotten)
        self._since_drop_frames = -(max(unheard, forgotten) // self._frame_bytes)
        self._idle_frames = 0
        self._renewed_at_s, self._dropped_at_s = None, self._now_s()

    def _refer(self, target: memoryview, frames: int) -> None:
        """Note a block that the device takes, so that its echo has the same delay as any other."""
        if self._dropped_at_s is not None:
            self._follow_restart(self._dropped_at_s, self._now_s())
            self._since_drop_frames += frames
        unplayed = min(self._unplayed_bytes, len(target))
        self._unplayed_bytes -= unplayed
        self.reference.write(target[unplayed:])

    def _follow_restart(self, dropped_at_s: float, now_s: float) -> None:
        """Make up for what was dropped: more blocks are taken at once, or none for a while."""
        if self._renewed_at_s is None:
            self._renewed_at_s = now_s
        elif now_s - self._renewed_at_s > _SETTLED_S:
            due = round((now_s - dropped_at_s) * self.rate_hz)
            ahead = (self._since_drop_frames - due) * self._frame_bytes + self._unplayed_bytes
            self._unplayed_bytes = max(0, ahead)
            self.reference.write(bytes(max(0, -ahead)))
            self._dropped_at_s = None

    def _turn_down(self, target: memoryview) -> None:
        frames = np.frombuffer(target, dtype=np.int16).reshape(-1, self._channels)
        ramp = np.linspace(self._gain_now, self.gain, num=len(frames), dtype=np.float32)
        self._gain_now = self.gain
        np.multiply(frames, ramp[:, np.newaxis], out=frames, casting="unsafe")

    def _now_s(self) -> float:
        return monotonic()

    def _on_end(self) -> None:
        if self._is_dropping:
            self._has_dropped.set()
        else:
            self.ended = True
        self._wake()
