"""Tells ahead of time that a model which is in use will end. Core thread."""

from __future__ import annotations

import asyncio
import datetime
import functools
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Protocol

from app.errors import AppError
from app.events import ListedModel
from app.net.address import OPENAI_HOST, host_of
from app.providers.succession import ending_soon
from app.realtime_settings import Engine
from app.services import Service
from app.settings import Settings, Source

FIRST_AFTER_S = 30.0
"""The first turns come first."""

AGAIN_AFTER_S = 86_400.0

_log = logging.getLogger(__name__)


class ModelSource(Protocol):
    """Knows which model does a job, and asks its server what it offers."""

    async def models(self, settings: Settings, service: Service) -> Sequence[ListedModel]:
        """What the server offers. Raises AppError."""
        ...

    def model_in_use(self, settings: Settings, service: Service) -> str:
        """The model that does the job."""
        ...

    async def voice_models(self, settings: Settings) -> Sequence[ListedModel]:
        """What the server of speech to speech offers. Raises AppError."""
        ...

    def voice_model_in_use(self, settings: Settings) -> str:
        """The model of speech to speech."""
        ...


_Use = tuple[str, str, Callable[[], Awaitable[Sequence[ListedModel]]], Callable[[], str]]


async def watch_retirements(
    source: ModelSource, settings: Callable[[], Settings], post: Callable[[AppError], None]
) -> None:
    """Look once a day, for as long as it runs."""
    await asyncio.sleep(FIRST_AFTER_S)
    while True:
        for notice in await endings(source, settings(), _today()):
            post(notice)
        await asyncio.sleep(AGAIN_AFTER_S)


async def endings(
    source: ModelSource, settings: Settings, today: datetime.date
) -> Sequence[AppError]:
    """A notice for each model in use at OpenAI that ends within 30 days.

    Another server may go on with a model for as long as it likes. One that cannot be asked is
    judged by the catalogue alone.
    """
    found: dict[str, AppError] = {}
    for name, base_url, ask, model_in_use in _uses(source, settings):
        if host_of(base_url) != OPENAI_HOST:
            continue
        try:
            listed = await ask()
        except AppError as error:
            _log.debug("The models of %s are not known: %s", name, error.code)
            listed = ()
        for notice in ending_soon([model_in_use()], listed, today):
            found[notice.detail] = notice
    return tuple(found.values())


def _uses(source: ModelSource, settings: Settings) -> Iterator[_Use]:
    """What servers do: its name, where, how to ask for their models, and the one in use."""
    for service in Service:
        if settings.source_of(service) is Source.SERVER:
            yield (
                service.value,
                settings.address_of(service),
                functools.partial(source.models, settings, service),
                functools.partial(source.model_in_use, settings, service),
            )
    if settings.realtime.engine is Engine.REALTIME:
        yield (
            "realtime",
            settings.realtime_address,
            functools.partial(source.voice_models, settings),
            functools.partial(source.voice_model_in_use, settings),
        )


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()
