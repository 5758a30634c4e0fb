"""What a receipt means to a person: an outcome, a sentence and one remedy. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from app.desktop.insertion import Evidence, Reason, Receipt, Verdict
from app.desktop.target import Target
from app.dictation.record import Outcome, Remedy

_HELD = {
    Reason.WINDOW_CHANGED: "Another window came to the front. The text waits.",
    Reason.TARGET_CLOSED: "The window was closed. The text waits.",
    Reason.MODIFIER_HELD: "A key was still held down. The text waits.",
    Reason.NOT_READ: "The text was not taken by {app}. It waits.",
    Reason.NOT_SEEN: "The text did not appear in {app}. It waits.",
    Reason.CLIPBOARD_NOT_SAVED: "What is on the clipboard is too big to keep safe. The text waits.",
    Reason.CANNOT_TYPE: "This keyboard cannot type these characters. The text waits.",
    Reason.CHANGED_SINCE: "Something was typed since. The text waits.",
    Reason.CANNOT_SEE: "The field cannot be seen. The text waits.",
    Reason.DISPLAY_LOST: "The desktop does not answer. The text waits.",
    Reason.ELEVATED: "{app} runs as administrator: Windows keeps Sayso's keys away. It waits.",
    Reason.NOT_ALLOWED: (
        "macOS must allow Sayso to type: System Settings, Privacy & Security, Accessibility."
        " The text waits."
    ),
}
_REFUSED = {
    Reason.PASSWORD_FIELD: "This is a password field. Nothing was typed.",
    Reason.READ_ONLY: "Nothing can be written there.",
    Reason.SECURE_INPUT: "A program keeps the keyboard to itself. Nothing was typed.",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is shown and kept of an insertion. `detail` says how the outcome is known."""

    outcome: Outcome
    message: str = ""
    action: Remedy = Remedy.NONE
    detail: str = ""


def told(receipt: Receipt) -> Told:
    """The words for a receipt."""
    app = app_of(receipt.target)
    match receipt.verdict:
        case Verdict.INSERTED:
            return Told(Outcome.INSERTED, f"Inserted into {app}.", detail=_evidence(receipt, app))
        case Verdict.UNCONFIRMED:
            sentence = f"Sent to {app}, which does not show whether it arrived."
            return Told(Outcome.SENT, sentence, Remedy.COPY, sentence)
        case Verdict.COPIED:
            sentence = "Not inserted. It is on the clipboard: paste it where you want it."
            return Told(Outcome.COPIED, sentence, Remedy.INSERT_AGAIN, sentence)
        case Verdict.REFUSED:
            sentence = _REFUSED.get(receipt.reason, "Nothing can be written there.")
            return Told(Outcome.HELD, sentence, Remedy.COPY, sentence)
        case Verdict.HELD | Verdict.UNDONE:
            sentence = _HELD.get(receipt.reason, "The text waits.").format(app=app)
            return Told(Outcome.HELD, sentence, Remedy.INSERT_AGAIN, sentence)


def app_of(target: Target | None) -> str:
    """How the program is named to a person."""
    if target is None:
        return "the program"
    return target.app_name or target.app_id or "the program"


def _evidence(receipt: Receipt, app: str) -> str:
    if receipt.evidence is Evidence.SEEN_IN_FIELD:
        return f"Seen in the field of {app}."
    return f"Read by {app}."
