"""The devices of this computer at one moment, and which of them is meant by a setting."""

from __future__ import annotations

from dataclasses import dataclass

from audio.messages import Device, Devices, Direction


class DeviceError(Exception):
    """A device could not be opened. The text is for the log."""


@dataclass(frozen=True, slots=True)
class SoundDevice:
    """A device and how to open it. `index` is PortAudio's; with a sound server there is none."""

    device: Device
    rate_hz: int
    channels: int = 1
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """One of this process's streams, and the name of the device that the server gave it."""

    direction: Direction
    stream_index: int
    device_id: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """Microphones and speakers; monitors and dummies are none.

    `connections` is known only with a sound server.
    """

    devices: tuple[SoundDevice, ...] = ()
    connections: tuple[Connection, ...] = ()
    through_server: bool = False

    def find(self, direction: Direction, device_id: str) -> SoundDevice | None:
        """The device with this id, or the default one for an empty id; None if there is none."""
        for found in self.devices:
            device = found.device
            wanted = device.id == device_id if device_id else device.is_default
            if device.direction is direction and wanted:
                return found
        return None

    def known(self, direction: Direction, device_id: str) -> SoundDevice | None:
        """The device with exactly this id."""
        return self.find(direction, device_id) if device_id else None

    def newest_stream(self, direction: Direction) -> int:
        """The server's number of the newest stream; -1 if there is none."""
        numbers = [c.stream_index for c in self.connections if c.direction is direction]
        return max(numbers, default=-1)

    def connected_to(self, direction: Direction, after: int = -1) -> str | None:
        """Id of the device of the newest stream; None unless it is newer than stream `after`."""
        newest = self.newest_stream(direction)
        if newest <= after:
            return None
        ids = {c.stream_index: c.device_id for c in self.connections if c.direction is direction}
        return ids[newest]

    def message(self) -> Devices:
        """The same for the app."""
        devices = [found.device for found in self.devices]
        return Devices(
            inputs=tuple(d for d in devices if d.direction is Direction.INPUT),
            outputs=tuple(d for d in devices if d.direction is Direction.OUTPUT),
        )
