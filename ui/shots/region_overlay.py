"""Dragging a region of the frozen desktop, on all monitors at once. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QKeyEvent, QRegion, QScreen

from app.shots.commands import RegionChosen
from app.shots.events import RegionWanted
from app.shots.shot import Monitor, Rect
from ui.announce import announce
from ui.overlay.floating import WAYLAND, X11, platform
from ui.shots.pictures import Grabbed
from ui.shots.region_pane import CHOSEN_HINT, HINT, RegionPane
from ui.shots.selection import Selection, contains, intersected

_COARSE = 10
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_AT_ONCE_PX = 3_000_000
_NEXT_MS = 5
_LEAST_PX = 2
"""What is smaller was a click and no drag."""


class RegionOverlay(QObject):
    """`chosen` carries a `RegionChosen`, once; then everything is gone from the screen."""

    chosen = Signal(object)

    def __init__(self, wanted: RegionWanted, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._request_id = wanted.request_id
        self._is_over = False
        self._space_is_down = False
        desktop = Grabbed.of(wanted.desktop)
        bounds = Rect(*wanted.origin, wanted.desktop.width, wanted.desktop.height)
        monitors = wanted.monitors or (Monitor("", bounds, wanted.desktop.scale),)
        self.panes = [RegionPane(monitor, desktop, wanted.origin) for monitor in monitors]
        for pane in self.panes:
            self._connect(pane)
        self.selection = Selection(bounds, (bounds.x, bounds.y))

    def open(self) -> None:
        """Cover the monitors and take the keyboard."""
        free = list(QGuiApplication.screens())
        for pane in self.panes:
            screen = screen_of(pane.monitor, free) or QGuiApplication.primaryScreen()
            if screen in free:
                free.remove(screen)
            _cover(pane, screen)
        front = next((p for p in self.panes if p.geometry().contains(QCursor.pos())), self.panes[0])
        at = front.mapFromGlobal(QCursor.pos())
        self.selection = self.selection.move(front.mapping.to_shot(at.x(), at.y()))
        self._show()
        front.activateWindow()
        front.setFocus(Qt.FocusReason.OtherFocusReason)
        if platform() == X11:
            front.grabKeyboard()  # no window manager gives it to a window that it does not manage
        QGuiApplication.instance().screenRemoved.connect(self.give_up)  # type: ignore[union-attr]
        announce(front, HINT)

    def take(self) -> None:
        """What is chosen is it; where nothing is, the monitor with the crosshair."""
        rect = self.selection.rect
        if rect is None or rect.width < _LEAST_PX or rect.height < _LEAST_PX:
            point = self.selection.point
            under = (p.monitor.rect for p in self.panes if contains(p.monitor.rect, point))
            rect = next(under, self.panes[0].monitor.rect)
        self._end(rect)

    def give_up(self) -> None:
        """Nothing is to be shown."""
        self._end(None)

    def _end(self, rect: Rect | None) -> None:
        if self._is_over:
            return
        self._is_over = True
        QGuiApplication.instance().screenRemoved.disconnect(self.give_up)  # type: ignore[union-attr]
        for pane in self.panes:
            pane.releaseKeyboard()
            pane.hide()
            pane.deleteLater()
        self.chosen.emit(RegionChosen(self._request_id, rect))

    def _connect(self, pane: RegionPane) -> None:
        pane.pressed.connect(self._press)
        pane.moved.connect(self._move)
        pane.released.connect(self._release)
        pane.taken.connect(self.take)
        pane.given_up.connect(self.give_up)
        pane.key_pressed.connect(self._on_key)
        pane.key_released.connect(self._on_key_up)

    def _show(self) -> None:
        hint = HINT
        if self.selection.rect is not None:
            hint = "" if self.selection.is_dragging else CHOSEN_HINT
        for pane in self.panes:
            pane.show_selection(self.selection, hint)

    def _press(self, at: tuple[int, int]) -> None:
        self.selection = self.selection.press(at)
        self._show()

    def _move(self, at: tuple[int, int]) -> None:
        self.selection = self.selection.move(at, whole=self._space_is_down)
        self._show()

    def _release(self) -> None:
        self.selection = self.selection.release()
        rect = self.selection.rect
        if rect is not None and max(rect.width, rect.height) < _LEAST_PX:
            self.selection = self.selection.clear()
        elif rect is not None:
            announce(self.panes[0], CHOSEN_HINT)
        self._show()

    def _on_key(self, event: QKeyEvent) -> None:
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        if key == Qt.Key.Key_Escape:
            self.give_up()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take()
        elif key == Qt.Key.Key_Space:
            self._space_is_down = True
        elif key in _ARROWS:
            step = _COARSE if modifiers & Qt.KeyboardModifier.ShiftModifier else 1
            dx, dy = (step * way for way in _ARROWS[key])
            resizes = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
            chosen = self.selection
            self.selection = chosen.resize(dx, dy) if resizes else chosen.nudge(dx, dy)
            self._show()

    def _on_key_up(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space_is_down = False


def screen_of(monitor: Monitor, screens: list[QScreen]) -> QScreen | None:
    """The screen of this name, else the one that has most of the same pixels."""
    for screen in screens:
        if monitor.name and screen.name() == monitor.name and _shared(monitor, screen):
            return screen
    best = max(screens, key=lambda screen: _shared(monitor, screen), default=None)
    return best if best is not None and _shared(monitor, best) else None


def _shared(monitor: Monitor, screen: QScreen) -> int:
    """How many pixels both have. Qt scales a screen about its own corner."""
    place, ratio = screen.geometry(), screen.devicePixelRatio()
    native = Rect(place.x(), place.y(), round(place.width() * ratio), round(place.height() * ratio))
    shared = intersected(monitor.rect, native)
    return shared.width * shared.height if shared is not None else 0


def _unfold(pane: RegionPane) -> None:
    """Show it from the top down: memory for a large screen at once would hold the window up."""
    wide, high, ratio = pane.width(), pane.height(), pane.devicePixelRatio()
    step = int(_AT_ONCE_PX / (wide * ratio * ratio)) + 1

    def uncover(until: int) -> None:
        if until >= high:
            pane.clearMask()
        else:
            pane.setMask(QRegion(0, 0, wide, until))
            QTimer.singleShot(_NEXT_MS, pane, lambda: uncover(until + step))

    uncover(step)
    pane.show()


def _cover(pane: RegionPane, screen: QScreen) -> None:
    kind = Qt.WindowType
    flags = kind.Window | kind.FramelessWindowHint | kind.WindowStaysOnTopHint
    if platform() == X11:
        flags |= kind.X11BypassWindowManagerHint  # above panels, and where it is asked to be
    pane.setWindowFlags(flags)
    pane.setScreen(screen)
    pane.setGeometry(screen.geometry())
    if platform() == X11:
        _unfold(pane)
    elif platform() == "offscreen":
        pane.show()
    else:
        pane.showFullScreen()
    if platform() != WAYLAND:
        pane.raise_()
