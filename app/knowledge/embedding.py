"""Who turns words into directions, and what that will cost. Pure but for the Protocol's work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.knowledge.events import EmbeddingsEstimated
from app.providers.catalogue import PriceUnit, facts
from app.usage.pricing import tokens_in

BATCH_PASSAGES = 64


class Embedder(Protocol):
    """A model that embeds texts; its server is asked only for folders that the user allowed."""

    @property
    def model(self) -> str:
        """The model's name."""
        ...

    @property
    def server(self) -> str:
        """Where the texts go, as a person is told it: "api.openai.com"."""
        ...

    @property
    def has_prices(self) -> bool:
        """Whether the catalogue's prices are those of this server."""
        ...

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector for each text, in their order. Raises AppError."""
        ...


def estimate(folder_id: int, passages: int, chars: int, embedder: Embedder) -> EmbeddingsEstimated:
    """What it would cost to embed so much text."""
    tokens = tokens_in(chars)
    price = facts(embedder.model).price(PriceUnit.MILLION_TOKENS) if embedder.has_prices else None
    usd = None if price is None or price.input is None else tokens * price.input / 1_000_000
    name = name_of(embedder)
    return EmbeddingsEstimated(
        folder_id, passages, tokens, usd, embedder.model, embedder.server, name
    )


def name_of(embedder: Embedder) -> str:
    """What a permission to embed is bound to: this model on this server."""
    return f"{embedder.model} at {embedder.server}"
