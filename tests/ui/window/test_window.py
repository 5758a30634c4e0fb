from __future__ import annotations

import datetime

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app import commands, events
from app.errors import Code
from app.state import Phase
from app.usage.spent import Bill, Spent
from tests.ui import told
from tests.ui.conftest import Shown
from ui.placement import Placement
from ui.theme import Scheme, Theme, colors
from ui.tokens import DARK, LIGHT
from ui.view_entries import Entry
from ui.window.remedies import Destination, Page
from ui.window.window import Window

CTRL = Qt.KeyboardModifier.ControlModifier
KEY = Qt.Key


class Slots(QObject):
    """Takes what would open in the browser."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString())


def press(shown: Shown, key: Qt.Key, modifiers: Qt.KeyboardModifier = CTRL) -> None:
    """As the system does it: to the window, which finds the widget."""
    QTest.keyPress(shown.window.windowHandle(), key, modifiers)


def release(shown: Shown, key: Qt.Key, modifiers: Qt.KeyboardModifier = CTRL) -> None:
    QTest.keyRelease(shown.window.windowHandle(), key, modifiers)


def click(shown: Shown, key: Qt.Key, modifiers: Qt.KeyboardModifier = CTRL) -> None:
    QTest.keyClick(shown.window.windowHandle(), key, modifiers)


def focus(shown: Shown) -> QWidget | None:
    return shown.window.focusWidget()


# Push to talk


def test_hold_to_talk_from_wherever_the_keyboard_is(shown: Shown, qtbot: QtBot) -> None:
    page = shown.window.area.conversation
    for widget in (page.composer.input, page.composer.voice.button, shown.window.sidebar.list):
        shown.sent.clear()
        widget.setFocus()
        press(shown, KEY.Key_Space)
        assert shown.sent == [commands.PressToTalk()]
        release(shown, KEY.Key_Space)
        qtbot.waitUntil(lambda: len(shown.sent) > 1)
        assert shown.sent == [commands.PressToTalk(), commands.ReleaseToTalk()]
    assert page.composer.input.toPlainText() == ""


@pytest.mark.parametrize("is_told", [True, False], ids=["told by Qt", "not told by Qt"])
def test_repeats_of_the_held_key_are_ignored(shown: Shown, qtbot: QtBot, is_told: bool) -> None:
    press(shown, KEY.Key_Space)
    for _ in range(5):
        for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress):
            event = QKeyEvent(kind, KEY.Key_Space, CTRL, " ", is_told)
            assert shown.window.talk_key.eventFilter(shown.window, event)
    assert shown.sent == [commands.PressToTalk()]
    release(shown, KEY.Key_Space)
    qtbot.waitUntil(lambda: len(shown.sent) > 1)
    assert shown.sent == [commands.PressToTalk(), commands.ReleaseToTalk()]


def test_letting_go_of_control_first_ends_the_take(shown: Shown) -> None:
    press(shown, KEY.Key_Space)
    release(shown, KEY.Key_Control, Qt.KeyboardModifier.NoModifier)
    release(shown, KEY.Key_Space, Qt.KeyboardModifier.NoModifier)
    assert shown.sent == [commands.PressToTalk(), commands.ReleaseToTalk()]


def test_window_that_loses_the_keyboard_ends_the_take(shown: Shown, qtbot: QtBot) -> None:
    press(shown, KEY.Key_Space)
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: len(shown.sent) > 1)
    assert shown.sent == [commands.PressToTalk(), commands.ReleaseToTalk()]


def test_escape_drops_the_take(shown: Shown) -> None:
    press(shown, KEY.Key_Space)
    click(shown, KEY.Key_Escape, Qt.KeyboardModifier.NoModifier)
    release(shown, KEY.Key_Space)
    assert shown.sent == [commands.PressToTalk(), commands.ReleaseToTalk(cancelled=True)]


def test_space_alone_is_a_letter(shown: Shown) -> None:
    click(shown, KEY.Key_Space, Qt.KeyboardModifier.NoModifier)
    assert shown.window.area.conversation.composer.input.toPlainText() == " "
    assert shown.sent == []


# Other keys


def test_shortcuts(shown: Shown) -> None:
    click(shown, KEY.Key_M)
    assert shown.sent == [commands.SetMuted(True)]
    click(shown, KEY.Key_N)
    assert shown.sent[-1] == commands.NewConversation()
    click(shown, KEY.Key_Comma)
    assert shown.page() is Page.SETTINGS
    click(shown, KEY.Key_F1, Qt.KeyboardModifier.NoModifier)
    assert shown.page() is Page.HELP
    click(shown, KEY.Key_L)
    assert shown.page() is Page.CONVERSATION
    assert focus(shown) is shown.window.area.conversation.composer.input
    click(shown, KEY.Key_B)
    assert not shown.window.sidebar.isVisible()


@pytest.mark.parametrize("phase", [Phase.SPEAKING, Phase.THINKING, Phase.TRANSCRIBING])
def test_escape_stops_before_it_closes(shown: Shown, phase: Phase) -> None:
    shown.window.go(Destination(Page.HELP))
    shown.tell(told.state(phase))
    click(shown, KEY.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert shown.sent[-1] == commands.StopReply()
    assert shown.page() is Page.HELP
    shown.tell(told.ready())
    click(shown, KEY.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert shown.page() is Page.CONVERSATION


def test_escape_drops_what_is_being_heard(shown: Shown) -> None:
    shown.tell(told.state(Phase.HEARING, hands_free=True))
    click(shown, KEY.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert shown.sent == [commands.ReleaseToTalk(cancelled=True)]


def test_escape_with_nothing_to_do_does_nothing(shown: Shown) -> None:
    click(shown, KEY.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert shown.sent == []
    assert shown.window.isVisible()


# What is shown


def test_header_names_conversation_and_provider(shown: Shown) -> None:
    header = shown.window.area.header
    assert header.title.whole == "New conversation"
    assert header.provider.text() == "Built in"
    shown.settings(chat__source="server", chat__model="gpt-4o")
    shown.tell(events.ConversationOpened(told.summary("c", "A trip"), (told.user("x"),)))
    assert (header.title.whole, header.provider.text()) == ("A trip", "gpt-4o")
    header.provider.click()
    assert shown.page() is Page.SETTINGS
    assert header.title.whole == "Settings"
    assert not header.provider.isVisible()
    header.back.click()
    assert header.title.whole == "A trip"


def test_events_are_rendered_within_a_frame_and_not_one_by_one(
    shown: Shown, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    transcript = shown.window.area.conversation.transcript
    original = transcript.show_entries

    def noted(opened: str, entries: tuple[Entry, ...]) -> None:
        drawn.append(len(entries))
        original(opened, entries)

    monkeypatch.setattr(transcript, "show_entries", noted)
    shown.window.on_event(events.ReplyStarted("r", "x"))
    for _ in range(500):
        shown.window.on_event(events.ReplyDelta("r", "word "))
    qtbot.waitUntil(lambda: bool(drawn))
    assert len(drawn) == 1
    assert transcript.entries.entries[0].text == "word " * 500


def test_second_start_brings_the_window_back(shown: Shown) -> None:
    shown.window.hide()
    shown.tell(events.ShowWindow())
    assert shown.window.isVisible()


def test_theme_is_switched_live(shown: Shown, theme: Theme) -> None:
    shown.tell(events.MessageAdded(told.user("Hi")))
    light = shown.window.grab().toImage()
    shown.settings(appearance__theme="dark")
    assert theme.tokens is DARK
    assert colors().background.name().upper() == DARK.background
    dark = shown.window.grab().toImage()
    assert light.pixelColor(300, 300).name().upper() == LIGHT.background
    assert dark.pixelColor(300, 300).name().upper() == DARK.background
    shown.settings(appearance__theme="light")
    assert shown.window.grab().toImage() == light


def test_system_scheme_is_followed(shown: Shown, theme: Theme) -> None:
    hints = QGuiApplication.styleHints()
    shown.settings(appearance__theme="system")
    assert theme.tokens is (DARK if hints.colorScheme() is Qt.ColorScheme.Dark else LIGHT)


def test_reduced_motion_follows_the_settings(shown: Shown) -> None:
    from ui.theme import reduced_motion

    assert reduced_motion()
    shown.settings(appearance__reduce_motion=False)
    assert not reduced_motion()


# Links and clipboard


def test_copied_text_is_in_the_clipboard(shown: Shown) -> None:
    shown.window.area.conversation.transcript.copied.emit("ä 漢字")
    assert QGuiApplication.clipboard().text() == "ä 漢字"


def test_only_web_addresses_are_opened(shown: Shown) -> None:
    slots = Slots()
    for scheme in ("http", "https", "file", "javascript"):
        QDesktopServices.setUrlHandler(scheme, slots, "open")  # type: ignore[arg-type]
    try:
        for address in ("https://a.example/x", "file:///etc/passwd", "javascript:alert(1)"):
            shown.window.area.link_opened.emit(address)
    finally:
        for scheme in ("http", "https", "file", "javascript"):
            QDesktopServices.unsetUrlHandler(scheme)
    assert slots.opened == ["https://a.example/x"]


# The frame


def test_conversations_fold_away_in_a_narrow_window(shown: Shown) -> None:
    assert shown.window.sidebar.isVisible()
    shown.window.resize(700, 600)
    assert not shown.window.sidebar.isVisible()
    shown.window.area.header.sidebar.click()
    assert shown.window.sidebar.isVisible()
    assert shown.window.area.width() == 700
    click(shown, KEY.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert not shown.window.sidebar.isVisible()
    shown.window.resize(900, 600)
    assert shown.window.sidebar.isVisible()


def test_click_beside_the_open_list_closes_it(shown: Shown) -> None:
    shown.window.resize(500, 600)
    shown.window.area.header.sidebar.click()
    QTest.mouseClick(shown.window.split._veil, Qt.MouseButton.LeftButton, pos=QPoint(450, 300))
    assert not shown.window.sidebar.isVisible()


def test_choosing_a_conversation_closes_the_open_list(shown: Shown) -> None:
    shown.window.resize(500, 600)
    shown.window.area.header.sidebar.click()
    shown.window.sidebar.list.opened.emit("c7")
    assert not shown.window.sidebar.isVisible()
    assert shown.sent == [commands.OpenConversation("c7")]


def test_smallest_window_holds_everything(shown: Shown) -> None:
    shown.tell(told.opened(told.user("x")), told.notice_of(Code.SERVER_SILENT), told.question())
    shown.window.resize(100, 100)
    assert (shown.window.width(), shown.window.height()) == (420, 520)
    area = shown.window.area
    bottom = area.conversation.composer.mapTo(shown.window, QPoint(0, 0)).y()
    assert bottom + area.conversation.composer.height() <= 520
    assert area.conversation.transcript.height() > 0


def test_size_is_remembered(qtbot: QtBot, theme: Theme) -> None:
    window = Window(Placement(800, 600, sidebar=False))
    window.furnish(theme, lambda command: None)
    qtbot.addWidget(window, before_close_func=lambda w: w.hide())
    assert (window.width(), window.height()) == (800, 600)
    window.show()
    window.resize(777, 555)
    window.split.toggle()
    assert window.placement == Placement(777, 555, sidebar=True)
    assert Scheme(window.placement.scheme) is Scheme.SYSTEM


def test_closing_asks_and_does_not_close(shown: Shown, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shown.window.close_asked):
        assert not shown.window.close()
    assert shown.window.isVisible()


def test_no_other_window_ever_flashes_up(shown: Shown, qapp) -> None:
    class Watch(QObject):
        flashed: list[QObject]

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
                if watched.isWindow() and watched is not shown.window:
                    self.flashed.append(watched)
            return False

    watch = Watch()
    watch.flashed = []
    qapp.installEventFilter(watch)
    try:
        for page in (Page.SETTINGS, Page.HELP, Page.CONVERSATION):
            shown.window.go(Destination(page))
        shown.tell(told.opened(told.user("x")), told.notice(), told.question())
        shown.settings(general__first_run_done=False)
    finally:
        qapp.removeEventFilter(watch)
    assert watch.flashed == []


# What it costs


def cost(usd: float = 0.0123, tokens: int = 0, refused: int = 0) -> events.CostChanged:
    day = datetime.date(2026, 8, 24)
    priced = Spent(2, usd=usd, priced_on=day) if usd else Spent()
    unpriced = Spent(1, unpriced=1, unpriced_tokens=tokens) if tokens else Spent()
    unused = Spent(refused, usd=usd / 4, priced_on=day) if refused else Spent()
    return events.CostChanged("c1", Bill(priced + unpriced, unused))


def test_header_shows_what_the_conversation_cost_and_what_was_for_nothing(shown: Shown) -> None:
    label = shown.window.area.header.cost
    shown.tell(told.opened(told.user("hello")))
    assert not label.isVisible()
    shown.tell(cost(tokens=1_240, refused=1))
    assert label.isVisible()
    assert label.text() == "≈ $0.012 + 1,240 tokens"
    assert label.accessibleName() == "Cost of this conversation: ≈ $0.012 + 1,240 tokens"
    for words in (label.toolTip(), label.accessibleDescription()):
        assert "≈ $0.0031 of it is for 1 request begun in a pause and not used." in words
        assert "prices of 24 August 2026" in words


def test_no_cost_is_shown_where_there_is_none_or_it_is_anothers(shown: Shown) -> None:
    label = shown.window.area.header.cost
    shown.tell(told.opened(told.user("hello")), events.CostChanged("c1", Bill()))
    assert not label.isVisible()
    shown.tell(cost())
    shown.tell(told.opened(told.user("another"), conversation_id="c2"))
    assert not label.isVisible()
    shown.tell(cost())
    click(shown, KEY.Key_Comma)
    assert not label.isVisible()


def test_the_cost_leaves_room_for_the_rest_of_a_narrow_header(shown: Shown) -> None:
    shown.settings(chat__source="server", chat__model="a-model-with-a-rather-long-name-2026")
    shown.tell(told.opened(told.user("hello")), cost(usd=12.5, tokens=1_234_567))
    shown.window.resize(420, 520)
    header = shown.window.area.header
    for widget in (header.sidebar, header.cost, header.provider, header.settings):
        assert widget.isVisible()
        assert header.rect().contains(widget.geometry()), widget
    assert header.cost.width() >= header.cost.sizeHint().width()
    assert shown.window.width() == 420
