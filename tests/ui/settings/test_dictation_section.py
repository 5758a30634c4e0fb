"""The settings of dictation that have cards of their own: keys, modes, tables."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.commands import ChangeSettings
from app.desktop.hotkeys import HotkeyName
from app.dictation.commands import TryHotkeys
from app.dictation.events import HotkeyHeard, HotkeyStatus
from app.dictation.modes import MODES, Latitude, Mode, ModeRule
from app.dictation.replacements import Replacement, Snippet
from app.settings import Settings, changed
from tests.ui.conftest import Shown
from ui.controls.fields import ChoiceBox, TextField
from ui.settings.dictation_section import DictationSection
from ui.settings.entries_card import EntriesCard, LongField
from ui.settings.modes_card import free_id
from ui.view_hotkeys import HotkeysView
from ui.window.remedies import Destination, Page


@pytest.fixture
def section(shown: Shown) -> DictationSection:
    shown.window.go(Destination(Page.SETTINGS, "dictation.hotkey"))
    shown.sent.clear()
    return shown.window.area.settings.dictation


def values(shown: Shown) -> list[dict[str, Any]]:
    """What was asked to change; each is a value that the settings take."""
    asked = [command.values for command in shown.sent if isinstance(command, ChangeSettings)]
    for value in asked:
        changed(Settings(), value)
    return asked


def said(widget) -> set[str]:
    return {label.text() for label in widget.findChildren(QLabel) if not label.isHidden()}


def fields(card: EntriesCard, line: int = 0) -> list[Any]:
    found = card._lines[line]._fields
    assert all(isinstance(field, TextField | LongField | ChoiceBox) for field in found)
    return found


def fill(field: Any, text: str) -> None:
    field.setFocus()
    if isinstance(field, LongField):
        field.setPlainText(text)
    else:
        field.setText(text)
    field.clearFocus()


def test_a_new_key_is_sent(section: DictationSection, shown: Shown) -> None:
    field = section.hotkeys.fields["hotkey"]
    field.capture()
    QTest.keyClick(field, Qt.Key.Key_F9)
    assert values(shown) == [{"dictation.hotkey": "F9"}]


def test_a_key_that_is_taken_says_so_until_it_is_not(
    section: DictationSection, shown: Shown
) -> None:
    row = section.hotkeys.rows["hotkey"]
    problem = "Another program already uses Ctrl+Alt+D. Choose another."
    shown.tell(HotkeyStatus(HotkeyName.DICTATE, "Ctrl+Alt+D", problem))
    assert problem in said(row)
    shown.tell(HotkeyStatus(HotkeyName.DICTATE, "Ctrl+Alt+D"))
    assert problem not in said(row)


def test_a_key_that_the_system_replaced_is_named(section: DictationSection, shown: Shown) -> None:
    shown.tell(HotkeyStatus(HotkeyName.INSERT_AGAIN, "Super+F6"))
    assert "The system uses Super+F6." in said(section.hotkeys.rows["again_hotkey"])


def test_a_key_that_is_not_set_has_no_problem(section: DictationSection, shown: Shown) -> None:
    shown.tell(HotkeyStatus(HotkeyName.UNDO, "", "There is no such key."))
    assert "There is no such key." not in said(section.hotkeys.rows["undo_hotkey"])


def test_keys_are_tried_live_and_the_test_ends_with_the_page(
    section: DictationSection, shown: Shown
) -> None:
    card = section.hotkeys
    card.try_button.click()
    assert shown.sent == [TryHotkeys(True)]
    shown.tell(HotkeyHeard(HotkeyName.DICTATE, pressed=True))
    assert "Dictation key: down." in said(card.try_row)
    shown.tell(HotkeyHeard(HotkeyName.DICTATE, pressed=False, held_s=0.42))
    assert "Dictation key: works. It was held for 0.4 s." in said(card.try_row)
    shown.window.go(Destination(Page.CONVERSATION))
    assert shown.sent[-1] == TryHotkeys(False)


def test_what_was_heard_outside_of_a_test_is_not_shown(
    section: DictationSection, shown: Shown
) -> None:
    shown.tell(HotkeyHeard(HotkeyName.DICTATE, pressed=True))
    section.hotkeys.try_button.click()
    shown.tell(HotkeyStatus(HotkeyName.DICTATE, "Ctrl+Alt+D"))
    assert "Dictation key: down." not in said(section.hotkeys.try_row)


def test_a_replacement_is_sent_once_both_sides_are_written(
    section: DictationSection, shown: Shown
) -> None:
    card = section.replacements
    card.add.click()
    fill(fields(card)[0], "kubernetis")
    assert card.entries == ()
    fill(fields(card)[1], "Kubernetes")
    assert values(shown)[-1] == {
        "dictation.replacements": (Replacement("kubernetis", "Kubernetes"),)
    }


def test_a_snippet_keeps_its_line_breaks(section: DictationSection, shown: Shown) -> None:
    card = section.snippets
    card.add.click()
    fill(fields(card)[0], "my address")
    fill(fields(card)[1], "Trubarjeva 4\n1000 Ljubljana")
    snippet = Snippet("my address", "Trubarjeva 4\n1000 Ljubljana")
    assert values(shown)[-1] == {"dictation.snippets": (snippet,)}


def test_a_rule_names_a_program_or_a_title_and_a_mode(
    section: DictationSection, shown: Shown
) -> None:
    card = section.rules
    card.add.click()
    fill(fields(card)[1], "*Gmail*")
    assert values(shown)[-1] == {"dictation.rules": (ModeRule("verbatim", "", "*Gmail*"),)}
    box = fields(card)[2]
    box.setCurrentIndex(2)
    box.activated.emit(2)
    assert values(shown)[-1] == {"dictation.rules": (ModeRule("email", "", "*Gmail*"),)}


def test_a_line_is_removed(section: DictationSection, shown: Shown) -> None:
    shown.settings(dictation__enter_allowed=("xterm", "kitty"))
    assert section.terminals.entries == (("xterm",), ("kitty",))
    section.terminals._lines[0].removed.emit()
    assert values(shown) == [{"dictation.enter_allowed": ("kitty",)}]


def test_a_half_written_line_outlives_another_change(
    section: DictationSection, shown: Shown
) -> None:
    section.replacements.add.click()
    fields(section.replacements)[0].setText("half")
    shown.settings(dictation__earcons=False)
    assert fields(section.replacements)[0].text() == "half"


def test_the_default_mode_is_chosen_by_name(section: DictationSection, shown: Shown) -> None:
    box = section.modes.default
    assert [box.itemText(at) for at in range(box.count())] == [mode.label for mode in MODES]
    box.activated.emit(0)
    box.setCurrentIndex(1)
    box.activated.emit(1)
    assert values(shown)[-1] == {"dictation.mode": "tidy"}


def test_a_mode_is_edited_in_place(section: DictationSection, shown: Shown) -> None:
    row = section.modes.rows["email"]
    row.edit.click()
    fill(row.instruction, "Write a letter.")
    (modes,) = values(shown)[-1].values()
    assert [mode.instruction for mode in modes if mode.id == "email"] == ["Write a letter."]
    shown.settings(dictation__modes=modes)
    assert section.modes.rows["email"].is_unfolded


def test_verbatim_is_neither_edited_nor_removed(section: DictationSection) -> None:
    row = section.modes.rows["verbatim"]
    assert row.edit.isHidden()
    assert not row.is_unfolded


def test_a_mode_is_added_open_and_removed_again(section: DictationSection, shown: Shown) -> None:
    section.modes.add.click()
    (modes,) = values(shown)[-1].values()
    assert modes[:-1] == MODES
    new = Mode("new_mode", "New mode", "Say here what to make of the words.",
               latitude=Latitude.REWORDED)  # fmt: skip
    assert modes[-1] == new
    shown.settings(dictation__modes=modes)
    assert section.modes.rows["new_mode"].is_unfolded
    section.modes.rows["new_mode"].remove.click()
    assert values(shown)[-1] == {"dictation.modes": MODES}


def test_making_the_page_shows_no_window_of_its_own(qtbot: QtBot, theme) -> None:
    shown: list[object] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Show and watched.isWindowType():
                shown.append(watched)
            return False

    watch = Watch()
    application = QApplication.instance()
    assert application is not None
    application.installEventFilter(watch)
    section = DictationSection()
    qtbot.addWidget(section)
    section.show_state(Settings().dictation, HotkeysView())
    section.replacements.add.click()
    application.removeEventFilter(watch)
    assert shown == []


def test_names_for_the_file_are_short_and_free() -> None:
    assert free_id("Code comment!", ()) == "code_comment"
    assert free_id("Code comment", {"code_comment", "code_comment_2"}) == "code_comment_3"
    assert free_id("漢字", {"mode"}) == "mode_2"
