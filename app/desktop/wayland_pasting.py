"""Pasting on Wayland: the clipboard is lent to the text, keys are pressed, and what followed
is judged. INSERTED is said only of what the field shows, or what the target's own process has read.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from app.desktop.accessibility import Accessibility, Field
from app.desktop.clipboard_board import Selection
from app.desktop.clipboard_content import Reading, Readings
from app.desktop.copying import CopyInserter
from app.desktop.field_text import Change, FieldText, change
from app.desktop.insertion import Evidence, Method, Reason, Verdict
from app.desktop.paste_keys import Keys, Press, PressFailed
from app.desktop.target import TargetKind
from app.desktop.wayland_clipboard import WaylandClipboard
from app.desktop.wayland_focus import Look, WaylandFocus
from app.desktop.writing import ClipboardNotSaved

_WATCHERS_S = 0.03
_WATCHERS_END_S = 0.5
_READ_S = 2.0
_QUIET_S = 0.5
_SEEN_S = 0.4
_SHOWN_LATE_S = 2.0
"""Busy programs tell the tree about a text long after they have read it."""
_BACK_S = 0.5
_STEP_S = 0.01


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a paste. `readings` go on after it, for a target that reads late."""

    verdict: Verdict
    method: Method = Method.NONE
    reason: Reason = Reason.NONE
    evidence: Evidence = Evidence.NONE
    before: FieldText | None = None
    readings: Readings | None = None
    since_s: float = 0.0


