"""Numbers the sources of an answer, so that a reply can name them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from app.knowledge.citation import sources_in
from app.knowledge.index import Hit
from app.knowledge.query import best_line


class SourceNumbers:
    """Gives numbers that are unique in a conversation; the same place keeps its own.

    `conversation` tells its id and the results of its tools so far.
    """

    def __init__(self, conversation: Callable[[], tuple[str, Iterable[str]]]) -> None:
        self._conversation = conversation
        self._of = ""
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._last = 0

    def number(self, place: tuple[str, int, int]) -> int:
        """The number of a place: file, page, line."""
        conversation_id, results = self._conversation()
        if conversation_id != self._of:
            told = [source for text in results for source in sources_in(text)]
            self._of = conversation_id
            self._numbers = {(each.file, each.page, each.line): each.number for each in told}
            self._last = max((source.number for source in told), default=0)
        if place not in self._numbers:
            self._last += 1
            self._numbers[place] = self._last
        return self._numbers[place]


def told(
    hits: Sequence[Hit], words: tuple[str, ...], numbers: SourceNumbers
) -> list[Mapping[str, object]]:
    """Passages as a tool's result has them."""
    entries: list[Mapping[str, object]] = []
    for hit in hits:
        line = hit.first_line + (best_line(hit.text, words) if words else 0)
        number = numbers.number((hit.file, hit.page, line))
        entries.append(
            {"source": number, "file": hit.file, "page": hit.page, "line": line, "text": hit.text}
        )
    return entries
