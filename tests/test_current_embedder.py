"""Who embeds, as the settings say: nobody, OpenAI, or a server that lists a model for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from app.current_embedder import CurrentEmbedder
from app.errors import AppError, Code
from app.events import ListedModel
from app.secrets import KeyVault
from app.services import Service
from app.settings import Settings, changed
from app.usage.request import Purpose, Request
from tests.providers.openai import fault_server as faults
from tests.providers.openai.connection import KEY
from tests.providers.openai.fault_server import FaultServer

ANSWER = {"data": [{"index": 0, "embedding": [0.5, 0.5]}], "usage": {"prompt_tokens": 9}}


class Notes:
    """A book for requests."""

    conversation_id = "c1"

    def __init__(self) -> None:
        self.all: list[Request] = []

    def record(self, request: Request) -> None:
        self.all.append(request)


def embedder(notes: Notes, *models: str, environ: dict[str, str], **paths: Any) -> CurrentEmbedder:
    values = {name.replace("__", "."): value for name, value in paths.items()}
    settings = changed(Settings(), values)

    async def listed(_settings: Settings, service: Service) -> Sequence[ListedModel]:
        assert service is Service.CHAT
        return [ListedModel(model) for model in models]

    return CurrentEmbedder(KeyVault(environ), lambda: settings, listed, notes)


async def test_what_is_built_in_embeds_nothing() -> None:
    assert await embedder(Notes(), environ={}, chat__source="built_in").get() is None


async def test_openai_has_a_model_and_prices_and_needs_a_key() -> None:
    openai = embedder(Notes(), environ={"OPENAI_API_KEY": KEY}, chat__source="server")
    found = await openai.get()
    assert found is not None
    assert (found.model, found.server) == ("text-embedding-3-small", "api.openai.com")
    assert found.has_prices
    assert await openai.get() is found, "it is made once"
    await openai.aclose()


@pytest.mark.parametrize(
    ("models", "found"),
    [
        (("llama3.2", "nomic-embed-text", "whisper-1"), "nomic-embed-text"),
        (("llama3.2",), None),
    ],
)
async def test_a_server_embeds_with_the_model_that_it_lists(
    models: tuple[str, ...], found: str | None
) -> None:
    server = embedder(
        Notes(),
        *models,
        environ={},
        chat__source="server",
        server__base_url="http://127.0.0.1:1/v1",
    )
    made = await server.get()
    assert (made.model if made is not None else None) == found
    await server.aclose()


async def test_what_was_sent_is_noted() -> None:
    notes = Notes()
    async with FaultServer(faults.answer(200, json.dumps(ANSWER).encode())) as server:
        current = embedder(
            notes,
            "bge-m3",
            environ={},
            chat__source="server",
            server__base_url=server.base_url,
        )
        made = await current.get()
        assert made is not None
        assert await made.embed(["some words"]) == [[0.5, 0.5]]
        await current.aclose()
    (request,) = notes.all
    assert (request.purpose, request.model) == (Purpose.EMBEDDING, "bge-m3")
    assert (request.amounts.input_tokens, request.cost) == (9, None)
    assert request.conversation_id == ""


async def test_without_a_key_openai_cannot_be_asked() -> None:
    current = embedder(Notes(), environ={}, chat__source="server")
    with pytest.raises(AppError) as caught:
        await current.get()
    assert caught.value.code is Code.KEY_MISSING
