"""Who embeds passages, as the settings say at the moment of asking. Core thread."""

from __future__ import annotations

import datetime
import re
from collections.abc import Awaitable, Callable, Sequence

from app.conversation.message import new_id
from app.errors import AppError, Code
from app.events import ListedModel
from app.knowledge.embedding import Embedder
from app.net.address import OPENAI_HOST, parse_address
from app.providers.catalogue import ModelRole, default_model
from app.providers.openai.client import OpenAIClient
from app.providers.openai.embeddings import OpenAIEmbedder
from app.secrets import KeyVault, Secret
from app.services import Service
from app.settings import Settings, Source
from app.usage.meters import Book
from app.usage.pricing import cost_of, tokens_in
from app.usage.request import Amounts, Purpose, Request

_EMBEDS = re.compile(r"embed|\bbge-|\bgte-|\be5-|minilm", re.IGNORECASE)


class MeteredEmbedder:
    """An Embedder that notes what it cost."""

    def __init__(self, plain: OpenAIEmbedder, book: Book) -> None:
        self._plain = plain
        self._book = book
        self.model, self.server, self.has_prices = plain.model, plain.server, plain.has_prices

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector for each text, in their order. Raises AppError."""
        vectors = await self._plain.embed(texts)
        told = self._plain.used_tokens
        amounts = Amounts(
            input_tokens=told or tokens_in(sum(map(len, texts))), is_estimated=not told
        )
        self._book.record(
            Request(
                id=new_id(),
                at=datetime.datetime.now(datetime.UTC),
                provider=self.server,
                model=self.model,
                service=Service.CHAT,
                purpose=Purpose.EMBEDDING,
                conversation_id="",
                amounts=amounts,
                cost=cost_of(self.model, Service.CHAT, amounts) if self.has_prices else None,
            )
        )
        return vectors


class CurrentEmbedder:
    """The server of the answers embeds as well, where it can."""

    def __init__(
        self,
        vault: KeyVault,
        settings: Callable[[], Settings],
        models: Callable[[Settings, Service], Awaitable[Sequence[ListedModel]]],
        book: Book,
    ) -> None:
        self._vault = vault
        self._settings = settings
        self._models = models
        self._book = book
        self._client: OpenAIClient | None = None
        self._made: tuple[str, Secret, str, MeteredEmbedder] | None = None

    async def get(self) -> Embedder | None:
        """None where answers are built in or the server names no model for it. Raises AppError."""
        settings = self._settings()
        if settings.source_of(Service.CHAT) is Source.BUILT_IN:
            return None
        address = parse_address(settings.address_of(Service.CHAT))
        key = (await self._vault.find(address.origin)).secret
        if not key and address.is_openai:
            raise AppError(Code.KEY_MISSING, OPENAI_HOST)
        made = self._made
        if made is not None and made[:2] == (address.url, key):
            return made[3]
        model = await self._model(settings, is_openai=address.is_openai)
        if not model:
            return None
        await self.aclose()
        self._client = OpenAIClient(address.url, key or None)
        embedder = MeteredEmbedder(OpenAIEmbedder(self._client, model), self._book)
        self._made = (address.url, key, model, embedder)
        return embedder

    async def aclose(self) -> None:
        """Close the connection."""
        client, self._client, self._made = self._client, None, None
        if client is not None:
            await client.aclose()

    async def _model(self, settings: Settings, *, is_openai: bool) -> str:
        if is_openai:
            today = datetime.datetime.now(datetime.UTC).date()
            return default_model(ModelRole.EMBEDDING, today)
        listed = await self._models(settings, Service.CHAT)
        fitting = (each.id for each in listed if _EMBEDS.search(f"{each.id} {each.task}"))
        return next(fitting, "")
