"""Who stands in when a server fails: shown, said aloud, and over when it is."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app import events
from app.errors import Code
from audio.messages import Play
from tests.faults.api import Service
from tests.faults.behaviours import status
from tests.faults.clock import run_hurried
from tests.faults.server import ApiServer
from tests.faults.whole import WholeCore, settings_for, whole_core

LONGEST_FIRST_REST_S = 40.0


def _codes(core: WholeCore, since: int = 0) -> list[Code]:
    return [notice.code for notice in core.of(events.Notice, since)]


def test_the_built_in_assistant_answers_until_the_server_works_again(tmp_path: Path) -> None:
    async def use() -> None:
        async with ApiServer() as server:
            settings = settings_for(server.base_url, fallback="built_in")
            async with whole_core(tmp_path, settings, {}) as core:
                server.inject(Service.CHAT, status(500))
                await core.type("what is two plus three")
                role, text = core.messages()[-1]
                assert role == "assistant"
                assert "5" in text or "five" in text
                assert Code.FELL_BACK in _codes(core)
                await core.until(lambda: _streams(core) == 2)  # the answer, and who gave it

                began, asked = len(core.seen), len(server.asked(Service.CHAT))
                await core.type("what is two plus four")
                assert len(server.asked(Service.CHAT)) == asked, "what fails is left in peace"
                assert Code.FELL_BACK not in _codes(core, began), "and it is said once"

                server.heal()
                await asyncio.sleep(LONGEST_FIRST_REST_S)
                await core.type("tell me number 7")
                assert len(server.asked(Service.CHAT)) == asked + 1
                assert Code.BACK_AGAIN in _codes(core, began)
                assert Code.FELL_BACK not in _shown(core)

    run_hurried(use())


def _streams(core: WholeCore) -> int:
    return len([message for message in core.engine.sent if isinstance(message, Play)])


def _shown(core: WholeCore) -> set[Code]:
    """The banners that are up."""
    up: dict[str, Code] = {}
    for event in core.of(events.Notice):
        up[event.id] = event.code
    for gone in core.of(events.NoticeGone):
        up.pop(gone.notice_id, None)
    return set(up.values())
