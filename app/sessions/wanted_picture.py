"""A picture that somebody asks the user for. Core thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from app.shots.shot import Attachment, Look

OnLook = Callable[[Look], None]
"""Told what the user is to do before the picture can be had."""


@dataclass(frozen=True, slots=True, eq=False)
class WantedPicture:
    """`answer` is the picture; None where the user does not want to show it."""

    answer: asyncio.Future[Attachment | None]
    on_look: OnLook

    def tell(self, shown: Attachment | None) -> None:
        """Answer it, once."""
        if not self.answer.done():
            self.answer.set_result(shown)
