"""The numbered sources in a tool's result, and which of them a reply names. Pure."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

SEARCH_TOOL, READ_TOOL = "search_folders", "read_source"
SOURCE_TOOLS = frozenset({SEARCH_TOOL, READ_TOOL})
"""Whose results name sources: those of others may hold anything."""

MARK = re.compile(r"\[(\d{1,4})\]")
"""How a reply names a source."""

_CODE = re.compile(r"(```|~~~).*?(\1|\Z)|`[^`\n]*`", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered place. Page and line are 0 where there is none."""

    number: int
    file: str
    page: int = 0
    line: int = 0

    @property
    def name(self) -> str:
        """File and page, as a person is told them: "lease.pdf, page 3"."""
        name = PurePath(self.file.replace("\\", "/")).name
        if self.page:
            return f"{name}, page {self.page}"
        return f"{name}, line {self.line}" if self.line > 1 else name


@functools.lru_cache(maxsize=256)
def sources_in(result: str) -> tuple[Source, ...]:
    """The sources that a tool's result names; none for anything else."""
    try:
        entries = json.loads(result)["sources"]
        return tuple(
            Source(int(e["source"]), str(e["file"]), int(e["page"]), int(e["line"]))
            for e in entries
        )
    except (ValueError, LookupError, TypeError):
        return ()


def cited(text: str, known: Mapping[int, Source]) -> tuple[Source, ...]:
    """The sources that a reply names outside of code, each once, in the order of their numbers."""
    numbers = {int(number) for number in MARK.findall(_CODE.sub("", text))}
    return tuple(known[number] for number in sorted(numbers) if number in known)
