"""Embeddings over the wire: what is sent, what comes back, what is no answer."""

from __future__ import annotations

import base64
import json
import struct

import pytest

from app.errors import AppError, Code
from app.providers.openai.embeddings import LONGEST_CHARS, OpenAIEmbedder, vectors_in
from tests.providers.openai import fault_server as faults
from tests.providers.openai.connection import TIRELESS, served


def _answer(*vectors: object, order: list[int] | None = None) -> dict[str, object]:
    data = [
        {"object": "embedding", "index": index, "embedding": vector}
        for index, vector in enumerate(vectors)
    ]
    data = [data[at] for at in order] if order else data
    return {"object": "list", "data": data, "model": "m", "usage": {"prompt_tokens": 7}}


async def test_texts_go_out_and_vectors_come_back_in_order() -> None:
    body = _answer([1.0, 0.0], [0.0, 1.0], order=[1, 0])
    async with served(faults.answer(200, json.dumps(body).encode())) as (client, server):
        embedder = OpenAIEmbedder(client, "nomic-embed-text")
        vectors = await embedder.embed(["first", "x" * (LONGEST_CHARS + 5)])
    assert vectors == [[1.0, 0.0], [0.0, 1.0]]
    assert embedder.used_tokens == 7
    sent = json.loads(server.requests[0].body)
    assert sent["input"] == ["first", "x" * LONGEST_CHARS]
    assert (sent["model"], sent["encoding_format"]) == ("nomic-embed-text", "float")
    assert "dimensions" not in sent, "other servers do not know it"


def test_vectors_may_come_as_base64() -> None:
    text = base64.b64encode(struct.pack("<3f", 1.0, 0.5, 0.25)).decode()
    assert vectors_in(_answer(text), 1) == [[1.0, 0.5, 0.25]]


@pytest.mark.parametrize(
    "body",
    [
        _answer([1.0]),
        _answer([1.0], [1.0, 2.0]),
        _answer([], []),
        {"data": "none"},
        {},
    ],
)
async def test_another_answer_is_an_error(body: dict[str, object]) -> None:
    async with served(faults.answer(200, json.dumps(body).encode()), TIRELESS) as (client, _):
        with pytest.raises(AppError) as caught:
            await OpenAIEmbedder(client, "m").embed(["a", "b"])
    assert caught.value.code is Code.SERVER_NOT_API
