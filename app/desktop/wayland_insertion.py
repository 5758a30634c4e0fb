"""Insertion on Wayland: what may be written where, and what the receipt says.

On the core's loop; only the accessibility tree is asked on threads. Text arrives by paste: the
keys come from the RemoteDesktop portal, a keyboard of our own, or ydotool, whichever is first.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass, replace

from app.desktop.accessibility import Accessibility
from app.desktop.field_text import Change, FieldText, change
from app.desktop.insertion import (
    DEFAULT_POLICY,
    Evidence,
    Method,
    Policy,
    Reason,
    Receipt,
    Verdict,
    undone,
)
from app.desktop.paste_keys import PressFailed
from app.desktop.plain_text import Lines, plain
from app.desktop.target import Target, TargetKind
from app.desktop.wayland_connection import WaylandError
from app.desktop.wayland_desk import WaylandDesk
from app.desktop.wayland_focus import Look, WaylandFocus
from app.desktop.wayland_pasting import Outcome, Pasting, read_by_target
from app.desktop.wayland_selecting import selected_text
from app.desktop.wayland_undoing import take_back
from app.desktop.writing import ClipboardNotSaved

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Trace:
    """The last insertion, for undoing it and for not repeating it."""

    receipt: Receipt
    look: Look
    outcome: Outcome
    text: str
    after: FieldText | None


class WaylandInserter:
    """`Inserter` of `app.desktop.insertion` for Wayland. `close` also ends `tree`."""

    def __init__(self, focus: WaylandFocus, tree: Accessibility | None, desk: WaylandDesk) -> None:
        self._focus = focus
        self._tree = tree
        self._desk = desk
        self._turn = asyncio.Lock()
        self._trace: _Trace | None = None
        self._count = 0

    async def prepare(self) -> None:
        """Connect, fetch what the clipboard has, and ask for the keys."""
        async with self._turn:
            clipboard = await self._desk.clipboard()
            if clipboard is not None:
                with contextlib.suppress(ClipboardNotSaved, WaylandError):
                    await clipboard.save()
            await self._desk.keys()

    async def insert(
        self,
        text: str,
        target: Target | None,
        policy: Policy = DEFAULT_POLICY,
        again: Receipt | None = None,
    ) -> Receipt:
        """Paste `text` at the caret of `target`. Lines are joined where the program is not known:
        it may be a terminal.
        """
        async with self._turn:
            return await self._insert(text, target, policy, again)

    async def undo(self, receipt: Receipt) -> Receipt:
        """Take the last insertion back, if its field is as it was left."""
        async with self._turn:
            return await self._undo(receipt)

    async def selected_text(self, target: Target | None) -> str | None:
        """The text selected in the window in focus."""
        async with self._turn:
            look = await self._focus.look()
            if _in_the_way(look, target) is not None:
                return None
            return await selected_text(look, self._tree, self._desk)

    async def copy(self, text: str) -> bool:
        """Put `text` on the clipboard to stay."""
        async with self._turn:
            return await self._desk.copy(text)

    async def close(self) -> None:
        """Give the clipboard back, and end the session and the connections."""
        async with self._turn:
            await self._desk.close()
            if self._tree is not None:
                await asyncio.to_thread(self._tree.close)

    async def _insert(
        self, text: str, target: Target | None, policy: Policy, again: Receipt | None
    ) -> Receipt:
        began = time.monotonic()
        self._count += 1
        if again is not None and (late := await self._arrived_late(again)):
            return late
        look = await self._focus.look()
        if (reason := await self._obstacle(look, target)) is not None:
            outcome = Outcome(Verdict.HELD, Method.NONE, reason)
        else:
            text, outcome = await self._write(text, look, target, policy)
        written = outcome.verdict in (Verdict.INSERTED, Verdict.UNCONFIRMED)
        receipt = Receipt(
            verdict=outcome.verdict,
            method=outcome.method,
            target=look.target if outcome.method is not Method.NONE else target,
            reason=outcome.reason,
            evidence=outcome.evidence,
            inserted_text=text if written else "",
            remaining="" if written else text,
            number=self._count,
            took_ms=(time.monotonic() - began) * 1000,
        )
        if outcome.method is not Method.NONE:
            after = await self._shown(look) if outcome.before else None
            self._trace = _Trace(receipt, look, outcome, text, after)
        return receipt

    async def _obstacle(self, look: Look, target: Target | None) -> Reason | None:
        reason = _in_the_way(look, target)
        if reason is not None and target is not None:
            gone = not await self._focus.exists(target.window_id)
            return Reason.TARGET_CLOSED if gone else reason
        return reason

    async def _write(
        self, text: str, look: Look, target: Target | None, policy: Policy
    ) -> tuple[str, Outcome]:
        kind = look.target.kind if look.target else TargetKind.UNKNOWN
        if kind is TargetKind.UNKNOWN and target is not None:
            kind = target.kind
        text = plain(text, Lines.FLATTEN if _is_flat(look, kind, policy) else Lines.KEEP)
        if kind is TargetKind.PASSWORD:
            return text, Outcome(Verdict.REFUSED, Method.NONE, Reason.PASSWORD_FIELD)
        if kind is TargetKind.READ_ONLY:
            return text, Outcome(Verdict.REFUSED, Method.NONE, Reason.READ_ONLY)
        if not text:
            return text, Outcome(Verdict.HELD, Method.NONE, Reason.EMPTY)
        keys = await self._desk.keys()
        if keys is None:
            return text, await self._copied(text)
        clipboard = await self._desk.clipboard()
        pasting = Pasting(clipboard, self._desk.copier, self._focus, self._tree)
        try:
            return text, await pasting.paste(text, look, kind, keys)
        except PressFailed as failure:
            _log.info("the keys were not pressed: %s", failure)
            return text, await self._copied(text)
        except WaylandError as failure:
            _log.info("%s", failure)
            return text, Outcome(Verdict.HELD, Method.NONE, Reason.DISPLAY_LOST)

    async def _copied(self, text: str) -> Outcome:
        copied = await self._desk.copy(text)
        verdict = Verdict.COPIED if copied else Verdict.HELD
        return Outcome(verdict, Method.NONE, Reason.CANNOT_SEE)

    async def _arrived_late(self, receipt: Receipt) -> Receipt | None:
        """The receipt of a text that its target has taken since we gave up waiting."""
        trace = self._trace
        if trace is None or trace.receipt.number != receipt.number:
            return None
        readings = trace.outcome.readings
        if receipt.verdict is not Verdict.COPIED or readings is None:
            return None
        if not read_by_target(readings, trace.outcome.since_s):
            return None
        evidence = Evidence.READ_BY_TARGET
        if trace.outcome.before is not None:
            now = await self._shown(trace.look)
            if now is None or change(trace.outcome.before, now, trace.text) is not Change.EXACT:
                return None
            evidence = Evidence.SEEN_IN_FIELD
        if (clipboard := await self._desk.clipboard()) is not None:
            clipboard.take_up()
            clipboard.give_back_soon()
        return replace(
            trace.receipt, verdict=Verdict.INSERTED, reason=Reason.NONE, evidence=evidence,
            inserted_text=trace.text, remaining="", number=self._count,
        )  # fmt: skip

    async def _undo(self, receipt: Receipt) -> Receipt:
        trace, reason = self._trace, Reason.CHANGED_SINCE
        known = trace is not None and trace.receipt.number == receipt.number
        if trace is not None and known and receipt.inserted_text:
            look, before, after = trace.look, trace.outcome.before, trace.after
            reason = await take_back(
                trace.text, look, before, after, self._focus, self._tree, self._desk
            )
        if reason is not Reason.NONE:
            return undone(receipt, reason)
        self._trace = None
        return undone(receipt)

    async def _shown(self, look: Look) -> FieldText | None:
        if self._tree is None or look.field is None:
            return None
        return await asyncio.to_thread(self._tree.text, look.field)


def _in_the_way(look: Look, target: Target | None) -> Reason | None:
    """Why what has the keyboard must not get the text; None if it may."""
    now = look.target.window_id if look.target else 0
    if target is not None and now != target.window_id:
        return Reason.WINDOW_CHANGED
    return Reason.WINDOW_CHANGED if look.is_told and not now else None


def _is_flat(look: Look, kind: TargetKind, policy: Policy) -> bool:
    if look.target is not None and look.target.single_line:
        return True
    may_be_terminal = look.target is None or not look.target.app_id
    return (kind is TargetKind.TERMINAL or may_be_terminal) and not policy.enter_in_terminals
