"""The clipboard of a RemoteDesktop session: for desktops that lend it to nobody else, as GNOME.

Who reads from it is not told: the desktop hands the content on itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Coroutine
from typing import Any

from jeepney.fds import FileDescriptor

from app.desktop.clipboard_board import Offer, OnOffer, Selection
from app.desktop.clipboard_content import Content, Readings, Served
from app.desktop.portal import Portal, PortalError, Signal
from app.desktop.wayland_connection import WaylandError
from app.desktop.wayland_pipes import read_all

_log = logging.getLogger(__name__)

CLIPBOARD = "org.freedesktop.portal.Clipboard"
_NOTHING = {"text/plain;charset=utf-8": b""}
"""GNOME puts the last text back onto a clipboard that is cleared."""


class PortalBoard:
    """Fills `Board` while its session stands. Nothing here waits for the user."""

    shows_readers = False

    def __init__(self, portal: Portal, session: str) -> None:
        self.selections: tuple[Selection, ...] = (Selection.CLIPBOARD,)
        self._on_offer: OnOffer = lambda *_: None
        self._there: Offer | None = None
        self._portal = portal
        self._session = session
        self._own: Served | None = None
        self._on_cancelled: Callable[[Served], None] = lambda _: None
        self._asked: set[asyncio.Task[None]] = set()
        self._failure: PortalError | None = None

    @classmethod
    async def asked_for(cls, portal: Portal, session: str) -> PortalBoard | None:
        """Ask for it before the session starts; None where the portal has no clipboard."""
        try:
            await portal.call(CLIPBOARD, "RequestClipboard", "oa{sv}", session, {})
        except PortalError as error:
            _log.info("no clipboard by the portal: %s", error)
            return None
        return cls(portal, session)

    def on_signal(self, signal: Signal) -> None:
        """Hear a signal of the portal, whatever it is about."""
        if signal.interface != CLIPBOARD or signal.body[0] != self._session:
            return
        if signal.member == "SelectionOwnerChanged":
            self._on_owner(signal.body[1])
        elif signal.member == "SelectionTransfer":
            _, name, serial = signal.body
            self._ask(self._transfer(str(name), int(serial)))

    def hear(self, on_offer: OnOffer) -> None:
        """Tell what is there, and what comes."""
        self._on_offer = on_offer
        if self._there is not None:
            on_offer(Selection.CLIPBOARD, self._there)

    async def settle(self) -> None:
        """Wait until the portal has answered to everything."""
        while self._asked:
            await asyncio.wait(self._asked)
        failure, self._failure = self._failure, None
        if failure is not None or self._portal.lost.is_set():
            raise WaylandError(f"the portal keeps its clipboard: {failure or 'it went away'}")

    async def fetch(self, offer: Offer, name: str, most_bytes: int) -> bytes:
        """One form of an offer."""
        try:
            (fd,) = await self._portal.call(CLIPBOARD, "SelectionRead", "os", self._session, name)
        except PortalError as error:
            raise OSError(str(error)) from error
        return await read_all(_taken(fd), most_bytes)

    def serve(
        self,
        selection: Selection,
        content: Content,
        readings: Readings,
        on_cancelled: Callable[[Served], None],
    ) -> Served:
        """Put content there."""
        self._own, self._on_cancelled = Served(content, readings), on_cancelled
        self._ask(self._set({"mime_types": ("as", list(content))}))
        return self._own

    def clear(self, selection: Selection) -> None:
        """An empty text is there."""
        self.serve(selection, _NOTHING, Readings(), lambda _: None)

    async def close(self) -> None:
        """Let what was asked for last get through."""
        with contextlib.suppress(WaylandError):
            await self.settle()

    def _ask(self, asking: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(asking, name="portal clipboard")
        self._asked.add(task)
        task.add_done_callback(self._asked.discard)

    async def _set(self, options: dict[str, Any]) -> None:
        try:
            await self._portal.call(CLIPBOARD, "SetSelection", "oa{sv}", self._session, options)
        except PortalError as error:
            self._failure = error

    async def _transfer(self, name: str, serial: int) -> None:
        own = self._own
        try:
            (fd,) = await self._portal.call(
                CLIPBOARD, "SelectionWrite", "ou", self._session, serial
            )
        except PortalError as error:
            _log.info("a reader of the clipboard was gone: %s", error)
            return
        if own is None:
            os.close(_taken(fd))
            self._done(serial, False)
        else:
            own.serve(_taken(fd), name, lambda whole: self._done(serial, whole))

    def _done(self, serial: int, whole: bool) -> None:
        self._ask(self._tell(serial, whole))

    async def _tell(self, serial: int, whole: bool) -> None:
        with contextlib.suppress(PortalError):
            await self._portal.call(
                CLIPBOARD, "SelectionWriteDone", "oub", self._session, serial, whole
            )

    def _on_owner(self, about: dict[str, Any]) -> None:
        is_own = bool(about["session_is_owner"][1]) if "session_is_owner" in about else False
        if not is_own and self._own is not None:
            own, self._own = self._own, None
            own.cancelled = True
            self._on_cancelled(own)
        types = about["mime_types"][1] if "mime_types" in about else ()
        if types and isinstance(types[0], list):  # documented as a structure around the list
            (types,) = types
        is_empty = self._own is not None and self._own.content is _NOTHING
        self._there = Offer(types) if types and not is_empty else None
        self._on_offer(Selection.CLIPBOARD, self._there)


def _taken(fd: FileDescriptor) -> int:
    return int(fd.to_raw_fd())
