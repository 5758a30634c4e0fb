"""What is known of the hotkeys, event after event."""

from __future__ import annotations

from app.desktop.hotkeys import HotkeyName
from app.dictation.events import HotkeyHeard, HotkeyStatus, ReplayChanged
from ui.view_hotkeys import HotkeysView, reduce


def test_the_latest_status_of_each_counts() -> None:
    view = HotkeysView()
    for status in (
        HotkeyStatus(HotkeyName.DICTATE, "F9", "Taken."),
        HotkeyStatus(HotkeyName.UNDO, "F8"),
        HotkeyStatus(HotkeyName.DICTATE, "F9"),
    ):
        view = reduce(view, status)
    assert view.status_of(HotkeyName.DICTATE) == HotkeyStatus(HotkeyName.DICTATE, "F9")
    assert view.status_of(HotkeyName.UNDO) is not None
    assert view.status_of(HotkeyName.CANCEL) is None


def test_the_last_press_is_kept_and_other_events_change_nothing() -> None:
    heard = HotkeyHeard(HotkeyName.DICTATE, pressed=True)
    view = reduce(HotkeysView(), heard)
    assert view.heard == heard
    assert reduce(view, ReplayChanged("")) is view
