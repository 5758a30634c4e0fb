"""The last insertion on Windows and macOS: whether it came late, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass

from app.desktop.field_text import Change, FieldText, change, utf16_length
from app.desktop.insertion import Evidence, Method, Reason, Receipt, Verdict
from app.desktop.system_writing import Aim, Hands, Press, SystemWriting
from app.desktop.writing import Outcome, wait_for_length


@dataclass(frozen=True, slots=True)
class Trace:
    """The last insertion, for undoing it and for not repeating it."""

    receipt: Receipt
    aim: Aim
    outcome: Outcome
    text: str
    after: FieldText | None


def arrived_late(trace: Trace, hands: Hands) -> Evidence:
    """What shows that a text has been taken since we gave up waiting; NONE if nothing does."""
    readings, aim = trace.outcome.readings, trace.aim
    if trace.receipt.verdict is not Verdict.COPIED:
        return Evidence.NONE
    if aim.before is not None:
        now = hands.shown(aim)
        exact = now is not None and change(aim.before, now, trace.text) is Change.EXACT
        return Evidence.SEEN_IN_FIELD if exact else Evidence.NONE
    if readings is None:
        return Evidence.NONE
    read = readings.read_by(aim.target.window_id, aim.pid, trace.outcome.since)
    return Evidence.READ_BY_TARGET if read else Evidence.NONE


def may_still_come(trace: Trace, hands: Hands) -> bool:
    """Whether a program may still paste, and would paste the next text for this one."""
    window, outcome = trace.aim.target.window_id, trace.outcome
    if outcome.reason is not Reason.NOT_READ:
        return False
    if outcome.readings and outcome.readings.read_by(window, trace.aim.pid, outcome.since):
        return False
    return hands.exists(window) and not hands.has_caught_up(window)


def take_back(trace: Trace, hands: Hands, writing: SystemWriting) -> Reason:
    """Take a text back from a field that was left as it is; NONE, or why that was not done."""
    aim, before, after = trace.aim, trace.aim.before, trace.after
    if hands.window_in_focus() != aim.target.window_id:
        return Reason.WINDOW_CHANGED
    if before is None or after is None:
        return Reason.CANNOT_SEE
    count = after.length - before.length + before.selected
    if hands.shown(aim) != after or count not in (len(trace.text), utf16_length(trace.text)):
        return Reason.CHANGED_SINCE
    if not writing.modifiers_released():
        return Reason.MODIFIER_HELD
    # Only the program's own undo brings back what was replaced.
    if before.selected or not hands.delete_before_caret(aim, after, count):
        if trace.receipt.method is not Method.PASTE:
            return Reason.CANNOT_SEE
        if writing.press_there(Press.UNDO, aim) is None:
            return Reason.WINDOW_CHANGED
    return wait_for_length(lambda: hands.shown(aim), before.length, writing.patience.seen_s)
