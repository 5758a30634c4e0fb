from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app import commands, events
from app.dictation.commands import FinishDictation, StartDictation
from app.settings import Settings, changed
from app.shots.commands import TakeShot
from app.shots.shot import ShotKind
from app.state import Phase, State
from ui.composer.voice_button import Glyph
from ui.theme import Theme
from ui.tray import INK, Tray, icon_of
from ui.view_state import ViewState, reduce
from ui.window.remedies import Destination, Page


class Used:
    def __init__(self, qtbot: QtBot) -> None:
        self.tray = Tray()
        self.sent: list[commands.Command] = []
        self.opened: list[Destination] = []
        self.quits = 0
        self.tray.asked.connect(self.sent.append)
        self.tray.opened.connect(self.opened.append)
        self.tray.quit_asked.connect(self._quit)

    def _quit(self) -> None:
        self.quits += 1

    def state(self, state: State, *, dictating: bool = False) -> None:
        view = reduce(ViewState(), events.StateChanged(state))
        self.tray.show_state(view, dictating=dictating)


@pytest.fixture
def used(qtbot: QtBot, theme: Theme):
    made = Used(qtbot)
    made.tray.show()
    yield made
    made.tray.close()


def test_the_menu_does_what_it_says(used: Used) -> None:
    used.state(State(Phase.IDLE))
    assert used.tray.talk.text() == "Start listening"
    for action in (used.tray.talk, used.tray.dictate, used.tray.ask, used.tray.mute):
        action.trigger()
    assert used.sent == [
        commands.SetHandsFree(True),
        StartDictation(),
        TakeShot(ShotKind.POINTER_MONITOR),
        commands.SetMuted(True),
    ]
    used.tray.open.trigger()
    used.tray.settings.trigger()
    assert used.opened == [Destination(Page.CONVERSATION), Destination(Page.SETTINGS)]
    used.tray.quit.trigger()
    assert used.quits == 1


def test_realtime_is_switched_and_the_developer_view_opened_from_it(used: Used) -> None:
    asked: list[bool] = []
    used.tray.developer_asked.connect(lambda: asked.append(True))
    used.tray.developer.trigger()
    assert asked
    on = changed(Settings(), {"realtime.engine": "realtime"})
    for settings in (Settings(), on):
        used.tray.show_state(reduce(ViewState(), events.SettingsChanged(settings)), dictating=False)
        assert used.tray.realtime.isChecked() is (settings is on)
        used.tray.realtime.trigger()
    assert used.sent == [
        commands.ChangeSettings({"realtime.engine": "realtime"}),
        commands.ChangeSettings({"realtime.engine": "turn_by_turn"}),
    ]


def test_it_follows_the_state(used: Used) -> None:
    used.state(State(Phase.SPEAKING, hands_free=True), dictating=True)
    assert used.tray.talk.text() == "Stop the reply"
    assert used.tray.dictate.text() == "Finish dictating"
    used.tray.dictate.trigger()
    assert used.sent == [FinishDictation()]
    used.state(State(Phase.LISTENING, muted=True))
    assert used.tray.mute.isChecked()
    assert used.tray.icon.toolTip() == "Sayso: Muted: the microphone is off"
    used.tray.mute.trigger()
    assert used.sent[-1] == commands.SetMuted(False)


def test_every_glyph_is_another_shape_in_one_colour(qapp, theme: Theme) -> None:
    pictures = {glyph: icon_of(glyph).pixmap(22, 22).toImage() for glyph in Glyph}
    for glyph, picture in pictures.items():
        others = [other for name, other in pictures.items() if name is not glyph]
        assert all(picture != other for other in others), glyph
        solid = {
            picture.pixelColor(x, y).name()
            for x in range(picture.width())
            for y in range(picture.height())
            if picture.pixelColor(x, y).alpha() == 255
        }
        assert solid <= {QColor(INK).name()}
        assert solid
