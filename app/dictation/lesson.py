"""What a correction may teach, as a proposal that waits for a yes."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Lesson(enum.StrEnum):
    """What would be remembered."""

    VOCABULARY = "vocabulary"
    REPLACEMENT = "replacement"


@dataclass(frozen=True, slots=True)
class Proposal:
    """`written` is a word for the vocabulary, or what replaces `spoken` from now on."""

    lesson: Lesson
    spoken: str
    written: str
