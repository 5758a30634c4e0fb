"""Embeds what is not embedded yet, batch by batch; what is done is kept when it is cut off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from app.errors import AppError, Code
from app.knowledge.embedding import BATCH_PASSAGES, Embedder, name_of
from app.knowledge.index import Index
from app.knowledge.vectors import packed


async def embed_folder(
    index: Index, folder_id: int, embedder: Embedder, on_progress: Callable[[int, int], None]
) -> int:
    """How many passages were embedded. Raises AppError."""
    total, _ = await index.chars_without_vector(folder_id)
    done = 0
    while batch := await index.without_vector(folder_id, BATCH_PASSAGES):
        on_progress(done, max(total, done + len(batch)))
        vectors = await embedder.embed([text for _, text in batch])
        data = await asyncio.to_thread(_packed, vectors, embedder)
        ids = [passage_id for passage_id, _ in batch]
        await index.keep_vectors(name_of(embedder), list(zip(ids, data, strict=True)))
        done += len(batch)
    return done


def _packed(vectors: Sequence[Sequence[float]], embedder: Embedder) -> list[bytes]:
    try:
        return [packed(vector) for vector in vectors]
    except ValueError:
        raise AppError(Code.SERVER_NOT_API, embedder.server) from None
