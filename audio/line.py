"""The way to one device: open while it is wanted, verified, and opened again when it is back.

Runs on the engine loop; the calls that may block run on a worker.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Generic, Protocol, TypeVar

from audio.inventory import DeviceError, Inventory, SoundDevice
from audio.messages import CloseReason, Direction
from audio.worker import Ports, Worker

_STALLED_S = 1.0
_OPENING_S = 5.0
_RETRY_S = 2.0
_log = logging.getLogger(__name__)


class OpenDevice(Protocol):
    """A microphone or speaker: `blocks` counts its callbacks, `ended` says that it is dead."""

    device: SoundDevice
    chosen: bool
    blocks: int
    ended: bool

    def open(self) -> None:
        """Start the stream. May block for long. Raises DeviceError."""
        ...

    def close(self) -> None:
        """Release the device. May block for long."""
        ...


class LineListener(Protocol):
    """Who wants the device."""

    def on_device_opened(self) -> None:
        """The stream runs: its first block has come, or the server moved it."""
        ...

    def on_device_closed(self, reason: CloseReason, detail: str) -> None:
        """The device is missing, refused, lost, or released as requested."""
        ...


D = TypeVar("D", bound=OpenDevice)


class Line(Generic[D]):
    """Holds at most one device of a direction open."""

    def __init__(
        self,
        direction: Direction,
        *,
        make: Callable[[SoundDevice, bool], D],
        listener: LineListener,
        ports: Ports,
    ) -> None:
        self._direction = direction
        self._make = make
        self._listener = listener
        self._ports = ports
        self._worker = Worker(direction.value)
        self._device_id = ""
        self._inventory: Inventory | None = None
        self._wanted = False
        self._candidate: D | None = None
        self._is_open = False
        self._is_alive = False
        self._is_reported = False
        self._older_stream = -1
        self._opening = 0
        self._blocks = 0
        self._alive_at_s = 0.0
        self._retry_at_s: float | None = None

    @property
    def device(self) -> D | None:
        """The device, if its stream runs."""
        return self._candidate if self._is_open else None

    @property
    def is_wanted(self) -> bool:
        """Whether the device is to be open."""
        return self._wanted

    @property
    def is_refused(self) -> bool:
        """Whether it is known that the device cannot be opened now."""
        return self._inventory is not None and self._candidate is None

    def choose(self, device_id: str) -> None:
        """Use this device from now on; an empty id follows the system's default."""
        if device_id != self._device_id:
            self._device_id = device_id
            self.reopen()

    def want(self) -> None:
        """Open the device and keep it open. A fault is reported anew for each call."""
        self._wanted = True
        self._is_reported = False
        self._open()

    def release(self) -> None:
        """Close the device, and want it no more."""
        self._wanted = False
        self._drop(partial(self._listener.on_device_closed, CloseReason.REQUESTED, ""))

    def forget(self) -> None:
        """Want the device no more, after it was reported closed."""
        self._wanted = False
        self._retry_at_s = None

    def reopen(self) -> None:
        """Close the device, and open what is meant now."""
        self._drop()
        self._is_reported = False
        self._open()

    def run(self, job: Callable[[], None]) -> None:
        """Do something with the device that may block; it is lost if that raises DeviceError."""
        if self._candidate is not None:
            attempt = partial(self._work, self._candidate, job)
            self._worker.submit_release(attempt, _nothing)

    def on_inventory(self, inventory: Inventory) -> None:
        """Devices or connections have changed."""
        self._inventory = inventory
        if self._is_open:
            self._verify()
        self._open()

    def check(self) -> None:
        """Notice the first block, a stream that has died, and the time for another attempt."""
        device = self._candidate
        if device is None:
            if self._retry_at_s is not None and time.monotonic() >= self._retry_at_s:
                self._ports.look_for_devices()
                self._open()
        elif not self._is_open:
            if time.monotonic() > self._alive_at_s + _OPENING_S:
                self._fail(CloseReason.REFUSED, "the sound system does not answer")
        elif device.blocks != self._blocks:
            self._blocks = device.blocks
            self._alive_at_s = time.monotonic()
            self._report_alive()
        elif device.ended:
            self._fail(CloseReason.LOST, "the stream ended")
        elif time.monotonic() > self._alive_at_s + _STALLED_S:
            self._fail(CloseReason.LOST, "the device stands still")

    def deadline_s(self) -> float | None:
        """When `check` must be called at the latest."""
        if self._candidate is None:
            return self._retry_at_s
        return self._alive_at_s + (_STALLED_S if self._is_open else _OPENING_S)

    def _found(self) -> SoundDevice | None:
        if self._inventory is None:
            return None
        return self._inventory.find(self._direction, self._device_id)

    def _open(self) -> None:
        if not self._wanted or self._candidate is not None or self._inventory is None:
            return
        self._retry_at_s = None
        found = self._found()
        if found is None:
            self._fail(CloseReason.MISSING, self._device_id)
        elif self._opening:
            # An earlier attempt still hangs; another one would only queue up behind it.
            self._fail(CloseReason.REFUSED, found.device.label)
        else:
            self._candidate = device = self._make(found, bool(self._device_id))
            self._older_stream = self._inventory.newest_stream(self._direction)
            self._alive_at_s = time.monotonic()
            self._opening += 1
            self._worker.submit(partial(self._attempt, device))

    def _attempt(self, device: D) -> None:
        """Runs on the worker."""
        error = None
        try:
            device.open()
        except DeviceError as failure:
            error = str(failure)
        self._ports.post(partial(self._attempted, device, error))

    def _attempted(self, device: D, error: str | None) -> None:
        self._opening -= 1
        if device is not self._candidate:
            return
        if error is not None:
            _log.warning("%s refused: %s", device.device.device.label, error)
            self._candidate = None
            self._fail(CloseReason.REFUSED, device.device.device.label)
        else:
            self._is_open = True
            self._is_alive = False
            self._blocks = 0
            self._alive_at_s = time.monotonic()
            self._verify()

    def _work(self, device: D, job: Callable[[], None]) -> None:
        """Runs on the worker."""
        try:
            job()
        except DeviceError as failure:
            self._ports.post(partial(self._lost, device, str(failure)))

    def _lost(self, device: D, error: str) -> None:
        if device is self._candidate:
            self._fail(CloseReason.LOST, error)

    def _verify(self) -> None:
        """A server moves a stream to another device when its own vanishes, even to a monitor."""
        device, inventory = self._candidate, self._inventory
        if device is None or inventory is None:
            return
        device_id = inventory.connected_to(self._direction, self._older_stream)
        if device_id is None or device_id == device.device.device.id:
            return
        found = inventory.known(self._direction, device_id)
        if found is None or device.chosen:
            self._fail(CloseReason.LOST, device.device.device.label)
        else:
            device.device = found
            self._is_alive = False

    def _report_alive(self) -> None:
        if not self._is_alive:
            self._is_alive = True
            self._is_reported = False
            self._listener.on_device_opened()

    def _fail(self, reason: CloseReason, detail: str) -> None:
        self._drop()
        self._retry_at_s = time.monotonic() + _RETRY_S if self._must_poll(reason) else None
        if not self._is_reported:
            self._is_reported = True
            self._listener.on_device_closed(reason, detail)

    def _must_poll(self, reason: CloseReason) -> bool:
        """A server tells when a missing device is there; the rest has to be tried again."""
        served = self._inventory is not None and self._inventory.through_server
        return reason is not CloseReason.MISSING or not served

    def _drop(self, done: Callable[[], None] | None = None) -> None:
        device, self._candidate = self._candidate, None
        self._is_open = False
        self._retry_at_s = None
        told = partial(self._ports.post, done) if done else _nothing
        if device is not None:
            # Behind an attempt that still runs.
            self._worker.submit_release(device.close, told)
        elif done:
            done()


def _nothing() -> None:
    return
