"""A tool that types into the program that the user works in."""

from __future__ import annotations

from typing import Annotated

from app.desktop.insertion import Focus, Inserter, Reason, Receipt, Verdict
from app.desktop.target import Target
from app.tools.base import Risk, Tool, ToolFailed
from app.tools.schema import Answer, tool

MAX_CHARS = 20_000
_SHOWN_CHARS = 60
_REASONS = {
    Reason.WINDOW_CHANGED: "another window came to the front",
    Reason.TARGET_CLOSED: "the window was closed",
    Reason.PASSWORD_FIELD: "it is a password field",
    Reason.READ_ONLY: "that field cannot be written in",
    Reason.NOT_READ: "the program did not take the text",
    Reason.NOT_SEEN: "the text did not appear",
    Reason.MODIFIER_HELD: "a key was held down",
    Reason.CLIPBOARD_NOT_SAVED: "the clipboard could not be kept safe meanwhile",
    Reason.CANNOT_TYPE: "the keyboard has no keys for this text",
    Reason.DISPLAY_LOST: "the desktop went away",
    Reason.ELEVATED: "that program has more rights than Sayso",
    Reason.NOT_ALLOWED: "the system does not allow it",
    Reason.SECURE_INPUT: "a program keeps the keyboard to itself",
}


def typing_tools(focus: Focus, inserter: Inserter) -> tuple[Tool, ...]:
    """type_text."""

    @tool(
        description=(
            "Type a text where the text cursor is, in the window that the user works in. The user "
            "is asked first. It presses no Enter in terminals."
        ),
        risk=Risk.IRREVERSIBLE,
        timeout_s=40.0,
        question=lambda arguments: (
            f"Type “{_short(arguments['text'])}” into the window that you used last?"
        ),
        family="typing",
    )
    async def type_text(text: Annotated[str, "The exact text."]) -> Answer:
        if not text or len(text) > MAX_CHARS:
            raise ToolFailed(f"The text must have 1 to {MAX_CHARS} characters.")
        target = await _target(focus)
        receipt = await inserter.insert(text, target)
        return _told(receipt, target)

    return (type_text,)


async def _target(focus: Focus) -> Target:
    """The window of another program that has the keyboard, or had it before Sayso's own."""
    target = await focus.current()
    if target is not None and target.is_own:
        target = await focus.give_back()
    if target is None or target.is_own:
        raise ToolFailed("No other window is in use. Click where the text belongs and ask again.")
    return target


def _told(receipt: Receipt, target: Target) -> Answer:
    where = target.app_id
    match receipt.verdict:
        case Verdict.INSERTED:
            return {"typed": True, "confirmed": True, "program": where}
        case Verdict.UNCONFIRMED:
            note = "It was sent, but the program does not show whether it arrived."
            return {"typed": True, "confirmed": False, "program": where, "note": note}
        case Verdict.COPIED:
            raise ToolFailed("It was not typed. The text is on the clipboard, to be pasted.")
    why = _REASONS.get(receipt.reason)
    part = " all of it" if receipt.inserted_text and receipt.remaining else ""
    raise ToolFailed(f"It was not{part} typed: {why}." if why else f"It was not{part} typed.")


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN_CHARS else f"{flat[:_SHOWN_CHARS]}…"
