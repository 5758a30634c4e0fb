from __future__ import annotations

import datetime
from collections.abc import Sequence

from app.errors import AppError, Code
from app.events import ListedModel
from app.retirements import endings
from app.services import Service
from app.settings import Settings, Source, changed

TODAY = datetime.date(2027, 1, 1)


class Models:
    """A server that offers these, or cannot be asked."""

    def __init__(self, *listed: ListedModel, error: AppError | None = None) -> None:
        self.asked: list[Service] = []
        self._listed = listed
        self._error = error

    async def models(self, settings: Settings, service: Service) -> Sequence[ListedModel]:
        self.asked.append(service)
        if self._error is not None:
            raise self._error
        return self._listed

    def model_in_use(self, settings: Settings, service: Service) -> str:
        return settings.model_of(service)

    async def voice_models(self, settings: Settings) -> Sequence[ListedModel]:
        return self._listed

    def voice_model_in_use(self, settings: Settings) -> str:
        return settings.realtime.model


def settings(base_url: str = "https://api.openai.com/v1", model: str = "gpt-4o") -> Settings:
    chat = {"source": Source.SERVER, "model": model}
    return Settings.model_validate({"server": {"base_url": base_url}, "chat": chat})


async def test_a_model_that_ends_soon_is_told_of_by_the_catalogue_s_date() -> None:
    found = await endings(Models(), settings(), TODAY)
    assert [(notice.code, notice.detail) for notice in found] == [
        (Code.MODEL_RETIRES, "gpt-4o on 14 January 2027")
    ]


async def test_what_the_server_says_counts_more() -> None:
    told = ListedModel("gpt-4o", retires=datetime.date(2027, 1, 20))
    found = await endings(Models(told), settings(), TODAY)
    assert found[0].detail == "gpt-4o on 20 January 2027"


async def test_one_that_cannot_be_asked_is_judged_by_the_catalogue() -> None:
    models = Models(error=AppError(Code.SERVER_UNREACHABLE, "OpenAI"))
    assert len(await endings(models, settings(), TODAY)) == 1


async def test_nobody_is_asked_who_is_not_in_use_or_not_openai() -> None:
    models = Models()
    assert not await endings(models, settings("http://localhost:11434/v1"), TODAY)
    assert not await endings(models, Settings(), TODAY)
    assert models.asked == []


async def test_a_model_that_lives_on_is_not_mentioned() -> None:
    assert not await endings(Models(), settings(model="gpt-6-luna"), TODAY)


async def test_a_voice_model_is_told_of_while_it_is_in_use() -> None:
    chosen = changed(settings(model="gpt-6-luna"), {"realtime.model": "gpt-realtime-mini"})
    assert not await endings(Models(), chosen, TODAY)
    used = changed(chosen, {"realtime.engine": "realtime"})
    (found,) = await endings(Models(), used, TODAY)
    assert found.detail == "gpt-realtime-mini on 20 January 2027"
