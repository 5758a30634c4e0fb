"""Tells front ends what is known of the folders, and how far the work on them is."""

from __future__ import annotations

from collections.abc import Callable

from app.knowledge import events
from app.knowledge.events import FolderPhase, FolderState
from app.knowledge.index import FolderRow, Index


class FolderStates:
    """Core thread."""

    def __init__(self, index: Index, publish: Callable[[events.KnowledgeEvent], None]) -> None:
        self._index = index
        self._publish = publish

    async def tell(self, *, on_battery: bool = False, waiting: bool = False) -> None:
        """All of them as they are kept."""
        folders = [
            await self._state(folder, on_battery=on_battery, waiting=waiting)
            for folder in await self._index.folders()
        ]
        self._publish(events.FoldersChanged(tuple(folders)))

    def reading(self, folder_id: int, done: int, total: int) -> None:
        """The indexer is so far."""
        self._publish(events.FolderProgress(folder_id, FolderPhase.READING, done, total))

    def embedding(self, folder_id: int, done: int, total: int) -> None:
        """So many passages are embedded."""
        self._publish(events.FolderProgress(folder_id, FolderPhase.EMBEDDING, done, total))

    async def _state(self, folder: FolderRow, *, on_battery: bool, waiting: bool) -> FolderState:
        counts = await self._index.counts(folder.id)
        phase = FolderPhase.READY if folder.indexed_at and not waiting else FolderPhase.WAITING
        if folder.paused:
            phase = FolderPhase.PAUSED
        elif on_battery:
            phase = FolderPhase.ON_BATTERY
        return FolderState(
            id=folder.id,
            path=folder.path,
            phase=phase,
            files=counts.files,
            size_bytes=counts.size_bytes,
            passages=counts.passages,
            embedded=counts.embedded,
            left_out=counts.left_out,
            indexed_at=folder.indexed_at,
            embeds=folder.embeds,
            problem=folder.problem,
        )
