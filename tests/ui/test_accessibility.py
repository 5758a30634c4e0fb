"""Every control of every page: a name, a place in the tab order, a size, a visible focus."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6 import QtGui
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QScrollBar,
    QWidget,
)

from app import events
from app.services import Service
from app.state import Phase
from tests.ui import told
from tests.ui.conftest import Shown
from ui import announce as announcing
from ui.onboarding.choice_cards import Place
from ui.window.remedies import Destination, Page

LEAST_TARGET_PX = 24


def conversation(shown: Shown) -> None:
    shown.tell(
        events.ConversationsListed((told.summary("c1"), told.summary("c2"))),
        told.opened(told.user("Hi"), told.reply("There")),
        told.state(Phase.SPEAKING, hands_free=True, microphone_open=True),
        told.notice(),
        told.question(),
    )


def empty(shown: Shown) -> None:
    shown.tell(told.state(Phase.LISTENING, hands_free=True, microphone_open=True))


def settings(shown: Shown) -> None:
    shown.tell(told.DEVICES, events.KeyStatus("h", events.KeyPlace.KEYRING))
    shown.window.go(Destination(Page.SETTINGS))


def settings_for_each_job(shown: Shown) -> None:
    servers = {f"{service}__source": "server" for service in Service}
    shown.settings(**servers, chat__base_url="http://box.lan:8000/v1")
    shown.window.go(Destination(Page.SETTINGS))


def help_page(shown: Shown) -> None:
    shown.window.go(Destination(Page.HELP))


def first_run(shown: Shown) -> None:
    shown.settings(general__first_run_done=False)
    shown.window.first_run.cards.choose(Place.OTHER)


def delete_question(shown: Shown) -> None:
    shown.tell(events.ConversationsListed((told.summary("c1"), told.summary("c2"))))
    shown.window.sidebar.list.ask_to_delete(shown.window.sidebar.list._model.index(1))


Show = Callable[[Shown], None]
PAGES = [
    conversation,
    empty,
    settings,
    settings_for_each_job,
    help_page,
    first_run,
    delete_question,
]


def controls(window: QWidget) -> list[QWidget]:
    """Everything on the page that takes the keyboard."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(widget, QScrollBar)
        and widget.focusProxy() is None
    ]


def tab_order(window: QWidget) -> list[QWidget]:
    """Where Tab leads, once around."""
    order: list[QWidget] = []
    for _ in range(300):
        window.focusNextPrevChild(True)
        widget = window.focusWidget()
        if widget in order:
            return order
        order.append(widget)
    raise AssertionError("Tab never comes back")


@pytest.mark.parametrize("page", PAGES)
def test_every_control_has_a_name_and_a_role(shown: Shown, page: Show) -> None:
    page(shown)
    assert controls(shown.window)
    for widget in controls(shown.window):
        interface = QAccessible.queryAccessibleInterface(widget)
        name = interface.text(QAccessible.Text.Name)
        assert name.strip(), f"{widget} in {widget.parentWidget()}"
        if isinstance(widget, QAbstractButton):
            assert interface.role() in (
                QAccessible.Role.Button,
                QAccessible.Role.CheckBox,
                QAccessible.Role.RadioButton,
            ), widget


@pytest.mark.parametrize("page", PAGES)
def test_tab_reaches_every_control(shown: Shown, page: Show) -> None:
    page(shown)
    shown.window.setFocus()
    reached = tab_order(shown.window)
    missing = [widget for widget in controls(shown.window) if widget not in reached]
    assert not missing, [(widget, widget.accessibleName()) for widget in missing]


@pytest.mark.parametrize("page", PAGES)
def test_every_control_is_large_enough(shown: Shown, page: Show) -> None:
    page(shown)
    for widget in controls(shown.window):
        name = widget.accessibleName()
        assert widget.width() >= LEAST_TARGET_PX, name
        assert widget.height() >= LEAST_TARGET_PX or isinstance(widget, QAbstractScrollArea), name


@pytest.mark.parametrize("page", PAGES)
def test_focus_by_keyboard_can_be_seen(shown: Shown, page: Show) -> None:
    page(shown)
    for widget in controls(shown.window):
        if not isinstance(widget, QAbstractButton):
            continue
        shown.window.setFocus()
        without = picture(widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if widget.isVisible():
            assert picture(widget) != without, widget.accessibleName()


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_cut_off_in_the_narrow_window(shown: Shown, page: Show) -> None:
    page(shown)
    shown.window.resize(420, 520)
    QApplication.processEvents()
    for widget in controls(shown.window):
        if isinstance(widget, QAbstractButton) and widget.text():
            words = widget.fontMetrics().horizontalAdvance(widget.text().replace("&&", "&"))
            assert widget.width() >= min(words, 200), widget.text()


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def test_changes_are_announced(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[tuple[str, bool]] = []

    class Accessible(QAccessible):
        @staticmethod
        def isActive() -> bool:
            return True

        @staticmethod
        def updateAccessibility(event) -> None:
            urgent = event.politeness() == QAccessible.AnnouncementPoliteness.Assertive
            said.append((event.message(), urgent))

    monkeypatch.setattr(QtGui, "QAccessible", Accessible)
    shown.tell(told.state(Phase.LISTENING, hands_free=True))
    shown.tell(told.notice())
    shown.tell(told.question(by_voice=True))
    assert said == [
        ("Listening", False),
        ("It did not answer. Try again.", True),
        ("Delete the note? Say yes or no.", True),
    ]


def test_announcement_reaches_qt(shown: Shown) -> None:
    QAccessible.setActive(True)
    try:
        announcing.announce(shown.window, "Listening")
        announcing.announce(shown.window, "Now", urgent=True)
    finally:
        QAccessible.setActive(False)
