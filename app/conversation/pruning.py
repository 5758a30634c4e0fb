"""When the old sound of a voice session costs more than its words. Pure.

Each response bills the whole conversation again, and a second of sound costs several times what
its words do. Another session that knows the words alone is billed for little more than them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weight:
    """What a response was billed for beside text, and added itself, in tokens."""

    audio: int = 0
    image: int = 0


@dataclass(frozen=True, slots=True)
class PruningPolicy:
    """A session may hold this much: some four minutes of talk, and a few pictures.

    `text_chars` is how much text of the past another session is told.
    """

    most_audio: int = 3_000
    most_image: int = 8_000
    text_chars: int = 12_000

    def is_due(self, weight: Weight) -> bool:
        """Whether the session should be followed by one that knows the words alone."""
        return weight.audio > self.most_audio or weight.image > self.most_image
