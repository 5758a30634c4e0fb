"""Other programs play softly while somebody dictates, and as before afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from app.desktop.softening import NORM, Softening, Stream, is_heir, put_back, softened
from audio.pulse import ENGINE_PROPERTY

_FILE = "softened.json"
_NO_CLIENT = 0xFFFF_FFFF
_RESTORE_ID = "module-stream-restore.id"
_MASTER = "device.master_device"
_PARTING_S = 1.0
_log = logging.getLogger(__name__)


class Ducking(Protocol):
    """Raises nothing: where it does not work, the sound stays as it is."""

    async def soften(self) -> None:
        """Make what other programs play softer."""
        ...

    async def restore(self) -> None:
        """Put back what was softened, by an earlier run as well."""
        ...

    async def close(self) -> None:
        """Put back, and let go of the sound server."""
        ...


class NoDucking:
    """Fills `Ducking` where other programs' sound cannot be reached."""

    async def soften(self) -> None:
        """It stays as it is."""

    async def restore(self) -> None:
        """Nothing was changed."""

    async def close(self) -> None:
        """Nothing is held."""


def ducking_for(folder: Path, platform: str = sys.platform) -> Ducking:
    """What this system offers; `folder` remembers the volumes if Sayso should be killed."""
    return PulseDucking(folder) if platform == "linux" else NoDucking()


class PulseDucking:
    """`Ducking` by a PulseAudio or PipeWire server. What it changes is on disk before it does.

    Each piece of work has a thread of its own: a server that hangs must not keep Sayso from ending.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE
        self._turn = asyncio.Lock()
        self._one_at_a_time = threading.Lock()

    async def soften(self) -> None:
        """Make the streams of other programs softer."""
        await self._run(self._soften)

    async def restore(self) -> None:
        """Put back those that are still as they were made."""
        await self._run(self._restore)

    async def close(self) -> None:
        """Put back, unless the server does not answer."""
        last = asyncio.ensure_future(self.restore())
        await asyncio.wait([last], timeout=_PARTING_S)
        if not last.done():
            last.cancel()
            await asyncio.wait([last])

    async def _run(self, work: Callable[[], None]) -> None:
        async with self._turn:
            loop, done = asyncio.get_running_loop(), asyncio.Event()

            def run() -> None:
                with self._one_at_a_time:
                    _attempt(work)
                with contextlib.suppress(RuntimeError):  # the loop has ended
                    loop.call_soon_threadsafe(done.set)

            threading.Thread(target=run, name="ducking", daemon=True).start()
            await done.wait()

    # From here on: a thread of its own.

    def _soften(self) -> None:
        with _connected() as pulse:
            self._put_back(pulse)
            new = softened(_streams(pulse), pulse.server_info().cookie)
            if new.streams:
                self._keep(new)
                for stream in new.streams:
                    _set(pulse, stream.index, stream.after)

    def _restore(self) -> None:
        if self._file.exists():
            with _connected() as pulse:
                self._put_back(pulse)

    def _put_back(self, pulse: Any) -> None:
        try:
            old = Softening.from_json(self._file.read_text())
        except FileNotFoundError:
            return
        except ValueError as error:
            _log.warning("nobody knows what was softened: %s", error)
            self._file.unlink()
            return
        streams = _streams(pulse)
        for index, volumes in put_back(old, pulse.server_info().cookie, streams):
            _set(pulse, index, volumes)
        _mend_memory(pulse, old, {stream.name for stream in streams})
        self._file.unlink()

    def _keep(self, softening: Softening) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(softening.to_json())
        os.replace(new, self._file)


def _attempt(work: Callable[[], None]) -> None:
    import pulsectl

    try:
        work()
    except (pulsectl.PulseError, pulsectl.PulseDisconnected, OSError) as error:
        _log.info("other sound stays as it is: %r", error)


@contextlib.contextmanager
def _connected() -> Iterator[Any]:
    import pulsectl

    with pulsectl.Pulse("sayso-ducking", connect=False) as pulse:
        pulse.connect(autospawn=False)
        yield pulse


def _streams(pulse: Any) -> list[Stream]:
    """Those of other programs that somebody may hear."""
    feeds = _microphone_feeds(pulse)
    return [
        Stream(found.index, found.proplist.get(_RESTORE_ID, ""), _numbers(found.volume))
        for found in pulse.sink_input_list()
        if found.client != _NO_CLIENT
        and ENGINE_PROPERTY not in found.proplist
        and found.sink not in feeds
    ]


def _microphone_feeds(pulse: Any) -> set[int]:
    """Sinks that a virtual microphone is made of: what plays there is somebody's voice."""
    masters = {source.proplist.get(_MASTER) for source in pulse.source_list()}
    return {sink.index for sink in pulse.sink_list() if sink.monitor_source_name in masters}


def _set(pulse: Any, index: int, volumes: tuple[int, ...]) -> None:
    import pulsectl

    values = [volume / NORM for volume in volumes]
    with contextlib.suppress(pulsectl.PulseOperationFailed, pulsectl.PulseIndexError):
        pulse.sink_input_volume_set(index, pulsectl.PulseVolumeInfo(values))


def _mend_memory(pulse: Any, old: Softening, playing: set[str]) -> None:
    """Let the next stream of a program that has ended meanwhile begin as loud as before."""
    import pulsectl

    ended = [each for each in old.streams if each.name and each.name not in playing]
    with contextlib.suppress(pulsectl.PulseOperationFailed):  # this server remembers nothing
        for entry in pulse.stream_restore_list() if ended else ():
            for each in ended:
                if is_heir(each, entry.name) and set(_numbers(entry.volume)) == set(each.after):
                    entry.volume.value_flat = max(each.before) / NORM
                    pulse.stream_restore_write(entry, mode="replace")
                    break


def _numbers(volume: Any) -> tuple[int, ...]:
    return tuple(round(value * NORM) for value in volume.values)
