"""What a front end can ask of folders and memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AddFolder:
    """Let Sayso read a folder; `events.FolderRefused` says why not."""

    path: str


@dataclass(frozen=True, slots=True)
class RemoveFolder:
    """Forget a folder for good. The files themselves stay as they are."""

    folder_id: int


@dataclass(frozen=True, slots=True)
class PauseFolder:
    """Leave a folder as it is known, or look through it again."""

    folder_id: int
    on: bool


@dataclass(frozen=True, slots=True)
class UpdateFolders:
    """Look through the folders now, also on battery."""


@dataclass(frozen=True, slots=True)
class ListLeftOut:
    """Which files of a folder are not in the index; `events.LeftOutListed` answers."""

    folder_id: int


@dataclass(frozen=True, slots=True)
class EstimateEmbeddings:
    """What embedding a folder would cost; `events.EmbeddingsEstimated` answers. Sends nothing."""

    folder_id: int


@dataclass(frozen=True, slots=True)
class AllowEmbeddings:
    """Send a folder's text to this model to be embedded; empty stops it and forgets the vectors.

    `embeds` is the name that the estimate gave: a yes counts for that model and server alone.
    """

    folder_id: int
    embeds: str


@dataclass(frozen=True, slots=True)
class SearchSources:
    """Find passages; `events.SourcesFound` answers. The last word may not be finished."""

    query: str


@dataclass(frozen=True, slots=True)
class OpenSource:
    """Show a file of the index at a place, in the program that shows such files."""

    file: str
    page: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class RememberFact:
    """Keep a fact."""

    text: str


@dataclass(frozen=True, slots=True)
class EditFact:
    """The fact is now this, and the user's own, whoever wrote it."""

    fact_id: str
    text: str


@dataclass(frozen=True, slots=True)
class ForgetFact:
    """Erase a fact; `BringBackFact` undoes it as long as Sayso runs."""

    fact_id: str


@dataclass(frozen=True, slots=True)
class BringBackFact:
    """Keep again the fact that was forgotten last."""


KnowledgeCommand = (
    AddFolder
    | RemoveFolder
    | PauseFolder
    | UpdateFolders
    | ListLeftOut
    | EstimateEmbeddings
    | AllowEmbeddings
    | SearchSources
    | OpenSource
    | RememberFact
    | EditFact
    | ForgetFact
    | BringBackFact
)
