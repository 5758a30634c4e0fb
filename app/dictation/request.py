"""What `sayso dictate` asks of the running Sayso."""

from __future__ import annotations

import enum

DICTATE = "dictate "
"""Begins the line that carries a request."""


class DictationRequest(enum.StrEnum):
    """The words of the command line and of the socket behind it."""

    TOGGLE = "toggle"
    START = "start"
    STOP = "stop"
    CANCEL = "cancel"
