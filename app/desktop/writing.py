"""One writing of a text into a field: what a desktop does for it, and what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from app.desktop.field_text import Change, FieldText, change
from app.desktop.insertion import Evidence, Method, Reason, Verdict
from app.desktop.readings import Readings
from app.desktop.target import Target

_STEP_S = 0.005


class NoKey(Exception):
    """The keyboard cannot write these characters, or not without harm."""


class ClipboardNotSaved(Exception):
    """What is on the clipboard could not be kept safe, so it was left alone."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one writing. `written` counts characters; `readings` those of a paste."""

    verdict: Verdict
    method: Method
    reason: Reason = Reason.NONE
    evidence: Evidence = Evidence.NONE
    written: int = 0
    readings: Readings | None = None
    since: float = 0.0


class Aimed(Protocol):
    """Where the text goes; `before` is what the field shows, None where it cannot be seen."""

    @property
    def target(self) -> Target:
        """The window and field."""
        ...

    @property
    def before(self) -> FieldText | None:
        """What the field showed."""
        ...


A_contra = TypeVar("A_contra", bound=Aimed, contravariant=True)


class Writing(Protocol[A_contra]):
    """What a desktop does with a text that may be written."""

    def exists(self, window: int) -> bool:
        """Whether a window is still there."""
        ...

    def modifiers_released(self) -> bool:
        """Wait until no modifier is held; False if one stays."""
        ...

    def has_keys_for(self, text: str) -> bool:
        """Whether all of it is typed at once, without a change of the keyboard."""
        ...

    def type(self, text: str, aim: A_contra) -> Outcome:
        """Write with the keyboard. Raises NoKey before the first key."""
        ...

    def paste(self, text: str, aim: A_contra) -> Outcome:
        """Write by way of the clipboard. Raises ClipboardNotSaved before anything happened."""
        ...


def wait_for_change(
    shown: Callable[[], FieldText | None],
    before: FieldText,
    text: str,
    enough: Change,
    within_s: float,
) -> Change | None:
    """What a field shows of `text`, once it has changed `enough`; None if it cannot be seen."""
    found: Change | None = None
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        after = shown()
        newly = None if after is None else change(before, after, text)
        if newly is Change.EXACT or newly is enough:
            return newly
        if newly is not None and newly is not found:
            found, deadline = newly, time.monotonic() + within_s
        time.sleep(_STEP_S)
    return found


def wait_for_length(shown: Callable[[], FieldText | None], length: int, within_s: float) -> Reason:
    """Wait until a field is `length` long; NONE, or why that cannot be said."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        now = shown()
        if now is not None and now.length == length:
            return Reason.NONE
        time.sleep(_STEP_S)
    return Reason.NOT_SEEN


def wait_until(holds: Callable[[], bool], within_s: float) -> bool:
    """Wait until something holds; whether it then does."""
    deadline = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(_STEP_S)
    return True
