"""What Sayso acts with: tools, knowledge, the web, extensions. Part of the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from app.conversation.current import CurrentConversation
from app.desktop.insertion import Focus, Inserter
from app.extension_wiring import wire_extensions
from app.ground import Ground
from app.knowledge_wiring import wire_knowledge
from app.later import LaterParts
from app.products.desk import ProductDesk
from app.providers.openai.probe import probe_ports
from app.providers.registry import Registry
from app.service_desk import ServiceDesk
from app.sessions.audio_link import AudioLink
from app.tool_wiring import ToolGround, desk_tools, tools
from app.tools.base import Tool
from app.tools.toolbox import Toolbox
from app.web_wiring import wire_web


@dataclass(frozen=True, slots=True)
class Acting:
    """What it shares with everything else. `hands` look at other windows and write into them.

    `has_desktop` is False where there is no window, as in a test.
    """

    ground: Ground
    audio: AudioLink
    conversation: CurrentConversation
    toolbox: Toolbox
    hands: tuple[Focus, Inserter]
    screen_tools: Sequence[Tool]
    has_desktop: bool


async def wire_acting(acting: Acting) -> LaterParts:
    """All of it; the tools are in the toolbox then."""
    ground, toolbox = acting.ground, acting.toolbox
    paths, preferences = ground.paths, ground.preferences

    def registry() -> Registry:
        return ground.providers.registry

    toolbox.put("", tools(_tool_ground(acting)))
    toolbox.put("screen", acting.screen_tools)
    knowledge = wire_knowledge(
        paths,
        ground.inbox,
        ground.publish,
        preferences,
        registry,
        ground.vault,
        ground.ledger,
        acting.conversation,
    )
    toolbox.put("knowledge", knowledge.tools)
    web = wire_web(toolbox, preferences, registry, ground.vault, ground.ledger, ground.publish)
    await web.follow_settings()
    extensions = wire_extensions(
        paths, preferences, ground.notices, ground.publish, ground.inbox.spawn, toolbox
    )
    if acting.has_desktop:
        toolbox.put("desktop", desk_tools(*acting.hands))
    return LaterParts(
        handlers=(
            _services(acting),
            ProductDesk(ground.publish).on_command,
            knowledge.on_command,
            extensions.on_command,
        ),
        on_settings=(web.follow_settings, extensions.follow_settings),
        background=(*knowledge.background, extensions.follow_settings),
        closers=(*knowledge.closers, extensions.aclose, web.aclose),
        prompt=knowledge.prompt,
    )


def _tool_ground(acting: Acting) -> ToolGround:
    ground = acting.ground
    return ToolGround(
        paths=ground.paths,
        preferences=ground.preferences,
        store=ground.store,
        timers=ground.timers,
        publish=ground.publish,
        has_desktop=acting.has_desktop,
        toolbox=acting.toolbox,
    )


def _services(acting: Acting) -> Callable[[object], Awaitable[bool]]:
    ground = acting.ground
    return ServiceDesk(
        ground.providers.registry,
        lambda: ground.preferences.settings,
        probe_ports,
        ground.publish,
        ground.inbox.spawn,
        ground.ledger,
        acting.audio,
    ).on_command
