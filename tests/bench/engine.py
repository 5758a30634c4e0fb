"""Sayso's audio engine with the bench's devices instead of real ones. Started by `sayso_app`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from audio import engine
from audio.devices import DeviceWatch
from audio.inventory import Inventory
from tests.bench import devices
from tests.bench.board import Board

BOARD = "SAYSO_BENCH_BOARD"


class BenchWatch(DeviceWatch):
    """Finds the bench's devices."""

    def __init__(self, publish: Callable[[Inventory], None]) -> None:
        super().__init__(publish)
        self._found = publish

    def start(self) -> None:
        """Look once: nothing ever changes."""
        self._found(devices.inventory())

    def look(self) -> None:
        """Nothing else is there."""


def main() -> None:
    devices.enter(Board(Path(os.environ[BOARD])))
    engine.main(engine.SoundSystem(devices.BenchMicrophone, devices.BenchSpeaker, BenchWatch))


if __name__ == "__main__":
    main()
