"""Sayso's own window as a target: its composer takes a dictation, its history gives one away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from Xlib import X
from Xlib.error import BadAccess, CatchError

from app.desktop.x11_session import X11Session
from tests.desk import targets
from tests.desk.screen import Screen
from tests.desk.sound import SoundServer
from tests.desk.speech import say
from tests.desk.waiting import wait_until
from tests.flows.running import TITLE, RunningSayso
from tests.flows.test_dictation import AGAIN, SENTENCE, SETTINGS, Desk

pytestmark = pytest.mark.desk


class WindowDesk(Desk):
    """Sayso with its window."""

    def start(self) -> RunningSayso:
        return RunningSayso(self.home, self.environment, settings=SETTINGS)

    def focus(self) -> None:
        """Give its window the keyboard."""
        window = self.screen.wait_for_window(TITLE)
        active = self.screen.active_window()
        if active is None or active.id != window.id:
            self.screen.xdotool("windowactivate", "--sync", str(window.id))
        self.screen.wait_for_active(TITLE)

    def wait_for_hotkey(self) -> None:
        """Until nobody else can have the key for inserting again."""
        wait_until(lambda: _is_taken(self.screen.display, "a"), "the keys", timeout_s=40)


def _is_taken(display: str, key: str) -> bool:
    session = X11Session(display)
    try:
        code = session.display.keysym_to_keycode(ord(key))
        failed = CatchError(BadAccess)
        modifiers = X.ControlMask | X.Mod1Mask
        session.root.grab_key(
            code, modifiers, False, X.GrabModeAsync, X.GrabModeAsync, onerror=failed
        )
        session.display.sync()
        return failed.get_error() is not None
    finally:
        session.close()


@pytest.fixture
def desk(sound: SoundServer, screen: Screen, tmp_path: Path) -> Iterator[WindowDesk]:
    desk = WindowDesk(tmp_path / "home", sound, screen)
    try:
        with desk.sayso:
            desk.wait_for_hotkey()
            yield desk
    finally:
        desk.release()


def test_the_composer_takes_a_dictation_like_any_field(desk: WindowDesk) -> None:
    desk.focus()
    desk.dictate()
    ((_, text, _, _),) = desk.wait_for("inserted")
    desk.screen.xdotool("key", "Return")
    assert desk.sayso.wait_for_message("user") == text


def test_what_was_dictated_elsewhere_never_goes_into_sayso(
    desk: WindowDesk, tmp_path: Path
) -> None:
    with targets.qt(desk.screen, tmp_path, "plain") as field:
        field.focus()
        desk.press()
        desk.sound.say_clip(say(SENTENCE, lead_ms=300))
        desk.focus()
        desk.release()
        ((_, text, _, _),) = desk.wait_for("held")
        assert field.read() == ""
        desk.press(AGAIN)
        desk.release(AGAIN)
        desk.wait_for("inserted")
        assert field.settled(text) == text
        desk.screen.wait_for_active(field.title)
    assert desk.sayso.messages == []
