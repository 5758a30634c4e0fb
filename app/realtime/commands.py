"""What can be asked of the realtime engine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WatchWire:
    """Tell each event of the wire from now on, or no longer."""

    on: bool


@dataclass(frozen=True, slots=True)
class CloseLink:
    """End the connection now; it is made again when somebody speaks."""


RealtimeCommand = WatchWire | CloseLink
