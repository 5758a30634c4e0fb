"""Finds passages: by their words always, by their meaning where folders are embedded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from app.errors import AppError
from app.knowledge.embedding import Embedder, name_of
from app.knowledge.index import MOST_RANKED, Hit, Index
from app.knowledge.query import query_of
from app.knowledge.ranking import fused, spread
from app.knowledge.vectors import VectorSet, vector_set

MOST_OF_ONE_FILE = 3
LEAST_COSINE = 0.2
"""Less is no likeness, whatever the model."""

_log = logging.getLogger(__name__)


class Finder:
    """Core thread. The vectors stay in memory between searches until `forget_vectors`."""

    def __init__(self, index: Index, embedder: Callable[[], Awaitable[Embedder | None]]) -> None:
        self._index = index
        self._embedder = embedder
        self._vectors: tuple[str, VectorSet] | None = None

    def forget_vectors(self) -> None:
        """They have changed."""
        self._vectors = None

    async def find(
        self, question: str, limit: int, *, typing: bool = False, by_meaning: bool = True
    ) -> list[Hit]:
        """The passages that fit best. `by_meaning` sends the question to be embedded, where the
        user has allowed that for a folder."""
        by_words = await self._index.ranked(query_of(question, typing=typing))
        near = await self._nearest(question) if by_meaning else []
        hits = await self._index.hits(fused((by_words, near))[: MOST_RANKED * 2])
        return spread(hits, lambda hit: hit.file, MOST_OF_ONE_FILE, limit)

    async def _nearest(self, question: str) -> list[int]:
        allowed = {folder.embeds for folder in await self._index.folders() if folder.embeds}
        if not allowed:
            return []
        try:
            embedder = await self._embedder()
            if embedder is None or name_of(embedder) not in allowed:
                return []
            (vector,) = await embedder.embed([question])
        except AppError as error:
            _log.info("searched by words alone: %s", error.code)
            return []
        vectors = await self._loaded(name_of(embedder))
        return await asyncio.to_thread(_near, vectors, vector)

    async def _loaded(self, name: str) -> VectorSet:
        if self._vectors is None or self._vectors[0] != name:
            rows = await self._index.vectors(name)
            self._vectors = (name, await asyncio.to_thread(vector_set, rows))
        return self._vectors[1]


def _near(vectors: VectorSet, vector: Sequence[float]) -> list[int]:
    nearest = vectors.nearest(vector, MOST_RANKED)
    return [passage_id for passage_id, cosine in nearest if cosine >= LEAST_COSINE]
