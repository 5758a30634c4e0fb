"""What the window says of an echo that cannot be taken out."""

from __future__ import annotations

from pathlib import Path

from app import events
from app.errors import Code
from audio import messages
from tests.sessions.stage import stage


async def test_an_echo_that_remains_is_told_until_it_goes(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.engine.tell(messages.EchoRemains(on=True))
        await s.until(lambda: bool(s.of(events.Notice)))
        (notice,) = s.of(events.Notice)
        assert notice.code is Code.ECHO_REMAINS
        s.engine.tell(messages.EchoRemains(on=False))
        await s.until(lambda: bool(s.of(events.NoticeGone)))
        assert s.of(events.NoticeGone)[0].notice_id == notice.id
