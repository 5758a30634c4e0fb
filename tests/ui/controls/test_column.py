"""A page's column stays in the middle, whatever is beside it or in it."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ui.controls.column import scrolled
from ui.theme import Theme


def left_and_right(content: QWidget, page: QWidget) -> tuple[int, int]:
    QApplication.processEvents()
    left = content.mapTo(page, content.rect().topLeft()).x()
    return left, page.width() - left - content.width()


def test_it_stays_in_the_middle_when_the_scroll_bar_comes_and_goes(
    qtbot: QtBot, theme: Theme
) -> None:
    content = QWidget()
    content.setMinimumHeight(2000)
    page = scrolled(content, "Page")
    qtbot.addWidget(page)
    page.resize(680, 500)
    page.show()
    assert left_and_right(content, page) == (24, 24)
    content.setMinimumHeight(100)
    assert left_and_right(content, page) == (24, 24)


def test_content_that_is_too_wide_is_scrolled_and_does_not_grow(qtbot: QtBot, theme: Theme) -> None:
    content = QWidget()
    content.setMinimumWidth(600)
    page = scrolled(content, "Page")
    qtbot.addWidget(page)
    page.resize(420, 500)
    page.show()
    QApplication.processEvents()
    assert content.width() < 700
    assert page.horizontalScrollBar().maximum() > 0
