"""Who has read a text from the clipboard: what a receipt rests on where the field is not seen."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

IN_TIME_S = 0.7
"""Chromium gives up a question that takes a second, and fetches the answer even so."""


@dataclass(slots=True)
class Reading:
    """One client's question, and when it had its answer; times of the monotonic clock.

    `sent_after` is a moment at which it had not been asked yet, `answered_at` one at which it had
    no answer yet: a client asks the next question after that. `text` is False where something
    else was asked for, such as the list of forms. `shown_first`: its program reads a text for the
    page to see, even where nothing can be pasted, and once more to paste it.
    """

    client: int
    pid: int
    asked_at: float
    sent_after: float
    text: bool = True
    shown_first: bool = False
    answered_at: float = 0.0
    done_at: float | None = None


class Readings:
    """Who has read a text. Written by the clipboard's thread, read and awaited by others."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._all: list[Reading] = []

    def begin(self, client: int, pid: int) -> Reading:
        """A client has asked for the text."""
        now = time.monotonic()
        return self.add(Reading(client, pid, now, now))

    def add(self, reading: Reading) -> Reading:
        """A client has asked for something."""
        with self._changed:
            self._all.append(reading)
            self._changed.notify_all()
        return reading

    def identify(self, reading: Reading, pid: int) -> None:
        """Which process it was, where that takes longer to find out than to answer."""
        with self._changed:
            reading.pid = pid
            self._changed.notify_all()

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
                lambda: all(one.done_at is not None for one in self._all if one.text), within_s
            )

    def begun(self, client: int, pid: int, since: float) -> bool:
        """Whether it has at least begun to."""
        return any(one.text for one in self._of(client, pid, since))

    def read_by(self, client: int, pid: int, since: float) -> bool:
        """Whether that has happened."""
        return any(one.done_at is not None for one in self._of(client, pid, since) if one.text)

    def vouch(self, client: int, pid: int, since: float) -> bool:
        """Whether it has read the text in order to paste it, and surely while it waited for it."""
        with self._changed:
            asked = self._of(client, pid, since)
        done = [one for one in asked if one.text and one.done_at is not None]
        needed = 2 if any(one.shown_first for one in asked) else 1
        if len(done) < needed:
            return False
        return _all_in_time(asked[: asked.index(done[needed - 1]) + 1], since)

    def wait_to_vouch(
        self, client: int, pid: int, since: float, quiet_s: float, within_s: float
    ) -> bool:
        """Wait until they vouch for the text, or it has asked for nothing during `quiet_s`."""
        deadline = time.monotonic() + within_s
        with self._changed:
            while not self.vouch(client, pid, since):
                asked = self._of(client, pid, since)
                last = max((one.done_at or one.asked_at for one in asked), default=since)
                left_s = min(last + quiet_s, deadline) - time.monotonic()
                if left_s <= 0 or not _all_in_time([one for one in asked if one.done_at], since):
                    return False
                self._changed.wait(left_s)
        return True

    def read_since(self, since: float) -> bool:
        """Whether anybody at all has read it after `since`."""
        return any(
            one.done_at is not None and one.asked_at >= since for one in self._all if one.text
        )

    def _of(self, client: int, pid: int, since: float) -> list[Reading]:
        return [
            one
            for one in self._all
            if one.asked_at >= since
            and ((client and one.client == client) or (pid and one.pid == pid))
        ]


def _all_in_time(asked: Iterable[Reading], since: float) -> bool:
    for one in asked:
        if one.done_at is None or one.done_at - max(one.sent_after, since) > IN_TIME_S:
            return False
        since = max(since, one.answered_at)
    return True
