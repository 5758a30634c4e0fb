"""A speaker goes on after a pause: what was begun for nothing is on the bill, and named so."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from app import commands, events
from app.services import Service
from app.usage.spent import Bill
from tests.faults import api
from tests.faults.clock import run_hurried
from tests.faults.openai_host import openai_core
from tests.faults.server import ApiServer
from tests.faults.whole import WholeCore, key_for, settings_for, whole_core
from tests.providers.openai import fault_server

Row = tuple[str, bool, bool, float | None]


def rows(core: WholeCore) -> list[Row]:
    """Service, refused, estimated and dollars of each request, in the order of their ends."""
    with contextlib.closing(sqlite3.connect(core.paths.usage_file)) as link:
        found = link.execute("SELECT service, refused, estimated, usd FROM requests ORDER BY at")
        return [(row[0], bool(row[1]), bool(row[2]), row[3]) for row in found]


def refused(core: WholeCore, service: Service) -> list[bool]:
    return [row[1] for row in rows(core) if row[0] == service]


def bill(core: WholeCore) -> Bill:
    return core.of(events.CostChanged)[-1].bill


async def speak_with_a_pause(core: WholeCore, server: ApiServer) -> None:
    """Say half a sentence, pause until it is being answered, and say the rest."""
    server.model.hears = "Please tell me the time"
    core.engine.begin_take("one")
    core.engine.pause("one", voiced_ms=800)
    await core.until(lambda: server.asked(api.Service.CHAT), 60.0)
    server.heal()
    server.model.hears = "Please tell me the time in Paris."
    core.engine.go_on("one")
    core.engine.pause("one", voiced_ms=1_200)
    await core.until(lambda: len(server.asked(api.Service.CHAT)) == 2, 60.0)
    core.engine.end_take("one", voiced_ms=1_200)
    await core.until(lambda: core.of(events.ReplyEnded), 60.0)


def test_one_request_of_each_is_refused_and_one_is_used(tmp_path: Path) -> None:
    async def talk() -> None:
        async with openai_core(tmp_path) as (core, server):
            await speak_with_a_pause(core, server)
            await core.until(lambda: bill(core).spent.requests >= 5, 60.0)
        told = bill(core)
        assert refused(core, Service.TRANSCRIPTION) == [True, False]
        assert refused(core, Service.CHAT) == [True, False]
        assert False in refused(core, Service.SPEECH)
        found = rows(core)
        assert all(usd is not None and usd > 0 for *_, usd in found)
        assert told.spent.usd == pytest.approx(sum(usd or 0.0 for *_, usd in found))
        assert told.refused.usd == pytest.approx(sum(usd or 0.0 for _, r, _, usd in found if r))
        assert told.refused.requests == sum(row[1] for row in found)

    run_hurried(talk())


def halt(whole: api.Answer) -> fault_server.Behaviour:
    """Most of the answer, and then nothing."""
    return fault_server.stream(whole.pieces[:-3], "hang", whole.kind)


def test_a_reply_cut_half_way_is_estimated(tmp_path: Path) -> None:
    async def talk() -> None:
        async with ApiServer() as server:
            url = server.base_url
            settings = settings_for(url, speech="built_in")
            async with whole_core(tmp_path / "home", settings, key_for(url)) as core:
                server.inject(api.Service.CHAT, halt)
                await speak_with_a_pause(core, server)
        chats = [row for row in rows(core) if row[0] == Service.CHAT]
        assert chats == [("chat", True, True, None), ("chat", False, False, None)]

    run_hurried(talk())


def test_what_is_under_way_when_sayso_is_closed_is_on_the_ledger(tmp_path: Path) -> None:
    async def talk() -> None:
        async with ApiServer() as server:
            url = server.base_url
            settings = settings_for(url, transcription="built_in", speech="built_in")
            async with whole_core(tmp_path / "home", settings, key_for(url)) as core:
                server.inject(api.Service.CHAT, halt)
                core.send(commands.SendText("What time is it?"))
                await core.until(lambda: core.of(events.ReplyDelta), 60.0)
        assert rows(core) == [("chat", False, True, None)]

    run_hurried(talk())


def test_what_was_asked_for_outlives_a_restart_and_follows_its_conversation(
    tmp_path: Path,
) -> None:
    async def talk() -> None:
        async with ApiServer() as server:
            url = server.base_url
            settings = settings_for(url, transcription="built_in", speech="built_in")
            async with whole_core(tmp_path / "home", settings, key_for(url)) as core:
                await core.type("What time is it?")
                await core.until(lambda: bill(core).spent.requests == 1, 60.0)
                assert bill(core).spent.unpriced_tokens == 12
                conversation_id = core.of(events.CostChanged)[-1].conversation_id
                core.send(commands.NewConversation())
                await core.until(lambda: not bill(core).spent.requests, 60.0)
            async with whole_core(tmp_path / "home", settings, key_for(url)) as core:
                core.send(commands.OpenConversation(conversation_id))
                await core.until(lambda: core.of(events.CostChanged), 60.0)
                await core.until(lambda: bill(core).spent.requests == 1, 60.0)

    run_hurried(talk())


def test_a_test_is_on_the_ledger_but_on_no_conversations_bill(tmp_path: Path) -> None:
    async def talk() -> None:
        async with ApiServer() as server:
            url = server.base_url
            async with whole_core(tmp_path / "home", settings_for(url), key_for(url)) as core:
                core.send(commands.TestService(Service.CHAT))
                await core.until(lambda: core.of(events.ServiceTested), 60.0)
            with contextlib.closing(sqlite3.connect(core.paths.usage_file)) as link:
                found = link.execute("SELECT purpose, conversation_id FROM requests").fetchall()
        assert found
        assert set(found) == {("test", "")}

    run_hurried(talk())


def test_built_in_costs_nothing_and_says_nothing(tmp_path: Path) -> None:
    async def talk() -> None:
        settings = settings_for(
            "http://127.0.0.1:9/v1", transcription="built_in", chat="built_in", speech="built_in"
        )
        async with whole_core(tmp_path / "home", settings, {}) as core:
            await core.type("what is two plus two")
            assert not core.of(events.CostChanged)
        assert not core.paths.usage_file.exists()

    run_hurried(talk())
