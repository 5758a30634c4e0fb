"""Cuts a text into passages where it pauses, and keeps their lines. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.knowledge.passage import Passage

LONGEST_CHARS = 1_200
"""About 300 tokens: enough to answer from, and little enough to show several."""

_ENOUGH_CHARS = 700
_LEAST_BEFORE_HEADING = 200
_HEADING = re.compile(r" {0,3}#{1,6}\s+(.*?)\s*#*\s*")
_FENCE = re.compile(r" {0,3}(```|~~~)")


def passages_of(text: str, *, page: int = 0, markdown: bool = False) -> tuple[Passage, ...]:
    """The passages of a text, in order. With `markdown`, headings begin one and are kept."""
    cutter = _Cutter(page)
    in_code = False
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.rstrip()
        if markdown and _FENCE.match(line):
            in_code = not in_code
        heading = _HEADING.fullmatch(line) if markdown and not in_code else None
        if heading is not None:
            cutter.begin_section(heading[1])
        for piece in (line,) if len(line) <= LONGEST_CHARS else _pieces(line):
            cutter.add(number, piece)
    cutter.flush()
    return tuple(cutter.done)


class _Cutter:
    """Gathers lines until they are enough."""

    def __init__(self, page: int) -> None:
        self.done: list[Passage] = []
        self._page = page
        self._heading = ""
        self._lines: list[tuple[int, str]] = []
        self._size = 0

    def begin_section(self, heading: str) -> None:
        """A heading comes next."""
        if self._size >= _LEAST_BEFORE_HEADING:
            self.flush()
        if not self._size:
            self._heading = heading

    def add(self, number: int, line: str) -> None:
        """One more line, or a part of a long one."""
        if self._size + len(line) > LONGEST_CHARS:
            self.flush()
        if line.strip():
            self._lines.append((number, line))
            self._size += len(line) + 1
        elif self._size >= _ENOUGH_CHARS:
            self.flush()
        elif self._lines:
            self._lines.append((number, ""))

    def flush(self) -> None:
        """What was gathered is a passage."""
        while self._lines and not self._lines[-1][1]:
            self._lines.pop()
        if self._lines:
            text = "\n".join(line for _, line in self._lines)
            first, last = self._lines[0][0], self._lines[-1][0]
            self.done.append(Passage(text, first, last, self._page, self._heading))
        self._lines, self._size = [], 0


def _pieces(line: str) -> Iterator[str]:
    """The line, in parts between words if it is too long for one passage."""
    while len(line) > LONGEST_CHARS:
        cut = line.rfind(" ", LONGEST_CHARS // 2, LONGEST_CHARS)
        cut = LONGEST_CHARS if cut < 0 else cut
        yield line[:cut]
        line = line[cut:].lstrip()
    yield line
