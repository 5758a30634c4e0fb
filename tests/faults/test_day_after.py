"""The day after: every model of today's defaults is gone, and the conversation goes on."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from app import events
from app.errors import Code
from app.providers.catalogue import ModelRole, facts, preferred_models
from tests.faults.api import Service, model_of, said
from tests.faults.clock import run_hurried
from tests.faults.openai_host import on_the_day, openai_core, reading_aloud
from tests.faults.server import ApiServer
from tests.faults.whole import WholeCore, key_for, settings_for, whole_core

pytest.importorskip("websockets")

TODAY = datetime.date(2026, 11, 21)
DAY_AFTER = datetime.date(2027, 3, 1)
ROLES = (ModelRole.CHAT, ModelRole.TRANSCRIPTION, ModelRole.SPEECH)
DATED = frozenset(
    model
    for role in ModelRole
    for model in preferred_models(role)
    if facts(model).is_retired(DAY_AFTER)
)
DEFAULTS = frozenset(
    next(model for model in preferred_models(role) if not facts(model).is_retired(TODAY))
    for role in ROLES
)
SPOKEN = (Service.TRANSCRIPTION, Service.CHAT)


def _has_turn(core: WholeCore, number: int) -> bool:
    kept = core.messages()
    return ("user", said(number)) in kept and (
        "assistant",
        f"I have heard number {number}.",
    ) in kept


def _asked(server: ApiServer, service: Service) -> list[str]:
    return [model_of(request) for request in server.asked(service)]


@pytest.mark.parametrize("gone", [DATED, DEFAULTS], ids=["all that are dated", "all defaults"])
def test_on_openais_host_refused_models_are_succeeded(gone: frozenset[str], tmp_path: Path) -> None:
    async def use() -> None:
        async with (
            reading_aloud() as realtime,
            openai_core(tmp_path, realtime) as (core, server),
        ):
            server.model.gone = gone
            await core.say(1)
            assert _has_turn(core, 1)
            assert core.sound_bytes, "it is spoken"
            assert Code.MODEL_REPLACED in [notice.code for notice in core.of(events.Notice)]
            before = {service: len(server.asked(service)) for service in Service}
            sound_before = core.sound_bytes
            await core.say(2)
            assert _has_turn(core, 2)
            assert core.sound_bytes > sound_before
            for service in SPOKEN:
                later = _asked(server, service)[before[service] :]
                assert len(later) == 1, "the successor is asked at once"
                assert later[0] not in gone
            spoken_by = _asked(server, Service.SPEECH)[before[Service.SPEECH] :]
            assert not gone.intersection(spoken_by), "nor is a voice that is gone"

    run_hurried(use())


def test_on_a_compatible_server_refused_models_are_succeeded(tmp_path: Path) -> None:
    async def use() -> None:
        async with ApiServer() as server:
            server.model.gone = DEFAULTS
            url = server.base_url
            async with whole_core(tmp_path, settings_for(url), key_for(url)) as core:
                await core.say(1)
                assert _has_turn(core, 1)
                before = len(server.asked(Service.CHAT))
                await core.say(2)
                assert _has_turn(core, 2)
                assert len(server.asked(Service.CHAT)) == before + 1
                assert core.sound_bytes, "it is spoken"

    run_hurried(use())


def test_by_date_the_dead_are_not_even_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def use() -> None:
        async with (
            reading_aloud() as realtime,
            openai_core(tmp_path, realtime) as (core, server),
        ):
            server.model.gone = DATED
            await core.say(1)
            assert _has_turn(core, 1)
            assert core.sound_bytes, "it is spoken"
            for service in (*SPOKEN, Service.SPEECH):
                assert not DATED.intersection(_asked(server, service))
            assert realtime.received, "a Realtime model reads aloud"

    with on_the_day(DAY_AFTER, monkeypatch):
        run_hurried(use())
