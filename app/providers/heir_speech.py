"""A voice that is handed on to another kind of voice when its models are offered no more."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Callable
from typing import Protocol

from app.errors import AppError, Code
from app.providers.base import Speech
from app.providers.succession import Heir, OnSuccessor
from audio.pcm import Clip


class MortalSpeech(Speech, Protocol):
    """A Speech that knows who comes after it."""

    @property
    def crosses_to(self) -> Heir | None:
        """Who speaks, in another way, once no model of this kind is offered any more."""
        ...


class HeirSpeech:
    """A Speech: `first` while it lives, then what `make_heir` makes of its heir. Core thread."""

    def __init__(
        self,
        first: MortalSpeech,
        make_heir: Callable[[Heir], Speech],
        on_successor: OnSuccessor | None = None,
    ) -> None:
        """`on_successor` is told the old and the new model when the heir takes over."""
        self._first = first
        self._make_heir = make_heir
        self._on_successor = on_successor
        self._heir: Speech | None = None

    @property
    def label(self) -> str:
        """Who speaks now."""
        return self._current().label

    async def warm(self) -> None:
        """Ready who speaks now."""
        await self._current().warm()

    async def speak(self, text: str) -> AsyncGenerator[Clip, None]:
        """Stream the sound of `text`; a piece that the first one refused is spoken by the heir."""
        current, begun = self._current(), False
        async with contextlib.aclosing(current.speak(text)) as clips:
            try:
                async for clip in clips:
                    begun = True
                    yield clip
                return
            except AppError as error:
                heir = self._current()
                if begun or error.code is not Code.MODEL_UNKNOWN or heir is current:
                    raise
        async with contextlib.aclosing(heir.speak(text)) as clips:
            async for clip in clips:
                yield clip

    async def aclose(self) -> None:
        """Release both."""
        await self._first.aclose()
        if self._heir is not None:
            await self._heir.aclose()

    def _current(self) -> Speech:
        if self._heir is None and (heir := self._first.crosses_to) is not None:
            old = self._first.label
            self._heir = self._make_heir(heir)
            if self._on_successor is not None:
                self._on_successor(old, heir.model)
        return self._first if self._heir is None else self._heir
