"""What the microphone hears, piece by piece, without what the speaker plays. On the engine loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from audio.arrival import Silence, SilenceWatch
from audio.capture import CapturePipeline, Heard
from audio.coupling import Coupling
from audio.echo import EchoCanceller
from audio.echo_gauge import EchoGauge
from audio.endpoint import Endpointer, EndpointSettings
from audio.level import Meter
from audio.messages import (
    CloseReason,
    Configure,
    EchoMode,
    EchoRemains,
    Event,
    MicrophoneClosed,
    MicrophoneOpened,
    Pcm,
)
from audio.microphone import Microphone
from audio.pcm import SAMPLE_BYTES, Samples
from audio.vad import SpeechDetector

_DUCKED = 0.1
_ECHO_TAIL_MS = 1000.0
_MUTE_TAIL_MS = 200.0
_STILL_MS = 1000
_STILL_WAKE_MS = 96
_ALERT_WAKE_MS = 10


class Playback(Protocol):
    """What is to be known of the speaker; see audio.speaking."""

    @property
    def device_id(self) -> str:
        """The speaker that plays, or was the last to play."""
        ...

    @property
    def is_mid_stream(self) -> bool:
        """Whether a stream has begun and is not over."""
        ...

    @property
    def quiet_ms(self) -> float:
        """For how long nothing was heard from the speaker."""
        ...

    @property
    def latency_ms(self) -> float:
        """From the reference to the air."""
        ...

    def take_reference(self) -> tuple[Samples, int]:
        """What the device was given since the last call, and its rate."""
        ...


class Hearing:
    """Decides how the sound of the open microphone is treated while something plays."""

    def __init__(
        self,
        configure: Configure,
        detector: SpeechDetector,
        playback: Playback,
        meter: Meter,
        send: Callable[[Event | Pcm], None],
    ) -> None:
        self._detector = detector
        self._playback = playback
        self._meter = meter
        self._send = send
        self._canceller: EchoCanceller | None = None
        self._gauge: EchoGauge | None = None
        self._told_failing = False
        self._delay_ms = 0
        self._coupling = Coupling()
        self._coupled = ("", "")
        self._microphone: Microphone | None = None
        self._pipeline: CapturePipeline | None = None
        self._silence = SilenceWatch()
        self.configure(configure)

    def configure(self, configure: Configure) -> None:
        """Take over settings. An utterance that goes on is forgotten."""
        self._configure = configure
        self._settings = EndpointSettings(hangover_ms=configure.hangover_ms)
        self.endpointer = Endpointer(self._settings)
        if self._pipeline is not None:
            self._pipeline.endpointer = self.endpointer

    @property
    def preroll_ms(self) -> int:
        """How much from before the onset belongs to a take."""
        return self._settings.preroll_ms

    @property
    def gain(self) -> float:
        """How loud the assistant may speak while it is not clear whether somebody else does."""
        if self.endpointer.is_almost_certain:
            return 0.0
        # A softer echo would be taken for a person: less of it can be taken away.
        has_echo = self._pipeline is not None and self._pipeline.has_echo
        return _DUCKED if self.endpointer.is_suspicious and not has_echo else 1.0

    def use_canceller(self, canceller: EchoCanceller | None) -> None:
        """Take the speaker's sound out with this; without one, nothing is heard beside it."""
        self._canceller = canceller
        self._gauge = EchoGauge(canceller.block_samples) if canceller is not None else None

    def stop(self) -> None:
        """The microphone is gone."""
        self._microphone = None
        self._pipeline = None

    def hear(self, microphone: Microphone, *, recording: bool) -> list[Heard] | None:
        """What came since the last call; None while deaf, which `recording` prevents."""
        data = microphone.ring.take()
        if not data:
            return []
        if microphone is not self._microphone or self._pipeline is None:
            self._pipeline = self._start(microphone)
        self._watch_silence(microphone, data)
        self._pipeline.coupling = self._coupling_of(microphone)
        # What was played while nobody listened would shift the canceller's sense of time.
        reference, reference_rate_hz = self._playback.take_reference()
        quiet_ms = self._playback.quiet_ms
        if not recording and self._is_deaf(quiet_ms, microphone.latency_ms):
            self._pipeline.ignore(data)
            return None
        cancelling = quiet_ms < _ECHO_TAIL_MS + microphone.latency_ms
        if cancelling:
            self._prepare_canceller(self._pipeline, microphone)
            self._pipeline.far(reference, reference_rate_hz)
        playing = quiet_ms < microphone.latency_ms
        is_still = self._pipeline.still_ms >= _STILL_MS and not (recording or cancelling)
        microphone.measure(cancelling)
        microphone.wake_every(_STILL_WAKE_MS if is_still else _ALERT_WAKE_MS if playing else 0)
        pieces = self._pipeline.process(data, playing=playing, cancelling=cancelling)
        self._tell_of_echo()
        return pieces

    def _tell_of_echo(self) -> None:
        """Say when cancelling begins to fail, and when it works again."""
        fails = self._gauge is not None and self._gauge.is_failing
        if fails != self._told_failing:
            self._told_failing = fails
            self._send(EchoRemains(fails))

    def _start(self, microphone: Microphone) -> CapturePipeline:
        self._microphone = microphone
        self._silence = SilenceWatch()
        self._detector.reset()
        self.endpointer.reset()
        return CapturePipeline(
            microphone.rate_hz, microphone.channels, self._detector, self.endpointer, self._meter
        )

    def _prepare_canceller(self, pipeline: CapturePipeline, microphone: Microphone) -> None:
        is_used = self._configure.echo is EchoMode.CANCEL
        pipeline.canceller = canceller = self._canceller if is_used else None
        pipeline.gauge = self._gauge if is_used else None
        if canceller is None:
            return
        delay_ms = int(self._playback.latency_ms + microphone.latency_ms)
        if delay_ms != self._delay_ms:
            self._delay_ms = delay_ms
            canceller.set_delay_ms(delay_ms)

    def _coupling_of(self, microphone: Microphone) -> Coupling:
        """What is known about the echo from this speaker to this microphone."""
        before, self._coupled = (
            self._coupled,
            (microphone.device.device.id, self._playback.device_id),
        )
        if self._coupled[0] != before[0]:
            self._coupling = Coupling()
        elif self._coupled[1] != before[1]:
            self._coupling.forget()
        return self._coupling

    def _is_deaf(self, quiet_ms: float, latency_ms: float) -> bool:
        """Whether what is heard may be the assistant's own voice, or must not interrupt it."""
        mode = self._configure.echo
        if mode is EchoMode.HALF_DUPLEX or (mode is EchoMode.CANCEL and self._canceller is None):
            return quiet_ms < latency_ms + _MUTE_TAIL_MS
        is_talking = self._playback.is_mid_stream or quiet_ms < latency_ms
        return is_talking and not self._configure.barge_in

    def _watch_silence(self, microphone: Microphone, data: bytes) -> None:
        frames = len(data) // (SAMPLE_BYTES * microphone.channels)
        news = self._silence.feed(data, frames * 1000 / microphone.rate_hz)
        label = microphone.device.device.label
        if news is Silence.BLOCKED:
            self._send(MicrophoneClosed(CloseReason.SILENT, label))
        elif news is Silence.CLEARED:
            self._send(MicrophoneOpened(label, microphone.rate_hz))