class Pasting:
    """Pastes into what has the keyboard. `clipboard` is None where the compositor keeps it."""

    def __init__(
        self,
        clipboard: WaylandClipboard | None,
        copier: CopyInserter,
        focus: WaylandFocus,
        tree: Accessibility | None,
    ) -> None:
        self._clipboard = clipboard
        self._copier = copier
        self._focus = focus
        self._tree = tree

    async def paste(self, text: str, look: Look, kind: TargetKind, keys: Keys) -> Outcome:
        """Paste `text` into the window of `look`. Raises WaylandError, PressFailed."""
        before = await self.shown(look.field)
        has_primary = self._clipboard is not None and self._clipboard.has_primary
        press = _press_for(look, kind, keys, has_primary=has_primary)
        if press is None:
            raise PressFailed("no key pastes the clipboard here")
        if self._clipboard is None:
            return await self._paste_copied(text, look, before, keys, press)
        selections = tuple(Selection) if press is Press.SHIFT_INSERT else (Selection.CLIPBOARD,)
        pid = look.target.pid if look.target and not look.x11 else None
        try:
            readings = await self._clipboard.lend(text, selections, pid)
        except ClipboardNotSaved:
            return Outcome(Verdict.HELD, Method.NONE, Reason.CLIPBOARD_NOT_SAVED)
        # Clipboard managers read what is new at once: that is not the paste.
        await asyncio.sleep(_WATCHERS_S)
        await readings.wait_for_end(_WATCHERS_END_S)
        if not await self._is_there(look):
            self._clipboard.give_back()
            return Outcome(Verdict.HELD, Method.PASTE, Reason.WINDOW_CHANGED)
        since_s = time.monotonic()
        try:
            await keys.press(press)
        except PressFailed:
            self._clipboard.give_back()
            raise
        return await self._judged(text, look, before, readings, since_s, self._clipboard)

    async def shown(self, field: Field | None) -> FieldText | None:
        """What the field shows now, if it can be seen."""
        if self._tree is None or field is None:
            return None
        return await asyncio.to_thread(self._tree.text, field)

    async def _judged(
        self,
        text: str,
        look: Look,
        before: FieldText | None,
        readings: Readings,
        since_s: float,
        clipboard: WaylandClipboard,
    ) -> Outcome:
        was_read = await readings.wait(since_s, _READ_S)
        seen = await self._seen(text, look.field, before, _SHOWN_LATE_S if was_read else _SEEN_S)
        if seen is Change.EXACT:
            clipboard.give_back_soon()
            return Outcome(
                Verdict.INSERTED, Method.PASTE, Reason.NONE, Evidence.SEEN_IN_FIELD,
                before, readings, since_s,
            )  # fmt: skip
        if was_read:
            await readings.wait_to_paste(since_s, _QUIET_S)
        proven = was_read and read_by_target(readings, since_s) and await self._is_there(look)
        if proven and seen is not Change.NONE:
            clipboard.give_back_soon()
            return Outcome(
                Verdict.INSERTED, Method.PASTE, Reason.NONE, Evidence.READ_BY_TARGET,
                before, readings, since_s,
            )  # fmt: skip
        verdict, reason = await self._without_proof(look, seen, readings.since(since_s))
        watched = bool(readings.done) and readings.done[0].asked_at_s < since_s
        if reason is Reason.TARGET_CLOSED:
            clipboard.give_back()
        elif was_read and not watched and seen is not Change.NONE:
            clipboard.give_back_soon()
        else:
            # It stays: a slow program that pastes later must not find the old content.
            clipboard.leave()
        return Outcome(
            verdict, Method.PASTE, reason, before=before, readings=readings, since_s=since_s
        )

    async def _without_proof(
        self, look: Look, seen: Change | None, later: list[Reading]
    ) -> tuple[Verdict, Reason]:
        if seen is Change.NONE:
            return Verdict.COPIED, Reason.NOT_SEEN
        not_by_target = all(reading.by_target is False for reading in later)
        if not_by_target and look.target is not None:
            if not await self._focus.exists(look.target.window_id):
                return Verdict.HELD, Reason.TARGET_CLOSED
        # Somebody else has read: a clipboard manager, or another process of the same program.
        if later or seen is Change.OTHER:
            return Verdict.UNCONFIRMED, Reason.CANNOT_SEE
        return Verdict.COPIED, Reason.NOT_READ

    async def _paste_copied(
        self, text: str, look: Look, before: FieldText | None, keys: Keys, press: Press
    ) -> Outcome:
        """Where only wl-copy has the clipboard: nobody tells who reads it, and the text stays."""
        if not await self._copier.copy(text):
            return Outcome(Verdict.HELD, Method.NONE, Reason.CANNOT_SEE)
        # wl-copy may need a window for a moment, to be allowed to copy.
        if not await self._is_back(look):
            return Outcome(Verdict.COPIED, Method.NONE, Reason.WINDOW_CHANGED)
        await keys.press(press)
        seen = await self._seen(text, look.field, before, _SHOWN_LATE_S)
        if seen is Change.EXACT:
            return Outcome(
                Verdict.INSERTED, Method.PASTE, Reason.NONE, Evidence.SEEN_IN_FIELD, before
            )
        if seen is Change.NONE:
            return Outcome(Verdict.COPIED, Method.PASTE, Reason.NOT_SEEN, before=before)
        return Outcome(Verdict.UNCONFIRMED, Method.PASTE, Reason.CANNOT_SEE, before=before)

    async def _is_there(self, look: Look) -> bool:
        there = look.target.window_id if look.target else None
        return await self._focus.window() == there

    async def _is_back(self, look: Look) -> bool:
        deadline = time.monotonic() + _BACK_S
        while not await self._is_there(look):
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(_STEP_S)
        return True

    async def _seen(
        self, text: str, field: Field | None, before: FieldText | None, within_s: float
    ) -> Change | None:
        """What the field shows of it in the end; None if it cannot be seen."""
        if before is None:
            return None
        found: Change | None = None
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            after = await self.shown(field)
            newly = None if after is None else change(before, after, text)
            if newly is Change.EXACT:
                return newly
            if newly is Change.OTHER and found is not newly:
                deadline = time.monotonic() + _SEEN_S
            found = newly or found
            await asyncio.sleep(_STEP_S)
        return found


def _press_for(look: Look, kind: TargetKind, keys: Keys, *, has_primary: bool) -> Press | None:
    """The keys that paste our text there; None where they may paste another.

    Behind Shift+Insert, terminals have PRIMARY and other programs the clipboard. A letter is where
    it is expected only for keys that know the layout.
    """
    is_terminal = kind is TargetKind.TERMINAL
    if has_primary:
        known = look.target is not None and bool(look.target.app_id)
        insert = is_terminal or not known or not keys.knows_layout
        return Press.SHIFT_INSERT if insert else Press.CTRL_V
    if keys.knows_layout:
        return Press.CTRL_SHIFT_V if is_terminal else Press.CTRL_V
    return None if is_terminal else Press.SHIFT_INSERT


def read_by_target(readings: Readings, since_s: float) -> bool:
    """Whether a reading since then proves a paste: by the target, which had not read before."""
    eager = any(one.by_target and one.asked_at_s < since_s for one in readings.done)
    return not eager and readings.pasted(since_s)
