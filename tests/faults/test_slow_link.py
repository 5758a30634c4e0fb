"""Turns over a line that is slow, breaks, or is cut into crumbs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import events
from tests.desk.relay import FINE, SLOW, Line, Relay
from tests.desk.screen import Screen
from tests.desk.sound import SoundServer
from tests.faults.api import Service, said
from tests.faults.clock import run_hurried
from tests.faults.server import ApiServer
from tests.faults.slow_window import as_markdown, live
from tests.faults.whole import WholeCore, key_for, settings_for, whole_core

LONGEST_STALL_MS = 200


@contextlib.asynccontextmanager
async def _over(home: Path, line: Line) -> AsyncIterator[tuple[WholeCore, ApiServer, Relay]]:
    async with ApiServer() as server, Relay(server.port, line) as relay:
        base_url = f"http://127.0.0.1:{relay.port}/v1"
        async with whole_core(home, settings_for(base_url), key_for(base_url)) as core:
            yield core, server, relay


def test_a_turn_over_64_kbit_s_and_400_ms(tmp_path: Path) -> None:
    async def use() -> None:
        async with _over(tmp_path, SLOW) as (core, server, _):
            await core.say(1)
            assert ("user", said(1)) in core.messages()
            assert ("assistant", "I have heard number 1.") in core.messages()
            assert core.sound_bytes
            assert core.of(events.Notice) == []
            assert len(server.asked(Service.TRANSCRIPTION)) == 1

    run_hurried(use())


def test_a_turn_over_a_line_that_cuts_everything_into_crumbs(tmp_path: Path) -> None:
    async def use() -> None:
        async with _over(tmp_path, Line(slice_bytes=3)) as (core, _, _):
            await core.say(1)
            assert ("assistant", "I have heard number 1.") in core.messages()
            assert core.of(events.Notice) == []

    run_hurried(use())


def test_a_cut_in_the_middle_of_an_upload_costs_nothing(tmp_path: Path) -> None:
    async def use() -> None:
        async with _over(tmp_path, SLOW) as (core, _, relay):
            turn = asyncio.create_task(core.say(1))
            passed = relay.passed_bytes
            await core.until(lambda: relay.passed_bytes > passed + 20_000)
            relay.cut()
            await turn
            assert core.messages().count(("user", said(1))) == 1
            assert core.kept() == {}

    run_hurried(use())


def test_a_black_hole_keeps_what_was_said_and_ends_with_the_hole(tmp_path: Path) -> None:
    async def use() -> None:
        async with _over(tmp_path, FINE) as (core, _, relay):
            await core.say(1)
            relay.become(black_hole=True)
            await core.say(2)
            assert core.of(events.Notice)
            assert (("user", said(2)) in core.messages()) != (2 in core.kept())
            relay.become(black_hole=False)
            await core.say(3)
            assert ("assistant", "I have heard number 3.") in core.messages()

    run_hurried(use())


@pytest.mark.desk
@pytest.mark.soak
def test_ten_minutes_on_a_slow_line_with_the_window(
    sound: SoundServer, screen: Screen, tmp_path: Path
) -> None:
    lived = live(10.0, sound, screen, tmp_path)
    print(as_markdown(lived))
    assert max(lived.stalls_ms, default=0) <= LONGEST_STALL_MS
    assert lived.questions > 10
    heard = sum(message["role"] == "user" for message in lived.of("message"))
    assert heard + lived.kept >= lived.questions - 1, "but for one that was being spoken"
    answered = [reply for reply in lived.of("reply") if reply["text"]]
    assert len(answered) >= heard - 2
