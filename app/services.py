"""The three jobs that a provider can do. The values are the names of their settings sections."""

from __future__ import annotations

import enum


class Service(enum.StrEnum):
    """A job that is built in or comes from a server, each on its own."""

    CHAT = "chat"
    TRANSCRIPTION = "transcription"
    SPEECH = "speech"
