"""Takes Sayso's windows off the screen while it is grabbed, and lets a region be dragged.

GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from app import commands
from app.shots import commands as shot_commands, events

if TYPE_CHECKING:
    from ui.shots.region_overlay import RegionOverlay

SETTLE_MS = 20
"""Until the display was told. What lay below is drawn after that, which the core waits for."""

_QUIETLY = Qt.WidgetAttribute.WA_ShowWithoutActivating
_LONGEST_AWAY_MS = 20_000
_RETURN_MS = 30
"""So long a region may still be asked for after the grab."""


class Aside(Protocol):
    """The overlay with the pill, as `ui.overlay.overlay.Overlay` is."""

    def step_aside(self, aside: bool) -> None:
        """Leave the screen, or come back."""


class Stage(QObject):
    """`on_event` takes the core's events; `send` is given commands."""

    def __init__(
        self,
        window: QWidget,
        pill: Aside,
        send: Callable[[commands.Command], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._pill = pill
        self._send = send
        self._asked = ""
        self._hidden: list[QWidget] = []
        self._had_keyboard = False
        self.region: RegionOverlay | None = None
        self._settled = QTimer(self, singleShot=True)
        self._settled.timeout.connect(self._answer)
        self._return = QTimer(self, singleShot=True)
        self._return.timeout.connect(self._come_back)

    def on_event(self, event: events.ShotEvent) -> None:
        """Take in what the core tells."""
        match event:
            case events.HideForShot(request_id):
                self._hide(request_id)
            case events.ShowAfterShot():
                self._return.start(_RETURN_MS)
            case events.RegionWanted():
                self._drag(event)
            case _:
                return

    def close(self) -> None:
        """Nothing more is dragged, and no window comes back."""
        self._settled.stop()
        self._return.stop()
        self._hidden = []
        if self.region is not None:
            self.region.give_up()

    def _hide(self, request_id: str) -> None:
        self._asked = request_id
        self._pill.step_aside(True)
        self._had_keyboard |= self._window.isActiveWindow()
        on_screen = [w for w in QApplication.topLevelWidgets() if _is_on_screen(w)]
        for widget in on_screen:
            widget.hide()
        # Menus and tips do not come back: whatever they were about is over.
        self._hidden += [w for w in on_screen if w is self._window]
        self._return.start(_LONGEST_AWAY_MS)
        self._settled.start(SETTLE_MS if on_screen else 0)

    def _answer(self) -> None:
        self._send(shot_commands.HiddenForShot(self._asked))

    def _drag(self, wanted: events.RegionWanted) -> None:
        from ui.shots.region_overlay import RegionOverlay  # not needed to start

        if self.region is not None:
            self.region.give_up()
        self.region = RegionOverlay(wanted, self)
        self.region.chosen.connect(self._on_chosen)
        self.region.open()

    def _on_chosen(self, answer: shot_commands.RegionChosen) -> None:
        if self.region is not None:
            self.region.deleteLater()
            self.region = None
        self._send(answer)
        self._come_back()

    def _come_back(self) -> None:
        if self.region is not None:
            return
        self._return.stop()
        hidden, self._hidden = self._hidden, []
        had_keyboard, self._had_keyboard = self._had_keyboard, False
        self._pill.step_aside(False)
        for widget in hidden:
            widget.setAttribute(_QUIETLY, not had_keyboard)
            widget.show()
            widget.setAttribute(_QUIETLY, on=False)
            if had_keyboard:
                widget.activateWindow()


def _is_on_screen(widget: QWidget) -> bool:
    return widget.isVisible() and not widget.isMinimized()
