"""What stands between a model and its tools, made of the files that it is kept in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.notices import NoticeBoard
from app.paths import Paths
from app.permission.audit import AuditLog
from app.permission.desk import PermissionDesk
from app.permission.events import CallNoted, GrantsListed
from app.permission.gate import Gate, utc_now
from app.permission.grant_store import GrantStore
from app.preferences import Preferences
from app.thread import Publish
from app.tools.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class WiredPermission:
    """The gate that calls go through, and what it stands on."""

    gate: Gate
    grants: GrantStore
    audit: AuditLog

    def desk(
        self,
        toolbox: Toolbox,
        preferences: Preferences,
        keep_asking: Callable[[str], None],
        publish: Publish,
    ) -> PermissionDesk:
        """Who answers questions about it."""
        desk = PermissionDesk(
            toolbox.tools,
            lambda: preferences.settings.permission,
            self.grants,
            self.audit,
            keep_asking,
            publish,
        )
        toolbox.follow(desk.on_tools)
        return desk


def wire_permission(
    paths: Paths, preferences: Preferences, notices: NoticeBoard, publish: Publish
) -> WiredPermission:
    """Reads the grants; blocks on the disk for that."""
    audit = AuditLog(paths.tool_log, lambda record: publish(CallNoted(record)))
    grants = GrantStore(
        paths.grants_file, utc_now, lambda held: publish(GrantsListed(held)), notices.post
    )
    gate = Gate(grants, audit, lambda tool: preferences.settings.permission.mode_of(tool))
    return WiredPermission(gate, grants, audit)
