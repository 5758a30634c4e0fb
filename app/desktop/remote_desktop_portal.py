"""Keys by the RemoteDesktop portal, and its clipboard where there is no other: the desktop asks
its user once whether Sayso may have them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from pathlib import Path
from typing import Any

from app.desktop.paste_keys import Press, PressFailed
from app.desktop.portal import DESKTOP_PATH, Portal, PortalError, Signal, new_token
from app.desktop.portal_clipboard import PortalBoard

_log = logging.getLogger(__name__)

_REMOTE = "org.freedesktop.portal.RemoteDesktop"
_SESSION = "org.freedesktop.portal.Session"
_KEYBOARD = 1
_UNTIL_REVOKED = 2
_GRANTED = 0
_ANSWER_S = 1.5
"""A permission that was given before is confirmed within this; a question takes longer."""
_CONTROL, _SHIFT, _INSERT = 0xFFE3, 0xFFE1, 0xFF63
_KEYS = {
    Press.CTRL_V: (_CONTROL, ord("v")),
    Press.CTRL_SHIFT_V: (_CONTROL, _SHIFT, ord("v")),
    Press.SHIFT_INSERT: (_SHIFT, _INSERT),
    Press.CTRL_C: (_CONTROL, ord("c")),
    Press.CTRL_Z: (_CONTROL, ord("z")),
}


class RemoteDesktopKeys:
    """Fills `Keys`. Asks when keys are wanted first; a no holds until the program ends."""

    knows_layout = True

    def __init__(self, token_file: Path, bus: str = "SESSION") -> None:
        """`token_file` keeps the permission; `bus` is "SESSION" or the address of a bus."""
        self._token_file = token_file
        self._bus = bus
        self._portal: Portal | None = None
        self._session = ""
        self._beginning: asyncio.Task[None] | None = None
        self._is_useless = False
        self._board: PortalBoard | None = None
        self.wants_clipboard = False
        """Whether a session that is yet to begin asks for the clipboard too."""

    @property
    def board(self) -> PortalBoard | None:
        """The clipboard; None without a session that has it."""
        return self._board if self._stands() else None

    async def ready(self) -> bool:
        """Whether a session stands. Begins one, which may ask the user."""
        if self._stands():
            return True
        if self._is_useless:
            return False
        if self._beginning is None or self._beginning.done():
            self._beginning = asyncio.create_task(self._begin(), name="remote desktop portal")
        await asyncio.wait([self._beginning], timeout=_ANSWER_S)
        return self._stands()

    async def press(self, press: Press) -> None:
        """Press and release."""
        keys = _KEYS[press]
        pressed: list[int] = []
        try:
            for key in keys:
                pressed.append(key)
                await self._key(key, 1)
        except PortalError as error:
            raise PressFailed(str(error)) from error
        finally:
            for key in reversed(pressed):
                with contextlib.suppress(PortalError):
                    await self._key(key, 0)

    async def close(self) -> None:
        """End the session, and withdraw a question that is still open."""
        if self._beginning is not None:
            self._beginning.cancel()
            await asyncio.wait([self._beginning])
            self._beginning = None
        await self._forget()

    def _stands(self) -> bool:
        return bool(self._session) and self._portal is not None and not self._portal.lost.is_set()

    async def _key(self, key: int, state: int) -> None:
        if self._portal is None or not self._session:
            raise PortalError("")
        await self._portal.call(
            _REMOTE, "NotifyKeyboardKeysym", "oa{sv}iu", self._session, {}, key, state
        )

    async def _begin(self) -> None:
        await self._forget()
        try:
            self._portal = await Portal.open(self._bus, self._on_signal)
            await self._start(self._portal)
        except PortalError as error:
            # A portal that went away may come back; one that knows no such thing will not learn it.
            self._is_useless = self._portal is None or not self._portal.lost.is_set()
            _log.info("no keys by the portal: %s", error)
        finally:
            if not self._session:
                await self._forget()

    async def _start(self, portal: Portal) -> None:
        token = new_token()
        code, results = await portal.request(
            _REMOTE, "CreateSession", "a{sv}", options={"session_handle_token": ("s", token)}
        )
        if code != _GRANTED:
            self._is_useless = True
            return
        otherwise = f"{DESKTOP_PATH}/session/{portal.sender}/{token}"
        session = str(_value(results, "session_handle", otherwise))
        board = await PortalBoard.asked_for(portal, session) if self.wants_clipboard else None
        self._board = board  # it hears at the start what is there
        options: dict[str, tuple[str, Any]] = {
            "types": ("u", _KEYBOARD),
            "persist_mode": ("u", _UNTIL_REVOKED),
        }
        if known := self._known_token():
            options["restore_token"] = ("s", known)
        code, _ = await portal.request(_REMOTE, "SelectDevices", "oa{sv}", session, options=options)
        if code == _GRANTED:
            code, results = await portal.request(_REMOTE, "Start", "osa{sv}", session, "")
        if code != _GRANTED or not int(_value(results, "devices", _KEYBOARD)) & _KEYBOARD:
            self._is_useless = True
            return
        # Each token works once; the next one comes with the answer.
        await asyncio.to_thread(self._keep_token, str(_value(results, "restore_token", "")))
        if not _value(results, "clipboard_enabled", False):
            self._board = None
        self._session = session

    async def _forget(self) -> None:
        self._session = ""
        if (board := self._board) is not None:
            self._board = None
            await board.close()
        if self._portal is not None:
            portal, self._portal = self._portal, None
            await portal.close()

    def _on_signal(self, signal: Signal) -> None:
        if self._board is not None:
            self._board.on_signal(signal)
        closed = signal.interface == _SESSION and signal.member == "Closed"
        if closed and signal.path == self._session:
            self._session = ""
            self._is_useless = True  # its user has ended it

    def _known_token(self) -> str:
        with contextlib.suppress(OSError):
            return self._token_file.read_text(encoding="utf-8").strip()
        return ""

    def _keep_token(self, token: str) -> None:
        try:
            if not token:
                self._token_file.unlink(missing_ok=True)
                return
            new = self._token_file.with_suffix(".new")
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write(token)
            os.replace(new, self._token_file)
        except OSError as error:
            _log.info("the desktop will ask again: %s", error)


def _value(results: dict[str, Any], name: str, otherwise: Any) -> Any:
    return results[name][1] if name in results else otherwise
