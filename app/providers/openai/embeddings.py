"""Embeddings by `/embeddings`, of OpenAI and of servers that speak its API."""

from __future__ import annotations

import base64
import struct
from collections.abc import Sequence
from typing import Any

from app.errors import AppError, Code
from app.net.policy import with_retries
from app.providers.openai.client import OpenAIClient, timeouts
from app.providers.openai.errors import translated

DIMENSIONS = 512
"""OpenAI's models can be cut to this with little loss; a third of the room on disk."""

LONGEST_CHARS = 6_000
"""Of one text: well within the 8,192 tokens that a model reads, in any script."""


class OpenAIEmbedder:
    """An Embedder. The client belongs to the caller, who closes it."""

    def __init__(self, client: OpenAIClient, model: str) -> None:
        self._client = client
        self._policy = client.policies.chat
        self.model = model
        self.server = client.address.label
        self.has_prices = client.address.is_openai
        self.used_tokens = 0
        """What the server counted for the last request; 0 where it did not."""

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector for each text, in their order. Raises AppError."""
        host = self._client.address.label

        async def call() -> Sequence[Sequence[float]]:
            sdk = await self._client.sdk()
            with translated(self._client.peer(self.model)):
                response = await sdk.embeddings.with_raw_response.create(**self._request(texts))
                body = response.http_response.json()
            try:
                self.used_tokens = int((body.get("usage") or {}).get("prompt_tokens") or 0)
                return vectors_in(body, len(texts))
            except (LookupError, TypeError, ValueError, AttributeError):
                raise AppError(Code.SERVER_NOT_API, host) from None

        return await with_retries(call, self._policy, peer=host)

    def _request(self, texts: Sequence[str]) -> dict[str, Any]:
        # Some servers know no base64, and take an empty text for an error.
        request: dict[str, Any] = {
            "model": self.model,
            "input": [text[:LONGEST_CHARS] or " " for text in texts],
            "encoding_format": "float",
            "timeout": timeouts(self._policy.deadlines),
        }
        if self.has_prices and self.model.startswith("text-embedding-3"):
            request |= {"dimensions": DIMENSIONS, "encoding_format": "base64"}
        return request


def vectors_in(body: Any, count: int) -> list[list[float]]:
    """The vectors of an answer, by their index. Raises LookupError, TypeError or ValueError."""
    entries = sorted(body["data"], key=lambda entry: entry["index"])
    if [entry["index"] for entry in entries] != list(range(count)):
        raise ValueError("not one vector for each text")
    vectors = [_vector(entry["embedding"]) for entry in entries]
    if len({len(vector) for vector in vectors}) != 1 or not vectors[0]:
        raise ValueError("vectors of several sizes")
    return vectors


def _vector(value: Any) -> list[float]:
    if isinstance(value, str):
        data = base64.b64decode(value, validate=True)
        return list(struct.unpack(f"<{len(data) // 4}f", data))
    return [float(number) for number in value]
