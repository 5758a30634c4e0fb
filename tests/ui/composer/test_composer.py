from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app import commands, events
from app.errors import Code
from app.state import Phase, State
from tests.ui import told
from tests.ui.conftest import Shown
from ui.composer.text_input import TextInput
from ui.composer.voice_bar import press
from ui.composer.voice_button import Glyph, VoiceButton, glyph_of
from ui.theme import Scheme, Theme
from ui.view_state import ViewState, reduce

SHIFT = Qt.KeyboardModifier.ShiftModifier


def text_input(shown: Shown) -> TextInput:
    return shown.window.area.conversation.composer.input


def test_enter_sends_and_empties_the_field(shown: Shown) -> None:
    field = text_input(shown)
    field.setPlainText("  Grüße 漢字 🙂 \n")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert shown.sent == [commands.SendText("Grüße 漢字 🙂")]
    assert field.toPlainText() == ""


def test_shift_enter_begins_a_line(shown: Shown) -> None:
    field = text_input(shown)
    QTest.keyClicks(field, "one")
    QTest.keyClick(field, Qt.Key.Key_Return, SHIFT)
    QTest.keyClicks(field, "two")
    assert field.toPlainText() == "one\ntwo"
    assert shown.sent == []


@pytest.mark.parametrize("blank", ["", "   ", "\n\n"])
def test_nothing_to_send(shown: Shown, blank: str) -> None:
    field = text_input(shown)
    field.setPlainText(blank)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert shown.sent == []
    assert not shown.window.area.conversation.composer._send.isEnabled()


def test_field_grows_to_six_lines(shown: Shown) -> None:
    field = text_input(shown)
    heights = []
    for lines in range(1, 10):
        field.setPlainText("\n".join(["word"] * lines))
        heights.append(field.height())
    assert heights[:6] == sorted(set(heights[:6]))
    assert heights[5:] == [heights[5]] * 4


def test_wrapped_text_makes_it_grow_as_well(shown: Shown) -> None:
    field = text_input(shown)
    one = field.height()
    field.setPlainText("word " * 60)
    assert field.height() > one


def test_words_so_far_are_shown_above(shown: Shown) -> None:
    partial = shown.window.area.conversation.composer._partial
    assert partial.isHidden()
    shown.tell(events.PartialTranscript("what is the"))
    assert partial.isVisible()
    assert partial.text() == "what is the"
    shown.tell(events.PartialTranscript("word " * 200))
    assert len(partial.text()) < 300
    shown.tell(events.PartialTranscript(""))
    assert partial.isHidden()


@pytest.mark.parametrize(
    ("state", "command"),
    [
        (State(Phase.IDLE), commands.SetHandsFree(True)),
        (State(Phase.LISTENING, hands_free=True), commands.SetHandsFree(False)),
        (State(Phase.HEARING, hands_free=True), commands.SetHandsFree(False)),
        (State(Phase.THINKING), commands.StopReply()),
        (State(Phase.SPEAKING, hands_free=True), commands.StopReply()),
        (State(Phase.ASKING), commands.StopReply()),
        (State(Phase.IDLE, muted=True, hands_free=True), commands.SetMuted(False)),
    ],
)
def test_press_of_the_round_button(shown: Shown, state: State, command: commands.Command) -> None:
    shown.tell(events.StateChanged(state))
    shown.window.area.conversation.composer.voice.button.click()
    assert shown.sent == [command]
    assert press(shown.window.view) == command


def test_glyph_of_every_phase() -> None:
    glyphs = {phase: glyph_of(ViewState(state=State(phase))) for phase in Phase}
    assert glyphs[Phase.IDLE] is Glyph.RING
    assert glyphs[Phase.LISTENING] is Glyph.LISTENING
    assert glyphs[Phase.HEARING] is Glyph.HEARING
    assert glyphs[Phase.THINKING] is Glyph.DOTS
    assert glyphs[Phase.SPEAKING] is Glyph.BARS
    muted = ViewState(state=State(Phase.LISTENING, muted=True))
    assert glyph_of(muted) is Glyph.STRUCK
    failed = reduce(ViewState(state=State(Phase.IDLE)), told.notice_of(Code.NO_MICROPHONE))
    assert glyph_of(failed) is Glyph.TRIANGLE


