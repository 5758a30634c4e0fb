"""Spoken commands that act on the desk: real speakers, real windows, a real file, no network."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pulsectl
import pytest

from tests.desk import targets
from tests.desk.screen import Screen
from tests.desk.sound import SPEAKERS, SoundServer
from tests.desk.speech import say
from tests.desk.waiting import wait_until
from tests.flows.running import RunningSayso


def _volume() -> int:
    with pulsectl.Pulse("test") as pulse:
        volume: float = pulse.get_sink_by_name(SPEAKERS).volume.value_flat
    return round(volume * 100)


@pytest.mark.desk
def test_the_desk_obeys_and_the_replies_are_true(
    sound: SoundServer, screen: Screen, tmp_path: Path
) -> None:
    user = tmp_path / "user"
    (user / "Downloads").mkdir(parents=True)
    opened = tmp_path / "opened"
    programs = tmp_path / "programs"
    programs.mkdir()
    opener = programs / "xdg-open"
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}\n')
    opener.chmod(0o755)
    around = {
        "HOME": str(user),
        "PATH": f"{programs}:{os.environ['PATH']}",
        "XDG_CONFIG_HOME": str(user / ".config"),
        "XDG_DOWNLOAD_DIR": str(user / "Downloads"),
    }
    with (
        sound.here(),
        targets.xterm(screen, tmp_path),
        sound.recording() as recording,
        RunningSayso(
            tmp_path / "home", sound.environment, screen.environment, around, isolated=True
        ) as sayso,
    ):
        sayso.show(screen)
        sayso.wait_until_listening(sound)

        def ask(command: str, number: int) -> str:
            sound.say_clip(say(command))
            reply = sayso.wait_for_reply(number)
            recording.wait_for_silence(600)
            return reply

        try:
            assert ask("set the volume to sixty percent", 1) == "The volume is at 60 percent."
            assert _volume() == 60
            assert ask("turn the volume up", 2) == "The volume is at 70 percent."
            assert _volume() == 70
        finally:
            with pulsectl.Pulse("test") as pulse:
                sink = pulse.get_sink_by_name(SPEAKERS)
                pulse.volume_set_all_chans(sink, 1.0)
        sound.say_clip(say("open my downloads"))
        asked_at = time.monotonic()
        wait_until(lambda: (recording.last_sound_s() or 0) > asked_at, "a question", timeout_s=30)
        recording.wait_for_silence(600)
        assert not opened.exists()
        sound.say_clip(say("yes please"))
        assert sayso.wait_for_reply(3) == "I opened Downloads."
        recording.wait_for_silence(600)
        assert opened.read_text() == str(user / "Downloads")
        assert ask("what windows are open", 4) == "One window is open: XTerm."
        assert sayso.quit() == 0
