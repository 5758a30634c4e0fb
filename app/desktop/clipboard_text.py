"""The text on the clipboard of every desktop, read once and left there."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from app.desktop.choose_hotkeys import is_wayland
from audio.killing import kill

_WITHIN_S = 3.0
_CF_UNICODETEXT = 13


class ClipboardSilent(Exception):
    """The clipboard cannot be read here, or its owner does not answer."""


class ClipboardText(Protocol):
    """Reads the clipboard."""

    async def read(self) -> str | None:
        """Its text; None where it holds none. Raises ClipboardSilent."""
        ...


class _Reading:
    def __init__(self, read: Callable[[], Awaitable[str | None]]) -> None:
        self._read = read

    async def read(self) -> str | None:
        """Its text."""
        return await self._read()


def clipboard_text_for(
    environment: Mapping[str, str], platform: str = sys.platform
) -> ClipboardText:
    """What reads the clipboard of this desktop; `environment` is the process's own."""
    if platform == "linux" and is_wayland(environment):
        return _Reading(lambda: _wayland_text(environment))
    if platform == "linux":
        return _Reading(lambda: asyncio.to_thread(_x11_text, environment.get("DISPLAY")))
    if platform == "darwin":
        return _Reading(lambda: asyncio.to_thread(_macos_text))
    return _Reading(lambda: asyncio.to_thread(_windows_text))


def _x11_text(display: str | None) -> str | None:
    from app.desktop.x11_clipboard_text import x11_clipboard_text

    if not display:
        raise ClipboardSilent("there is no desktop")
    return x11_clipboard_text(display, _WITHIN_S)


async def _wayland_text(environment: Mapping[str, str]) -> str | None:
    from app.desktop.data_control import DataControl
    from app.desktop.wayland_clipboard import WaylandClipboard
    from app.desktop.wayland_connection import WaylandConnection, WaylandError
    from app.desktop.writing import ClipboardNotSaved

    try:
        connection = await WaylandConnection.open(environment)
        with contextlib.closing(connection):
            seat = connection.bind("wl_seat")
            board = DataControl.on(connection, seat[0]) if seat else None
            if board is not None:
                clipboard = WaylandClipboard(board)
                await board.settle()
                return await clipboard.text()
    except (WaylandError, ClipboardNotSaved) as error:
        raise ClipboardSilent(str(error)) from error
    return await _wl_paste(environment)


async def _wl_paste(environment: Mapping[str, str]) -> str | None:
    """By wl-paste, which opens a window for a moment where the compositor wants to see one."""
    program = shutil.which("wl-paste", path=environment.get("PATH"))
    if program is None:
        raise ClipboardSilent("wl-clipboard is not installed")
    process = await asyncio.create_subprocess_exec(
        program, "--no-newline", "--type", "text",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=dict(environment),
    )  # fmt: skip
    answer = asyncio.ensure_future(process.communicate())
    try:
        await asyncio.wait([answer], timeout=_WITHIN_S)
        if not answer.done():
            raise ClipboardSilent("wl-paste did not answer")
        return answer.result()[0].decode(errors="replace") or None
    finally:
        kill(process)
        await asyncio.wait([answer])


def _macos_text() -> str | None:
    from app.desktop.macos_pasteboard import MacPasteboard

    try:
        return MacPasteboard().text()
    except OSError as error:
        raise ClipboardSilent(str(error)) from error


def _windows_text() -> str | None:
    from app.desktop.windows_board import WindowsBoard

    try:
        board = WindowsBoard()
        if not board.open():
            raise ClipboardSilent("another program has it open")
        try:
            data = board.read(_CF_UNICODETEXT)
        finally:
            board.close()
    except OSError as error:
        raise ClipboardSilent(str(error)) from error
    return data.decode("utf-16-le", "replace").partition("\0")[0] if data else None
