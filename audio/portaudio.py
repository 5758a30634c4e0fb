"""PortAudio's devices, and its way to them and to the sound server's."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sounddevice

from audio.inventory import DeviceError, Inventory, SoundDevice
from audio.messages import Device, Direction

# ALSA's doors to the sound server, and the variables by which they are told a device.
_SERVER_DOORS: Mapping[str, Mapping[Direction, str]] = {
    "pulse": {Direction.INPUT: "PULSE_SOURCE", Direction.OUTPUT: "PULSE_SINK"},
    "pipewire": {Direction.INPUT: "PIPEWIRE_NODE", Direction.OUTPUT: "PIPEWIRE_NODE"},
}

# PortAudio's own list and the process environment have one user at a time.
_LOCK = threading.Lock()
_open_streams: set[Any] = set()


def open_stream(
    device: SoundDevice, *, chosen: bool, make: Callable[[int, int], Any]
) -> tuple[Any, int]:
    """Start the stream that `make(index, channels)` gives; the stream and its channels.

    `chosen` is False for a stream that follows the system's default. May block for long. Raises
    DeviceError.
    """
    with _LOCK:
        try:
            index, environment = _way_to(device, chosen=chosen)
            with _variables(environment):
                stream, channels = _mono_if_possible(device, index, make)
                stream.start()
        except (sounddevice.PortAudioError, ValueError, OSError) as error:
            raise DeviceError(str(error)) from error
        _open_streams.add(stream)
        return stream, channels


def close_stream(stream: Any) -> None:
    """Drop what is queued in the stream, and release the device. May block for long."""
    # On a broken server this is the call that hangs, so it is made without the lock.
    stream.abort(ignore_errors=True)
    with _LOCK:
        stream.close(ignore_errors=True)
        _open_streams.discard(stream)


def restart_stream(stream: Any) -> None:
    """Start a stream again whose callback has ended it. May block for long. Raises DeviceError."""
    try:
        stream.stop()
        stream.start()
    except sounddevice.PortAudioError as error:
        raise DeviceError(str(error)) from error


def inventory() -> Inventory:
    """The devices that PortAudio finds by itself. May block for long."""
    with _LOCK:
        try:
            _refresh()
            return Inventory(tuple(_devices()))
        except sounddevice.PortAudioError:
            return Inventory()


def _devices() -> Iterator[SoundDevice]:
    hosts = sounddevice.query_hostapis()
    default_host = sounddevice.default.hostapi
    for index, found in enumerate(sounddevice.query_devices()):
        host = hosts[found["hostapi"]]
        if found["hostapi"] != default_host:
            continue
        for direction in Direction:
            channels = found[f"max_{direction.value}_channels"]
            if channels:
                name = found["name"]
                default = host[f"default_{direction.value}_device"] == index
                device = Device(f"{host['name']}:{name}", name, direction, is_default=default)
                rate_hz = int(found["default_samplerate"])
                yield SoundDevice(device, rate_hz, channels=channels, index=index)


def _refresh() -> None:
    """Let PortAudio look for devices again, which it does only while no stream is open."""
    if not _open_streams:
        # There is no public call for it.
        sounddevice._terminate()  # noqa: SLF001
        sounddevice._initialize()  # noqa: SLF001


def _way_to(device: SoundDevice, *, chosen: bool) -> tuple[int, dict[str, str]]:
    """PortAudio's index, and the environment that leads to the device."""
    if device.index is not None:
        return device.index, {}
    door = _server_door()
    if door is None:
        _refresh()
        door = _server_door()
    if door is None:
        raise DeviceError("ALSA has no door to the sound server; its Pulse plug-in is missing")
    index, variables = door
    if not chosen:
        return index, {}
    return index, {variables[device.device.direction]: device.device.id}


def _server_door() -> tuple[int, Mapping[Direction, str]] | None:
    names = {found["name"]: index for index, found in enumerate(sounddevice.query_devices())}
    for name, variables in _SERVER_DOORS.items():
        if name in names:
            return names[name], variables
    return None


def _mono_if_possible(
    device: SoundDevice, index: int, make: Callable[[int, int], Any]
) -> tuple[Any, int]:
    try:
        return make(index, 1), 1
    except sounddevice.PortAudioError:
        if device.channels == 1:
            raise
        return make(index, device.channels), device.channels


@contextlib.contextmanager
def _variables(environment: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
