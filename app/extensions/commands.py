"""What a front end can ask about servers and tool files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnswerReview:
    """Whether what was shown may be used. It counts only for what has this digest."""

    review_id: str
    digest: str
    yes: bool


@dataclass(frozen=True, slots=True)
class StartAgain:
    """Try a server or a tool file once more."""

    name: str


@dataclass(frozen=True, slots=True)
class ImportServers:
    """Add the servers of an `mcpServers` text to the settings; `events.ServersImported` answers."""

    text: str


ExtensionCommand = AnswerReview | StartAgain | ImportServers
