"""What the app and its audio engine say to each other. `audio/wire.py` puts it into bytes."""

from __future__ import annotations

import enum
from dataclasses import dataclass

SPEECH_RATE_HZ = 16_000
"""Rate of takes, of the journal and of the detectors."""


class Direction(enum.StrEnum):
    """Which way a device carries sound."""

    INPUT = "input"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class Device:
    """A microphone or speaker, by a name that stays the same when it is plugged in again."""

    id: str
    label: str
    direction: Direction
    is_default: bool = False


class TakeEnd(enum.StrEnum):
    """Why a take ended."""

    SILENCE = "silence"
    RELEASED = "released"
    CANCELLED = "cancelled"
    TOO_LONG = "too_long"
    MICROPHONE_LOST = "microphone_lost"
    CLOSED = "closed"


class CloseReason(enum.StrEnum):
    """Why the microphone is closed."""

    REQUESTED = "requested"
    LOST = "lost"
    MISSING = "missing"
    REFUSED = "refused"
    SILENT = "silent"


class EchoMode(enum.StrEnum):
    """How the engine keeps the assistant from hearing itself."""

    CANCEL = "cancel"
    HALF_DUPLEX = "half_duplex"
    OFF = "off"


# Commands: app → engine


@dataclass(frozen=True, slots=True)
class Configure:
    """First message. An empty device id follows the system's default."""

    journal_dir: str
    input_device: str = ""
    output_device: str = ""
    echo: EchoMode = EchoMode.CANCEL
    hangover_ms: int = 700
    barge_in: bool = True


@dataclass(frozen=True, slots=True)
class Listen:
    """Open the microphone and find utterances in what it hears."""


@dataclass(frozen=True, slots=True)
class BeginTake:
    """Everything from now (and from the pre-roll, if the microphone is open) is one take.

    A hands-free take that is open becomes this one; a held one whose end was asked for ends at
    once. Ignored while one is held.
    """

    longest_ms: int = 600_000


@dataclass(frozen=True, slots=True)
class EndTake:
    """Finish the take that `BeginTake` began."""

    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class SetHangover:
    """The pause that is going on in this take ends it after this long in all.

    The next pause has the configured length again. Ignored unless the take is in a pause.
    """

    take_id: str
    hangover_ms: int


@dataclass(frozen=True, slots=True)
class CloseMicrophone:
    """Close the device itself; the audio server no longer sees a stream."""


@dataclass(frozen=True, slots=True)
class Play:
    """Announce a playback stream; its PCM follows in `P` frames under the same id.

    A cue is too short and too quiet for its echo to be cancelled.
    """

    stream_id: str
    rate_hz: int
    is_cue: bool = False


@dataclass(frozen=True, slots=True)
class PlayEnd:
    """No more PCM comes for this stream."""

    stream_id: str


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on where a paused stream stopped, a little earlier."""

    stream_id: str
    rewind_ms: int = 300


@dataclass(frozen=True, slots=True)
class Flush:
    """Fade out, drop what is queued, and report what was played."""

    stream_id: str


@dataclass(frozen=True, slots=True)
class ListDevices:
    """Ask for `Devices`; also sent unasked when they change."""


@dataclass(frozen=True, slots=True)
class Shutdown:
    """Finish the open take on disk, close the devices, exit."""


# Events: engine → app


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine is configured. `echo` is what it can really do."""

    pid: int
    echo: EchoMode
    detector: str


@dataclass(frozen=True, slots=True)
class Devices:
    """What can be heard from and spoken to."""

    inputs: tuple[Device, ...]
    outputs: tuple[Device, ...]


@dataclass(frozen=True, slots=True)
class MicrophoneOpened:
    """The first samples have arrived."""

    label: str
    rate_hz: int


@dataclass(frozen=True, slots=True)
class MicrophoneClosed:
    """The device is released. `detail` is for the log."""

    reason: CloseReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """25 times a second while something is open; dBFS, -90 is silence."""

    input_dbfs: float
    output_dbfs: float


@dataclass(frozen=True, slots=True)
class TakeStarted:
    """Speech began (or `BeginTake` came). PCM at `SPEECH_RATE_HZ` follows under `take_id`.

    `interrupted` names the playback stream that this speech paused, `played_ms` how much of that
    stream the listener has heard. `held` says that it began because of `BeginTake`.
    """

    take_id: str
    preroll_ms: int
    interrupted: str = ""
    played_ms: int = 0
    held: bool = False


@dataclass(frozen=True, slots=True)
class Paused:
    """The speaker of a hands-free take fell silent; if it lasts, the take ends.

    `duration_ms` of the take have been sent, with `voiced_ms` of voice so far. Sent once in a
    pause, early in it.
    """

    take_id: str
    duration_ms: int
    voiced_ms: int


@dataclass(frozen=True, slots=True)
class SpeechResumed:
    """The pause is over and the take goes on: what was done since `Paused` is void."""

    take_id: str


@dataclass(frozen=True, slots=True)
class TakeEnded:
    """The whole take is on disk and its last PCM has been sent."""

    take_id: str
    duration_ms: int
    voiced_ms: int
    reason: TakeEnd


@dataclass(frozen=True, slots=True)
class PlaybackStarted:
    """The first samples of the stream went to the device."""

    stream_id: str


@dataclass(frozen=True, slots=True)
class PlaybackFlushed:
    """Answer to `Flush`; milliseconds that left the speaker."""

    stream_id: str
    played_ms: int


@dataclass(frozen=True, slots=True)
class PlaybackFinished:
    """All of the stream has left the speaker."""

    stream_id: str
    played_ms: int


@dataclass(frozen=True, slots=True)
class SpeakerFailed:
    """There is no speaker, or it broke; queued streams are over at `played_ms`."""

    detail: str
    stream_id: str = ""
    played_ms: int = 0


@dataclass(frozen=True, slots=True)
class JournalFailed:
    """The take goes on in memory only: the disk refuses it."""

    take_id: str
    detail: str


@dataclass(frozen=True, slots=True)
class EchoRemains:
    """The speaker's sound cannot be taken out of what is heard, or (`on` is false) can again.

    Meanwhile only a voice that is louder than the echo interrupts.
    """

    on: bool


Command = (
    Configure
    | Listen
    | BeginTake
    | EndTake
    | SetHangover
    | CloseMicrophone
    | Play
    | PlayEnd
    | Resume
    | Flush
    | ListDevices
    | Shutdown
)
Event = (
    Ready
    | Devices
    | MicrophoneOpened
    | MicrophoneClosed
    | Level
    | TakeStarted
    | Paused
    | SpeechResumed
    | TakeEnded
    | PlaybackStarted
    | PlaybackFlushed
    | PlaybackFinished
    | SpeakerFailed
    | JournalFailed
    | EchoRemains
)
Message = Command | Event


@dataclass(frozen=True, slots=True)
class Pcm:
    """Mono little-endian int16 samples that belong to a stream or take."""

    owner: str
    data: bytes
