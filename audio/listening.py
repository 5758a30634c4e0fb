"""From the microphone to takes: hands-free utterances and push-to-talk. Runs on the engine loop."""

from __future__ import annotations

import time
from pathlib import Path

from audio.arrival import Preroll
from audio.capture import Heard
from audio.endpoint import Edge
from audio.hearing import Hearing
from audio.inventory import Inventory, SoundDevice
from audio.line import Line
from audio.messages import (
    CloseReason,
    Configure,
    Direction,
    MicrophoneClosed,
    MicrophoneOpened,
    TakeEnd,
)
from audio.microphone import Microphone
from audio.speaking import Speaking
from audio.takes import TakeRecorder
from audio.worker import Ports

_PIPELINE_MS = 15.0


class Listening:
    """Opens the microphone as asked, and makes takes of what it hears.

    Hands-free takes begin and end with speech, the held one (push-to-talk) with its commands.
    """

    def __init__(
        self,
        configure: Configure,
        hearing: Hearing,
        playback: Speaking,
        ports: Ports,
        microphone: type[Microphone] = Microphone,
    ) -> None:
        self._hearing = hearing
        self._playback = playback
        self._microphone = microphone
        self._send = ports.send
        self._wake = ports.wake
        self._line: Line[Microphone] = Line(
            Direction.INPUT, make=self._make_microphone, listener=self, ports=ports
        )
        self._line.choose(configure.input_device)
        self._takes = TakeRecorder(Path(configure.journal_dir), ports.send)
        self._preroll = Preroll(hearing.preroll_ms)
        self._next_settings: Configure | None = None
        self._hands_free = False
        self._held = False
        self._held_voiced_ms = 0
        self._longest_held_ms = 0
        self._release_at_s: float | None = None
        self._release_reason = TakeEnd.RELEASED

    @property
    def is_open(self) -> bool:
        """Whether a microphone is open."""
        return self._line.device is not None

    @property
    def is_hearing_speech(self) -> bool:
        """Whether a hands-free take is open."""
        return self._takes.is_open and not self._held

    def configure(self, configure: Configure) -> None:
        """Take over other settings. An open take ends by the old ones."""
        self._next_settings = configure
        self._line.choose(configure.input_device)
        self._apply_settings()

    def listen(self) -> None:
        """Find utterances from now on."""
        self._hands_free = True
        self._takes.arm()
        self._line.want()

    def begin_take(self, longest_ms: int) -> None:
        """Record everything; a take that is open already becomes the held one."""
        if self._held:
            if self._release_at_s is None:
                return
            self._hear()
            self._end_take(self._release_reason)
        # The disk comes after this: what is said meanwhile waits in the microphone's ring.
        self._line.want()
        if self._line.is_refused:
            return
        self._hear()
        self._held = True
        self._longest_held_ms = longest_ms
        self._held_voiced_ms = 0
        if self._takes.is_open:
            if self._hearing.endpointer.in_pause:
                self._takes.go_on()
            self._held_voiced_ms = self._hearing.endpointer.voiced_ms
        else:
            self._begin_take(held=True)

    def end_take(self, *, cancelled: bool) -> None:
        """End the held take when its last sound has come out of the device."""
        if not self._held or self._release_at_s is not None:
            return
        self._release_reason = TakeEnd.CANCELLED if cancelled else TakeEnd.RELEASED
        microphone = self._line.device
        latency_ms = 0.0 if microphone is None or cancelled else microphone.latency_ms
        self._release_at_s = time.monotonic() + (latency_ms + _PIPELINE_MS) / 1000

    def set_hangover(self, take_id: str, hangover_ms: int) -> None:
        """Let the pause that is going on in this hands-free take end it after this long in all."""
        self._hear()
        if self._held or not self._takes.is_open or take_id != self._takes.take_id:
            return
        if self._hearing.endpointer.set_hangover(hangover_ms):
            self._end_take(TakeEnd.SILENCE)

    def close(self) -> None:
        """Release the device now, and end what is open."""
        self._hear()
        self._hands_free = False
        self._line.release()
        self._end_take(TakeEnd.CLOSED)
        self._takes.disarm()

    def on_inventory(self, inventory: Inventory) -> None:
        """Devices or connections have changed."""
        self._line.on_inventory(inventory)

    def tick(self) -> None:
        """Process what was heard since the last call."""
        self._hear()
        self._line.check()
        if self._release_at_s is not None and time.monotonic() >= self._release_at_s:
            self._end_held_take(self._release_reason)
        elif self._held and self._takes.duration_ms >= self._longest_held_ms:
            self._end_held_take(TakeEnd.TOO_LONG)

    def deadline_s(self) -> float | None:
        """When `tick` must be called at the latest."""
        times = [t for t in (self._release_at_s, self._line.deadline_s()) if t is not None]
        return min(times, default=None)

    def on_device_opened(self) -> None:
        """The first sound has come, or it comes from another microphone now."""
        if microphone := self._line.device:
            label = microphone.device.device.label
            self._send(MicrophoneOpened(label, microphone.rate_hz))

    def on_device_closed(self, reason: CloseReason, detail: str) -> None:
        """There is no microphone, or not any more."""
        self._hearing.stop()
        self._playback.duck(1.0)
        self._preroll.take()
        if reason is not CloseReason.REQUESTED:
            if not self._hands_free:
                self._line.forget()
            self._end_take(TakeEnd.MICROPHONE_LOST)
        self._send(MicrophoneClosed(reason, detail))

    def _make_microphone(self, device: SoundDevice, chosen: bool) -> Microphone:
        return self._microphone(device, chosen=chosen, wake=self._wake)

    def _hear(self) -> None:
        if microphone := self._line.device:
            pieces = self._hearing.hear(microphone, recording=self._takes.is_open)
            if pieces is None:
                self._preroll.take()
            else:
                for piece in pieces:
                    self._on_heard(piece)
            if self.is_hearing_speech and not self._hearing.endpointer.in_speech:
                # Another microphone has taken over, which knows nothing of this speech.
                self._end_take(TakeEnd.MICROPHONE_LOST)
            self._playback.duck(1.0 if pieces is None else self._hearing.gain)

    def _on_heard(self, piece: Heard) -> None:
        if self._takes.is_open:
            self._takes.append(piece.data)
            self._held_voiced_ms += piece.voiced_ms
        else:
            self._preroll.add(piece.data)
        if not self._held:
            self._on_edge(piece.edge)

    def _on_edge(self, edge: Edge | None) -> None:
        match edge:
            case Edge.STARTED:
                if self._hands_free:
                    self._begin_take()
            case Edge.PAUSED:
                self._takes.pause(self._hearing.endpointer.voiced_ms)
            case Edge.RESUMED:
                self._takes.go_on()
            case Edge.ENDED:
                self._end_take(TakeEnd.SILENCE)
            case Edge.TOO_LONG:
                self._end_take(TakeEnd.TOO_LONG)

    def _begin_take(self, *, held: bool = False) -> None:
        interrupted, played_ms = self._playback.interrupt()
        self._takes.begin(
            self._preroll.take(), interrupted=interrupted, played_ms=played_ms, held=held
        )

    def _end_take(self, reason: TakeEnd) -> None:
        """End what is open, and make room for what comes next."""
        endpointer = self._hearing.endpointer
        voiced_ms = self._held_voiced_ms if self._held else endpointer.voiced_ms
        if self._held:
            endpointer.reset()
        self._held = False
        self._release_at_s = None
        self._takes.end(reason, voiced_ms)
        self._apply_settings()
        if self._line.is_wanted:
            self._takes.arm()

    def _end_held_take(self, reason: TakeEnd) -> None:
        """The same, and close a microphone that was open for this take only."""
        if not self._hands_free:
            self._line.release()
        self._end_take(reason)

    def _apply_settings(self) -> None:
        if self._next_settings is not None and not self._takes.is_open:
            self._hearing.configure(self._next_settings)
            self._next_settings = None
