"""The questions about services, through the queue's own task keeper, real registry and servers."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from app import commands, events
from app.errors import Action
from app.inbox import Inbox
from app.providers.discovery import ProbeAnswer
from app.providers.local.commands import CommandAssistant
from app.providers.openai.chat_completions import ChatCompletionsModel
from app.providers.openai.client import OpenAIClient
from app.providers.openai.probe import list_models
from app.providers.openai.realtime_model import RealtimeModel
from app.providers.openai.speech import OpenAISpeech
from app.providers.openai.transcriber import OpenAITranscriber
from app.providers.registry import Factories, Registry
from app.providers.scripted import ScriptedSpeech, ScriptedTranscriber
from app.secrets import KeyVault, Secret
from app.service_desk import ServiceDesk
from app.services import Service
from app.settings import Settings, changed
from app.usage.request import Purpose, Request
from audio import messages
from tests.providers.openai import fault_server as faults
from tests.providers.openai.fault_server import FaultServer
from tests.voice_server.server import VoiceServer

WAIT_S = 30.0
"""A busy computer takes its time to load the library."""
KEY = "sk-canary-0123456789abcdefghijklmnop"


class Playback:
    def __init__(self) -> None:
        self.sent: list[messages.Command] = []
        self.pcm_bytes = 0
        self.stuck = asyncio.Event()
        self.stuck.set()

    async def send(self, message: messages.Command) -> None:
        self.sent.append(message)

    async def send_pcm(self, stream_id: str, data: bytes) -> None:
        self.pcm_bytes += len(data)
        await self.stuck.wait()


@dataclass
class Desk:
    """A desk, and what came of it."""

    settings: Settings = field(default_factory=Settings)
    environ: dict[str, str] = field(default_factory=dict)
    answers: Sequence[ProbeAnswer] = ()
    told: list[events.Event] = field(default_factory=list)
    asked_ports: list[int] = field(default_factory=list)
    billed: list[Request] = field(default_factory=list)
    conversation_id: str = "c1"
    at_once: int = 10
    playback: Playback = field(default_factory=Playback)
    hears: ScriptedTranscriber = field(default_factory=lambda: ScriptedTranscriber("the time"))

    def __post_init__(self) -> None:
        self.inbox = Inbox()
        self.news = asyncio.Event()
        self.registry = Registry(KeyVault(self.environ), self._factories())
        self.desk = ServiceDesk(
            self.registry, lambda: self.settings, self._probe, self._hear, self.inbox.spawn,
            self, self.playback,
        )  # fmt: skip

    def _factories(self) -> Factories[OpenAIClient]:
        return Factories(
            client=lambda base_url, key: OpenAIClient(base_url, key),
            built_in_transcriber=lambda: self.hears,
            built_in_chat_model=CommandAssistant,
            built_in_speech=lambda language: ScriptedSpeech(),
            server_transcriber=OpenAITranscriber,
            server_chat_model=ChatCompletionsModel,
            openai_chat_model=ChatCompletionsModel,
            server_speech=lambda client, model, style: OpenAISpeech(client, model, style.voice),
            read_aloud_speech=lambda client, model, style: OpenAISpeech(client, model, style.voice),
            models=list_models,
            built_in_live=_unasked,
            server_live=_unasked,
            voice_model=lambda client, model, words: RealtimeModel(
                client, model, words_models=words
            ),
        )

    def record(self, request: Request) -> None:
        self.billed.append(request)

    async def _probe(self, ports: Sequence[int], within_s: float) -> Sequence[ProbeAnswer]:
        self.asked_ports.extend(ports)
        return [answer for answer in self.answers if answer.port in ports][: self.at_once]

    def _hear(self, event: events.Event) -> None:
        self.told.append(event)
        self.news.set()

    async def ask(self, command: commands.Command) -> None:
        assert await self.desk.on_command(command)

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(WAIT_S):
            while not holds():
                self.news.clear()
                await self.news.wait()

    @property
    def tested(self) -> list[events.ServiceTested]:
        return [event for event in self.told if isinstance(event, events.ServiceTested)]

    async def test(self, service: Service) -> events.ServiceTested:
        before = len(self.tested)
        await self.ask(commands.TestService(service))
        await self.until(lambda: len(self.tested) > before)
        return self.tested[-1]


def _unasked(*_: object) -> Any:
    raise AssertionError("not asked for")


@contextlib.asynccontextmanager
async def opened(**more: object) -> AsyncIterator[Desk]:
    desk = Desk(**more)  # type: ignore[arg-type]
    try:
        yield desk
    finally:
        await desk.inbox.cancel_all()
        await desk.registry.aclose()


def at(base_url: str, *services: Service) -> Settings:
    values: dict[str, object] = {f"{service}.source": "server" for service in services}
    return changed(Settings(), values | {f"{one}.base_url": base_url for one in services})


async def test_other_commands_are_left_to_others() -> None:
    async with opened() as desk:
        assert not await desk.desk.on_command(commands.StopReply())


async def test_servers_are_looked_for_only_when_asked() -> None:
    found = ProbeAnswer(11434, "http://127.0.0.1:11434/v1", (events.ListedModel("m"),))
    async with opened(answers=(found,)) as desk:
        assert desk.asked_ports == []
        await desk.ask(commands.FindServers())
        await desk.until(lambda: desk.told)
        assert desk.asked_ports == [11434, 1234, 8080, 8000, 4000, 1234, 8080, 8000, 4000]
        (event,) = desk.told
        assert isinstance(event, events.ServersFound)
        assert [server.name for server in event.servers] == ["Ollama"]


async def test_a_server_that_was_late_once_is_found_all_the_same() -> None:
    found = [ProbeAnswer(port, f"http://127.0.0.1:{port}/v1", (events.ListedModel("m"),))
             for port in (1234, 11434)]  # fmt: skip
    async with opened(answers=found, at_once=1) as desk:
        await desk.ask(commands.FindServers())
        await desk.until(lambda: desk.told)
        (event,) = desk.told
        assert isinstance(event, events.ServersFound)
        assert [server.name for server in event.servers] == ["Ollama", "LM Studio"]


async def test_what_is_built_in_is_tested_through_the_registry() -> None:
    async with opened() as desk:
        for service in Service:
            result = await desk.test(service)
            assert result.ok
            assert result.service is service
        started = [event.service for event in desk.told
                   if isinstance(event, events.ServiceTestStarted)]  # fmt: skip
        assert started == list(Service)
        kinds = [type(message) for message in desk.playback.sent]
        assert kinds == [messages.Play, messages.PlayEnd]
        assert desk.playback.pcm_bytes > 0


async def test_a_server_is_tested_with_real_requests() -> None:
    async def answers(exchange: faults.Exchange) -> None:
        is_chat = exchange.request.path.endswith("completions")
        listing = faults.answer(200, b'{"object": "list", "data": []}')
        await (faults.stream(faults.chat("ready")) if is_chat else listing)(exchange)

    async with FaultServer(answers) as server:
        settings = changed(at(server.base_url, Service.CHAT), {"chat.model": "m"})
        async with opened(settings=settings) as desk:
            result = await desk.test(Service.CHAT)
    assert result.ok
    assert result.summary.startswith("m answers")
    assert "may only talk" in result.detail
    asked = [request for request in server.requests if request.path.endswith("completions")]
    plain, with_tool = [request.json() for request in asked]
    assert "tools" not in plain
    assert with_tool["tools"][0]["function"]["name"] == "report_ready"
    assert all(0 < body["max_tokens"] for body in (plain, with_tool))


@pytest.mark.parametrize("service", list(Service))
async def test_trouble_is_told_with_what_helps_and_no_key(service: Service) -> None:
    refusal = faults.error(401, f"Incorrect API key provided: {KEY}", code="invalid_api_key")
    async with FaultServer(refusal) as server:
        environ = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": server.base_url}
        async with opened(settings=at(server.base_url, service), environ=environ) as desk:
            result = await desk.test(service)
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert not result.ok
    assert result.action is Action.ENTER_KEY
    assert "did not accept the key" in result.summary
    assert KEY not in repr(desk.told)


async def test_a_test_can_be_stopped_and_is_told_to_be_over() -> None:
    async def silent(exchange: faults.Exchange) -> None:
        await exchange.hang()

    async with (
        FaultServer(silent) as server,
        opened(settings=at(server.base_url, Service.CHAT)) as desk,
    ):
        await desk.ask(commands.TestService(Service.CHAT))
        await server.until(lambda: bool(server.requests))
        await desk.ask(commands.CancelTests())
        await desk.until(lambda: desk.tested)
    (result,) = desk.tested
    assert (result.ok, result.summary) == (False, "")


async def test_stopping_silences_the_voice() -> None:
    async with opened() as desk:
        desk.playback.stuck.clear()
        await desk.ask(commands.TestService(Service.SPEECH))
        async with asyncio.timeout(WAIT_S):
            while not desk.playback.pcm_bytes:
                await asyncio.sleep(0)
        await desk.ask(commands.CancelTests())
        await desk.until(lambda: desk.tested)
        kinds = [type(message) for message in desk.playback.sent]
        assert kinds == [messages.Play, messages.Flush]


async def test_models_are_listed_for_the_service_that_asked() -> None:
    models = [{"id": "qwen3"}, {"id": "whisper-1"}, {"id": "nomic-embed-text"}]
    body = json.dumps({"object": "list", "data": models}).encode()
    async with (
        FaultServer(faults.answer(200, body)) as server,
        opened(settings=at(server.base_url, Service.CHAT, Service.TRANSCRIPTION)) as desk,
    ):
        await desk.ask(commands.ListModels(Service.CHAT))
        await desk.ask(commands.ListModels(Service.TRANSCRIPTION))
        await desk.until(lambda: len(desk.told) == 2)
        listed = {event.service: event for event in desk.told
                  if isinstance(event, events.ModelsListed)}  # fmt: skip
        assert listed[Service.CHAT].models == (events.ListedModel("qwen3"),)
        assert listed[Service.CHAT].base_url == server.base_url
        # What is retired at OpenAI is not so on a server that only shares the name.
        assert listed[Service.TRANSCRIPTION].models == (events.ListedModel("whisper-1"),)


async def test_a_list_that_cannot_be_had_says_why() -> None:
    async with opened(settings=at("http://127.0.0.1:9/v1", Service.CHAT)) as desk:
        await desk.ask(commands.ListModels(Service.CHAT))
        await desk.until(lambda: desk.told)
        (event,) = desk.told
        assert isinstance(event, events.ModelsListed)
        assert event.models == ()
        assert event.problem == "127.0.0.1:9 cannot be reached."


async def test_the_newer_test_takes_the_older_one_s_place() -> None:
    gone = asyncio.Event()

    async def silent(exchange: faults.Exchange) -> None:
        await exchange.hang()
        gone.set()

    async with (
        FaultServer(silent) as server,
        opened(settings=at(server.base_url, Service.CHAT)) as desk,
    ):
        await desk.ask(commands.TestService(Service.CHAT))
        await server.until(lambda: bool(server.requests))
        desk.settings = Settings()
        result = await desk.test(Service.CHAT)
        await desk.until(lambda: any(one.ok for one in desk.tested))
        async with asyncio.timeout(WAIT_S):
            await gone.wait()
    assert result in desk.tested


def test_the_key_is_no_part_of_an_event() -> None:
    secret = Secret(KEY)
    assert KEY not in repr(commands.StoreKey(secret, "api.groq.com"))


# Realtime


async def test_realtime_is_tried_over_a_connection_of_its_own() -> None:
    async with VoiceServer() as server:
        at_server = changed(Settings(), {"realtime.base_url": server.base_url})
        async with opened(settings=at_server) as desk:
            await desk.ask(commands.TestRealtime())
            await desk.until(lambda: any(isinstance(e, events.RealtimeTested) for e in desk.told))
    assert isinstance(desk.told[0], events.RealtimeTestStarted)
    tested = desk.told[-1]
    assert isinstance(tested, events.RealtimeTested)
    assert tested.ok, tested
    assert tested.summary.startswith("A sentence was spoken")
    assert desk.playback.pcm_bytes > 0
    assert not server.open
    [request] = desk.billed
    assert (request.purpose, request.conversation_id) == (Purpose.TEST, "")
    assert request.amounts.kinds.audio_output > 0


async def test_realtime_without_a_server_says_so() -> None:
    nowhere = changed(Settings(), {"realtime.base_url": "http://127.0.0.1:9/v1"})
    async with opened(settings=nowhere) as desk:
        await desk.ask(commands.TestRealtime())
        await desk.until(lambda: any(isinstance(e, events.RealtimeTested) for e in desk.told))
    tested = desk.told[-1]
    assert isinstance(tested, events.RealtimeTested)
    assert not tested.ok
    assert tested.summary == "127.0.0.1:9 cannot be reached."
    assert KEY not in repr(tested)
