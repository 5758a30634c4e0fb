from __future__ import annotations

import enum
from typing import Any

import pytest
from pydantic import BaseModel
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLabel, QLineEdit, QPushButton, QSpinBox

from app import commands, events
from app.commands import ChangeSettings
from app.events import KeyPlace
from app.secrets import Secret
from app.services import Service
from app.settings import Echo, Settings, Source
from tests.ui import told
from tests.ui.conftest import Shown
from ui.settings.editors import DeviceEditor
from ui.settings.fields import Kind, mistake, sections, value
from ui.settings.page import SettingsPage
from ui.window.remedies import KEY_FIELD, Destination, Page

ALL_SERVER = {f"{service}__source": "server" for service in Service}


def visible_paths() -> set[str]:
    """Every path of the tree that is not hidden, found without the page's own code."""
    found = set()
    for name, info in Settings.model_fields.items():
        tree = info.annotation
        if isinstance(tree, type) and issubclass(tree, BaseModel):
            for key, inner in tree.model_fields.items():
                if not (inner.json_schema_extra or {}).get("hidden"):  # type: ignore[union-attr]
                    found.add(f"{name}.{key}")
    return found


@pytest.fixture
def page(shown: Shown) -> SettingsPage:
    shown.tell(told.DEVICES)
    shown.window.go(Destination(Page.SETTINGS))
    shown.sent.clear()
    return shown.window.area.settings


def inner(page: SettingsPage, path: str, kind: type) -> Any:
    return page.editor(path).findChild(kind)


def test_every_setting_has_a_control_and_nothing_hidden_has(page: SettingsPage) -> None:
    assert set(page.paths) == visible_paths()
    assert "general.first_run_done" not in page.paths


def test_every_setting_shows_its_title_and_help(page: SettingsPage) -> None:
    texts = {label.text() for label in page.findChildren(QLabel)}
    for section in sections():
        # The common server stands under "Provider"; who and where have words of their own.
        assert section.title in texts or section.name == "server"
        for field in section.fields:
            if not field.path.endswith((".source", ".base_url")):
                assert field.title in texts
                assert field.help in texts or field.kind is Kind.MODEL


def test_kinds_ranges_and_choices_come_from_the_tree() -> None:
    fields = {field.path: field for section in sections() for field in section.fields}
    assert fields["chat.source"].choices == tuple(Source)
    assert fields["audio.hangover_ms"].kind is Kind.NUMBER
    assert (fields["audio.hangover_ms"].minimum, fields["audio.hangover_ms"].maximum) == (400, 3000)
    assert fields["speech.aloud"].kind is Kind.SWITCH
    assert fields["audio.output_device"].kind is Kind.OUTPUT_DEVICE
    assert fields["server.base_url"].kind is Kind.ADDRESS
    assert fields["chat.base_url"].kind is Kind.ADDRESS
    assert fields["speech.model"].kind is Kind.MODEL
    assert fields["transcription.vocabulary"].kind is Kind.WORDS
    speed = fields["speech.speed"]
    assert (speed.kind, speed.minimum, speed.maximum) == (Kind.DECIMAL, 0.25, 4.0)


def test_every_value_is_shown_and_none_is_sent_by_showing(shown: Shown, page: SettingsPage) -> None:
    shown.settings(chat__source="server", chat__model="m", audio__echo="headphones",
                   audio__hangover_ms=900, speech__aloud=False, audio__barge_in=False,
                   speech__speed=1.25, transcription__vocabulary=("Anna", "Ljubljana"))  # fmt: skip
    assert inner(page, "chat.source", QComboBox).currentText() == "OpenAI"
    assert inner(page, "chat.model", QLineEdit).text() == "m"
    assert inner(page, "audio.echo", QComboBox).currentText() == "I wear headphones"
    assert inner(page, "audio.hangover_ms", QSpinBox).value() == 900
    assert not inner(page, "speech.aloud", QPushButton).isChecked()
    assert inner(page, "speech.speed", QDoubleSpinBox).value() == 1.25
    assert inner(page, "transcription.vocabulary", QLineEdit).text() == "Anna, Ljubljana"
    assert shown.sent == []


def test_changes_are_sent_at_once(shown: Shown, page: SettingsPage) -> None:
    box = inner(page, "audio.echo", QComboBox)
    box.setCurrentIndex(2)
    box.activated.emit(2)
    inner(page, "speech.aloud", QPushButton).click()
    QTest.keyClick(inner(page, "audio.hangover_ms", QSpinBox), Qt.Key.Key_Up)
    field = inner(page, "chat.model", QLineEdit)
    field.setText("gpt-4o")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert shown.sent == [
        ChangeSettings({"audio.echo": Echo.HEADPHONES}),
        ChangeSettings({"speech.aloud": False}),
        ChangeSettings({"audio.hangover_ms": 750}),
        ChangeSettings({"chat.model": "gpt-4o"}),
    ]


def test_enum_values_are_sent_as_enums(shown: Shown, page: SettingsPage) -> None:
    inner(page, "chat.source", QComboBox).activated.emit(1)
    assert inner(page, "chat.source", QComboBox).itemText(1) == "OpenAI"
    (command,) = shown.sent
    assert isinstance(command, ChangeSettings)
    assert isinstance(command.values["chat.source"], enum.Enum)


