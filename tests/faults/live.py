"""One fault, lived through: what a person saw and heard, what was kept, and whether it goes on."""

from __future__ import annotations

import asyncio
import contextlib
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app import events
from app.conversation.message import Role
from tests.faults.api import SPEECH_RATE_HZ, Service, model_of, reply_to, said
from tests.faults.catalogue import Fault
from tests.faults.doors import Door, Site
from tests.faults.openai_host import openai_core
from tests.faults.server import ApiServer
from tests.faults.whole import WholeCore, key_for, settings_for, take_id, whole_core
from tests.providers.openai.connection import KEY

TYPED = "what is two plus two"
_UNSPEAKABLE = re.compile(
    r"Traceback|vendor's own|<html|[A-Z]\w+Error\b|\bsk-|\{['\"]|httpx|openai\."
)


@dataclass(slots=True)
class Lived:
    """What came of one turn. Times are what a person waits: `told_s` until the first notice."""

    fault: str
    service: Service
    api: str = ""
    """Where it is not the one of compatible servers."""
    heard: str = ""
    replied: str = ""
    spoken_ms: int = 0
    kept: bool = False
    notices: Sequence[events.Notice] = ()
    models: Sequence[str] = ()
    """What each request was made to."""
    countdowns: Sequence[float] = ()
    """Seconds that were counted down before another try."""
    row: bool | None = None
    """Whether the recording is listed with a retry; None where nothing was listed at all."""
    told_s: float | None = None
    seconds: float = 0.0
    goes_on: bool = False
    afterwards: Sequence[str] = ()
    problems: list[str] = field(default_factory=list)


async def live_through(fault: Fault, service: Service) -> Lived:
    """A turn before the fault, one with it, one after it, in an app of its own."""
    with tempfile.TemporaryDirectory() as home:
        async with (
            ApiServer() as server,
            whole_core(Path(home), settings_for(server.base_url), key_for(server.base_url)) as core,
        ):
            await core.say(1)
            server.inject(service, fault.of)
            lived = Lived(fault.name, service)
            await turn(core, server, 2, lived)
            server.heal()
            await _goes_on(core, lived, 3)
            return lived


async def live_through_at_openai(fault: Fault) -> Lived:
    """The same for a reply by the Responses API, which is asked on OpenAI's own host."""
    with tempfile.TemporaryDirectory() as folder:
        async with openai_core(Path(folder)) as (core, server):
            await core.say(1)
            server.inject(Service.CHAT, fault.of)
            lived = Lived(fault.name, Service.CHAT, api="Responses")
            await turn(core, server, 2, lived)
            server.heal()
            await _goes_on(core, lived, 3)
            return lived


async def live_through_door(door: Door, service: Service) -> Lived:
    """A turn while the way to the server is broken, and one after it was put right.

    The service is the first that the turn asks: the others are built in, or not asked.
    """
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder) / "site")
        chat = "built_in" if service is Service.SPEECH else "server"
        settings = settings_for(site.base_url, chat=chat)
        environment = {**key_for(site.base_url), **site.environment}
        async with contextlib.AsyncExitStack() as broken:
            await broken.enter_async_context(door.broken(site))
            async with whole_core(Path(folder) / "home", settings, environment) as core:
                lived = Lived(door.name, service)
                await _watched(core, 2, lived, typed=service is not Service.TRANSCRIPTION)
                await broken.aclose()
                async with site.right():
                    await _goes_on(core, lived, 3, built_in_chat=chat == "built_in")
                return lived


async def turn(core: WholeCore, server: ApiServer, number: int, lived: Lived) -> None:
    """Say an utterance and note what comes of it."""
    asked = len(server.asked(lived.service))
    await _watched(core, number, lived)
    lived.models = [model_of(request) for request in server.asked(lived.service)[asked:]]


async def _watched(core: WholeCore, number: int, lived: Lived, *, typed: bool = False) -> None:
    clock = asyncio.get_running_loop().time
    began, began_s, sound_before = len(core.seen), clock(), core.sound_bytes
    await (core.type(TYPED) if typed else core.say(number))
    lived.seconds = clock() - began_s
    lived.spoken_ms = (core.sound_bytes - sound_before) // 2 * 1000 // SPEECH_RATE_HZ
    told = [seen for seen in core.seen[began:] if isinstance(seen.event, events.Notice)]
    lived.notices = core.of(events.Notice, began)
    lived.countdowns = [waiting.seconds for waiting in core.of(events.RetryWaiting, began)]
    if listed := core.of(events.KeptTakesChanged, began):
        lived.row = any(take.take_id == take_id(number) for take in listed[-1].takes)
    lived.told_s = told[0].at_s - began_s if told else None
    for added in core.of(events.MessageAdded, began):
        if added.message.role is Role.USER:
            lived.heard = added.message.text
    for ended in core.of(events.ReplyEnded, began):
        if ended.message is not None:
            lived.replied = ended.message.text
    lived.kept = number in core.kept()
    lived.problems += [
        f"shown: {text}"
        for notice in lived.notices
        if _UNSPEAKABLE.search(text := f"{notice.message} {notice.hint}") or KEY[:12] in text
    ]


async def _goes_on(
    core: WholeCore, lived: Lived, number: int, *, built_in_chat: bool = False
) -> None:
    """Whether a turn with nothing wrong is heard, answered and spoken."""
    began, sound_before = len(core.seen), core.sound_bytes
    await (core.type(TYPED) if built_in_chat else core.say(number))
    stored = core.messages()
    answered = [ended.message for ended in core.of(events.ReplyEnded, began)]
    lived.afterwards = [
        f"{notice.code}: {notice.message}" for notice in core.of(events.Notice, began)
    ] + [f"{role}: {text}" for role, text in stored[-4:]]
    lived.goes_on = core.sound_bytes > sound_before and (
        bool(answered and answered[-1])
        if built_in_chat
        else ("user", said(number)) in stored and ("assistant", reply_to(said(number))) in stored
    )
