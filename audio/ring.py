"""Bytes between one writing and one reading thread, in memory that is allocated once.

Safe without a lock: each side changes only its own counter, and a slice is copied in one step.
"""

from __future__ import annotations

from typing import Any


class Ring:
    """A byte queue of fixed capacity for audio callbacks.

    `written` and `read` count bytes since the beginning; `dropped` counts those that found no
    room. Reading is for one thread; writing, `replace` and `truncate` for one other.
    """

    def __init__(self, capacity_bytes: int) -> None:
        self.capacity = capacity_bytes
        self.written = 0
        self.read = 0
        self.dropped = 0
        self._view = memoryview(bytearray(capacity_bytes))

    @property
    def unread(self) -> int:
        """How many bytes wait for the reader."""
        return max(0, self.written - self.read)

    @property
    def room(self) -> int:
        """How many bytes can be written now."""
        return self.capacity - self.unread

    def write(self, data: Any) -> bool:
        """Add all of a bytes-like object, or nothing and count it as dropped if it is too long."""
        size = len(data)
        if size > self.capacity - (self.written - self.read):
            self.dropped += size
            return False
        self._copy_in(self.written, memoryview(data), size)
        self.written += size
        return True

    def read_into(self, target: memoryview) -> int:
        """Fill the beginning of `target` with what is there; the number of bytes."""
        size = min(len(target), self.written - self.read)
        if size <= 0:
            return 0
        start = self.read % self.capacity
        first = min(size, self.capacity - start)
        target[:first] = self._view[start : start + first]
        if first < size:
            target[first:size] = self._view[: size - first]
        self.read += size
        return size

    def take(self, but: int = 0) -> bytes:
        """All that waits, or all but the last of it, for the reading side."""
        data = self._copy_out(self.read, self.unread - but)
        self.read += len(data)
        return data

    def clear(self) -> None:
        """Skip all that waits, for the reading side."""
        self.read = self.written

    def peek(self, position: int, size: int) -> bytes:
        """Bytes that are still unread, from the count `position` on; for the writing side."""
        return self._copy_out(position, min(size, self.written - position))

    def replace(self, position: int, data: bytes) -> None:
        """Overwrite unread bytes from the count `position` on; for the writing side."""
        self._copy_in(position, memoryview(data), len(data))

    def truncate(self, position: int) -> int:
        """Forget what was written after the count `position`; for the writing side.

        Returns the count at which the reader will stop: it may have passed `position` already.
        """
        self.written = max(self.read, min(self.written, position))
        # The reader may have moved on between reading its counter and setting ours.
        self.written = max(self.read, self.written)
        return self.written

    def _copy_in(self, position: int, data: memoryview, size: int) -> None:
        start = position % self.capacity
        first = min(size, self.capacity - start)
        self._view[start : start + first] = data[:first]
        if first < size:
            self._view[: size - first] = data[first:size]

    def _copy_out(self, position: int, size: int) -> bytes:
        if size <= 0:
            return b""
        start = position % self.capacity
        first = min(size, self.capacity - start)
        head = bytes(self._view[start : start + first])
        return head if first == size else head + bytes(self._view[: size - first])
