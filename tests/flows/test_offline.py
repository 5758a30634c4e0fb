"""No key, no network, no click: ten spoken commands in a row, answered aloud."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

import pytest

from app.tools.spoken import spoken_date
from tests.desk.recording import Recording
from tests.desk.screen import Screen
from tests.desk.sound import SoundServer
from tests.desk.speech import say
from tests.flows.running import RunningSayso, said_since, which_was_said
from tests.steadiness import Naps

TODAY = spoken_date(datetime.date.today()).lower().replace(",", "").replace("-", " ")

# What is said, what the reply shows, and how the reply sounds, for an independent recognition.
COMMANDS = {
    "sum": ("what is twelve times seven", "84", "(that is|twelve times seven is) eighty four"),
    "timer": ("set a timer for five minutes", "5 minutes", "timer set for five minutes"),
    "units": (
        "how many kilometers are five miles", "8.05",
        "five miles are eight point (zero|oh) five kilometers",
    ),
    "date": (
        "what day is it", "Today is",
        f"today is {TODAY.rsplit(' ', 1)[0]} twenty (twenty|thirty) [six|seven|eight|nine]",
    ),
    "note": ("take a note", "What should I note?", "what should i note"),
    "noted": ("please open the window", "Noted.", "noted"),
    "notes": ("read my notes", "window", "you have one note please open the window"),
    "cancel": ("cancel the timer", "cancelled", "the timer is (canceled|cancelled)"),
    "heat": (
        "convert twenty celsius to fahrenheit", "68",
        "twenty degrees celsius is sixty eight degrees fahrenheit",
    ),
    "thanks": ("thank you", "You're welcome.", "you're welcome"),
}  # fmt: skip


# A process that runs later than that plays and records sound with holes in it.
LATE_MS = 100
TIMES = 4


class Asking:
    """Somebody who speaks to Sayso, and says it again if the computer tore the sound apart."""

    def __init__(
        self, sayso: RunningSayso, sound: SoundServer, recording: Recording, naps: Naps
    ) -> None:
        self._sayso = sayso
        self._sound = sound
        self._recording = recording
        self._naps = naps

    def ask(self, name: str) -> None:
        """Say a command, and see and hear that it is answered."""
        for time_left in reversed(range(TIMES)):
            since_s = time.monotonic()
            try:
                self._ask_once(name, since_s)
            except AssertionError:
                if not time_left or self._naps.latest_ms(since_s) < LATE_MS:
                    raise
            else:
                return

    def _ask_once(self, name: str, since_s: float) -> None:
        command, shown, _ = COMMANDS[name]
        replies = len(self._sayso.replies)
        self._sound.say_clip(say(command))
        reply = self._sayso.wait_for_reply(replies + 1)
        self._recording.wait_for_silence(600)
        assert self._sayso.messages[-2:] == [("user", command, None), ("assistant", reply, None)]
        assert shown in reply
        sounds = {name: sentence for name, (_, _, sentence) in COMMANDS.items()}
        assert which_was_said(said_since(self._recording, since_s), sounds) == name


@pytest.mark.desk
def test_ten_spoken_commands_are_answered_aloud_without_network_or_click(
    sound: SoundServer, screen: Screen, naps: Naps, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with (
        sound.recording() as recording,
        RunningSayso(home, sound.environment, screen.environment, isolated=True) as sayso,
    ):
        sayso.show(screen)
        sayso.wait_until_listening(sound)
        somebody = Asking(sayso, sound, recording, naps)
        for name in COMMANDS:
            somebody.ask(name)
        assert all(heard is None for _, _, heard in sayso.messages)
        assert sayso.quit() == 0
        assert not list((sayso.home / "state" / "takes").iterdir())
