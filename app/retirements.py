"""Tells ahead of time that a model which is in use will end. Core thread."""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from app.errors import AppError
from app.events import ListedModel
from app.net.address import OPENAI_HOST, host_of
from app.providers.succession import ending_soon
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
    for service in Service:
        if settings.source_of(service) is not Source.SERVER:
            continue
        if host_of(settings.address_of(service)) != OPENAI_HOST:
            continue
        try:
            listed = await source.models(settings, service)
        except AppError as error:
            _log.debug("The models of %s are not known: %s", service, error.code)
            listed = ()
        model = source.model_in_use(settings, service)
        for notice in ending_soon([model], listed, today):
            found[notice.detail] = notice
    return tuple(found.values())


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()
