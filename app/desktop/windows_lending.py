"""What is lent on the clipboard of Windows, and what goes back.

The text is only promised: Windows asks for it when a program reads it, which is the receipt.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from app.desktop.readings import Readings
from app.desktop.writing import ClipboardNotSaved, wait_until

UNICODE_TEXT, BITMAP, METAFILE_PICTURE, PALETTE, OWNER_DISPLAY = 13, 2, 3, 9, 0x80
ENHANCED_METAFILE, DIB, DIB_V5 = 14, 8, 17
_SYNTHESIZED = {
    1: UNICODE_TEXT, 7: UNICODE_TEXT, 16: UNICODE_TEXT,
    BITMAP: DIB, PALETTE: DIB, METAFILE_PICTURE: ENHANCED_METAFILE,
}  # fmt: skip
"""Formats that Windows makes of others: of no use beside them."""

_OF_ITS_OWNER = ("DataObject", "Ole Private Data")
"""OLE's own notes about the program that copied; it makes new ones for what lies there plainly."""

_NOT_FOR_HISTORY = {
    "ExcludeClipboardContentFromMonitorProcessing": b"\1\0\0\0",
    "CanIncludeInClipboardHistory": b"\0\0\0\0",
    "CanUploadToCloudClipboard": b"\0\0\0\0",
}
_SAVED_AT_MOST = 256 << 20
OPENED_S = 1.0


class Board(Protocol):
    """What is used of Windows, by the clipboard's thread; `wake` is for any. OSError: refused."""

    def start(self, on_render: Callable[[], bytes | None]) -> None:
        """Make the window; `on_render` gives the promised text, None to refuse it."""
        ...

    def wait(self, timeout_s: float | None) -> None:
        """Handle messages until there is one, or `wake`."""
        ...

    def wake(self) -> None:
        """End the wait."""
        ...

    def stop(self) -> None:
        """End the window. What it has promised is asked for."""
        ...

    def open(self) -> bool:
        """Open the clipboard; False while another program has it open."""
        ...

    def close(self) -> None:
        """Close it."""
        ...

    def empty(self) -> None:
        """Own it, with nothing in it."""
        ...

    def formats(self) -> list[int]:
        """What it has."""
        ...

    def name_of(self, number: int) -> str:
        """A registered format's name, else ""."""
        ...

    def number_of(self, name: str) -> int:
        """A format by name."""
        ...

    def read(self, number: int) -> bytes | None:
        """One form of the content."""
        ...

    def write(self, number: int, data: bytes | None) -> None:
        """Add a form; None promises it."""
        ...

    def is_ours(self) -> bool:
        """Whether we own it."""
        ...

    def changes(self) -> int:
        """Counts up with every change."""
        ...

    def owner_pid(self) -> int:
        """The process that owns it, 0 for unknown."""
        ...

    def reader(self) -> tuple[int, int]:
        """The top window and process that have it open, 0 for unknown."""
        ...


def kept_formats(formats: Iterable[int], name_of: Callable[[int], str]) -> list[int]:
    """What must be copied to put a content back; Windows makes the rest of it.

    Raises ClipboardNotSaved for what only its owner can show.
    """
    present = list(formats)
    kept = [
        number
        for number in present
        if _SYNTHESIZED.get(number) not in present and name_of(number) not in _OF_ITS_OWNER
    ]
    if DIB in kept and DIB_V5 in kept:
        kept.remove(max((DIB, DIB_V5), key=kept.index))
    if not all(map(_is_memory, kept)):
        raise ClipboardNotSaved
    return kept


def _is_memory(number: int) -> bool:
    """Whether a format can be copied; others are handles or belong to their owner's window."""
    is_handle = number in (BITMAP, PALETTE, METAFILE_PICTURE)
    return not is_handle and not OWNER_DISPLAY <= number <= 0x8E and not 0x200 <= number <= 0x3FF


class Lending:
    """Lends and gives back. One thread, the board's."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._text: str | None = None
        self._admits = False
        self._readings = Readings()
        self._saved: Mapping[int, bytes] | None = None

    def render(self) -> bytes | None:
        """The promised text for who reads it now, who is noted; None before anyone may."""
        if self._text is None or not self._admits:
            return None
        reading = self._readings.begin(*self._board.reader())
        self._readings.end(reading)
        return _as_windows(self._text)

    def lend(self, text: str, deadline: float) -> Readings:
        """Promise `text`, once what is there is kept. Raises ClipboardNotSaved."""
        self._open()
        try:
            if self._saved is None or not self._board.is_ours():
                self._saved = self._content(deadline)
            if time.monotonic() > deadline:
                raise ClipboardNotSaved
            self._text, self._admits, self._readings = text, False, Readings()
            self._promise(self._saved)
        finally:
            self._board.close()
        return self._readings

    def _promise(self, saved: Mapping[int, bytes]) -> None:
        self._board.empty()
        try:
            self._board.write(UNICODE_TEXT, None)
            for name, data in _NOT_FOR_HISTORY.items():
                self._board.write(self._board.number_of(name), data)
        except OSError:
            self._fill(saved)
            raise ClipboardNotSaved from None

    def admit(self) -> None:
        """From now on whoever reads is given the text, and noted."""
        self._admits = True

    def give_back(self) -> None:
        """Put the old content back, unless somebody else has taken the clipboard."""
        if self._saved is not None and self._board.is_ours():
            self._put(self._saved)
        self._saved = self._text = None

    def keep(self, text: str) -> None:
        """Put `text` there to stay."""
        self._put({UNICODE_TEXT: _as_windows(text)})
        self._saved = None

    def changes(self) -> int:
        """Counts up with every change."""
        return self._board.changes()

    def save(self, deadline: float) -> None:
        """Keep what is there. Raises ClipboardNotSaved."""
        self._open()
        try:
            if self._saved is None or not self._board.is_ours():
                self._saved = self._content(deadline)
        finally:
            self._board.close()

    def take(self, pid: int) -> str | None:
        """The text that process `pid` has put there; what was saved goes back in its place."""
        saved, self._saved = self._saved, None
        if self._board.owner_pid() != pid:
            return None
        self._open()
        try:
            data = self._board.read(UNICODE_TEXT)
        finally:
            self._board.close()
        if saved is not None:
            self._put(saved)
        return None if data is None else _from_windows(data)

    def forget(self) -> None:
        """What was saved is not needed."""
        self._saved = None

    def _put(self, content: Mapping[int, bytes]) -> None:
        self._open()
        try:
            self._fill(content)
        finally:
            self._board.close()

    def _fill(self, content: Mapping[int, bytes]) -> None:
        self._text = None
        self._board.empty()
        for number, data in content.items():
            self._board.write(number, data)

    def _content(self, deadline: float) -> dict[int, bytes]:
        content: dict[int, bytes] = {}
        for number in kept_formats(self._board.formats(), self._board.name_of):
            data = self._board.read(number)
            if data is not None:
                content[number] = data
            if time.monotonic() > deadline or sum(map(len, content.values())) > _SAVED_AT_MOST:
                raise ClipboardNotSaved
        return content

    def _open(self) -> None:
        if not wait_until(self._board.open, OPENED_S):
            raise ClipboardNotSaved


def _as_windows(text: str) -> bytes:
    lines = text.replace("\r\n", "\n").replace("\n", "\r\n")
    return (lines + "\0").encode("utf-16-le")


def _from_windows(data: bytes) -> str:
    text = data[: len(data) // 2 * 2].decode("utf-16-le", "replace")
    return text.split("\0", 1)[0].replace("\r\n", "\n")
