"""How loud the computer's speakers are, and making them louder or softer."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

FULL = 100
_COMMAND_S = 5.0


class VolumeUnknown(Exception):
    """The speakers cannot be reached."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """`percent` is 0 to 100, or more where the system amplifies."""

    percent: int
    muted: bool


class Volume(Protocol):
    """The speakers that sound goes to by default. Its methods raise VolumeUnknown."""

    async def get(self) -> Loudness:
        """As they are."""
        ...

    async def set(self, percent: int) -> Loudness:
        """Make them so loud, 0 to 100, and not muted; as they are then."""
        ...

    async def mute(self, muted: bool) -> Loudness:
        """Mute them, or not; as they are then."""
        ...


def volume_of_this_desktop(platform: str = sys.platform) -> Volume | None:
    """None where nothing is known of the speakers."""
    if platform == "linux":
        return PulseVolume()
    return MacVolume() if platform == "darwin" else None


class PulseVolume:
    """`Volume` by a PulseAudio or PipeWire server. Each question has a thread of its own."""

    async def get(self) -> Loudness:
        """The default sink's."""
        return await _alone(lambda: _with_sink(lambda pulse, sink: None))

    async def set(self, percent: int) -> Loudness:
        """All channels, their balance kept."""

        def change(pulse: Any, sink: Any) -> None:
            pulse.volume_set_all_chans(sink, 0.0) if percent <= 0 else _scale(pulse, sink, percent)
            pulse.mute(sink, percent <= 0)

        return await _alone(lambda: _with_sink(change))

    async def mute(self, muted: bool) -> Loudness:
        """The whole sink."""
        return await _alone(lambda: _with_sink(lambda pulse, sink: pulse.mute(sink, muted)))


class MacVolume:
    """`Volume` by AppleScript."""

    async def get(self) -> Loudness:
        """Of the current output."""
        return await asyncio.to_thread(_mac_loudness)

    async def set(self, percent: int) -> Loudness:
        """Of the current output."""
        text = f"set volume output volume {percent:d} without output muted"
        await asyncio.to_thread(_osascript, text)
        return await self.get()

    async def mute(self, muted: bool) -> Loudness:
        """Of the current output."""
        await asyncio.to_thread(_osascript, f"set volume output muted {str(muted).lower()}")
        return await self.get()


def _with_sink(change: Callable[[Any, Any], None]) -> Loudness:
    import pulsectl

    try:
        with pulsectl.Pulse("sayso-volume", connect=False) as pulse:
            pulse.connect(autospawn=False)  # with a deadline of its own it waits that out
            name = pulse.server_info().default_sink_name
            change(pulse, pulse.get_sink_by_name(name))
            sink = pulse.get_sink_by_name(name)
            return Loudness(round(max(sink.volume.values) * FULL), bool(sink.mute))
    except (pulsectl.PulseError, pulsectl.PulseDisconnected, OSError) as error:
        raise VolumeUnknown(str(error)) from error


def _scale(pulse: Any, sink: Any, percent: int) -> None:
    loudest = max(sink.volume.values)
    if loudest <= 0:
        pulse.volume_set_all_chans(sink, percent / FULL)
        return
    factor = percent / FULL / loudest
    volume = sink.volume
    volume.values = [value * factor for value in volume.values]
    pulse.volume_set(sink, volume)


def _mac_loudness() -> Loudness:
    settings = _osascript("get volume settings")
    values = dict(part.split(":", 1) for part in settings.strip().split(", ") if ":" in part)
    try:
        return Loudness(int(values["output volume"]), values["output muted"] == "true")
    except (LookupError, ValueError) as error:
        raise VolumeUnknown("this output has no volume of its own") from error


def _osascript(text: str) -> str:
    try:
        done = subprocess.run(
            ["/usr/bin/osascript", "-e", text],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_COMMAND_S,
            check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise VolumeUnknown(str(error)) from error
    return done.stdout


async def _alone(work: Callable[[], T]) -> T:
    """From a thread that nobody waits for at the end: a sound server that hangs stops nothing."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def tell(settle: Callable[[], None]) -> None:
        if not answer.done():
            settle()

    def run() -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            failure = error
            settle: Callable[[], None] = lambda: answer.set_exception(failure)  # noqa: E731
        else:
            settle = lambda: answer.set_result(result)  # noqa: E731
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(tell, settle)

    threading.Thread(target=run, name="volume", daemon=True).start()
    return await answer
