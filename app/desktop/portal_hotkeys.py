"""Hotkeys on Wayland: the GlobalShortcuts portal. The desktop owns the keys and asks its user."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable, Mapping
from typing import Any

from app.desktop.chords import Chord
from app.desktop.hotkeys import (
    Bindings,
    BindOutcome,
    BindState,
    HotkeyName,
    KeyEvent,
    OnKey,
    OnOutcomes,
    Outcomes,
)
from app.desktop.portal import DESKTOP_PATH, Portal, PortalError, Signal, new_token
from app.desktop.portal_triggers import readable, trigger

_SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
_SESSION = "org.freedesktop.portal.Session"
_ANSWER_S = 2.0
_RETRY_S = 1.0
_REPEAT_GAP_S = 2.0
_GRANTED, _DECLINED, _FAILED = 0, 1, 2
_OWN_KEY = "Bind `sayso dictate --toggle` to a key in the desktop's own keyboard settings."
_WHAT = {
    HotkeyName.DICTATE: "Dictate",
    HotkeyName.EDIT_SELECTION: "Say what to do with the selected text",
    HotkeyName.INSERT_AGAIN: "Insert the last dictation again",
    HotkeyName.INSERT_RAW: "Insert the raw words of the last dictation",
    HotkeyName.UNDO: "Take back the last dictation",
    HotkeyName.SHOW_REGION: "Ask about a region of the screen",
    HotkeyName.SHOW_WINDOW: "Ask about a window",
    HotkeyName.SHOW_SCREEN: "Ask about the screen",
}


def _not_supported(reason: str) -> BindOutcome:
    return BindOutcome(BindState.UNSUPPORTED, reason)


NO_PORTAL = _not_supported(f"This desktop has no hotkeys for programs. {_OWN_KEY}")
_REFUSED = _not_supported(f"The desktop refused the hotkeys. {_OWN_KEY}")
_NOT_WANTED = _not_supported(f"The desktop was told not to give Sayso hotkeys. {_OWN_KEY}")
_NO_KEY = _not_supported("The desktop gave this no key. Choose one in its keyboard settings.")
_TAKEN_BACK = _not_supported("The desktop took the hotkeys back. Save them again to ask for them.")
_NO_CANCEL = _not_supported(
    "The desktop lends no key for the time of a dictation. "
    "Cancel in Sayso's window, or by `sayso dictate --cancel`."
)
_ASKING = BindOutcome(BindState.ASKING, "The desktop asks whether Sayso may have these keys.")
_LOST = BindOutcome(BindState.LOST, "The desktop's portal went away. The hotkeys wait for it.")


class PortalHotkeys:
    """Fills `Hotkeys`. Which key it is, the desktop decides: see `BindOutcome.trigger`.

    Every change of the chords asks the user again; the same bindings are asked for again only when
    they are given twice in a row. The key that cancels cannot come and go with a dictation, so it
    is never bound.
    """

    def __init__(self, on_key: OnKey, on_outcomes: OnOutcomes, bus: str = "SESSION") -> None:
        """`bus` is "SESSION" or the address of a bus. Nothing happens before `bind`."""
        self._on_key = on_key
        self._on_outcomes = on_outcomes
        self._bus = bus
        self._wanted: dict[HotkeyName, Chord] = {}
        self._outcomes: dict[HotkeyName, BindOutcome] = {}
        self._also_cancel = False
        self._serving: asyncio.Task[None] | None = None
        self._answered = asyncio.Event()
        self._waited = False
        self._session = ""
        self._closed = asyncio.Event()
        self._held: dict[HotkeyName, float] = {}

    async def bind(self, bindings: Bindings) -> Outcomes:
        """Make these the hotkeys; while the user is asked, the outcome is `ASKING`."""
        wanted = dict(bindings)
        wanted.pop(HotkeyName.CANCEL, None)
        also_cancel = HotkeyName.CANCEL in bindings
        insists = also_cancel == self._also_cancel and not self._works()
        self._also_cancel = also_cancel
        if wanted != self._wanted or insists:
            await self._stop()
            self._wanted = wanted
            self._outcomes = dict.fromkeys(wanted, _ASKING)
            self._answered.clear()
            self._waited = False
            if wanted:
                self._serving = asyncio.create_task(self._serve(), name="portal hotkeys")
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_ANSWER_S):
                        await self._answered.wait()
            self._waited = True
        return self._told()

    async def close(self) -> None:
        """Give all keys back. A key that is held is released first."""
        await self._stop()

    def _works(self) -> bool:
        return any(one.state is not BindState.UNSUPPORTED for one in self._outcomes.values())

    async def _stop(self) -> None:
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.wait([self._serving])
            self._serving = None
        self._release_all()

    async def _serve(self) -> None:
        """One session after another, until there is none to be had."""
        while True:
            self._closed.clear()
            try:
                portal = await Portal.open(self._bus, self._on_signal)
            except PortalError:
                self._settle(dict.fromkeys(self._wanted, NO_PORTAL))
                return
            try:
                if not await self._serve_session(portal):
                    return
            finally:
                await portal.close()
                self._release_all()
            self._settle(dict.fromkeys(self._wanted, _LOST))
            await asyncio.sleep(_RETRY_S)

    async def _serve_session(self, portal: Portal) -> bool:
        """Until the session ends; False when it is of no use to try again."""
        try:
            outcomes = await self._begin(portal)
        except PortalError as error:
            if portal.lost.is_set():
                return True
            known = error.name.rpartition(".")[2] not in _MISSING
            outcomes = dict.fromkeys(self._wanted, _REFUSED if known else NO_PORTAL)
        self._settle(outcomes)
        if not self._session:
            return False
        ends = [asyncio.create_task(end.wait()) for end in (portal.lost, self._closed)]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
            await asyncio.wait(ends)
        if self._closed.is_set():
            self._settle(dict.fromkeys(self._wanted, _TAKEN_BACK))
            return False
        return True

    async def _begin(self, portal: Portal) -> dict[HotkeyName, BindOutcome]:
        """Make a session and bind the shortcuts; `_session` stays empty when there is none."""
        self._session = ""
        token = new_token()
        session = f"{DESKTOP_PATH}/session/{portal.sender}/{token}"
        code, results = await portal.request(
            _SHORTCUTS, "CreateSession", "a{sv}", options={"session_handle_token": ("s", token)}
        )
        if code != _GRANTED:
            return dict.fromkeys(self._wanted, _REFUSED)
        session = _value(results, "session_handle", session)
        self._session = session
        shortcuts = [
            (name, {"description": ("s", _WHAT[name]), "preferred_trigger": ("s", trigger(chord))})
            for name, chord in self._wanted.items()
        ]
        code, results = await portal.request(
            _SHORTCUTS, "BindShortcuts", "oa(sa{sv})sa{sv}", session, shortcuts, ""
        )
        # GNOME 48 says that it failed, also with what its user has granted.
        if code != _GRANTED and not (code == _FAILED and _value(results, "shortcuts", [])):
            self._session = ""
            return dict.fromkeys(self._wanted, _NOT_WANTED if code == _DECLINED else _REFUSED)
        return self._granted(_value(results, "shortcuts", []))

    def _granted(
        self, shortcuts: Iterable[tuple[str, Mapping[str, Any]]]
    ) -> dict[HotkeyName, BindOutcome]:
        given = {
            name: readable(_value(about, "trigger_description", "")) for name, about in shortcuts
        }
        return {
            name: BindOutcome(BindState.BOUND, trigger=given[name]) if name in given else _NO_KEY
            for name in self._wanted
        }

    def _on_signal(self, signal: Signal) -> None:
        if signal.interface == _SESSION and signal.member == "Closed":
            if signal.path == self._session:
                self._closed.set()
        elif signal.interface == _SHORTCUTS and signal.body[0] == self._session:
            match signal.member, signal.body[1]:
                case "Activated", name if name in self._wanted:
                    self._press(HotkeyName(name))
                case "Deactivated", name if name in self._held:
                    self._release(HotkeyName(name))
                case "ShortcutsChanged", shortcuts:
                    self._settle(self._granted(shortcuts))

    def _press(self, name: HotkeyName) -> None:
        """Some desktops repeat it while the key is down; after a gap its release was lost."""
        now_s = time.monotonic()
        before_s = self._held.get(name)
        if before_s is not None and now_s - before_s > _REPEAT_GAP_S:
            self._release(name)
            before_s = None
        self._held[name] = now_s
        if before_s is None:
            self._on_key(KeyEvent(name, pressed=True, at_s=now_s))

    def _release(self, name: HotkeyName) -> None:
        del self._held[name]
        self._on_key(KeyEvent(name, pressed=False, at_s=time.monotonic()))

    def _release_all(self) -> None:
        for name in list(self._held):
            self._release(name)

    def _settle(self, outcomes: dict[HotkeyName, BindOutcome]) -> None:
        changed = outcomes != self._outcomes
        self._outcomes = outcomes
        self._answered.set()
        if changed and self._waited:
            self._on_outcomes(self._told())

    def _told(self) -> Outcomes:
        cancel = {HotkeyName.CANCEL: _NO_CANCEL} if self._also_cancel else {}
        return {**self._outcomes, **cancel}


_MISSING = frozenset({"UnknownMethod", "UnknownInterface", "UnknownObject", "ServiceUnknown"}) | {
    "NameHasNoOwner",
    "NotFound",
    "",
}


def _value(results: Mapping[str, Any], name: str, otherwise: Any) -> Any:
    """What a variant holds."""
    return results[name][1] if name in results else otherwise
