"""Hold a key in another program, speak, release: the words are there, or it is said why not."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.desk import targets
from tests.desk.accessibility_bus import AccessibilityService
from tests.desk.child import merged
from tests.desk.screen import Screen
from tests.desk.sound import SoundServer
from tests.desk.speech import say
from tests.desk.waiting import wait_until
from tests.flows.running import ROOT, RunningSayso

pytestmark = pytest.mark.desk
SETTINGS = "[general]\nlisten_at_start = false\nfirst_run_done = true\n"
DICTATE, AGAIN = ("ctrl", "alt", "d"), ("ctrl", "alt", "a")
SENTENCE = "this is a new sentence"


class Desk:
    """Sayso in a terminal, on this screen and sound, and hands at the keyboard."""

    def __init__(
        self, home: Path, sound: SoundServer, screen: Screen, *more: Mapping[str, str]
    ) -> None:
        self.home = home
        self.sound = sound
        self.screen = screen
        self.environment = merged(sound.environment, screen.environment, *more)
        self.sayso = self.start()

    def start(self) -> RunningSayso:
        """Another run at the same home."""
        return RunningSayso(
            self.home, self.environment, arguments=["talk"], settings=SETTINGS, stdin_text="/mute\n"
        )

    def press(self, keys: Sequence[str] = DICTATE) -> None:
        """Keys go down, and stay."""
        for key in keys:
            self.screen.xdotool("keydown", key)

    def release(self, keys: Sequence[str] = DICTATE) -> None:
        """They come up."""
        for key in reversed(keys):
            self.screen.xdotool("keyup", key)

    def dictate(self, text: str = SENTENCE) -> None:
        """Hold, say it, let go."""
        self.press()
        self.sound.say_clip(say(text, lead_ms=300))
        self.release()

    def rows(self) -> list[tuple[str, str, str, str]]:
        """Outcome, text, recording and details of each dictation, oldest first."""
        file = self.home / "data" / "sayso.db"
        if not file.exists():
            return []
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as store:
            return list(
                store.execute(
                    "SELECT outcome, text, audio, detail FROM dictations ORDER BY started_at"
                )
            )

    def wait_for(self, *outcomes: str) -> list[tuple[str, str, str, str]]:
        """Until the dictations have these outcomes."""
        wait_until(
            lambda: [row[0] for row in self.rows()] == list(outcomes), f"{outcomes}", timeout_s=25
        )
        return self.rows()


@pytest.fixture
def desk(sound: SoundServer, screen: Screen, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "home", sound, screen)
    try:
        with desk.sayso as sayso:
            sayso.wait_for_hotkeys()
            yield desk
    finally:
        desk.release()


def test_words_spoken_while_a_key_is_held_are_in_the_field(desk: Desk, tmp_path: Path) -> None:
    with targets.qt(desk.screen, tmp_path, "plain") as field:
        field.focus()
        desk.dictate()
        ((_, text, audio, detail),) = desk.wait_for("inserted")
        assert field.settled(text) == text
    assert "sentence" in text.lower()
    assert detail.startswith(("Read by", "Seen in"))
    assert (desk.home / "data" / "dictations" / audio).stat().st_size > 16_000
    assert not list((desk.home / "state" / "takes").iterdir())
    assert desk.sayso.messages == []


def test_a_second_one_goes_on_behind_the_first(desk: Desk, tmp_path: Path) -> None:
    with targets.qt(desk.screen, tmp_path, "plain") as field:
        field.focus()
        desk.dictate()
        desk.wait_for("inserted")
        desk.dictate()
        (first, second) = desk.wait_for("inserted", "inserted")
        assert field.settled(first[1] + second[1]) == first[1] + second[1]
    assert second[1].startswith(" ")


def test_text_for_a_window_that_is_gone_waits_and_is_inserted_by_its_key(
    desk: Desk, tmp_path: Path
) -> None:
    with targets.qt(desk.screen, tmp_path, "plain") as meant:
        meant.focus()
        desk.press()
        desk.sound.say_clip(say(SENTENCE, lead_ms=300))
        with targets.qt(desk.screen, tmp_path, "plain") as other:
            other.focus()
            desk.release()
            ((_, text, audio, _),) = desk.wait_for("held")
            assert other.read() == ""
            assert meant.read() == ""
            assert audio
            desk.press(AGAIN)
            desk.release(AGAIN)
            desk.wait_for("inserted")
            assert other.settled(text) == text


def test_a_password_field_gets_nothing(sound: SoundServer, screen: Screen, tmp_path: Path) -> None:
    with closing(AccessibilityService(screen.environment)) as service:
        # On a session bus without a keyring, asking for one opens a window.
        around = {**service.environment, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
        desk = Desk(tmp_path / "home", sound, screen, around)
        with desk.sayso, targets.qt(screen, tmp_path, "password", service.environment) as field:
            desk.sayso.wait_for_hotkeys()
            field.focus()
            desk.dictate()
            ((_, _, _, detail),) = desk.wait_for("held")
            assert field.read() == ""
    assert "password" in detail


def test_escape_cancels_and_the_recording_stays(desk: Desk, tmp_path: Path) -> None:
    with targets.qt(desk.screen, tmp_path, "plain") as field:
        field.focus()
        desk.press()
        desk.sound.say_clip(say(SENTENCE, lead_ms=300))
        desk.screen.xdotool("key", "Escape")
        ((_, text, audio, _),) = desk.wait_for("cancelled")
        desk.release()
        assert (text, field.read()) == ("", "")
    assert audio


def test_a_tap_in_silence_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    with targets.qt(desk.screen, tmp_path, "plain") as field:
        field.focus()
        desk.press()
        wait_until(lambda: len(desk.rows()) == 1, "a take")
        desk.screen.xdotool("key", "Escape")
        wait_until(lambda: desk.rows() == [], "no row")
        assert field.read() == ""


def test_the_command_line_toggles_the_running_one(desk: Desk, tmp_path: Path) -> None:
    def toggle() -> None:
        command = [sys.executable, "-m", "app", "dictate", "--toggle"]
        around = merged(desk.environment, {"SAYSO_HOME": str(desk.home)})
        subprocess.run(command, cwd=ROOT, env=around, check=True, timeout=30)

    with targets.qt(desk.screen, tmp_path, "plain") as field:
        field.focus()
        toggle()
        wait_until(lambda: len(desk.rows()) == 1, "a take")
        desk.sound.say_clip(say(SENTENCE, lead_ms=300))
        toggle()
        ((_, text, _, _),) = desk.wait_for("inserted")
        assert field.settled(text) == text


def test_what_a_crash_cut_off_waits_at_the_next_start_and_is_not_inserted(
    sound: SoundServer, screen: Screen, tmp_path: Path
) -> None:
    desk = Desk(tmp_path / "home", sound, screen)
    with targets.qt(screen, tmp_path, "plain") as field:
        with desk.sayso as sayso:
            sayso.wait_for_hotkeys()
            field.focus()
            desk.press()
            sound.say_clip(say(SENTENCE, lead_ms=300))
            sayso.child.send_signal(signal.SIGKILL)
            sayso.child.wait()
        desk.release()
        with desk.start() as sayso:
            sayso.wait_for_hotkeys()
            desk.wait_for("kept")
            wait_until(lambda: desk.rows()[0][2] != "", "its recording")
            ((_, _, audio, _),) = desk.rows()
            assert (desk.home / "data" / "dictations" / audio).stat().st_size > 16_000
            assert field.read() == ""
            assert sayso.messages == []
