"""Server-sent events. Pure: the bytes of a stream in, the data of whole events out."""

from __future__ import annotations

import re

_LINE_END = re.compile(rb"\r\n|\n|\r(?!$)")


class EventReader:
    """Takes a stream in pieces of any length. Comments and event names are left out."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[str] = []

    def feed(self, piece: bytes) -> list[str]:
        """Take a piece; returns the events that it completes. Raises UnicodeDecodeError.

        An event that its blank line does not end was cut, and is never returned.
        """
        *lines, self._rest = _LINE_END.split(self._rest + piece)
        events = []
        for line in lines:
            if line:
                self._take(line)
            elif self._data:
                events.append("\n".join(self._data))
                self._data.clear()
        return events

    def _take(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" ").decode())
