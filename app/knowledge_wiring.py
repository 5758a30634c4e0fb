"""Folders and memory, put together. Part of the composition root."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from app.conversation.current import CurrentConversation
from app.current_embedder import CurrentEmbedder
from app.desktop.document_viewer import show_document
from app.desktop.power import on_battery
from app.errors import AppError
from app.inbox import Inbox
from app.knowledge.citation import SOURCE_TOOLS
from app.knowledge.errands import Errands
from app.knowledge.library import Library, LibraryParts
from app.knowledge.sources import SourceNumbers
from app.memory.memory import Memory
from app.paths import Paths
from app.preferences import Preferences
from app.providers.registry import Registry
from app.secrets import KeyVault
from app.thread import Publish
from app.tools.base import Tool
from app.tools.knowledge import knowledge_tools
from app.tools.memory import memory_tools
from app.usage.ledger import Ledger

START_AFTER_S = 2.0
"""The first look at the folders waits until the window is up."""

Work = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class WiredKnowledge:
    """`prompt` is what models are told of the memory, `background` runs beside the core."""

    tools: Sequence[Tool]
    on_command: Callable[[object], Awaitable[bool]]
    prompt: Callable[[], str]
    background: Sequence[Work]
    closers: Sequence[Work]


def wire_knowledge(
    paths: Paths,
    inbox: Inbox,
    publish: Publish,
    preferences: Preferences,
    providers: Callable[[], Registry],
    vault: KeyVault,
    ledger: Ledger,
    conversation: CurrentConversation,
) -> WiredKnowledge:
    """Nothing is opened or read yet."""
    embedder = CurrentEmbedder(
        vault,
        lambda: preferences.settings,
        lambda settings, service: providers().models(settings, service),
        ledger,
    )
    library = Library(
        LibraryParts(
            path=paths.knowledge_file,
            own_folders=(paths.config, paths.data, paths.state),
            embedder=embedder.get,
            on_battery=on_battery,
            show=show_document,
            publish=publish,
            on_trouble=inbox.post,
        )
    )
    errands = Errands(library, inbox.spawn, inbox.post)
    memory = Memory(paths.memory_file, publish, inbox.post)

    async def start_memory() -> None:
        try:
            await memory.start()
        except AppError as error:
            inbox.post(error)

    async def keep_up() -> None:
        await asyncio.sleep(START_AFTER_S)
        try:
            await library.run()
        except AppError as error:
            inbox.post(error)

    async def on_command(command: object) -> bool:
        return await errands.on_command(command) or await memory.on_command(command)

    numbers = SourceNumbers(lambda: (conversation.id, _source_results(conversation)))
    return WiredKnowledge(
        tools=(*knowledge_tools(library, numbers), *memory_tools(memory)),
        on_command=on_command,
        prompt=memory.prompt,
        background=(start_memory, keep_up),
        closers=(library.aclose, memory.aclose, embedder.aclose),
    )


def _source_results(conversation: CurrentConversation) -> Iterable[str]:
    for message in conversation.messages:
        for use in message.tools:
            if use.name in SOURCE_TOOLS:
                yield use.result
