"""The monitors and the windows of an X11 screen, as they lie over each other."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from Xlib import X, error

from app.desktop.screen import Desktop, ScreenWindow
from app.desktop.x11_last_window import process_of
from app.desktop.x11_session import X11Session
from app.shots.geometry import shared
from app.shots.shot import Monitor, Rect

_LOCKERS = frozenset({"i3lock", "slock", "xsecurelock", "xtrlock", "physlock", "xscreensaver"})
_OPAQUE = 0xFFFFFFFF
_DPI = 96
_MM_PER_INCH = 25.4
_LIKELY_DPI = (60, 400)
_REMEMBERED_S = 0.5


@dataclass(frozen=True, slots=True)
class _About:
    """What hardly changes of a window, asked `at_s`."""

    at_s: float
    client: Any
    app: str
    pid: int | None
    is_desktop: bool


class X11Windows:
    """Looks at the screen. For the thread and connection of its session."""

    def __init__(self, session: X11Session) -> None:
        self._session = session
        self._frames: dict[str, int] = {}
        self._known: dict[int, _About] = {}

    def look(self) -> Desktop:
        """What is where, now."""
        pointer = self._session.root.query_pointer()
        active = next(iter(self._session.numbers(self._session.root, "_NET_ACTIVE_WINDOW")), 0)
        return Desktop(
            monitors=tuple(self._monitors()),
            windows=tuple(self._windows()),
            pointer=(pointer.root_x, pointer.root_y),
            active=str(active) if active else None,
        )

    def frame_of(self, window_id: str) -> Any | None:
        """The window around a window that was seen, a child of the root; None where it is gone."""
        number = self._frames.get(window_id)
        window = self._session.window(number) if number else None
        with contextlib.suppress(error.XError):
            if window is not None and window.get_attributes().map_state == X.IsViewable:
                return window
        return None

    def is_locked(self) -> bool:
        """Whether a screen locker of X11's own has the screen."""
        names = self._session.numbers(self._session.root, "_SCREENSAVER_STATUS")
        if names and names[0] in (self._session.atom("LOCK"), self._session.atom("BLANK")):
            return True
        for window in reversed(self._session.root.query_tree().children):
            with contextlib.suppress(error.XError):
                if window.get_attributes().map_state == X.IsViewable:
                    kind = self._session.text(window, "WM_CLASS").split("\0")
                    return not _LOCKERS.isdisjoint(name.casefold() for name in kind)
        return False

    def size(self) -> Rect:
        """All of the screen."""
        shape = self._session.root.get_geometry()
        return Rect(0, 0, shape.width, shape.height)

    def _monitors(self) -> Iterator[Monitor]:
        wanted = self._wanted_scale()
        found = []
        if self._session.display.has_extension("RANDR"):
            with contextlib.suppress(error.XError, AttributeError):
                found = self._session.root.xrandr_get_monitors().monitors
        if not found:
            yield Monitor("screen", self.size(), wanted or 1.0, is_primary=True)
        for one in found:
            rect = Rect(one.x, one.y, one.width_in_pixels, one.height_in_pixels)
            name = self._session.display.get_atom_name(one.name)
            scale = wanted or scale_of(one.width_in_pixels, one.width_in_millimeters)
            yield Monitor(name, rect, scale, is_primary=bool(one.primary))

    def _wanted_scale(self) -> float:
        """What the desktop asks all programs for; 0 where it says nothing."""
        for line in self._session.text(self._session.root, "RESOURCE_MANAGER").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "Xft.dpi":
                with contextlib.suppress(ValueError):
                    return max(1.0, float(value) / _DPI)
        return 0.0

    def _windows(self) -> Iterator[ScreenWindow]:
        self._frames = {}
        self._known = {
            number: about
            for number, about in self._known.items()
            if time.monotonic() - about.at_s <= _REMEMBERED_S
        }
        size = self.size()
        for frame in reversed(self._session.root.query_tree().children):
            with contextlib.suppress(error.XError):
                window = self._described(frame)
                if window is not None and shared(window.rect, size) is not None:
                    self._frames[window.id] = int(frame.id)
                    yield window

    def _described(self, frame: Any) -> ScreenWindow | None:
        attributes = frame.get_attributes()
        if attributes.map_state != X.IsViewable or attributes.win_class != X.InputOutput:
            return None
        about = self._about(frame)
        if about.is_desktop:
            return None
        client = about.client
        shape = frame.get_geometry()
        title = self._session.text(client, "_NET_WM_NAME")
        return ScreenWindow(
            id=str(client.id),
            title=title or self._session.text(client, "WM_NAME"),
            app=about.app,
            pid=about.pid,
            rect=self._visible(client, shape),
            content=self._content(client),
            is_opaque=shape.depth != 32 and self._hides(frame, client),
        )

    def _about(self, frame: Any) -> _About:
        """Remembered for a moment only: a number may soon be another program's."""
        now = time.monotonic()
        known = self._known.get(frame.id)
        if known is None or now - known.at_s > _REMEMBERED_S:
            known = self._known[frame.id] = self._asked(frame, now)
        return known

    def _asked(self, frame: Any, now_s: float) -> _About:
        client = self._client(frame) or frame
        kinds = self._session.numbers(client, "_NET_WM_WINDOW_TYPE")
        names = self._session.text(client, "WM_CLASS").split("\0")
        return _About(
            at_s=now_s,
            client=client,
            app=names[1] if len(names) > 1 else names[0],
            pid=process_of(self._session, client.id) or None,
            is_desktop=self._session.atom("_NET_WM_WINDOW_TYPE_DESKTOP") in kinds,
        )

    def _content(self, client: Any) -> Rect:
        inner = client.get_geometry()
        corner = client.translate_coords(self._session.root, 0, 0)
        return Rect(-corner.x, -corner.y, inner.width, inner.height)

    def _visible(self, client: Any, shape: Any) -> Rect:
        """The frame without the shadow that a program draws around itself."""
        border = 2 * shape.border_width
        shadow = self._session.numbers(client, "_GTK_FRAME_EXTENTS")
        left, right, top, bottom = shadow if len(shadow) == 4 else (0, 0, 0, 0)
        width, height = shape.width + border - left - right, shape.height + border - top - bottom
        return Rect(shape.x + left, shape.y + top, max(1, width), max(1, height))

    def _hides(self, frame: Any, client: Any) -> bool:
        for window in (frame, client):
            opacity = self._session.numbers(window, "_NET_WM_WINDOW_OPACITY")
            if opacity and opacity[0] < _OPAQUE:
                return False
        if self._session.display.has_extension("SHAPE"):
            return not frame.shape_query_extents().bounding_shaped
        return True

    def _client(self, frame: Any) -> Any | None:
        """The program's own window within a window manager's frame."""
        state = self._session.atom("WM_STATE")
        waiting = [frame]
        while waiting:
            window = waiting.pop(0)
            if window.get_property(state, X.AnyPropertyType, 0, 0) is not None:
                return window
            waiting.extend(window.query_tree().children)
        return None


def scale_of(pixels: int, millimetres: int) -> float:
    """The scale that a monitor's size calls for, in halves; 1 where it tells no likely size."""
    if millimetres <= 0:
        return 1.0
    dpi = pixels / millimetres * _MM_PER_INCH
    if not _LIKELY_DPI[0] <= dpi <= _LIKELY_DPI[1]:
        return 1.0
    return max(1.0, round(dpi / _DPI * 2) / 2)
