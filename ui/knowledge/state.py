"""What is known of folders and memory, and how each event changes it. Pure: no Qt, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.knowledge.events import (
    EmbeddingsEstimated,
    FactsChanged,
    FolderProgress,
    FolderRefused,
    FoldersChanged,
    FolderState,
    KnowledgeEvent,
    LeftOutListed,
    SourcesFound,
)
from app.knowledge.passage import LeftOut
from app.memory.fact import Fact


@dataclass(frozen=True, slots=True)
class KnowledgeView:
    """`left_out` and `estimates` are by folder; `refused` is the last folder that was not added.

    `forgotten` is the fact that can be brought back.
    """

    folders: tuple[FolderState, ...] = ()
    refused: FolderRefused | None = None
    left_out: Mapping[int, tuple[tuple[str, LeftOut], ...]] = field(default_factory=dict)
    estimates: Mapping[int, EmbeddingsEstimated] = field(default_factory=dict)
    found: SourcesFound | None = None
    facts: tuple[Fact, ...] = ()
    forgotten: Fact | None = None


def reduce(view: KnowledgeView, event: KnowledgeEvent) -> KnowledgeView:
    """What is known after `event`."""
    match event:
        case FoldersChanged(folders):
            ids = {folder.id for folder in folders}
            added = len(folders) > len(view.folders)
            return replace(
                view,
                folders=folders,
                refused=None if added else view.refused,
                left_out={key: value for key, value in view.left_out.items() if key in ids},
                estimates={key: value for key, value in view.estimates.items() if key in ids},
            )
        case FolderProgress():
            return replace(view, folders=tuple(_so_far(each, event) for each in view.folders))
        case FolderRefused():
            return replace(view, refused=event)
        case LeftOutListed(folder_id, files):
            return replace(view, left_out={**view.left_out, folder_id: files})
        case EmbeddingsEstimated(folder_id):
            return replace(view, estimates={**view.estimates, folder_id: event})
        case SourcesFound():
            return replace(view, found=event)
        case FactsChanged(facts, forgotten):
            return replace(view, facts=facts, forgotten=forgotten)


def _so_far(folder: FolderState, event: FolderProgress) -> FolderState:
    if folder.id != event.folder_id:
        return folder
    return replace(folder, phase=event.phase, done=event.done, total=event.total)
