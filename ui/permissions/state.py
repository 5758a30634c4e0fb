"""What is known of the tools, and how each event changes it. Pure: no Qt, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.permission.events import (
    CallNoted,
    CallsListed,
    GrantsListed,
    PermissionEvent,
    ToolsListed,
)

if TYPE_CHECKING:  # not needed to start
    from app.permission.events import ListedTool
    from app.permission.grants import Grant
    from app.permission.record import CallRecord

SHOWN_CALLS = 100


@dataclass(frozen=True, slots=True)
class PermissionsView:
    """`records` are the newest calls, newest first; `is_known` once there was an answer."""

    tools: tuple[ListedTool, ...] = ()
    grants: tuple[Grant, ...] = ()
    records: tuple[CallRecord, ...] = ()
    path: str = ""
    is_known: bool = False


def reduce(view: PermissionsView, event: PermissionEvent) -> PermissionsView:
    """What is known after `event`; the same view where it is about something else."""
    match event:
        case ToolsListed(tools):
            return replace(view, tools=tools)
        case GrantsListed(grants):
            return replace(view, grants=grants)
        case CallsListed(records, path):
            return replace(view, records=records[:SHOWN_CALLS], path=path, is_known=True)
        case CallNoted(record) if view.is_known:
            return replace(view, records=(record, *view.records)[:SHOWN_CALLS])
        case _:
            return view
