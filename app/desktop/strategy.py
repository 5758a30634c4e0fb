"""What may be written into the window in focus, and by which way, on every desktop."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Callable
from typing import TypeVar

from app.desktop.insertion import Method, Policy, Reason, Verdict
from app.desktop.plain_text import Lines, plain
from app.desktop.target import Target, TargetKind
from app.desktop.writing import Aimed, ClipboardNotSaved, NoKey, Outcome, Writing

A = TypeVar("A", bound=Aimed)

_log = logging.getLogger(__name__)

_SHORT = 40
"""Characters that are typed at once, where the field shows that they arrived."""

_TYPED_AT_MOST = 1000
"""What is typed, at up to 7 ms a character, when the clipboard cannot be lent."""

_SETS_OFF = frozenset("\n\t()[]{}<>\"'`")
"""Typed one by one, these make editors add text of their own."""


def wrong_window(
    window: int, target: Target | None, exists: Callable[[int], bool]
) -> Reason | None:
    """Why the window in focus must not get the text; None if it may."""
    if target is not None and window != target.window_id:
        gone = not exists(target.window_id)
        return Reason.TARGET_CLOSED if gone else Reason.WINDOW_CHANGED
    return None if window else Reason.WINDOW_CHANGED


def kind_of(now: Target, then: Target | None) -> TargetKind:
    """The kind of a field; what was known at the press holds while a busy program does not say."""
    if now.kind is TargetKind.UNKNOWN and then is not None:
        return then.kind
    return now.kind


def write(
    text: str, aim: A, kind: TargetKind, policy: Policy, writing: Writing[A]
) -> tuple[str, Outcome]:
    """What is written of the text for a field of this kind, and what became of it."""
    terminal = kind is TargetKind.TERMINAL
    flat = aim.target.single_line or (terminal and not policy.enter_in_terminals)
    text = plain(text, Lines.FLATTEN if flat else Lines.KEEP)
    if kind is TargetKind.PASSWORD:
        return text, Outcome(Verdict.REFUSED, Method.NONE, Reason.PASSWORD_FIELD)
    if kind is TargetKind.READ_ONLY:
        return text, Outcome(Verdict.REFUSED, Method.NONE, Reason.READ_ONLY)
    if not text:
        return text, Outcome(Verdict.HELD, Method.NONE, Reason.EMPTY)
    if not writing.modifiers_released():
        return text, Outcome(Verdict.HELD, Method.NONE, Reason.MODIFIER_HELD)
    return _by_some_way(text, aim, policy.method, writing)


def _by_some_way(text: str, aim: A, method: Method, writing: Writing[A]) -> tuple[str, Outcome]:
    typed = method is Method.TYPING or (method is Method.AUTO and _short(text, aim, writing))
    if typed:
        try:
            return _typed(text, aim, writing)
        except NoKey:
            _log.info("keys cannot be lent for this: it is pasted")
    try:
        return text, writing.paste(text, aim)
    except ClipboardNotSaved:
        reason = Reason.CANNOT_TYPE if typed else Reason.CLIPBOARD_NOT_SAVED
        unsaved = Outcome(Verdict.HELD, Method.NONE, reason)
    if method is not Method.AUTO or len(text) > _TYPED_AT_MOST or "\n" in text:
        return text, unsaved
    try:
        return _typed(text, aim, writing)
    except NoKey:
        return text, unsaved


def _typed(text: str, aim: A, writing: Writing[A]) -> tuple[str, Outcome]:
    if any(unicodedata.category(character) == "Cf" for character in text):
        # LibreOffice puts joiners that are typed behind the emoji they should join.
        raise NoKey
    if aim.target.kind is not TargetKind.TERMINAL:
        # Tab goes to the next field, and Enter sends where no lines can be seen.
        text = text.replace("\t", " ") if aim.before else plain(text, Lines.FLATTEN)
    return text, writing.type(text, aim)


def _short(text: str, aim: A, writing: Writing[A]) -> bool:
    if len(text) > _SHORT or aim.before is None or _SETS_OFF.intersection(text):
        return False
    return writing.has_keys_for(text)
