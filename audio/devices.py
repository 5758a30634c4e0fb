"""Which devices there are. `DeviceWatch` is a thread of the engine."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

from audio import pulse
from audio.inventory import Inventory

_FIRST_RETRY_S = 0.25
_LAST_RETRY_S = 5.0


class DeviceWatch:
    """Publishes an `Inventory` now and after every change that can be noticed."""

    def __init__(self, publish: Callable[[Inventory], None]) -> None:
        self._publish = publish
        self._last: Inventory | None = None
        self._asked = threading.Event()
        self._thread = threading.Thread(target=self._run, name="devices", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def look(self) -> None:
        """Look again now. A sound server tells by itself; PortAudio has to be asked."""
        self._asked.set()

    def _run(self) -> None:
        served = False
        retry_s = _FIRST_RETRY_S
        on_linux = sys.platform == "linux"
        while True:
            if on_linux and pulse.follow(self._offer):
                served = True
                retry_s = _FIRST_RETRY_S
            self._offer(Inventory(through_server=True) if served else _portaudio_inventory())
            self._asked.wait(retry_s if on_linux else None)
            self._asked.clear()
            retry_s = min(retry_s * 2, _LAST_RETRY_S)

    def _offer(self, inventory: Inventory) -> None:
        if inventory != self._last:
            self._last = inventory
            self._publish(inventory)


def _portaudio_inventory() -> Inventory:
    # Costs memory that an engine with a sound server does without.
    from audio import portaudio

    return portaudio.inventory()
