"""What is written down of a call: what it was, who allowed it, what became of it. Plain values."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.tools.base import Origin, Risk


class Allowed(enum.StrEnum):
    """Who decided."""

    POLICY = "policy"
    """The rules: nobody had to be asked, or nobody could allow it."""
    GRANT = "grant"
    HAND = "hand"
    VOICE = "voice"
    NOBODY = "nobody"
    """The question was not answered."""


class Fate(enum.StrEnum):
    """What became of a call."""

    RAN = "ran"
    FAILED = "failed"
    DENIED = "denied"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    """It was stopped; what it had done by then stays done."""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call. `why` is the rule, `grant` what the grant allowed, `taint` what had been seen.

    `result_bytes` is the size of what went back to the model, `seconds` the tool's own time.
    """

    at: datetime.datetime
    conversation_id: str
    tool: str
    risk: Risk | str
    arguments: str
    fate: Fate
    by: Allowed
    why: str
    taint: tuple[Origin | str, ...] = ()
    grant: str = ""
    result_bytes: int = 0
    seconds: float = 0.0
