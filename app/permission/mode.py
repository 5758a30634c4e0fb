"""What the user may choose for a tool."""

from __future__ import annotations

import enum


class Mode(enum.StrEnum):
    """What the user chose for a tool."""

    AS_NEEDED = "as_needed"
    """The risk decides."""
    ALLOW = "allow"
    """Without a question where its own caution alone would ask."""
    ASK = "ask"
    OFF = "off"
