"""What a person looks at before a program or file of others is used. Plain values."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class ReviewKind(enum.StrEnum):
    """What is asked."""

    SERVER = "server"
    """May this command be started, or this address be asked?"""
    SERVER_TOOLS = "server_tools"
    """May these tools, which are new or have changed, be offered?"""
    TOOL_FILE = "tool_file"
    """May this file be run?"""


@dataclass(frozen=True, slots=True)
class Review:
    """`text` is the whole of it, and `digest` stands for exactly that."""

    id: str
    kind: ReviewKind
    title: str
    text: str
    digest: str


class Condition(enum.StrEnum):
    """How a server or a tool file is."""

    OFF = "off"
    ASKS = "asks"
    """It waits for the user's yes."""
    STARTING = "starting"
    RUNS = "runs"
    WAITS = "waits"
    """It has ended and is started again soon."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Extension:
    """A server, or a tool file, as it is now. `detail` says why where it does not run."""

    name: str
    is_server: bool
    condition: Condition
    detail: str = ""
    tools: tuple[str, ...] = ()
