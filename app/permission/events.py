"""What the core tells about tools and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.permission.grants import Grant
    from app.permission.mode import Mode
    from app.permission.record import CallRecord
    from app.tools.base import Risk


@dataclass(frozen=True, slots=True)
class ListedTool:
    """A tool as a person sees it. `asks`: it wants a yes where nothing else says so."""

    name: str
    family: str
    description: str
    risk: Risk
    asks: bool
    mode: Mode


@dataclass(frozen=True, slots=True)
class ToolsListed:
    """Every tool that there is, those that are switched off too."""

    tools: tuple[ListedTool, ...]


@dataclass(frozen=True, slots=True)
class GrantsListed:
    """Everything that is allowed beforehand, newest first."""

    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class CallsListed:
    """The newest calls, newest first. `path` is the file that has them all; empty for none."""

    records: tuple[CallRecord, ...]
    path: str


@dataclass(frozen=True, slots=True)
class CallNoted:
    """One more call was written down."""

    record: CallRecord


@dataclass(frozen=True, slots=True)
class ApprovalExtended:
    """The question waits for `seconds` from now."""

    request_id: str
    seconds: float


PermissionEvent = ToolsListed | GrantsListed | CallsListed | CallNoted | ApprovalExtended
