"""Searching the web and making pictures, as the settings say. Part of the composition root."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from app.conversation.message import new_id
from app.errors import AppError, Code
from app.net.address import OPENAI_HOST, parse_address
from app.preferences import Preferences
from app.products.desk import ProductDesk
from app.products.product import Picture
from app.providers.base import Usage
from app.providers.catalogue import ModelRole, catalogue, default_model
from app.providers.openai.client import OpenAIClient
from app.providers.openai.pictures import OpenAIPictures
from app.providers.openai.web_search import OpenAIWebSearch
from app.providers.registry import Registry
from app.secrets import KeyVault, Secret
from app.services import Service
from app.settings import Settings, Source
from app.thread import Publish
from app.tools.base import Tool
from app.tools.pictures import picture_tools
from app.tools.toolbox import Toolbox
from app.tools.web_search import web_search_tools
from app.usage.meters import Book
from app.usage.pricing import cost_of
from app.usage.request import Amounts, Cost, Purpose, Request
from app.web.connect import chosen_server_way, public_way
from app.web.search import BraveSearch, Findings, SearchEngine, SearxngSearch
from app.web.settings import BRAVE_HOST, SearchBy


@dataclass(frozen=True, slots=True)
class WebGround:
    """What it stands on. `model` names the chat model in use, `show` shows a picture."""

    toolbox: Toolbox
    settings: Callable[[], Settings]
    model: Callable[[Settings], str]
    vault: KeyVault
    book: Book
    show: Callable[[Picture], None]


class WebTools:
    """Puts the tools into the toolbox that the settings allow. Core thread."""

    def __init__(self, ground: WebGround) -> None:
        self._ground = ground
        self._client: OpenAIClient | None = None
        self._made: tuple[str, Secret] | None = None
        self._connecting = asyncio.Lock()

    async def follow_settings(self) -> None:
        """Offer what there is now."""
        settings = self._ground.settings()
        engine = self._engine(settings)
        tools: list[Tool] = [] if engine is None else list(web_search_tools(engine))
        if _is_openai(settings):
            tools += picture_tools(self._make, "OpenAI", pictures_folder, self._ground.show)
        self._ground.toolbox.put("web", tools)

    async def aclose(self) -> None:
        """Close the connection."""
        client, self._client, self._made = self._client, None, None
        if client is not None:
            await client.aclose()

    def _engine(self, settings: Settings) -> SearchEngine | None:
        match settings.web.search:
            case SearchBy.PROVIDER if _is_openai(settings):
                return _ProviderSearch(self._search)
            case SearchBy.SEARXNG if settings.web.searxng_url.strip():
                try:
                    return SearxngSearch(settings.web.searxng_url, chosen_server_way())
                except AppError:
                    return None
            case SearchBy.BRAVE:
                return BraveSearch(self._brave_key, public_way())
            case _:
                return None

    async def _brave_key(self) -> Secret:
        return (await self._ground.vault.find(BRAVE_HOST)).secret

    async def _search(self, query: str) -> Findings:
        settings = self._ground.settings()
        model = self._ground.model(settings)
        client = await self._connection(settings)
        return await OpenAIWebSearch(client, model, self._note_search).search(query)

    async def _make(self, words: str, size: str, quality: str) -> bytes:
        client = await self._connection(self._ground.settings())
        pictures = OpenAIPictures(client, default_model(ModelRole.PICTURE, _now().date()))
        made = await pictures.make(words, size, quality)
        usage = made.usage
        amounts = Amounts(is_estimated=True) if usage is None else _amounts(usage)
        cost = None if usage is None else cost_of(pictures.model, Service.CHAT, amounts)
        self._note(pictures.model, Purpose.PICTURE, amounts, cost)
        return made.image.data

    async def _connection(self, settings: Settings) -> OpenAIClient:
        """The connection to OpenAI; another address or key makes another one. Raises AppError."""
        address = parse_address(settings.address_of(Service.CHAT))
        key = (await self._ground.vault.find(address.origin)).secret
        if not key:
            raise AppError(Code.KEY_MISSING, OPENAI_HOST)
        async with self._connecting:
            if self._client is None or self._made != (address.url, key):
                await self.aclose()
                self._client, self._made = OpenAIClient(address.url, key), (address.url, key)
            return self._client

    def _note_search(self, model: str, usage: Usage, searches: int) -> None:
        amounts = _amounts(usage)
        cost = cost_of(model, Service.CHAT, amounts)
        price = catalogue().web_search
        fee = searches * (price.input or 0.0) / 1000
        if cost is not None:
            cost = Cost(cost.usd + fee, min(cost.date, price.date))
        self._note(model, Purpose.SEARCH, amounts, cost)

    def _note(self, model: str, purpose: Purpose, amounts: Amounts, cost: Cost | None) -> None:
        book = self._ground.book
        book.record(
            Request(
                id=new_id(),
                at=_now(),
                provider=OPENAI_HOST,
                model=model,
                service=Service.CHAT,
                purpose=purpose,
                conversation_id=book.conversation_id,
                amounts=amounts,
                cost=cost,
            )
        )


@dataclass(frozen=True, slots=True)
class _ProviderSearch:
    """The search of whoever answers."""

    find: Callable[[str], Awaitable[Findings]]
    name: str = "OpenAI"

    async def search(self, query: str) -> Findings:
        return await self.find(query)


def wire_web(
    toolbox: Toolbox,
    preferences: Preferences,
    registry: Callable[[], Registry],
    vault: KeyVault,
    book: Book,
    publish: Publish,
) -> WebTools:
    """Nothing is opened yet; `follow_settings` puts the first tools into the toolbox."""
    return WebTools(
        WebGround(
            toolbox=toolbox,
            settings=lambda: preferences.settings,
            model=lambda settings: registry().model_in_use(settings, Service.CHAT),
            vault=vault,
            book=book,
            show=ProductDesk(publish).offer,
        )
    )


def pictures_folder() -> Path:
    """Where pictures that were made are kept."""
    import platformdirs

    return platformdirs.user_pictures_path() / "Sayso"


def _is_openai(settings: Settings) -> bool:
    """Whether OpenAI itself answers."""
    if settings.source_of(Service.CHAT) is not Source.SERVER:
        return False
    try:
        return parse_address(settings.address_of(Service.CHAT)).is_openai
    except AppError:
        return False


def _amounts(usage: Usage) -> Amounts:
    return Amounts(usage.input_tokens, usage.output_tokens, usage.cached_tokens)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
