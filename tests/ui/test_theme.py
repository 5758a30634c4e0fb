from __future__ import annotations

import pytest
from PySide6.QtGui import QFont, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui import theme as looks
from ui.theme import Scheme, Theme, code_font, colors, font, reduced_motion
from ui.tokens import DARK, DARK_CONTRAST, FONT_BASE, FONT_TITLE, LIGHT


def test_palette_and_sheet_follow_the_scheme(theme: Theme, qtbot: QtBot, qapp) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.choose(Scheme.DARK, reduce_motion=True)
    window = QApplication.palette().color(QPalette.ColorRole.Window)
    assert window.name().upper() == DARK.background
    assert DARK.text in qapp.styleSheet()
    assert colors().accent.name().upper() == DARK.accent


def test_same_choice_changes_nothing(theme: Theme, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(theme.changed):
        theme.choose(Scheme.LIGHT, reduce_motion=True)


def test_system_wishes_count_besides_the_settings(
    theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "_prefers", lambda what: True)
    theme.choose(Scheme.DARK, reduce_motion=False)
    assert theme.tokens is DARK_CONTRAST
    assert reduced_motion()
    monkeypatch.undo()
    theme.choose(Scheme.LIGHT, reduce_motion=False)
    assert theme.tokens is LIGHT
    assert not reduced_motion()


def test_wishes_that_this_qt_cannot_tell_are_none(qapp) -> None:
    assert not looks._prefers("something")


def test_fonts_have_the_token_sizes(theme: Theme) -> None:
    assert QApplication.font().pixelSize() == FONT_BASE
    title = font(FONT_TITLE, bold=True)
    assert (title.pixelSize(), title.weight()) == (FONT_TITLE, QFont.Weight.DemiBold)
    assert code_font().fixedPitch() or QFontInfo(code_font()).fixedPitch()
