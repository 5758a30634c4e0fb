"""A private screen: Xvfb with a window manager; its picture, windows, keyboard and mouse."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import struct
import subprocess
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from Xlib import X, display, error

from tests.desk.child import Child, merged
from tests.desk.need import missing, need_programs
from tests.desk.waiting import wait_until

Picture = npt.NDArray[np.uint8]

_START_S = 30.0
_READS = 8


@dataclass(frozen=True, slots=True)
class Window:
    """A window that the window manager manages; sizes in pixels of the screen."""

    id: int
    title: str
    x: int
    y: int
    width: int
    height: int
    pid: int | None


class Screen:
    """An X server of our own. Give `environment` to the program that should show itself there."""

    def __init__(self, width: int = 1920, height: int = 1080, scale: float = 1.0) -> None:
        need_programs("Xvfb", "openbox", "xdotool")
        self.width = width
        self.height = height
        self.scale = scale
        self.folder = Path(tempfile.mkdtemp(prefix="sayso-screen-"))
        self._connection: display.Display | None = None
        self._turn = threading.Lock()
        self._stack = contextlib.ExitStack()
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        try:
            self.display = self._start_server()
            self._start_window_manager()
        except BaseException:
            self._stack.close()
            raise

    @property
    def environment(self) -> dict[str, str]:
        """Leads X11 and Qt programs here; lay it over `os.environ`."""
        return {
            "DISPLAY": self.display,
            "WAYLAND_DISPLAY": "",
            "XDG_SESSION_TYPE": "x11",
            "XAUTHORITY": str(self.folder / "none"),
            "QT_QPA_PLATFORM": "xcb",
            "QT_SCALE_FACTOR": f"{self.scale:g}",
        }

    def at_scale(self, scale: float) -> dict[str, str]:
        """The environment with another scale: 2.0 is what a 200 % desktop asks for."""
        return {**self.environment, "QT_SCALE_FACTOR": f"{scale:g}"}

    def picture(self) -> Picture:
        """What is on the screen now: shape (height, width, 3), red green blue."""
        return _parse_xwd(self._frame_buffer.read_bytes())

    def screenshot(self, path: Path) -> Path:
        """Write what is on the screen as a PNG file, and return its path."""
        path.write_bytes(_png(self.picture()))
        return path

    def xdotool(self, *arguments: str | int) -> str:
        """Use the keyboard, the mouse and the windows as xdotool does; returns what it prints."""
        done = subprocess.run(
            ["xdotool", *map(str, arguments)],
            env=merged(self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, f"xdotool {arguments}: {done.stderr}"
        return done.stdout.strip()

    def windows(self) -> list[Window]:
        """The windows on the screen, oldest first."""
        return self._listed("_NET_CLIENT_LIST")

    def active_window(self) -> Window | None:
        """The window that has the keyboard."""
        return next(iter(self._listed("_NET_ACTIVE_WINDOW")), None)

    def wait_for_window(self, title: str, timeout_s: float = 15.0) -> Window:
        """Wait for a window whose title matches the regular expression `title`, at its place."""
        return _settled(
            lambda: next((w for w in self.windows() if re.search(title, w.title)), None),
            f"a window titled {title!r}",
            timeout_s,
        )

    def wait_for_active(self, title: str, timeout_s: float = 15.0) -> Window:
        """Wait until the window that has the keyboard is one whose title matches."""
        return _settled(
            lambda: w if (w := self._focused()) and re.search(title, w.title) else None,
            f"the keyboard in a window titled {title!r}",
            timeout_s,
        )

    def wait_until_gone(self, title: str, timeout_s: float = 10.0) -> None:
        """Wait until no window's title matches."""
        wait_until(
            lambda: not any(re.search(title, w.title) for w in self.windows()),
            f"the end of the window titled {title!r}",
            timeout_s=timeout_s,
        )

    def close(self) -> None:
        """End the window manager and the X server, and remove their files."""
        self._stack.close()

    @property
    def _frame_buffer(self) -> Path:
        return self.folder / "Xvfb_screen0"

    def _start_server(self) -> str:
        reading, writing = os.pipe()
        command = [
            *("Xvfb", "-displayfd", str(writing), "-screen", "0"),
            *(f"{self.width}x{self.height}x24", "-dpi", "96", "-nocursor", "-nolisten", "tcp"),
            *("-fbdir", str(self.folder), "-noreset", "+extension", "RANDR", "+extension", "XTEST"),
        ]
        server = Child(command, self.folder, pass_fds=[writing])
        self._stack.callback(server.end)
        os.close(writing)
        with open(reading, encoding="ascii") as answers:
            # One line with the number once it is ready; the end of the file if it died.
            number = answers.readline().strip()
        if not number:
            missing(f"Xvfb does not start here: {server.log}")
        return f":{number}"

    def _start_window_manager(self) -> None:
        home = {"HOME": str(self.folder)}
        environment = merged(self.environment, home)
        manager = Child(["openbox", "--sm-disable"], self.folder, environment=environment)
        self._stack.callback(manager.end)
        wait_until(self._managed, "openbox manages the windows", timeout_s=_START_S)

    def _managed(self) -> bool:
        with self._connected() as connection:
            root = connection.screen().root
            return bool(_property(connection, root, "_NET_SUPPORTING_WM_CHECK"))

    def _listed(self, name: str) -> list[Window]:
        with self._connected() as connection:
            numbers = _property(connection, connection.screen().root, name)
            return [window for n in numbers if (window := _describe(connection, n))]

    def _focused(self) -> Window | None:
        """The active window, once the X server agrees with the window manager."""
        active = self.active_window()
        with self._connected() as connection:
            focus = connection.get_input_focus().focus
            # Some toolkits let a child of their window have the focus.
            return active if active and active.id in _with_ancestors(focus) else None

    @contextlib.contextmanager
    def _connected(self) -> Iterator[display.Display]:
        with self._turn:
            if self._connection is None:
                self._connection = display.Display(self.display)
                self._stack.callback(self._connection.close)
            yield self._connection


