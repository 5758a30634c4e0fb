"""The general pasteboard of macOS, lent to a text for a moment and given back with all it had."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from app.desktop.writing import ClipboardNotSaved, wait_until

TEXT = "public.utf8-plain-text"
_NOT_FOR_HISTORY = {
    "org.nspasteboard.TransientType": b"",
    "org.nspasteboard.ConcealedType": b"",
}
_SAVED_AT_MOST = 256 << 20

Item = Mapping[str, bytes]
"""One item's forms by type."""


class Pasteboard(Protocol):
    """What is used of macOS. One thread."""

    def changes(self) -> int:
        """Counts up when somebody takes it."""
        ...

    def items(self, within: Callable[[int], bool]) -> list[Item] | None:
        """All it has, None once `within` says no to the number of bytes so far."""
        ...

    def text(self) -> str | None:
        """Its text."""
        ...

    def put(self, items: Sequence[Item]) -> bool:
        """Take it, with these in it; whether that worked."""
        ...


class MacClipboard:
    """Lends and gives back. One thread.

    macOS does not tell who reads what is lent, so the receipt is the field's.
    """

    def __init__(self, pasteboard: Pasteboard) -> None:
        self._pasteboard = pasteboard
        self._saved: list[Item] | None = None
        self._lent_at = -1

    def lend(self, text: str, within_s: float) -> None:
        """Put `text` there, once what is there is kept. Raises ClipboardNotSaved."""
        saved = self._saved if self._is_ours() else self._content(within_s)
        lent = {TEXT: text.encode(), **_NOT_FOR_HISTORY}
        if not self._pasteboard.put([lent]):
            if saved is not None:
                self._pasteboard.put(saved)
            raise ClipboardNotSaved
        self._saved, self._lent_at = saved, self._pasteboard.changes()

    def give_back(self) -> None:
        """Put the old content back, unless somebody else has taken the pasteboard.

        Raises OSError when that is refused; it can be tried again.
        """
        if self._saved is not None and self._is_ours() and not self._pasteboard.put(self._saved):
            self._lent_at = self._pasteboard.changes()
            raise OSError("the pasteboard was refused")
        self._saved = None

    def copied(self, press: Callable[[], bool], within_s: float) -> str | None:
        """What is put there after `press`; the old content goes back."""
        try:
            saved = self._saved if self._is_ours() else self._content(within_s)
        except ClipboardNotSaved:
            return None
        before = self._pasteboard.changes()
        if not press() or not wait_until(lambda: self._pasteboard.changes() != before, within_s):
            return None
        text = self._pasteboard.text()
        self._pasteboard.put(saved or [])
        self._saved = None
        return text or None

    def keep(self, text: str) -> bool:
        """Put `text` there to stay."""
        self._saved = None
        return self._pasteboard.put([{TEXT: text.encode()}])

    def _is_ours(self) -> bool:
        return self._saved is not None and self._pasteboard.changes() == self._lent_at

    def _content(self, within_s: float) -> list[Item]:
        deadline = time.monotonic() + within_s
        saved = self._pasteboard.items(
            lambda size: size <= _SAVED_AT_MOST and time.monotonic() < deadline
        )
        if saved is None:
            raise ClipboardNotSaved
        return saved
