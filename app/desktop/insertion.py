"""Putting text into another application, and the receipt that says what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from app.desktop.target import Target


class Verdict(Enum):
    """What became of the text. INSERTED is only said with evidence from the target."""

    INSERTED = auto()
    UNCONFIRMED = auto()
    """The keys went to the right window, but nothing there can be seen."""
    COPIED = auto()
    """Not inserted; the text is on the clipboard."""
    HELD = auto()
    """Not inserted, or not all of it (`Receipt.remaining`): something was in the way."""
    REFUSED = auto()
    """Not inserted, and it should not be: a password field, or one that cannot be written in."""
    UNDONE = auto()


class Method(Enum):
    """How text gets into a field."""

    AUTO = auto()
    TYPING = auto()
    PASTE = auto()
    NONE = auto()


class Evidence(Enum):
    """What a verdict rests on."""

    NONE = auto()
    READ_BY_TARGET = auto()
    """The target's own process fetched the text after the keystroke that asked it to."""
    SEEN_IN_FIELD = auto()
    """The accessibility tree shows it in the field."""


class Reason(Enum):
    """Why the text is not simply there."""

    NONE = auto()
    EMPTY = auto()
    WINDOW_CHANGED = auto()
    TARGET_CLOSED = auto()
    PASSWORD_FIELD = auto()
    READ_ONLY = auto()
    NOT_READ = auto()
    """The target did not fetch the text in time."""
    NOT_SEEN = auto()
    """The field can be seen, and the text is not there."""
    MODIFIER_HELD = auto()
    CLIPBOARD_NOT_SAVED = auto()
    """What is on the clipboard is too big or too slow to be kept safe meanwhile."""
    CANNOT_TYPE = auto()
    """The keyboard has no free key for these characters."""
    CHANGED_SINCE = auto()
    CANNOT_SEE = auto()
    DISPLAY_LOST = auto()
    ELEVATED = auto()
    """The program has more rights than Sayso, and the system keeps our keys from it."""
    NOT_ALLOWED = auto()
    """The system lets us type only with a permission that its user has not given."""
    SECURE_INPUT = auto()
    """A program keeps the keyboard to itself, as for a password."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What this application is allowed, and the way its user prefers."""

    method: Method = Method.AUTO
    enter_in_terminals: bool = False


DEFAULT_POLICY = Policy()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one insertion. `number` counts the insertions of this run.

    `inserted_text` is what arrived, which may be less than what was given, and without control
    characters; `remaining` is what did not arrive.
    """

    verdict: Verdict
    method: Method
    target: Target | None
    reason: Reason = Reason.NONE
    evidence: Evidence = Evidence.NONE
    inserted_text: str = ""
    remaining: str = ""
    number: int = 0
    took_ms: float = 0.0


def undone(receipt: Receipt, reason: Reason = Reason.NONE) -> Receipt:
    """What became of taking `receipt` back; with a reason it was not."""
    if reason is Reason.NONE:
        return Receipt(
            Verdict.UNDONE, receipt.method, receipt.target, evidence=Evidence.SEEN_IN_FIELD,
            remaining=receipt.inserted_text, number=receipt.number,
        )  # fmt: skip
    return Receipt(
        Verdict.HELD, receipt.method, receipt.target, reason,
        inserted_text=receipt.inserted_text, number=receipt.number,
    )  # fmt: skip


class Focus(Protocol):
    """What has the keyboard. Safe to ask often."""

    async def current(self) -> Target | None:
        """The target right now; None where nothing has the keyboard or the desktop does not say."""
        ...

    async def give_back(self) -> Target | None:
        """Give the keyboard to the window of another program that had it last; that window.

        None where there is none, it does not get it, or the desktop allows no such thing.
        """
        ...

    async def close(self) -> None:
        """Look no more."""
        ...


class Inserter(Protocol):
    """Puts text into the application that has the keyboard. One insertion at a time, in order.

    None of its methods raises for what a target or a desktop does: the receipt says it.
    """

    async def prepare(self) -> None:
        """To be called at the press: what can be done before the text is known."""
        ...

    async def insert(
        self,
        text: str,
        target: Target | None,
        policy: Policy = DEFAULT_POLICY,
        again: Receipt | None = None,
    ) -> Receipt:
        """Insert `text` at the caret of `target`, or hold it if another window has the keyboard.

        None for `target` inserts wherever the keyboard is. `again` is the receipt of the attempt
        that this one repeats: what has arrived late meanwhile is not inserted twice.
        """
        ...

    async def undo(self, receipt: Receipt) -> Receipt:
        """Take the last insertion back, if its field has the keyboard and is as it was left."""
        ...

    async def selected_text(self, target: Target | None) -> str | None:
        """The text selected in `target`; None where nothing is, or the keyboard went elsewhere."""
        ...

    async def copy(self, text: str) -> bool:
        """Put `text` on the clipboard to stay; whether that worked."""
        ...

    async def close(self) -> None:
        """Give the clipboard back, and let go of the desktop."""
        ...
