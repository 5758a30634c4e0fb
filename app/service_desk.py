"""What front ends ask about services: is there one here, what does it offer, does it work.

Core thread. Each question is a task of its own; a newer one of its kind takes its place.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace

from app import commands, events
from app.conversation.message import new_id
from app.errors import AppError
from app.net.address import OPENAI_HOST, host_of, parse_address
from app.providers.base import Hints
from app.providers.catalogue import facts
from app.providers.checks import (
    Outcome,
    bounded,
    check_chat,
    check_speech,
    check_transcription,
)
from app.providers.discovery import (
    WITHIN_S,
    ProbeAnswer,
    for_service,
    found_servers,
    local_ports,
)
from app.providers.registry import Registry
from app.providers.voice_check import check_voice
from app.providers.voice_session import SessionSetup
from app.services import Service
from app.sessions.audio_port import Playback
from app.settings import Settings, Source
from app.usage.meters import Book, Meter
from app.usage.occasion import made_for
from app.usage.request import Purpose
from app.usage.voice import amounts_of
from audio.messages import Flush, Play, PlayEnd
from audio.pcm import Clip

Probe = Callable[[Sequence[int], float], Awaitable[Sequence[ProbeAnswer]]]
Spawn = Callable[[Awaitable[None], str], "asyncio.Task[None]"]


class ServiceDesk:
    """Handles FindServers, ListModels, TestService, TestRealtime and CancelTests.

    `playback` is where a tested voice is heard; without one it is only made.
    """

    def __init__(
        self,
        registry: Registry,
        settings: Callable[[], Settings],
        probe: Probe,
        publish: Callable[[events.Event], None],
        spawn: Spawn,
        book: Book,
        playback: Playback | None = None,
    ) -> None:
        self._registry = registry
        self._settings = settings
        self._probe = probe
        self._publish = publish
        self._spawn = spawn
        self._book = book
        self._playback = playback
        self._asked: dict[str, asyncio.Task[None]] = {}

    async def on_command(self, command: object) -> bool:
        """Whether it was for here. Returns before the answer is known."""
        match command:
            case commands.FindServers():
                self._begin("find servers", self._find())
            case commands.ListModels(service):
                self._begin(f"list models: {service}", self._list(service))
            case commands.TestService(service):
                self._begin(f"test: {service}", self._test(service))
            case commands.TestRealtime():
                self._begin("test: realtime", self._test_realtime())
            case commands.CancelTests():
                for task in self._asked.values():
                    task.cancel()
            case _:
                return False
        return True

    def _begin(self, name: str, work: Awaitable[None]) -> None:
        if (before := self._asked.get(name)) is not None:
            before.cancel()
        task = self._spawn(work, name)
        self._asked[name] = task
        task.add_done_callback(lambda done: self._forget(name, done))

    def _forget(self, name: str, task: asyncio.Task[None]) -> None:
        if self._asked.get(name) is task:
            del self._asked[name]

    async def _find(self) -> None:
        answers = list(await self._probe(local_ports(), WITHIN_S))
        # A busy computer may be too late once; a closed port answers at once either way.
        there = {answer.port for answer in answers}
        again = [port for port in local_ports() if port not in there]
        answers += await self._probe(again, WITHIN_S)
        self._publish(events.ServersFound(found_servers(answers)))

    async def _list(self, service: Service) -> None:
        settings = self._settings()
        address = settings.address_of(service)
        try:
            models = await self._registry.models(settings, service)
        except AppError as error:
            self._publish(events.ModelsListed(service, address, (), error.message))
            return
        listed = for_service(models, service)
        if host_of(address) == OPENAI_HOST:
            listed = tuple(_dated(model) for model in listed)
        problem = "" if listed else "The server names no models."
        self._publish(events.ModelsListed(service, address, listed, problem))

    async def _test(self, service: Service) -> None:
        self._publish(events.ServiceTestStarted(service))
        outcome = Outcome(False, "")
        try:
            outcome = await outcome_of(self._registry, self._settings(), service, self._playback)
        finally:
            self._publish(
                events.ServiceTested(
                    service,
                    outcome.ok,
                    outcome.summary,
                    outcome.detail,
                    outcome.seconds,
                    outcome.action,
                )
            )

    async def _test_realtime(self) -> None:
        self._publish(events.RealtimeTestStarted())
        outcome = Outcome(False, "")
        try:
            outcome = await realtime_outcome(
                self._registry, self._settings(), self._book, self._playback
            )
        finally:
            self._publish(
                events.RealtimeTested(
                    outcome.ok, outcome.summary, outcome.detail, outcome.seconds, outcome.action
                )
            )


async def realtime_outcome(
    registry: Registry, settings: Settings, book: Book, playback: Playback | None = None
) -> Outcome:
    """As `outcome_of`, for speech to speech; what it cost is noted in `book`."""
    setup = SessionSetup("", voice=settings.realtime.voice, speed=settings.speech.speed)

    async def check() -> Outcome:
        async with _heard_at(playback) as player:
            model = await registry.voice_model(settings)
            address = parse_address(settings.realtime_address)
            meter = Meter(book, address.label, has_prices=address.is_openai)
            note = meter.begin(Service.CHAT)
            return await check_voice(
                model, setup, player, lambda counts: note(model.label, amounts_of(counts))
            )

    with made_for(Purpose.TEST):
        return await bounded(check)


async def outcome_of(
    registry: Registry, settings: Settings, service: Service, playback: Playback | None = None
) -> Outcome:
    """What works of a service as these settings have it. Trouble is an outcome, not an error."""

    async def check() -> Outcome:
        match service:
            case Service.CHAT:
                is_built_in = settings.source_of(service) is Source.BUILT_IN
                model = await registry.chat_model(settings)
                return await check_chat(model, is_built_in=is_built_in)
            case Service.TRANSCRIPTION:
                transcriber = await registry.transcriber(settings)
                return await check_transcription(transcriber, Hints(language="en"))
            case Service.SPEECH:
                async with _heard_at(playback) as player:
                    return await check_speech(await registry.speech(settings), player)

    with made_for(Purpose.TEST):
        return await bounded(check)


class _Stream:
    """A playback stream of its own."""

    def __init__(self, playback: Playback) -> None:
        self._playback = playback
        self._id = f"test-{new_id()}"
        self._is_open = False

    async def play(self, clip: Clip) -> None:
        if not self._is_open:
            self._is_open = True
            await self._playback.send(Play(self._id, clip.rate_hz))
        await self._playback.send_pcm(self._id, clip.data)

    async def finish(self) -> None:
        await self._playback.send(PlayEnd(self._id))

    async def stop(self) -> None:
        """Silence what waits to be played."""
        if self._is_open:
            await self._playback.send(Flush(self._id))


@contextlib.asynccontextmanager
async def _heard_at(playback: Playback | None) -> AsyncIterator[_Stream | None]:
    """A stream to hear a test by, where there is a playback; silenced if the test fails."""
    if playback is None:
        yield None
        return
    stream = _Stream(playback)
    try:
        yield stream
    except BaseException:
        await stream.stop()
        raise


def _dated(model: events.ListedModel) -> events.ListedModel:
    """With the day of its end, from the catalogue where the server does not tell it."""
    return replace(model, retires=model.retires or facts(model.id).retires)
