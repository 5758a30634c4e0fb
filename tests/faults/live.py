"""One fault, lived through: what a person saw and heard, what was kept, and whether it goes on."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app import events
from app.conversation.message import Role
from tests.faults.api import SPEECH_RATE_HZ, Service, said
from tests.faults.catalogue import Fault
from tests.faults.server import ApiServer
from tests.faults.whole import KEY, WholeCore, key_for, settings_for, whole_core

_UNSPEAKABLE = re.compile(r"Traceback|vendor's own|<html|[A-Z]\w+Error\b|\bsk-|\{['\"]|httpx|openai\.")


@dataclass(slots=True)
class Lived:
    """What came of one turn. Times are what a person waits: `told_s` until the first notice."""

    fault: str
    service: Service
    heard: str = ""
    replied: str = ""
    spoken_ms: int = 0
    kept: bool = False
    notices: Sequence[events.Notice] = ()
    requests: int = 0
    told_s: float | None = None
    seconds: float = 0.0
    goes_on: bool = False
    problems: list[str] = field(default_factory=list)


async def live_through(fault: Fault, service: Service) -> Lived:
    """A turn before the fault, one with it, one after it, in an app of its own."""
    with tempfile.TemporaryDirectory() as home:
        async with (
            ApiServer() as server,
            whole_core(
                Path(home), settings_for(server.base_url), key_for(server.base_url)
            ) as core,
        ):
            await core.say(1)
            server.inject(service, fault.of)
            lived = await turn(core, server, 2, Lived(fault.name, service))
            server.heal()
            await _go_on(core, lived, 3)
            return lived


async def turn(core: WholeCore, server: ApiServer, number: int, lived: Lived) -> Lived:
    """Say an utterance and note what comes of it."""
    clock = asyncio.get_running_loop().time
    began, asked = len(core.seen), len(server.asked(lived.service))
    sound_before, began_s = sum(core.engine.pcm_bytes.values()), clock()
    await core.say(number)
    lived.seconds = clock() - began_s
    note(core, began, began_s, number, lived)
    lived.spoken_ms = _ms(sum(core.engine.pcm_bytes.values()) - sound_before)
    lived.requests = len(server.asked(lived.service)) - asked
    return lived


def note(core: WholeCore, began: int, began_s: float, number: int, lived: Lived) -> None:
    """What the events since `began` say."""
    told = [seen for seen in core.seen[began:] if isinstance(seen.event, events.Notice)]
    lived.notices = [seen.event for seen in told if isinstance(seen.event, events.Notice)]
    lived.told_s = told[0].at_s - began_s if told else None
    for added in core.of(events.MessageAdded, began):
        if added.message.role is Role.USER:
            lived.heard = added.message.text
    for ended in core.of(events.ReplyEnded, began):
        if ended.message is not None:
            lived.replied = ended.message.text
    lived.kept = number in core.kept()
    for notice in lived.notices:
        shown = f"{notice.message} {notice.hint}"
        if _UNSPEAKABLE.search(shown) or KEY[:12] in shown:
            lived.problems.append(f"shown: {shown}")


async def _go_on(core: WholeCore, lived: Lived, number: int) -> None:
    sound_before = sum(core.engine.pcm_bytes.values())
    await core.say(number)
    stored = core.messages()
    lived.goes_on = (
        ("user", said(number)) in stored
        and ("assistant", f"I have heard number {number}.") in stored
        and sum(core.engine.pcm_bytes.values()) > sound_before
    )


def _ms(sound_bytes: int) -> int:
    return sound_bytes // 2 * 1000 // SPEECH_RATE_HZ
