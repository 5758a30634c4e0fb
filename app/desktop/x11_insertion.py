"""Insertion on X11: what may be written where, by which way, and what the receipt says.

Everything blocking runs on a thread of its own. XTEST and the focus are looked at together while
the server hears nobody else, so a window that takes the focus in between gets nothing.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from Xlib import error

from app.desktop.accessibility import Accessibility
from app.desktop.field_text import Change, FieldText, change
from app.desktop.insertion import (
    Evidence,
    Method,
    Policy,
    Reason,
    Receipt,
    Verdict,
    undone,
)
from app.desktop.strategy import kind_of, write, wrong_window
from app.desktop.target import Target
from app.desktop.threaded_insertion import ThreadedInserter
from app.desktop.writing import Outcome
from app.desktop.x11_clipboard import X11Clipboard
from app.desktop.x11_selecting import selected_text
from app.desktop.x11_session import X11Session
from app.desktop.x11_undoing import take_back
from app.desktop.x11_writing import Aim, X11Writing

_log = logging.getLogger(__name__)

_PREPARE_S = 6.0

_LOST = (error.DisplayError, error.ConnectionClosedError)


@dataclass(frozen=True, slots=True)
class _Trace:
    """The last insertion, for undoing it and for not repeating it."""

    receipt: Receipt
    aim: Aim
    outcome: Outcome
    text: str
    after: FieldText | None


class X11Inserter(ThreadedInserter):
    """`Inserter` of `app.desktop.insertion` for X11. `close` also ends `accessibility`."""

    def __init__(self, accessibility: Accessibility | None, display: str | None = None) -> None:
        super().__init__()
        self._accessibility = accessibility
        self._display = display
        self._session: X11Session | None = None
        self._clipboard: X11Clipboard | None = None
        self._writing: X11Writing | None = None
        self._trace: _Trace | None = None

    def _connected(self) -> tuple[X11Writing, X11Clipboard]:
        if self._writing is None or self._clipboard is None:
            self._session = X11Session(self._display)
            self._clipboard = X11Clipboard(self._display)
            self._writing = X11Writing(self._session, self._clipboard, self._accessibility)
        return self._writing, self._clipboard

    def _prepare(self) -> None:
        try:
            self._connected()[1].prepare(_PREPARE_S)
        except _LOST:
            self._disconnect()

    def _disconnect(self) -> None:
        if self._clipboard is not None:
            self._clipboard.close()
        if self._session is not None:
            self._session.close()
        self._session = self._clipboard = self._writing = None

    def _end(self) -> None:
        self._disconnect()
        if self._accessibility is not None:
            self._accessibility.close()

    def _insert(
        self, text: str, target: Target | None, policy: Policy, again: Receipt | None
    ) -> Receipt:
        began = time.monotonic()
        self._count += 1
        aim: Aim | None = None
        try:
            writing, _ = self._connected()
            if again is not None and (late := self._arrived_late(again, writing)):
                return late
            window = writing.looks.window_in_focus()
            stands_in_the_way = wrong_window(window, target, writing.exists)
            if stands_in_the_way is None and self._is_pending(writing):
                stands_in_the_way = Reason.NOT_READ
            if stands_in_the_way is None:
                aim = writing.aim(window)
                kind = kind_of(aim.target, target)
                text, outcome = write(text, aim, kind, policy, writing)
            else:
                outcome = Outcome(Verdict.HELD, Method.NONE, stands_in_the_way)
        except _LOST as failure:
            _log.info("the X server has gone: %r", failure)
            self._disconnect()
            outcome = Outcome(Verdict.HELD, Method.NONE, Reason.DISPLAY_LOST)
        except error.XError as failure:
            # All requests after the keystroke expect this; so it is not there yet.
            _log.info("the window has gone: %s", failure)
            outcome = Outcome(Verdict.HELD, Method.NONE, Reason.TARGET_CLOSED)
            if self._clipboard is not None:
                self._clipboard.give_back_soon()
        receipt = self._receipt(text, outcome, aim.target if aim else target, began)
        if aim is not None and self._writing is not None:
            after = self._writing.shown(aim.field) if aim.before else None
            self._trace = _Trace(receipt, aim, outcome, text, after)
        return receipt

    def _is_pending(self, writing: X11Writing) -> bool:
        """Whether a program may still paste, and would paste the next text for the last one."""
        trace = self._trace
        if trace is None or trace.outcome.readings is None:
            return False
        if trace.outcome.reason is not Reason.NOT_READ:
            return False
        aim, since = trace.aim, trace.outcome.since
        read = trace.outcome.readings.read_by(aim.client, aim.pid, since)
        return not read and not writing.has_caught_up(aim.window)

    def _arrived_late(self, receipt: Receipt, writing: X11Writing) -> Receipt | None:
        """The receipt of a text that its target has taken since we gave up waiting."""
        trace = self._trace
        if trace is None or trace.receipt.number != receipt.number:
            return None
        readings, aim = trace.outcome.readings, trace.aim
        if readings is None or receipt.verdict is not Verdict.COPIED:
            return None
        if not readings.read_by(aim.client, aim.pid, trace.outcome.since):
            return None
        verdict, reason, evidence = Verdict.INSERTED, Reason.NONE, Evidence.READ_BY_TARGET
        if aim.before is not None:
            now = writing.shown(aim.field)
            if now is None or change(aim.before, now, trace.text) is not Change.EXACT:
                return None
            evidence = Evidence.SEEN_IN_FIELD
        elif not readings.vouch(aim.client, aim.pid, trace.outcome.since):
            verdict, reason, evidence = Verdict.UNCONFIRMED, Reason.CANNOT_SEE, Evidence.NONE
        if self._clipboard is not None:
            self._clipboard.give_back_soon()
        return Receipt(
            verdict, Method.PASTE, aim.target, reason, evidence, trace.text, "", self._count
        )

    def _undo(self, receipt: Receipt) -> Receipt:
        trace = self._trace
        if trace is None or trace.receipt.number != receipt.number or not receipt.inserted_text:
            return undone(receipt, Reason.CHANGED_SINCE)
        try:
            writing, _ = self._connected()
            pasted = receipt.method is Method.PASTE
            reason = take_back(trace.text, trace.aim, trace.after, writing, pasted=pasted)
        except _LOST:
            self._disconnect()
            reason = Reason.DISPLAY_LOST
        except error.XError:
            reason = Reason.TARGET_CLOSED
        if reason is not Reason.NONE:
            return undone(receipt, reason)
        self._trace = None
        return undone(receipt)

    def _selected(self, target: Target | None) -> str | None:
        try:
            writing, clipboard = self._connected()
            window = writing.looks.window_in_focus()
            if wrong_window(window, target, writing.exists) is not None:
                return None
            return selected_text(writing.aim(window), writing, clipboard, self._accessibility)
        except _LOST:
            self._disconnect()
            return None
        except error.XError:
            return None

    def _copy(self, text: str) -> bool:
        try:
            self._connected()[1].keep(text)
        except _LOST:
            self._disconnect()
            return False
        return True
