"""What a person asked Sayso to keep beside the conversations: notes and timers."""

from __future__ import annotations

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """A line to remember. `created_at` is in UTC. `is_foreign`: others may have written it."""

    text: str
    created_at: datetime.datetime
    is_foreign: bool = False


@dataclass(frozen=True, slots=True)
class Timer:
    """A countdown of `seconds` that ends at `due_at` (UTC). `label` may be empty.

    `is_foreign`: others may have written the label.
    """

    id: str
    label: str
    seconds: int
    due_at: datetime.datetime
    is_foreign: bool = False
