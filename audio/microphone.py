"""One open microphone: a thread of the sound system copies its sound into a ring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from audio.inventory import SoundDevice
from audio.pcm import SAMPLE_BYTES
from audio.pulse_record import PulseRecorder
from audio.ring import Ring

BLOCK_MS = 20
_LATENCY_S = 0.04
_RING_S = 10
_LONGEST_MS = 2000.0


class Microphone:
    """Sound of a device at its own rate, interleaved int16.

    `blocks` counts what the callback saw; `ended` says that the stream is over. `latency_ms` is
    from the air to the ring: what the device promised, or what its clock says if that is longer.
    """

    def __init__(self, device: SoundDevice, *, chosen: bool, wake: Callable[[], None]) -> None:
        self.device = device
        self.chosen = chosen
        self.rate_hz = device.rate_hz
        self.channels = 1
        self.latency_ms = self._told_ms = _LATENCY_S * 1000
        self.blocks = 0
        self.ended = False
        self.ring = Ring(self.rate_hz * _RING_S * SAMPLE_BYTES * max(1, device.channels))
        self._wake = wake
        self._wake_bytes = 0
        self._recorder: PulseRecorder | None = None
        self._stream: Any = None

    def open(self) -> None:
        """Start to record. May block for long. Raises DeviceError."""
        if self.device.index is None:
            self._open_recorder()
            return
        from audio.portaudio import open_stream

        self._stream, self.channels = open_stream(
            self.device, chosen=self.chosen, make=self._make_stream
        )
        self.latency_ms = self._told_ms = self._stream.latency * 1000 + BLOCK_MS

    def close(self) -> None:
        """Release the device. May block for long."""
        if self._recorder is not None:
            self._recorder.close()
        if self._stream is not None:
            from audio.portaudio import close_stream

            close_stream(self._stream)

    def measure(self, on: bool) -> None:
        """Follow the device's clock while it matters."""
        if self._recorder is not None:
            self._recorder.measures = on

    def wake_every(self, duration_ms: int) -> None:
        """Wake the engine loop only when this much sound waits. 0 is every block."""
        self._wake_bytes = self.rate_hz * duration_ms // 1000 * self.channels * SAMPLE_BYTES
        if self._recorder is not None:
            self._recorder.rest_s = (duration_ms or BLOCK_MS) / 1000

    def _open_recorder(self) -> None:
        recorder = PulseRecorder(
            self.device.device.id if self.chosen else "",
            self.rate_hz,
            BLOCK_MS,
            on_sound=self._on_sound,
            on_end=self._on_end,
        )
        recorder.open()
        self._recorder = recorder

    def _make_stream(self, index: int, channels: int) -> Any:
        import sounddevice

        return sounddevice.RawInputStream(
            samplerate=self.rate_hz,
            blocksize=self.rate_hz * BLOCK_MS // 1000,
            device=index,
            channels=channels,
            dtype="int16",
            latency=_LATENCY_S,
            callback=self._on_block,
            finished_callback=self._on_end,
        )

    def _on_block(self, data: Any, _frames: int, time: Any, _status: Any) -> None:
        self.ring.write(data)
        if time is not None:
            self._note_age((time.currentTime - time.inputBufferAdcTime) * 1000)
        self.blocks += 1
        if self.ring.written - self.ring.read >= self._wake_bytes:
            self._wake()

    def _on_sound(self, data: bytes) -> None:
        self.ring.write(data)
        if self._recorder is not None:
            self._note_age(self._recorder.latency_s * 1000)
        self.blocks += 1
        self._wake()

    def _note_age(self, age_ms: float) -> None:
        # Some systems give no times, or those of another clock.
        if 0 < age_ms < _LONGEST_MS:
            self.latency_ms = max(self._told_ms, age_ms)

    def _on_end(self) -> None:
        self.ended = True
        self._wake()