def test_a_list_of_words_and_a_number_are_sent(shown: Shown, page: SettingsPage) -> None:
    shown.settings(**ALL_SERVER)
    field = inner(page, "transcription.vocabulary", QLineEdit)
    field.setText("Anna, Ljubljana")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClick(inner(page, "speech.speed", QDoubleSpinBox), Qt.Key.Key_Up)
    assert shown.sent == [
        ChangeSettings({"transcription.vocabulary": "Anna, Ljubljana"}),
        ChangeSettings({"speech.speed": 1.05}),
    ]


def test_wrong_text_is_explained_and_not_sent(shown: Shown, page: SettingsPage) -> None:
    field = inner(page, "transcription.language", QLineEdit)
    field.setText("english")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert shown.sent == []
    row = page._rows["transcription.language"]
    assert row._wrong.isVisible()
    assert field.property("wrong") is True
    field.setText("de")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert shown.sent == [ChangeSettings({"transcription.language": "de"})]
    assert not row._wrong.isVisible()


def test_text_in_the_middle_of_a_change_is_left_alone(shown: Shown, page: SettingsPage) -> None:
    shown.settings(chat__source="server")
    field = inner(page, "chat.model", QLineEdit)
    field.setFocus()
    field.setText("half")
    shown.settings(chat__source="server", chat__model="other")
    assert field.text() == "half"
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "other"
    assert shown.page() is Page.SETTINGS
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert shown.page() is Page.CONVERSATION


def test_devices_come_from_the_engine(shown: Shown, page: SettingsPage) -> None:
    editor = page.editor("audio.input_device")
    assert isinstance(editor, DeviceEditor)
    assert editor.labels == ["System default (Built-in microphone)", "Built-in microphone",
                             "Blue Yeti"]  # fmt: skip
    assert editor.chosen == ""
    editor._box.setCurrentIndex(2)
    editor._box.activated.emit(2)
    assert shown.sent == [ChangeSettings({"audio.input_device": "mic-b"})]


def test_device_that_is_gone_is_shown_as_such(shown: Shown, page: SettingsPage) -> None:
    shown.settings(audio__input_device="USB thing")
    editor = page.editor("audio.input_device")
    assert isinstance(editor, DeviceEditor)
    assert editor.labels[-1] == "USB thing (not connected)"
    assert editor.chosen == "USB thing"
    back = events.DeviceChoice("USB thing", "USB thing", False)
    shown.tell(events.DevicesChanged((back,), ()))
    assert editor.labels == ["System default", "USB thing"]
    assert editor.chosen == "USB thing"


def test_devices_are_looked_up_when_the_page_opens(shown: Shown) -> None:
    shown.window.go(Destination(Page.SETTINGS))
    assert shown.sent == [commands.RefreshDevices(), commands.FindServers()]


def test_key_is_stored_and_never_shown(shown: Shown, page: SettingsPage) -> None:
    key = page.services.common.key
    assert key.field.echoMode() is QLineEdit.EchoMode.Password
    assert not key.save.isEnabled()
    QTest.keyClicks(key.field, " sk-secret ")
    key.save.click()
    assert shown.sent == [commands.StoreKey(Secret("sk-secret"), "api.openai.com")]
    assert key.field.text() == ""
    key.field.undo()
    assert key.field.text() == ""


@pytest.mark.parametrize(
    ("place", "words", "can_forget"),
    [
        (KeyPlace.NONE, "No key for h.example yet.", False),
        (KeyPlace.KEYRING, "The key for h.example is in the system's keyring.", True),
        (KeyPlace.ENVIRONMENT, "The key for h.example comes from the environment.", False),
        (KeyPlace.THIS_RUN, "The key for h.example is kept for this run only.", True),
        (KeyPlace.LOCKED, "The keyring is locked; the key for h.example may be in it.", False),
    ],
)
def test_where_the_key_is(
    shown: Shown, page: SettingsPage, place: KeyPlace, words: str, can_forget: bool
) -> None:
    shown.settings(**ALL_SERVER, server__base_url="https://h.example/v1")
    shown.tell(events.KeyStatus("other.example", KeyPlace.KEYRING))
    shown.tell(events.KeyStatus("h.example", place))
    assert page._rows[KEY_FIELD]._help.text().startswith(words)
    key = page.services.common.key
    assert key.forget.isVisible() is can_forget
    if can_forget:
        key.forget.click()
        assert shown.sent == [commands.StoreKey(Secret(""), "h.example")]


def test_microphone_can_be_tried(shown: Shown, page: SettingsPage) -> None:
    check = page._check
    check.button.click()
    shown.tell(events.LevelChanged(0.5, 0))
    assert check.meter._level > 0
    check.button.click()
    assert shown.sent == [commands.PressToTalk(), commands.ReleaseToTalk(cancelled=True)]
    shown.tell(events.LevelChanged(0.4, 0))
    assert check.meter._level == 0


def test_trial_ends_with_the_page(shown: Shown, page: SettingsPage) -> None:
    page._check.button.click()
    shown.window.area.close_page()
    assert shown.sent[-1] == commands.ReleaseToTalk(cancelled=True)


def test_page_fits_the_narrow_window(shown: Shown, page: SettingsPage) -> None:
    shown.window.resize(420, 520)
    bar = page._scroll.horizontalScrollBar()
    assert bar.maximum() == 0


def test_mistake_in_words() -> None:
    assert mistake(Settings(), "audio.hangover_ms", 10).endswith(".")
    assert mistake(Settings(), "audio.hangover_ms", 500) == ""
    assert value(Settings(), "audio.hangover_ms") == 700