def picture(button: VoiceButton, glyph: Glyph, level: float) -> QImage:
    button.show_state(glyph, level)
    return button.grab().toImage()


def test_every_glyph_looks_different(qtbot, theme: Theme) -> None:
    pictures: list[QImage] = []
    for glyph in Glyph:
        button = VoiceButton()
        qtbot.addWidget(button)
        button.show()
        pictures.append(picture(button, glyph, 0.6))
    for number, one in enumerate(pictures):
        assert all(one != other for other in pictures[number + 1 :])


def test_level_fills_the_ring(qtbot, theme: Theme) -> None:
    theme.choose(Scheme.LIGHT, reduce_motion=False)
    button = VoiceButton()
    qtbot.addWidget(button)
    button.show()
    quiet = picture(button, Glyph.LISTENING, 0.0)
    assert picture(button, Glyph.LISTENING, 0.9) != quiet
    for _ in range(30):
        latest = picture(button, Glyph.LISTENING, 0.0)
    assert latest == quiet


def test_dots_stand_still_with_reduced_motion(qtbot, theme: Theme) -> None:
    button = VoiceButton()
    qtbot.addWidget(button)
    button.show()
    button.show_state(Glyph.DOTS, 0)
    assert not button._pulse.isActive()
    theme.choose(Scheme.LIGHT, reduce_motion=False)
    button.show_state(Glyph.DOTS, 0)
    assert button._pulse.isActive()
    button.hide()
    assert not button._pulse.isActive()


def test_levels_are_steps_with_reduced_motion(shown: Shown) -> None:
    shown.tell(told.state(Phase.LISTENING, hands_free=True, microphone_open=True))
    button = shown.window.area.conversation.composer.voice.button
    levels = set()
    for hundredth in range(101):
        shown.tell(events.LevelChanged(hundredth / 100, 0))
        levels.add(button._level)
    assert levels <= {0.0, 0.25, 0.5, 0.75, 1.0}


def test_mute_and_stop_are_there_when_they_make_sense(shown: Shown) -> None:
    voice = shown.window.area.conversation.composer.voice
    assert (voice.mute.isVisible(), voice.stop.isVisible()) == (False, False)
    shown.tell(told.state(Phase.LISTENING, hands_free=True, microphone_open=True))
    assert (voice.mute.isVisible(), voice.stop.isVisible()) == (True, False)
    shown.tell(told.state(Phase.SPEAKING, hands_free=True))
    assert (voice.mute.isVisible(), voice.stop.isVisible()) == (True, True)
    voice.stop.click()
    voice.mute.click()
    assert shown.sent == [commands.StopReply(), commands.SetMuted(True)]
    shown.tell(told.state(Phase.IDLE, muted=True))
    assert voice.mute.accessibleName() == "Unmute"
    voice.mute.click()
    assert shown.sent[-1] == commands.SetMuted(False)


def test_state_is_said_in_words(shown: Shown) -> None:
    voice = shown.window.area.conversation.composer.voice
    shown.tell(told.state(Phase.THINKING, detail="Asking gpt-4o"))
    assert voice.word.whole == "Asking gpt-4o"
    assert voice.button.accessibleName() == "Stop the reply"
    assert voice.button.accessibleDescription() == "Asking gpt-4o"
    shown.tell(told.state(Phase.LISTENING, hands_free=True))
    assert voice.button.accessibleName() == "Stop listening"


def test_suggestion_is_sent_as_if_typed(shown: Shown) -> None:
    shown.window.area.conversation.hint.chosen.emit("What time is it?")
    assert shown.sent == [commands.SendText("What time is it?")]


def test_hint_gives_way_to_the_first_row(shown: Shown) -> None:
    page = shown.window.area.conversation
    assert page.hint.isVisible()
    shown.tell(events.MessageAdded(told.user("Hi")))
    assert page.transcript.isVisible()
    assert not page.hint.isVisible()


def test_a_paste_comes_from_outside_of_python(shown: Shown, qtbot: QtBot) -> None:
    """Else the thread that owns the clipboard could not answer, being of this very process."""
    field = text_input(shown)
    QGuiApplication.clipboard().setText("Grüße")
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert field.toPlainText() == ""
    qtbot.waitUntil(lambda: field.toPlainText() == "Grüße")
