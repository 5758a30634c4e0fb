"""Who has read a text from the clipboard: what a receipt rests on where the field is not seen."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(slots=True)
class Reading:
    """One client's fetching of one form; times of the monotonic clock."""

    client: int
    pid: int
    asked_at: float
    done_at: float | None = None


class Readings:
    """Who has read a text. Written by the clipboard's thread, read and awaited by others."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._all: list[Reading] = []

    def begin(self, client: int, pid: int) -> Reading:
        """A client has asked for the text."""
        reading = Reading(client, pid, time.monotonic())
        with self._changed:
            self._all.append(reading)
            self._changed.notify_all()
        return reading

    def end(self, reading: Reading) -> None:
        """That client has fetched all of it."""
        with self._changed:
            reading.done_at = time.monotonic()
            self._changed.notify_all()

    def wait(self, client: int, pid: int, since: float, within_s: float) -> bool:
        """Wait until the client, or another of its process, has read the text after `since`."""
        with self._changed:
            return self._changed.wait_for(lambda: self.read_by(client, pid, since), within_s)

    def wait_for_end(self, within_s: float) -> None:
        """Wait until nobody is in the middle of reading."""
        with self._changed:
            self._changed.wait_for(
                lambda: all(reading.done_at is not None for reading in self._all), within_s
            )

    def begun(self, client: int, pid: int, since: float) -> bool:
        """Whether it has at least begun to."""
        return any(self._of(client, pid, since))

    def read_by(self, client: int, pid: int, since: float) -> bool:
        """Whether that has happened."""
        return any(reading.done_at is not None for reading in self._of(client, pid, since))

    def read_since(self, since: float) -> bool:
        """Whether anybody at all has read it after `since`."""
        return any(one.done_at is not None and one.asked_at >= since for one in self._all)

    def _of(self, client: int, pid: int, since: float) -> Iterable[Reading]:
        return [
            reading
            for reading in self._all
            if reading.asked_at >= since
            and ((client and reading.client == client) or (pid and reading.pid == pid))
        ]
