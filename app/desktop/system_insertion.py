"""Insertion on Windows and macOS: all that blocks runs on a thread of its own."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable

from app.desktop.field_text import FieldText
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
from app.desktop.system_trace import Trace, arrived_late, may_still_come, take_back
from app.desktop.system_writing import Aim, Hands, Patience, SystemWriting
from app.desktop.target import Target
from app.desktop.threaded_insertion import ThreadedInserter
from app.desktop.writing import Outcome

_log = logging.getLogger(__name__)

_TRIES, _TRY_AGAIN_S = 10, 0.2
"""For a clipboard that another program has open when it is to be given back."""

_REFUSING = (Reason.SECURE_INPUT,)


class SystemInserter(ThreadedInserter):
    """Fills `Inserter`. `hands` are made by the thread that uses them."""

    def __init__(self, hands: Callable[[], Hands], patience: Patience | None = None) -> None:
        super().__init__()
        self._make = hands
        self._patience = patience
        self._hands: Hands | None = None
        self._writing: SystemWriting | None = None
        self._trace: Trace | None = None
        self._tries = 0
        self._resting: threading.Timer | None = None

    def _connected(self) -> tuple[Hands, SystemWriting]:
        if self._hands is None or self._writing is None:
            self._hands = self._make()
            self._writing = SystemWriting(self._hands, self._rest, self._patience)
        return self._hands, self._writing

    def _prepare(self) -> None:
        try:
            self._connected()[0].prepare()
        except OSError as failure:
            _log.info("the desktop does not answer: %s", failure)

    def _rest(self, seconds: float) -> None:
        """Give the clipboard back in a moment."""
        self._tries = _TRIES
        self._rest_again(seconds)

    def _rest_again(self, seconds: float) -> None:
        self._no_rest()
        self._resting = threading.Timer(seconds, self._rested)
        self._resting.daemon = True
        self._resting.start()

    def _no_rest(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None

    def _rested(self) -> None:
        with contextlib.suppress(RuntimeError):  # It was closed this very moment.
            self._thread.submit(self._give_back)

    def _give_back(self) -> None:
        if self._resting is not None and self._hands is not None:
            self._resting = None
            try:
                self._hands.give_back()
            except OSError as failure:
                _log.info("the clipboard was not given back: %s", failure)
                self._tries -= 1
                if self._tries:
                    self._rest_again(_TRY_AGAIN_S)

    def _end(self) -> None:
        self._no_rest()
        if self._hands is not None:
            try:
                self._hands.close()
            except OSError as failure:
                _log.info("the desktop does not answer: %s", failure)

    def _insert(
        self, text: str, target: Target | None, policy: Policy, again: Receipt | None
    ) -> Receipt:
        began = time.monotonic()
        self._count += 1
        self._no_rest()
        aim: Aim | None = None
        try:
            hands, writing = self._connected()
            if again is not None and (late := self._arrived_late(again, hands)):
                return late
            if self._trace is not None and may_still_come(self._trace, hands):
                outcome = Outcome(Verdict.HELD, Method.NONE, Reason.NOT_READ)
            else:
                aim = hands.aim()
                text, outcome = _written(text, aim, target, policy, hands, writing)
        except OSError as failure:
            _log.info("the desktop does not answer: %s", failure)
            outcome = Outcome(Verdict.HELD, Method.NONE, Reason.DISPLAY_LOST)
        receipt = self._receipt(text, outcome, _meant(outcome, aim, target), began)
        if aim is not None and outcome.method is not Method.NONE:
            self._trace = Trace(receipt, aim, outcome, text, self._shown(aim))
        return receipt

    def _shown(self, aim: Aim) -> FieldText | None:
        if aim.before is None or self._hands is None:
            return None
        try:
            return self._hands.shown(aim)
        except OSError:
            return None

    def _arrived_late(self, again: Receipt, hands: Hands) -> Receipt | None:
        """The receipt of a text that its target has taken since we gave up waiting."""
        trace = self._trace
        if trace is None or trace.receipt.number != again.number:
            return None
        evidence = arrived_late(trace, hands)
        if evidence is Evidence.NONE:
            return None
        hands.give_back()
        return Receipt(
            Verdict.INSERTED, Method.PASTE, trace.aim.target, Reason.NONE, evidence, trace.text,
            "", self._count,
        )  # fmt: skip

    def _undo(self, receipt: Receipt) -> Receipt:
        trace = self._trace
        if trace is None or trace.receipt.number != receipt.number or not receipt.inserted_text:
            return undone(receipt, Reason.CHANGED_SINCE)
        try:
            reason = take_back(trace, *self._connected())
        except OSError:
            reason = Reason.DISPLAY_LOST
        if reason is not Reason.NONE:
            return undone(receipt, reason)
        self._trace = None
        return undone(receipt)

    def _selected(self, target: Target | None) -> str | None:
        try:
            hands, writing = self._connected()
            aim = hands.aim()
            if aim is None or wrong_window(aim.target.window_id, target, writing.exists):
                return None
            if hands.obstacle(aim) is not Reason.NONE:
                return None
            return writing.selected_text(aim)
        except OSError:
            return None

    def _copy(self, text: str) -> bool:
        try:
            self._no_rest()
            return self._connected()[0].keep(text)
        except OSError:
            return False


def _written(
    text: str,
    aim: Aim | None,
    target: Target | None,
    policy: Policy,
    hands: Hands,
    writing: SystemWriting,
) -> tuple[str, Outcome]:
    window = aim.target.window_id if aim else 0
    in_the_way = wrong_window(window, target, writing.exists)
    if aim is not None and in_the_way is None:
        obstacle = hands.obstacle(aim)
        if obstacle is Reason.NONE:
            return write(text, aim, kind_of(aim.target, target), policy, writing)
        in_the_way = obstacle
    verdict = Verdict.REFUSED if in_the_way in _REFUSING else Verdict.HELD
    return text, Outcome(verdict, Method.NONE, in_the_way or Reason.WINDOW_CHANGED)


def _meant(outcome: Outcome, aim: Aim | None, target: Target | None) -> Target | None:
    """What the receipt is about: the window that was written in, else the one that was meant."""
    if aim is not None and (target is None or outcome.method is not Method.NONE):
        return aim.target
    return target
