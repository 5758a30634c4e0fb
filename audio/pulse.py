"""What PulseAudio, or PipeWire in its place, knows: devices, defaults, who records from what.

PortAudio sees only one device there. One `PulseWatch` thread asks the sound server itself.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from audio.inventory import Connection, Inventory, SoundDevice
from audio.messages import SPEECH_RATE_HZ, Device, Direction

ENGINE_PROPERTY = "sayso.engine"
# The server converts from and to the device's own rate, which pulsectl knows only as freed memory.
_RATES_HZ = {Direction.INPUT: SPEECH_RATE_HZ, Direction.OUTPUT: 48_000}
_REST_S = 0.02
_DUMMY_SINK = "auto_null"
_EVENTS = ("sink", "source", "server", "sink_input", "source_output")


def name_streams() -> None:
    """Let the server show this process's streams as Sayso's, and let `PulseWatch` find them."""
    os.environ["PULSE_PROP"] = f"{ENGINE_PROPERTY}='{os.getpid()}'"
    os.environ["PULSE_PROP_OVERRIDE"] = "application.name='Sayso'"


def follow(publish: Callable[[Inventory], None]) -> bool:
    """Publish what the server has, now and after each change, until the connection ends.

    Returns False where there is no server to connect to.
    """
    import pulsectl

    try:
        with _connected(pulsectl) as pulse:
            changed = _Changes(pulsectl)
            pulse.event_mask_set(*_EVENTS)
            pulse.event_callback_set(changed)
            while True:
                changed.any = False
                publish(_read(pulse))
                time.sleep(_REST_S)
                if not changed.any:
                    pulse.event_listen()
    except (pulsectl.PulseDisconnected, pulsectl.PulseOperationFailed):
        return True
    except (pulsectl.PulseError, OSError):
        return False


class _Changes:
    """Set by any event of the server, which also ends `event_listen`."""

    def __init__(self, pulsectl: Any) -> None:
        self._stop = pulsectl.PulseLoopStop
        self.any = False

    def __call__(self, _event: object) -> None:
        self.any = True
        raise self._stop


@contextlib.contextmanager
def _connected(pulsectl: Any) -> Iterator[Any]:
    with pulsectl.Pulse("sayso-devices", connect=False) as pulse:
        # With a timeout, it would wait for all of it.
        pulse.connect(autospawn=False)
        yield pulse


def _read(pulse: Any) -> Inventory:
    server = pulse.server_info()
    sources = pulse.source_list()
    sinks = pulse.sink_list()
    source_names = {source.index: source.name for source in sources}
    sink_names = {sink.index: sink.name for sink in sinks}
    return Inventory(
        devices=(
            *(
                _device(source, Direction.INPUT, server.default_source_name)
                for source in sources
                if not _is_monitor(source)
            ),
            *(
                _device(sink, Direction.OUTPUT, server.default_sink_name)
                for sink in sinks
                if sink.name != _DUMMY_SINK
            ),
        ),
        connections=(
            *(
                Connection(Direction.INPUT, stream.index, source_names[stream.source])
                for stream in pulse.source_output_list()
                if _is_ours(stream) and stream.source in source_names
            ),
            *(
                Connection(Direction.OUTPUT, stream.index, sink_names[stream.sink])
                for stream in pulse.sink_input_list()
                if _is_ours(stream) and stream.sink in sink_names
            ),
        ),
        through_server=True,
    )


def _device(found: Any, direction: Direction, default: str) -> SoundDevice:
    device = Device(found.name, found.description, direction, is_default=found.name == default)
    return SoundDevice(device, rate_hz=_RATES_HZ[direction])


def _is_monitor(source: Any) -> bool:
    return bool(source.monitor_of_sink_name) or source.proplist.get("device.class") == "monitor"


def _is_ours(stream: Any) -> bool:
    return bool(stream.proplist.get(ENGINE_PROPERTY) == str(os.getpid()))
