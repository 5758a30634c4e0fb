"""What a front end can ask about tools and what they may do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListPermissions:
    """`events.ToolsListed`, `events.GrantsListed` and `events.CallsListed` answer."""


@dataclass(frozen=True, slots=True)
class TakeBackGrant:
    """From now on it is asked again."""

    grant_id: str


@dataclass(frozen=True, slots=True)
class KeepAsking:
    """The question waits for another minute."""

    request_id: str


PermissionCommand = ListPermissions | TakeBackGrant | KeepAsking
