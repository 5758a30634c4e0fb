"""A key combination is taken as it is pressed, and refused in words where it would do harm."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.desktop.chords import KEYS, ChordError, parse_chord
from ui.settings.chord_field import ChordField
from ui.settings.chord_keys import chord_text, is_modifier, lone_modifier

Key, Held = Qt.Key, Qt.KeyboardModifier
NONE = Held.NoModifier


class Taken:
    """A field, and what came of it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.field = ChordField("Dictation key")
        qtbot.addWidget(self.field)
        self.field.show_chord("Ctrl+Alt+D")
        with qtbot.waitExposed(self.field):
            self.field.show()
        self.committed: list[str] = []
        self.refused: list[str] = []
        self.field.committed.connect(self.committed.append)
        self.field.refused.connect(self.refused.append)

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = NONE, native: int = 0) -> None:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(self.field, QKeyEvent(kind, key, held, 0, native, 0))


@pytest.fixture
def taken(qtbot: QtBot, theme) -> Taken:
    made = Taken(qtbot)
    made.field.capture()
    return made


@pytest.mark.parametrize(
    ("key", "held", "text"),
    [
        (Key.Key_D, Held.ControlModifier | Held.AltModifier, "Ctrl+Alt+D"),
        (Key.Key_Space, Held.ControlModifier | Held.MetaModifier, "Ctrl+Super+Space"),
        (Key.Key_F9, NONE, "F9"),
        (Key.Key_Backtab, Held.ControlModifier | Held.ShiftModifier, "Ctrl+Shift+Tab"),
        (Key.Key_5, Held.AltModifier | Held.KeypadModifier, "Alt+5"),
        (Key.Key_QuoteLeft, Held.ControlModifier, "Ctrl+Backquote"),
    ],
)
def test_keys_are_written_as_hotkeys_are(key: Qt.Key, held: Qt.KeyboardModifier, text: str) -> None:
    assert chord_text(key, held) == text
    assert str(parse_chord(text)) == text


def test_every_named_key_is_one_that_hotkeys_know() -> None:
    from ui.settings.chord_keys import _NAMES, _RIGHT

    assert {*_NAMES.values(), *_RIGHT.values()} <= set(KEYS)


def test_an_unknown_key_is_named_by_its_character() -> None:
    with pytest.raises(ChordError, match="é"):
        parse_chord(chord_text(Key.Key_Eacute, Held.ControlModifier))
    assert chord_text(Key.Key_VolumeUp, NONE) == "this key"


def test_modifiers_by_themselves() -> None:
    assert is_modifier(Key.Key_Control)
    assert lone_modifier(Key.Key_Control, 0xFFE4) == "Right Ctrl"
    assert lone_modifier(Key.Key_Control, 0xFFE3) == ""
    assert lone_modifier(Key.Key_D, 0xFFE4) == ""


def test_a_combination_is_taken_and_shown(taken: Taken) -> None:
    taken.key(Key.Key_Control, Held.ControlModifier, 0xFFE3)
    taken.key(Key.Key_F5, Held.ControlModifier)
    assert taken.committed == ["Ctrl+F5"]
    assert taken.field.accessibleName() == "Dictation key: Ctrl+F5"
    assert not taken.field.is_capturing


def test_a_right_modifier_is_taken_when_it_comes_up_alone(taken: Taken) -> None:
    taken.key(Key.Key_Control, Held.ControlModifier, 0xFFE4)
    assert taken.committed == ["Right Ctrl"]


def test_a_right_modifier_with_another_key_is_a_combination(taken: Taken) -> None:
    control = QKeyEvent(QEvent.Type.KeyPress, Key.Key_Control, Held.ControlModifier, 0, 0xFFE4, 0)
    QApplication.sendEvent(taken.field, control)
    taken.key(Key.Key_F5, Held.ControlModifier)
    assert taken.committed == ["Ctrl+F5"]


def test_a_combination_that_would_do_harm_is_refused_in_words(taken: Taken) -> None:
    taken.key(Key.Key_V, Held.ControlModifier)
    taken.key(Key.Key_X)
    assert taken.committed == []
    assert "pastes" in taken.refused[0]
    assert "typing" in taken.refused[1]
    assert taken.field.is_capturing


def test_escape_keeps_what_there_was_and_backspace_leaves_none(taken: Taken) -> None:
    taken.key(Key.Key_Escape)
    assert taken.committed == []
    assert taken.field.accessibleName() == "Dictation key: Ctrl+Alt+D"
    taken.field.capture()
    taken.key(Key.Key_Backspace)
    assert taken.committed == [""]
    assert taken.field.accessibleName() == "Dictation key: none"


def test_shortcuts_of_the_window_wait_while_keys_are_taken(taken: Taken) -> None:
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Key.Key_N, Held.ControlModifier)
    override.ignore()
    QApplication.sendEvent(taken.field, override)
    assert override.isAccepted()


def test_it_begins_by_pointer_or_key_and_ends_with_the_focus(qtbot: QtBot, theme) -> None:
    taken = Taken(qtbot)
    QTest.mouseClick(taken.field, Qt.MouseButton.LeftButton)
    assert _is_capturing(taken)
    taken.field.hide()
    assert not _is_capturing(taken)
    taken.field.show()
    taken.field.setFocus()
    QTest.keyClick(taken.field, Key.Key_Space)
    assert _is_capturing(taken)


def _is_capturing(taken: Taken) -> bool:
    return taken.field.is_capturing