def _settled(find: Callable[[], Window | None], what: str, timeout_s: float) -> Window:
    """The window as soon as it stays the same: a manager moves what it has just met."""
    seen: list[Window | None] = [None] * _READS

    def same() -> Window | None:
        seen.append(find())
        return seen[-1] if len(set(seen[-_READS:])) == 1 else None

    return wait_until(same, what, timeout_s=timeout_s)


def _with_ancestors(window: display.drawable.Window | int) -> list[int]:
    """Ids from the window up to the root; `window` is a number where nothing has the focus."""
    found: list[int] = []
    with contextlib.suppress(error.XError):
        while not isinstance(window, int):
            found.append(window.id)
            window = window.query_tree().parent
    return found


def _property(connection: display.Display, window: display.drawable.Window, name: str) -> list[int]:
    found = window.get_full_property(connection.get_atom(name), X.AnyPropertyType)
    return [] if found is None else list(found.value)


def _text(connection: display.Display, window: display.drawable.Window, name: str) -> str:
    found = window.get_full_property(connection.get_atom(name), X.AnyPropertyType)
    if found is None:
        return ""
    value = found.value
    return value if isinstance(value, str) else bytes(value).decode(errors="replace")


def _describe(connection: display.Display, number: int) -> Window | None:
    """None if the window went away meanwhile."""
    window = connection.create_resource_object("window", number)
    try:
        shape = window.get_geometry()
        place = window.translate_coords(connection.screen().root, 0, 0)
        title = _text(connection, window, "_NET_WM_NAME") or _text(connection, window, "WM_NAME")
        pids = _property(connection, window, "_NET_WM_PID")
    except error.XError:
        return None
    return Window(
        id=number,
        title=title,
        x=-place.x,
        y=-place.y,
        width=shape.width,
        height=shape.height,
        pid=pids[0] if pids else None,
    )


def _parse_xwd(data: bytes) -> Picture:
    """Xvfb keeps its frame buffer as an XWD file with 32 bits a pixel: blue, green, red, unused."""
    header = struct.unpack(">25I", data[:100])
    header_bytes, width, height = header[0], header[4], header[5]
    bits_per_pixel, bytes_per_line, colors = header[11], header[12], header[19]
    assert bits_per_pixel == 32
    start = header_bytes + 12 * colors
    flat = np.frombuffer(data, np.uint8, count=height * bytes_per_line, offset=start)
    pixels = flat.reshape(height, bytes_per_line)[:, : width * 4].reshape(height, width, 4)
    return np.ascontiguousarray(pixels[:, :, 2::-1])


def _png(picture: Picture) -> bytes:
    height, width, _ = picture.shape
    rows = np.zeros((height, 1 + width * 3), np.uint8)
    rows[:, 1:] = picture.reshape(height, width * 3)
    shape = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", shape), (b"IDAT", zlib.compress(rows.tobytes(), 1)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
