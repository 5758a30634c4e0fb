"""The menu of what can be shown to Sayso. GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from app.shots.commands import ListWindows, ShotCommand, TakeShot
from app.shots.events import ShownWindow
from app.shots.shot import ShotKind

DELAYS_S = (3, 5, 10)
_LONGEST_TITLE = 48
_MOST_WINDOWS = 20


class ShowMenu(QMenu):
    """`send` is given the commands; `choose_file` asks for a file. Made anew for each opening."""

    def __init__(
        self,
        parent: QWidget,
        send: Callable[[ShotCommand], None],
        choose_file: Callable[[], None],
    ) -> None:
        super().__init__(parent)
        self._send = send
        self.setAccessibleName("Show")
        self._add("&Region…", TakeShot(ShotKind.REGION))
        self._add("&Same region again", TakeShot(ShotKind.SAME_REGION))
        self.later = self.addMenu("Region, &later")
        for delay in DELAYS_S:
            self._add(
                f"In {delay} seconds",
                TakeShot(ShotKind.REGION, delay_s=float(delay)),
                menu=self.later,
            )
        self.addSeparator()
        self._add("This s&creen", TakeShot(ShotKind.POINTER_MONITOR))
        if len(QGuiApplication.screens()) > 1:
            self._add("&All screens", TakeShot(ShotKind.ALL))
        self.windows = self.addMenu("&Window")
        self.show_windows(None)
        self.addSeparator()
        self._add("From the clip&board", TakeShot(ShotKind.CLIPBOARD))
        self.addAction("From a &file…", choose_file)
        send(ListWindows())

    def show_windows(self, windows: tuple[ShownWindow, ...] | None) -> None:
        """List these; None while they are not known."""
        self.windows.clear()
        if not windows:
            words = "Looking…" if windows is None else "No other window is open"
            self.windows.addAction(words).setEnabled(False)
        for window in (windows or ())[:_MOST_WINDOWS]:
            take = TakeShot(ShotKind.WINDOW, name=window.id)
            self._add(_title(window), take, menu=self.windows)

    def _add(self, words: str, command: ShotCommand, menu: QMenu | None = None) -> None:
        (menu or self).addAction(words, partial(self._send, command))


def _title(window: ShownWindow) -> str:
    words = " ".join((window.title or window.app).split())
    if len(words) > _LONGEST_TITLE:
        words = words[: _LONGEST_TITLE - 1] + "…"
    if window.title and window.app and window.app.casefold() not in words.casefold():
        words = f"{words} · {window.app}"
    return words.replace("&", "&&")
