"""One channel in a process of its own, away from the desktop of whoever runs it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
import traceback
from pathlib import Path

from tests.attacks.campaign import Score, campaign
from tests.attacks.corpus import corpora
from tests.attacks.desk import desk
from tests.desk.screen import Screen
from tests.desk.sound import SoundServer


def leave_this_desktop() -> None:
    """Nothing of whoever runs this is used: no screen, no sound, no keyring, no key."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        os.environ.pop(name, None)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
    os.environ["PULSE_SERVER"] = "unix:/nonexistent"


def attack_by(channel: str, count: int | None) -> dict[tuple[str, str], Score]:
    """All corpora by one channel; `count` attacks of each, None for all."""
    leave_this_desktop()
    try:
        return asyncio.run(_run(channel, count))
    except BaseException:
        print(f"{channel} ended early", flush=True)  # The others go on for long.
        traceback.print_exc()
        raise


async def _run(channel: str, count: int | None) -> dict[tuple[str, str], Score]:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sayso-attacks-")))
        screen = stack.enter_context(contextlib.closing(Screen()))
        sound = stack.enter_context(contextlib.closing(SoundServer()))
        async with (
            desk(screen, sound, folder / "desk") as around,
            campaign(around, folder / "world") as attacks,
        ):
            attacks.channels = tuple(each for each in attacks.channels if each.name == channel)
            return await attacks.run(corpora(), count, lambda line: print(line, flush=True))
