"""Answers what a front end asks about tools, grants and calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app import events
from app.permission.audit import AuditLog
from app.permission.commands import KeepAsking, ListPermissions, TakeBackGrant
from app.permission.events import CallsListed, GrantsListed, ListedTool, ToolsListed
from app.permission.grant_store import GrantStore
from app.permission.settings import PermissionSettings
from app.tools.base import Tool
from app.tools.policy import Verdict, decide

SHOWN_CALLS = 200


class PermissionDesk:
    """Core thread. `chosen` are the settings of tools, `keep_asking` takes a question's id."""

    def __init__(
        self,
        tools: Callable[[], Sequence[Tool]],
        chosen: Callable[[], PermissionSettings],
        grants: GrantStore,
        audit: AuditLog,
        keep_asking: Callable[[str], None],
        publish: Callable[[events.Event], None],
    ) -> None:
        self._tools = tools
        self._chosen = chosen
        self._grants = grants
        self._audit = audit
        self._keep_asking = keep_asking
        self._publish = publish
        self._is_watched = False

    async def on_command(self, command: object) -> bool:
        """Whether the command was for it."""
        match command:
            case ListPermissions():
                self._is_watched = True
                self._publish_tools()
                self._publish(GrantsListed(self._grants.grants))
                records = await self._audit.latest(SHOWN_CALLS)
                path = self._audit.path
                self._publish(CallsListed(records, str(path) if path is not None else ""))
            case TakeBackGrant(grant_id):
                await self._grants.take_back(grant_id)
            case KeepAsking(request_id):
                self._keep_asking(request_id)
            case _:
                return False
        return True

    async def follow_settings(self) -> None:
        """The settings may have changed what tools may do."""
        self.on_tools()

    def on_tools(self) -> None:
        """Other tools than before; told only to whoever has asked once."""
        if self._is_watched:
            self._publish_tools()

    def _publish_tools(self) -> None:
        chosen = self._chosen()
        self._publish(
            ToolsListed(
                tuple(
                    ListedTool(
                        tool.name,
                        tool.family,
                        tool.description,
                        tool.risk,
                        decide(tool, tainted=False).verdict is not Verdict.RUN,
                        chosen.mode_of(tool.name),
                    )
                    for tool in self._tools()
                )
            )
        )
