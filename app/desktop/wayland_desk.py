"""What a Wayland session lends for insertion: its clipboard, its keys, and wl-copy."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import Mapping
from typing import Protocol

from app.desktop.clipboard_board import Board
from app.desktop.clipboard_content import TEXT_TYPES, Content, text_content
from app.desktop.copying import CopyInserter, copy_command
from app.desktop.data_control import DataControl
from app.desktop.paste_keys import Keys
from app.desktop.wayland_clipboard import WaylandClipboard
from app.desktop.wayland_connection import WaylandConnection, WaylandError
from app.desktop.wayland_keyboard import VirtualKeyboard
from app.desktop.ydotool import Ydotool
from audio.killing import kill

_log = logging.getLogger(__name__)

_WITHIN_S = 3.0


class PortalKeys(Keys, Protocol):
    """Keys that may come with a clipboard."""

    wants_clipboard: bool
    """Whether it is to be asked for."""

    @property
    def board(self) -> Board | None:
        """It, if it is lent."""
        ...


class WaylandDesk:
    """Connects when it is first asked, and again after the compositor went away."""

    def __init__(self, environment: Mapping[str, str], portal: PortalKeys) -> None:
        """`environment` is the process's own; `portal` is the way that is tried first."""
        self.copier = CopyInserter(copy_command(environment, "linux"))
        self._environment = dict(environment)
        self._portal = portal
        self._ydotool = Ydotool(environment)
        self._connection: WaylandConnection | None = None
        self._lent: DataControl | None = None
        self._board: Board | None = None
        self._clipboard: WaylandClipboard | None = None
        self._keyboard: VirtualKeyboard | None = None

    async def clipboard(self) -> WaylandClipboard | None:
        """The clipboard; None where the desktop keeps it from us."""
        await self._connect()
        # One that the portal lends ends with its session.
        if (board := self._lent or self._portal.board) is not self._board:
            self._board = board
            self._clipboard = WaylandClipboard(board) if board is not None else None
        return self._clipboard

    async def keys(self) -> Keys | None:
        """The way to press keys now; None where there is none."""
        await self._connect()
        for way in (self._portal, self._keyboard, self._ydotool):
            if way is not None and await way.ready():
                return way
        return None

    async def copy(self, text: str) -> bool:
        """Put `text` on the clipboard to stay; whether that worked."""
        clipboard = await self.clipboard()
        if clipboard is not None:
            try:
                await clipboard.keep(text_content(text, hidden=False))
            except WaylandError as error:
                _log.info("not copied: %s", error)
            else:
                return True
        return await self.copier.copy(text)

    async def close(self) -> None:
        """Give everything back. wl-copy serves on what was served here."""
        served: Content = {}
        if (clipboard := self._clipboard) is not None and self._board_stands():
            served = await clipboard.close()
        await self._portal.close()
        if self._connection is None or self._connection.lost:
            return
        if served and (program := shutil.which("wl-copy", path=self._environment.get("PATH"))):
            await self._hand_over(program, served)
        self._connection.close()

    def _board_stands(self) -> bool:
        if self._board is self._lent:
            return self._connection is not None and not self._connection.lost
        return self._board is self._portal.board

    async def _connect(self) -> None:
        if self._connection is not None and not self._connection.lost:
            return
        self._lent = self._keyboard = None
        try:
            self._connection = await WaylandConnection.open(self._environment)
            seat = self._connection.bind("wl_seat")
            if seat is None:
                return
            self._lent = DataControl.on(self._connection, seat[0])
            self._keyboard = VirtualKeyboard.on(self._connection, seat[0])
            if self._lent is not None:
                self._board, self._clipboard = self._lent, WaylandClipboard(self._lent)
            await self._connection.round_trip()
        except WaylandError as error:
            _log.info("%s", error)
            self._lent = self._keyboard = None
        finally:
            self._portal.wants_clipboard = self._lent is None

    async def _hand_over(self, program: str, content: Content) -> None:
        name = best_type(content)
        data = os.memfd_create("clipboard", os.MFD_CLOEXEC)
        try:
            left = memoryview(content[name])
            while left:
                left = left[os.write(data, left) :]
            os.lseek(data, 0, os.SEEK_SET)
            process = await asyncio.create_subprocess_exec(
                program,
                "--type",
                name,
                env=self._environment,
                stdin=data,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            _log.info("the clipboard is not handed over: %s", error)
            return
        finally:
            os.close(data)
        ended = asyncio.ensure_future(process.wait())
        try:
            await asyncio.wait([ended], timeout=_WITHIN_S)
        finally:
            kill(process)
            await asyncio.wait([ended])


def best_type(content: Content) -> str:
    """The type that says most, of those that one program can serve alone."""
    wanted = ("text/uri-list", "image/png", *TEXT_TYPES)
    return next((name for name in wanted if name in content), next(iter(content)))
