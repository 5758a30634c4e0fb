"""Tools that answer from the user's folders, with sources."""

from __future__ import annotations

from typing import Annotated, Protocol

from app.knowledge.citation import READ_TOOL, SEARCH_TOOL
from app.knowledge.index import Hit
from app.knowledge.query import query_of
from app.knowledge.sources import SourceNumbers, told
from app.tools.base import Origin, Risk, Tool, ToolFailed
from app.tools.schema import Answer, tool

MAX_QUESTION_CHARS = 500
MAX_SOURCES = 10

_NO_FOLDERS = (
    "The user has not added any folders. They can do so on the page “Knowledge” of the window."
)


class Folders(Protocol):
    """What the folders are searched with."""

    async def has_folders(self) -> bool:
        """Whether the user added any."""
        ...

    async def find(self, question: str, limit: int) -> list[Hit]:
        """The passages that fit best."""
        ...

    async def read_from(self, file: str, page: int, line: int) -> list[Hit]:
        """What a file says from a place on; empty for a file that is not in the folders."""
        ...


def knowledge_tools(folders: Folders, numbers: SourceNumbers) -> tuple[Tool, ...]:
    """search_folders and read_source."""

    @tool(
        name=SEARCH_TOOL,
        description=(
            "Search the text of the folders that the user added (documents, notes, PDFs, code). "
            "Gives passages as numbered sources. Name each source that an answer rests on right "
            "after the sentence, by its number in brackets, like [1]. Say so when none of them "
            "answers the question."
        ),
        risk=Risk.READ,
        timeout_s=30.0,
        family="knowledge",
        origin=Origin.FILE,
    )
    async def search_folders(
        question: Annotated[str, "What to find: the words that the text is likely to have."],
        limit: Annotated[int, "How many passages at most, 1 to 10."] = 6,
    ) -> Answer:
        if not question.strip():
            raise ToolFailed("There is nothing to search for.")
        if not await folders.has_folders():
            raise ToolFailed(_NO_FOLDERS)
        asked = question[:MAX_QUESTION_CHARS]
        hits = await folders.find(asked, max(1, min(limit, MAX_SOURCES)))
        return {"sources": told(hits, query_of(asked).words, numbers)}

    @tool(
        name=READ_TOOL,
        description="Read on in a file that search_folders named, from a page or line on.",
        risk=Risk.READ,
        timeout_s=15.0,
        family="knowledge",
        origin=Origin.FILE,
    )
    async def read_source(
        file: Annotated[str, "The file, exactly as the source names it."],
        page: Annotated[int, "The page, or 0 where the source has none."] = 0,
        line: Annotated[int, "The line to begin at, counted from 1."] = 1,
    ) -> Answer:
        hits = await folders.read_from(file, max(0, page), max(0, line))
        if not hits:
            raise ToolFailed("There is no such place in the folders. Search again.")
        return {"sources": told(hits, (), numbers)}

    return search_folders, read_source
