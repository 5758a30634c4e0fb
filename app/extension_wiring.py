"""Servers, tool files and commands, made of what they stand on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.errors import AppError, Code
from app.extensions.desk import ExtensionDesk
from app.extensions.pins import Pins
from app.mcp.servers import Servers
from app.notices import NoticeBoard
from app.paths import Paths
from app.preferences import Preferences
from app.thread import Publish
from app.tools.programs import program_tools
from app.tools.toolbox import Toolbox
from app.user_tools.folder import ToolFolder


@dataclass(frozen=True, slots=True)
class WiredExtensions:
    """`follow_settings` at the start and after each change, `aclose` last."""

    on_command: Callable[[object], Awaitable[bool]]
    follow_settings: Callable[[], Awaitable[None]]
    aclose: Callable[[], Awaitable[None]]


def wire_extensions(
    paths: Paths,
    preferences: Preferences,
    notices: NoticeBoard,
    publish: Publish,
    spawn: Callable[[Awaitable[None], str], asyncio.Task[None]],
    toolbox: Toolbox,
) -> WiredExtensions:
    """Nothing of others runs before `follow_settings`, nor before the user's yes."""
    pins = Pins(paths.allowed_file)
    desk = ExtensionDesk(preferences, notices, publish, spawn, pins, str(paths.tool_files))
    servers = Servers(
        pins,
        toolbox,
        desk.on_change,
        lambda what: notices.post(AppError(Code.TOOL_SERVER_FAILED, what)),
    )
    folder = ToolFolder(
        paths.tool_files,
        pins,
        toolbox,
        desk.on_change,
        lambda what: notices.post(AppError(Code.TOOL_FILE_BROKEN, what)),
    )
    desk.sources = (servers, folder)
    programs = program_tools(
        lambda: preferences.settings.commands.folders,
        never=(paths.config, paths.data, paths.state),
    )

    following = asyncio.Lock()

    async def follow() -> None:
        async with following:
            settings = preferences.settings
            await asyncio.to_thread(pins.load)
            await folder.follow(enabled=settings.extensions.tool_files)
            await servers.follow(settings.extensions.servers)

    async def follow_settings() -> None:
        toolbox.put("commands", programs if preferences.settings.commands.enabled else ())
        spawn(follow(), "extensions")  # a server that ends may take seconds

    async def aclose() -> None:
        await asyncio.gather(servers.aclose(), folder.aclose())

    return WiredExtensions(desk.on_command, follow_settings, aclose)
