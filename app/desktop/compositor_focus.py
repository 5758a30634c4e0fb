"""The window that has the keyboard, as compositors tell it: sway (i3's protocol) and Hyprland."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

_ASK_S = 0.5
_MAGIC = b"i3-ipc"
_RUN_COMMAND, _GET_TREE = 0, 4
_HEADER = struct.Struct("=6sII")


class CompositorSilent(Exception):
    """The compositor did not answer, or not in its own language."""


@dataclass(frozen=True, slots=True)
class FocusedWindow:
    """A window. `pid` is 0 where it is not told; `x11` is of its X server inside."""

    number: int
    app_id: str
    title: str
    pid: int
    x11: bool = False


class Compositor(Protocol):
    """Tells which window has the keyboard."""

    async def focused(self) -> FocusedWindow | None:
        """The window; None where none has it. Raises CompositorSilent."""
        ...

    async def exists(self, number: int) -> bool:
        """Whether that window is still open. Raises CompositorSilent."""
        ...

    async def windows(self) -> tuple[FocusedWindow, ...]:
        """Every window that is open. Raises CompositorSilent."""
        ...

    async def give(self, number: int) -> None:
        """Give that window the keyboard. Raises CompositorSilent."""
        ...


class Sway:
    """Sway, and others that speak i3's protocol. `path` is its socket."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def focused(self) -> FocusedWindow | None:
        """The window in focus."""
        return sway_focus(await self._tree())

    async def exists(self, number: int) -> bool:
        """Whether the tree has it."""
        return any(node.get("id") == number for node in _nodes(await self._tree()))

    async def windows(self) -> tuple[FocusedWindow, ...]:
        """All of the tree."""
        return sway_windows(await self._tree())

    async def give(self, number: int) -> None:
        """Focus it."""
        await self._answer(_RUN_COMMAND, f"[con_id={number}] focus".encode())

    async def _tree(self) -> dict[str, Any]:
        return _object(await self._answer(_GET_TREE))

    async def _answer(self, kind: int, payload: bytes = b"") -> bytes:
        question = _HEADER.pack(_MAGIC, len(payload), kind) + payload
        return await _asked(self._path, question, framed=True)


class Hyprland:
    """Hyprland. `path` is its socket."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def focused(self) -> FocusedWindow | None:
        """The window in focus."""
        return hyprland_focus(_object(await _asked(self._path, b"j/activewindow", framed=False)))

    async def exists(self, number: int) -> bool:
        """Whether it is listed."""
        listed = (await _asked(self._path, b"j/clients", framed=False)).decode(errors="replace")
        return f'"{number:#x}"' in listed

    async def windows(self) -> tuple[FocusedWindow, ...]:
        """All that are listed."""
        return hyprland_windows(await _asked(self._path, b"j/clients", framed=False))

    async def give(self, number: int) -> None:
        """Focus it."""
        await _asked(
            self._path, f"/dispatch focuswindow address:{number:#x}".encode(), framed=False
        )


def compositor_of(environment: Mapping[str, str]) -> Compositor | None:
    """The compositor that says what has the focus; None for one that does not."""
    if path := environment.get("SWAYSOCK") or environment.get("I3SOCK"):
        return Sway(Path(path))
    if signature := environment.get("HYPRLAND_INSTANCE_SIGNATURE"):
        folder = Path(environment.get("XDG_RUNTIME_DIR", "/tmp")) / "hypr" / signature
        return Hyprland(folder / ".socket.sock")
    return None


def sway_focus(tree: dict[str, Any]) -> FocusedWindow | None:
    """The focused window in the answer to GET_TREE; None if a workspace has the focus."""
    for node in _nodes(tree):
        if node.get("focused") and node.get("pid"):
            return _sway_window(node)
    return None


def sway_windows(tree: dict[str, Any]) -> tuple[FocusedWindow, ...]:
    """Every window in the answer to GET_TREE."""
    return tuple(_sway_window(node) for node in _nodes(tree) if node.get("pid"))


def hyprland_windows(answer: bytes) -> tuple[FocusedWindow, ...]:
    """The windows in the answer to `clients`."""
    try:
        listed = json.loads(answer)
    except ValueError as error:
        raise CompositorSilent("no JSON") from error
    found = [hyprland_focus(each) for each in listed if isinstance(each, dict)]
    return tuple(window for window in found if window is not None)


def _sway_window(node: dict[str, Any]) -> FocusedWindow:
    x11 = node.get("shell") == "xwayland"
    about = node.get("window_properties") or {}
    app = node.get("app_id") or about.get("class") or ""
    title = str(node.get("name") or "")
    return FocusedWindow(int(node["id"]), str(app), title, int(node["pid"]), x11)


def hyprland_focus(window: dict[str, Any]) -> FocusedWindow | None:
    """The window in the answer to `activewindow`."""
    try:
        number = int(str(window.get("address", "0")), 16)
        pid = max(0, int(window.get("pid", 0)))
    except ValueError as error:
        raise CompositorSilent("a window without a number") from error
    if not number:
        return None
    app, title = str(window.get("class", "")), str(window.get("title", ""))
    return FocusedWindow(number, app, title, pid, bool(window.get("xwayland")))


def _nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    found = [node]
    for child in (*node.get("nodes", ()), *node.get("floating_nodes", ())):
        found += _nodes(child)
    return found


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except ValueError as error:
        raise CompositorSilent("no JSON") from error
    if not isinstance(value, dict):
        raise CompositorSilent("no JSON object")
    return value


async def _asked(path: Path, question: bytes, *, framed: bool) -> bytes:
    """One question and its answer: of the length that its header tells, or until its end."""
    try:
        async with asyncio.timeout(_ASK_S):
            reader, writer = await asyncio.open_unix_connection(path)
            try:
                writer.write(question)
                await writer.drain()
                if not framed:
                    return await reader.read()
                _, size, _ = _HEADER.unpack(await reader.readexactly(_HEADER.size))
                return await reader.readexactly(size)
            finally:
                writer.close()
    except (OSError, EOFError) as error:
        raise CompositorSilent(str(error)) from error
