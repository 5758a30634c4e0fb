"""Every control of every page: a name, a place in the tab order, a size, a visible focus."""

from __future__ import annotations

import dataclasses
import datetime
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
from app.knowledge.events import (
    EmbeddingsEstimated,
    FactsChanged,
    FolderPhase,
    FoldersChanged,
    FolderState,
    FoundSource,
    SourcesFound,
)
from app.knowledge.passage import LeftOut
from app.memory.fact import Fact
from app.permission.events import CallsListed, GrantsListed, ListedTool, ToolsListed
from app.permission.grants import Grant, Offer, Scope
from app.permission.mode import Mode
from app.permission.record import Allowed, CallRecord, Fate
from app.services import Service
from app.shots.events import AttachmentsChanged, ShotDelayed
from app.shots.shot import Edit, EditKind, Rect, SecretFound, SecretKind
from app.state import Phase
from app.tools.base import Risk
from tests.ui import told
from tests.ui.conftest import Shown
from tests.ui.shots.pictures import attachment, shot
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


def knowledge(shown: Shown) -> None:
    now = datetime.datetime.now(datetime.UTC)
    docs = FolderState(
        1, "/home/a/docs", FolderPhase.READING, 3, 10, left_out=((LeftOut.SECRET, 2),)
    )
    facts = tuple(Fact(str(number), f"Fact number {number}", now) for number in range(9))
    shown.window.go(Destination(Page.KNOWLEDGE))
    shown.tell(
        FoldersChanged((docs,)),
        FactsChanged(facts, Fact("x", "Forgotten", now)),
        EmbeddingsEstimated(1, 9, 900, 0.01, "model", "api.openai.com", "x"),
    )
    shown.window.area.knowledge.search.search.setText("notice")
    found = (FoundSource("/home/a/docs/lease.pdf", 3, 12, "The notice period"),)
    shown.tell(SourcesFound("notice", found, 0.01))


def tools(shown: Shown) -> None:
    now = datetime.datetime.now(datetime.UTC)
    tool = ListedTool("add_note", "notes", "Adds.", Risk.REVERSIBLE, False, Mode.AS_NEEDED)
    grant = Grant("g", "add_note", Risk.REVERSIBLE, (), False, "add note", now)
    record = CallRecord(
        now, "c", "add_note", Risk.REVERSIBLE, '{"a": 1}', Fate.RAN, Allowed.HAND, "taint"
    )
    shown.window.go(Destination(Page.TOOLS))
    shown.tell(ToolsListed((tool,)), GrantsListed((grant,)), CallsListed((record,), "/log"))


def question_with_offers(shown: Shown) -> None:
    offers = (Offer(Scope.ALWAYS, "Always allow exactly this"),)
    asked = dataclasses.replace(told.question(), offers=offers, seconds=10.0)
    shown.tell(told.opened(told.user("Hi")), asked)
    shown.window.area.conversation.approval._arm.timeout.emit()


def first_run(shown: Shown) -> None:
    shown.settings(general__first_run_done=False)
    shown.window.first_run.cards.choose(Place.OTHER)


def delete_question(shown: Shown) -> None:
    shown.tell(events.ConversationsListed((told.summary("c1"), told.summary("c2"))))
    shown.window.sidebar.list.ask_to_delete(shown.window.sidebar.list._model.index(1))


def preview(shown: Shown) -> None:
    secret = SecretFound(SecretKind.KEY, Rect(10, 10, 40, 20))
    edit = Edit(EditKind.BLUR, Rect(0, 0, 9, 9))
    shown.tell(*shot("a"), *shot("b", secrets=(secret,)))
    shown.window.area.preview.canvas.edited.emit(edit)
    shown.tell(*shot("b", secrets=(secret,), edits=(edit,)))
    shown.window.area.preview.attach.click()
    shown.window.area.preview.secrets._arm.timeout.emit()


def attached(shown: Shown) -> None:
    shown.tell(AttachmentsChanged((attachment("a"), attachment("b"))), ShotDelayed(5.0))


def picture_page(shown: Shown) -> None:
    attached(shown)
    shown.window.area.conversation.composer.attachments.chips["a"].picture.click()


Show = Callable[[Shown], None]
PAGES = [
    conversation,
    empty,
    settings,
    settings_for_each_job,
    help_page,
    knowledge,
    tools,
    question_with_offers,
    first_run,
    delete_question,
    preview,
    attached,
    picture_page,
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
