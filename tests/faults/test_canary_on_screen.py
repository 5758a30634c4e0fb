"""Settings with a key in them: no text of it anywhere, and not one pixel that depends on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from app import events
from app.events import KeyPlace
from app.services import Service
from tests.faults.canary import CANARY, hits
from tests.ui.conftest import Shown, shared_theme, shown, theme  # noqa: F401
from ui.controls.fields import SecretField
from ui.window.remedies import Destination, Page

OTHER = "".join("x" if letter.isalnum() else letter for letter in CANARY)


@pytest.fixture
def settings(shown: Shown) -> QWidget:  # noqa: F811
    shown.settings(**{f"{service}__source": "server" for service in Service})
    shown.tell(events.KeyStatus("api.openai.com", KeyPlace.NONE))
    shown.window.go(Destination(Page.SETTINGS))
    return shown.window.area.settings


def _texts(widget: QWidget) -> Iterator[str]:
    """Everything that a widget and those in it say, to the eye or to a screen reader."""
    for each in (widget, *widget.findChildren(QWidget)):
        yield from (each.toolTip(), each.accessibleName(), each.accessibleDescription())
        yield from (each.windowTitle(), each.whatsThis(), each.statusTip(), each.objectName())
        if isinstance(each, QLabel | QAbstractButton):
            yield each.text()
        if isinstance(each, QLineEdit):
            yield from (each.displayText(), each.placeholderText())


def _with(settings: QWidget, key: str) -> QImage:
    for field in settings.findChildren(SecretField):
        field.setText(key)
    return settings.grab().toImage()


def test_a_typed_key_is_neither_readable_nor_visible(settings: QWidget) -> None:
    assert settings.findChildren(SecretField)
    empty, canary, other = (_with(settings, key) for key in ("", CANARY, OTHER))
    assert canary == other, "pixels that depend on the key"
    assert canary != empty, "the fields are in the picture"
    _with(settings, CANARY)
    assert hits("\n".join(_texts(settings)).encode()) == []


def test_a_stored_key_leaves_the_screen(settings: QWidget, shown: Shown) -> None:  # noqa: F811
    before = _with(settings, "")
    for field in settings.findChildren(SecretField):
        field.setText(CANARY)
        field.returnPressed.emit()
    shown.tell(events.KeyStatus("api.openai.com", KeyPlace.NONE))
    assert all(field.text() == "" for field in settings.findChildren(SecretField))
    assert settings.grab().toImage().size() == before.size()
    assert hits("\n".join(_texts(shown.window)).encode()) == []
