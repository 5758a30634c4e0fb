"""What Sayso remembers: kept on disk, told to models, changed by the user alone. Core thread."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.conversation.message import new_id
from app.errors import AppError, Code
from app.knowledge import commands, events
from app.memory.fact import MAX_CHARS, Fact, matching, one_line, surely_meant, told
from app.memory.store import FactStore


class Memory:
    """`start` before it is asked. The file is begun with the first fact.

    Methods that change something raise AppError(STORE_UNWRITABLE) when the disk refuses.
    """

    def __init__(
        self,
        path: Path,
        publish: Callable[[events.KnowledgeEvent], None],
        on_trouble: Callable[[AppError], None],
    ) -> None:
        self._path = path
        self._publish = publish
        self._on_trouble = on_trouble
        self._store: FactStore | None = None
        self._opening = asyncio.Lock()
        self._facts: tuple[Fact, ...] = ()
        self._forgotten: Fact | None = None

    async def start(self) -> None:
        """Read what is kept. Raises AppError."""
        if await asyncio.to_thread(self._path.exists):
            self._facts = await (await self._opened()).facts()
        self._tell()

    async def aclose(self) -> None:
        """Release the file."""
        if self._store is not None:
            await self._store.aclose()

    def prompt(self) -> str:
        """What a model is told of it; empty where there is nothing."""
        return told(self._facts)

    def find(self, about: str) -> tuple[Fact, ...]:
        """Facts with these words, best first; all for empty words, newest first."""
        return matching(self._facts, about)

    def meant(self, about: str) -> tuple[Fact, ...]:
        """The facts that have all of these words."""
        return surely_meant(self._facts, about)

    async def remember(self, text: str, *, is_foreign: bool = False) -> Fact:
        """Keep a fact; one that is known already is kept once.

        `is_foreign`: others may have written it. The same in the user's own words makes it theirs.
        """
        text = one_line(text)[:MAX_CHARS]
        known = next((f for f in self._facts if f.text.casefold() == text.casefold()), None)
        if known is not None and (is_foreign or not known.is_foreign):
            return known
        if known is not None:
            fact = replace(known, is_foreign=False)
        else:
            fact = Fact(new_id(), text, datetime.datetime.now(datetime.UTC), is_foreign)
        await self._keep(fact)
        return fact

    async def forget(self, fact_id: str) -> bool:
        """Erase a fact; whether there was one. It can be brought back while Sayso runs."""
        fact = self._find(fact_id)
        if fact is None:
            return False
        await (await self._opened()).erase(fact_id)
        self._facts = tuple(each for each in self._facts if each.id != fact_id)
        self._forgotten = fact
        self._tell()
        return True

    async def on_command(self, command: object) -> bool:
        """Whether the command was about memory. Raises AppError."""
        match command:
            case commands.RememberFact(text):
                if one_line(text):
                    await self.remember(text)
            case commands.EditFact(fact_id, text):
                fact = self._find(fact_id)
                if fact is not None and one_line(text):
                    text = one_line(text)[:MAX_CHARS]
                    await self._keep(replace(fact, text=text, is_foreign=False))
            case commands.ForgetFact(fact_id):
                await self.forget(fact_id)
            case commands.BringBackFact():
                if self._forgotten is not None:
                    fact, self._forgotten = self._forgotten, None
                    await self._keep(fact)
            case _:
                return False
        return True

    def _find(self, fact_id: str) -> Fact | None:
        return next((fact for fact in self._facts if fact.id == fact_id), None)

    async def _keep(self, fact: Fact) -> None:
        await (await self._opened()).keep(fact)
        others = (each for each in self._facts if each.id != fact.id)
        self._facts = tuple(sorted((fact, *others), key=lambda f: f.created_at, reverse=True))
        self._tell()

    async def _opened(self) -> FactStore:
        async with self._opening:
            if self._store is None:
                self._store = await FactStore.open(self._path)
                if self._store.set_aside is not None:
                    broken = self._store.set_aside.name
                    self._on_trouble(AppError(Code.FACTS_BROKEN, broken))
        return self._store

    def _tell(self) -> None:
        self._publish(events.FactsChanged(self._facts, self._forgotten))
