"""What the core tells of folders and memory."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from app.knowledge.passage import LeftOut
from app.memory.fact import Fact


class FolderPhase(enum.StrEnum):
    """What is done with a folder now."""

    WAITING = "waiting"
    READING = "reading"
    EMBEDDING = "embedding"
    READY = "ready"
    PAUSED = "paused"
    ON_BATTERY = "on_battery"


@dataclass(frozen=True, slots=True)
class FolderState:
    """A folder and what is known of it.

    `done` of `total` are files that are read, or passages that are embedded. `indexed_at` is an
    ISO moment, empty for never. `embeds` names what passages are sent to, empty for nothing.
    `problem` is a sentence.
    """

    id: int
    path: str
    phase: FolderPhase
    done: int = 0
    total: int = 0
    files: int = 0
    size_bytes: int = 0
    passages: int = 0
    embedded: int = 0
    left_out: tuple[tuple[LeftOut, int], ...] = ()
    indexed_at: str = ""
    embeds: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FoldersChanged:
    """All folders, oldest first."""

    folders: tuple[FolderState, ...]


@dataclass(frozen=True, slots=True)
class FolderProgress:
    """A folder that is worked on is so far now."""

    folder_id: int
    phase: FolderPhase
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class FolderRefused:
    """A folder was not added; `reason` is a sentence."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOutListed:
    """Files of a folder that nothing is kept of; the first some hundred."""

    folder_id: int
    files: tuple[tuple[str, LeftOut], ...]


@dataclass(frozen=True, slots=True)
class EmbeddingsEstimated:
    """What embedding would send and cost. `usd` is None where no price is known.

    `embeds` is what a yes is given to. `problem` says why it cannot be done; then the rest is
    empty.
    """

    folder_id: int
    passages: int = 0
    tokens: int = 0
    usd: float | None = None
    model: str = ""
    server: str = ""
    embeds: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FoundSource:
    """A passage for the search box; `text` is the part with the words, on one line."""

    file: str
    page: int
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class SourcesFound:
    """The answer to `commands.SearchSources`. `seconds` is how long it took."""

    query: str
    sources: tuple[FoundSource, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class FactsChanged:
    """What is remembered, newest first; `forgotten` is what can be brought back."""

    facts: tuple[Fact, ...]
    forgotten: Fact | None = None


KnowledgeEvent = (
    FoldersChanged
    | FolderProgress
    | FolderRefused
    | LeftOutListed
    | EmbeddingsEstimated
    | SourcesFound
    | FactsChanged
)
