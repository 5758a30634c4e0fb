from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app import commands, events
from app.errors import Action, Category, Code
from app.settings import Source
from tests.ui import told
from tests.ui.conftest import Shown
from ui import words
from ui.window.remedies import KEY_FIELD, Destination, Page, remedy

BUILT_IN = commands.ChangeSettings(
    {
        "chat.source": Source.BUILT_IN,
        "transcription.source": Source.BUILT_IN,
        "speech.source": Source.BUILT_IN,
    }
)
EXPECTED = {
    Action.NONE: None,
    Action.RETRY: commands.Retry(),
    Action.CONTINUE: commands.ContinueReply(),
    Action.NEW_CONVERSATION: commands.NewConversation(),
    Action.TRANSCRIBE_KEPT: commands.TranscribeKept(),
    Action.USE_BUILT_IN: BUILT_IN,
    Action.ENTER_KEY: Destination(Page.SETTINGS, KEY_FIELD),
    Action.CHANGE_SERVER: Destination(Page.SETTINGS, "server.base_url"),
    Action.CHOOSE_DEVICE: Destination(Page.SETTINGS, "audio.input_device"),
    Action.REALTIME_SETTINGS: Destination(Page.SETTINGS, "realtime.engine"),
    Action.REVIEW_EXTENSIONS: Destination(Page.SETTINGS, "extensions.servers"),
    Action.OPEN_HELP: Destination(Page.HELP, "internal"),
}


def notice(action: Action, code: Code = Code.INTERNAL) -> events.Notice:
    return told.notice("n", code, action, Category.SERVER)


@pytest.mark.parametrize("action", Action)
def test_every_action_has_its_remedy(action: Action) -> None:
    assert remedy(notice(action)) == EXPECTED[action]


def test_remedies_that_the_code_makes_more_precise() -> None:
    model = remedy(notice(Action.CHANGE_SERVER, Code.MODEL_UNKNOWN))
    speaker = remedy(notice(Action.CHOOSE_DEVICE, Code.NO_SPEAKER))
    assert model == Destination(Page.SETTINGS, "chat.model")
    assert speaker == Destination(Page.SETTINGS, "audio.output_device")


@pytest.mark.parametrize("action", [action for action in Action if action is not Action.NONE])
def test_button_of_every_action(shown: Shown, action: Action) -> None:
    shown.tell(notice(action))
    banner = shown.window.area.banner
    assert banner.action.text() == words.ACTIONS[action]
    banner.action.click()
    expected = EXPECTED[action]
    if isinstance(expected, Destination):
        assert shown.page() is expected.page
        assert banner.notice is not None
    else:
        assert shown.sent == [expected]
        shown.window.render_now()
        assert banner.isHidden()


@pytest.mark.parametrize(
    ("code", "path"),
    [(Code.NO_MICROPHONE, "audio.input_device"), (Code.NO_SPEAKER, "audio.output_device"),
     (Code.MODEL_UNKNOWN, "chat.model")],
)  # fmt: skip
def test_remedy_puts_the_keyboard_on_the_setting(shown: Shown, code: Code, path: str) -> None:
    shown.tell(told.notice_of(code))
    shown.window.area.banner.action.click()
    focused = shown.window.focusWidget()
    assert isinstance(focused, QWidget)
    assert shown.window.area.settings.editor(path).isAncestorOf(focused)


def test_remedy_for_the_key_puts_the_keyboard_in_its_field(shown: Shown) -> None:
    shown.tell(told.notice_of(Code.KEY_WRONG))
    shown.window.area.banner.action.click()
    assert shown.window.focusWidget() is shown.window.area.settings.services.common.key.field


def test_one_banner_at_a_time(shown: Shown) -> None:
    banner = shown.window.area.banner
    shown.tell(told.notice("one", Code.KEY_WRONG), told.notice("two", Code.SERVER_BUSY))
    assert banner.notice is not None
    assert banner.notice.id == "two"
    banner.close_button.click()
    shown.window.render_now()
    assert banner.notice.id == "one"
    banner.close_button.click()
    shown.window.render_now()
    assert banner.isHidden()
    assert shown.sent == [commands.DismissNotice("two"), commands.DismissNotice("one")]


def test_banner_without_anything_to_do_has_no_button(shown: Shown) -> None:
    shown.tell(notice(Action.NONE))
    assert shown.window.area.banner.isVisible()
    assert shown.window.area.banner.action.isHidden()


def test_banner_is_read_by_screen_readers(shown: Shown) -> None:
    shown.tell(told.notice())
    assert shown.window.area.banner.accessibleName() == "It did not answer. Try again."


def test_long_banner_fits_the_narrow_window(shown: Shown) -> None:
    shown.window.resize(420, 520)
    shown.tell(events.Notice("n", Code.INTERNAL, Category.INTERNAL, "word " * 60, "hint " * 40,
                             Action.USE_BUILT_IN))  # fmt: skip
    banner = shown.window.area.banner
    assert banner.width() <= 420
    assert banner.rect().contains(banner.action.geometry())
    assert banner.rect().contains(banner.close_button.geometry())


def test_good_news_goes_away_by_itself(shown: Shown, qtbot: QtBot) -> None:
    shown.tell(told.notice_of(Code.FELL_BACK))
    banner = shown.window.area.banner
    assert not banner._passing.isActive()
    shown.tell(events.NoticeGone("fell_back"), told.notice_of(Code.BACK_AGAIN))
    assert banner._passing.isActive()
    with qtbot.waitSignal(banner.dismissed):
        banner._passing.setInterval(0)
    assert shown.sent == [commands.DismissNotice("back_again")]
