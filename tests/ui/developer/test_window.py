"""The developer view's window: costs nothing while it is shut, and does what its buttons say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app import commands
from app.providers.voice_session import WireNote
from app.realtime.commands import WatchWire
from app.realtime.events import Link, LinkChanged, TurnTimed, Wired
from tests.ui.conftest import Shown
from ui.developer.timeline import Timeline
from ui.developer.window import DeveloperWindow
from ui.theme import Theme

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
LINK = LinkChanged(Link.CONNECTED, "gpt-realtime")


class View:
    def __init__(self, qtbot: QtBot) -> None:
        self.asked: list[commands.Command] = []
        self.window = DeveloperWindow()
        self.window.asked.connect(self.asked.append)
        qtbot.addWidget(self.window)
        self.window.open(LINK)
        self._qtbot = qtbot

    def note(self, *kinds: str, sent: bool = True) -> None:
        for kind in kinds:
            self.window.on_event(Wired(WireNote(1.0, sent, kind, 50)))

    @property
    def kinds(self) -> list[str]:
        return [row.kind for row in self.window.list.entries.rows]

    def wait_for(self, *kinds: str) -> None:
        self._qtbot.waitUntil(lambda: self.kinds == list(kinds))


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> Iterator[View]:
    result = View(qtbot)
    yield result
    result.window.hide()


def test_the_wire_is_told_while_it_is_open_and_nothing_is_kept_after(view: View) -> None:
    view.note("response.create")
    view.wait_for("response.create")
    view.window.close()
    assert view.asked == [WatchWire(on=True), WatchWire(on=False)]
    view.note("response.done")
    assert not view.window.timeline.rows
    view.window.open(LINK)
    assert view.asked[-1] == WatchWire(on=True)


def test_events_are_shown_filtered_and_cleared(view: View) -> None:
    view.note("session.update", "response.create")
    view.note("response.done", sent=False)
    view.wait_for("session.update", "response.create", "response.done")
    assert "3 events" in view.window.status.whole
    view.window.filter.setText("response")
    assert view.kinds == ["response.create", "response.done"]
    view.window.direction.setCurrentIndex(2)
    view.window.direction.activated.emit(2)
    assert view.kinds == ["response.done"]
    view.window.filter.clear()
    view.window.clear.click()
    assert view.kinds == []
    assert not view.window.save.isEnabled()


def test_a_pause_holds_what_is_read_and_loses_nothing(view: View) -> None:
    view.note("a")
    view.wait_for("a")
    view.window.pause.click()
    assert view.window.status.whole.startswith("Paused")
    view.note("b")
    view.window._render()
    assert view.kinds == ["a"]
    view.window.pause.click()
    assert view.kinds == ["a", "b"]


def test_a_full_ring_moves_on_without_losing_what_is_marked(view: View) -> None:
    view.window.timeline = Timeline(most=3)
    view.note("a", "b", "c")
    view.wait_for("a", "b", "c")
    view.window.list.setCurrentIndex(view.window.list.entries.index(2))
    view.note("d", "e")
    view.wait_for("c", "d", "e")
    assert [row.kind for row in view.window.list.marked] == ["c"]
    view.note("f", "g", "h", "i")
    view.wait_for("g", "h", "i")


def test_the_list_follows_its_end_unless_one_reads_above(view: View) -> None:
    bar = view.window.list.verticalScrollBar()
    view.note(*(f"kind{at}" for at in range(100)))
    view.wait_for(*(f"kind{at}" for at in range(100)))
    assert bar.value() == bar.maximum() > 0
    bar.setValue(0)
    view.note("one more")
    view.wait_for(*(f"kind{at}" for at in range(100)), "one more")
    assert bar.value() == 0


def test_rows_are_copied_by_button_and_by_key(view: View) -> None:
    view.note("a", "b")
    view.wait_for("a", "b")
    view.window.copy.click()
    assert QGuiApplication.clipboard().text().count("\n") == 1
    view.window.list.setCurrentIndex(view.window.list.entries.index(1))
    QTest.keyClick(view.window.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "0.000\tsent\tb\t50\t"


def test_it_is_saved_as_json_and_trouble_is_told(view: View, tmp_path: Path) -> None:
    view.note("a")
    view.wait_for("a")
    view.window.write(str(tmp_path / "timeline.json"))
    assert json.loads((tmp_path / "timeline.json").read_text())["events"][0]["kind"] == "a"
    assert view.window.status.whole == "Saved as timeline.json."
    view.window.write(str(tmp_path / "nowhere" / "timeline.json"))
    assert view.window.status.whole.startswith("It could not be saved")


def test_turns_are_drawn_and_told_to_those_who_cannot_see(view: View, qtbot: QtBot) -> None:
    turns = view.window.turns
    assert turns.accessibleDescription() == "No turn yet."
    blank = turns.grab().toImage()
    for at in range(12):
        view.window.on_event(TurnTimed(f"r{at}", paused_s=1.0, asked_s=1.01, spoken_s=1.4))
    qtbot.waitUntil(lambda: "Turn 12" in turns.accessibleDescription())
    assert "Turn 12: asked after 10 ms, heard after 400 ms." in turns.accessibleDescription()
    assert "Turn 4:" not in turns.accessibleDescription()
    assert turns.grab().toImage() != blank


def test_it_fits_into_its_smallest_size(view: View) -> None:
    view.note("response.output_audio_transcript.delta")
    view.window.resize(1, 1)
    window = view.window
    assert (window.width(), window.height()) == (420, 420)
    for part in (window.filter, window.direction, window.pause, window.clear, window.save):
        assert window.rect().contains(part.geometry()), part.accessibleName()


# From the main window


def test_the_key_opens_it_and_escape_closes_it(shown: Shown, qtbot: QtBot) -> None:
    QTest.keyClick(shown.window, Qt.Key.Key_D, CTRL_SHIFT)
    developer = shown.window.content._developer
    assert developer is not None
    qtbot.addWidget(developer)
    assert developer.isVisible()
    shown.tell(Wired(WireNote(1.0, True, "session.update", 10)))
    assert developer.timeline.events == 1
    QTest.keyClick(developer, Qt.Key.Key_Escape)
    assert not developer.isVisible()
    assert shown.sent == [WatchWire(on=True), WatchWire(on=False)]


def test_it_is_not_even_loaded_before_it_is_asked_for(shown: Shown) -> None:
    shown.tell(Wired(WireNote(1.0, True, "session.update", 10)), LINK)
    assert shown.window.content._developer is None
