from __future__ import annotations

import pytest
from PySide6.QtCore import QUrl
from pytestqt.qtbot import QtBot

from app.errors import Code
from tests.ui import told
from tests.ui.conftest import Shown
from ui.theme import Scheme, Theme
from ui.window import help_page
from ui.window.help_page import HelpPage, Topic, topics

PAGES = (
    Topic("start", "Getting started", "# Getting started\n\nSee [talking](talking.md) or "
          "[the web](https://a.example).\n\n" + "Text. \n\n" * 200),
    Topic("errors", "Messages", "# Messages\n\n" + "Filler.\n\n" * 100 + "## key_wrong\n\nWhy."),
    Topic("talking", "Talking", "# Talking\n\n- one\n- `two`\n\n<script>x</script>"),
)  # fmt: skip


@pytest.fixture
def page(qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch) -> HelpPage:
    monkeypatch.setattr(help_page, "topics", lambda: PAGES)
    result = HelpPage()
    qtbot.addWidget(result)
    result.resize(600, 400)
    result.show()
    return result


def test_every_page_that_ships_is_found_and_shown(qtbot: QtBot, theme: Theme) -> None:
    page = HelpPage()
    qtbot.addWidget(page)
    assert topics()
    for topic in topics():
        page.show_topic(topic.name)
        assert topic.title in page.text.toPlainText()


def test_index_lists_every_page(page: HelpPage) -> None:
    assert [button.text() for button in page._buttons._buttons.values()] == [
        "Getting started", "Messages", "Talking",
    ]  # fmt: skip
    page._buttons._buttons["talking"].click()
    assert page.text.toPlainText().startswith("Talking")


def test_links_between_pages_stay_inside(page: HelpPage, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(page.link_opened):
        page.text.anchorClicked.emit(QUrl("talking.md"))
    assert page.text.toPlainText().startswith("Talking")


def test_web_links_go_out_and_nothing_else_does(page: HelpPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.link_opened) as opened:
        page.text.anchorClicked.emit(QUrl("https://a.example"))
    assert opened.args == ["https://a.example"]
    with qtbot.assertNotEmitted(page.link_opened):
        page.text.anchorClicked.emit(QUrl("file:///etc/passwd"))


def test_error_is_brought_into_view(page: HelpPage) -> None:
    page.show_error("key_wrong")
    assert page.text.textCursor().selectedText() == "key_wrong"
    assert page.text.verticalScrollBar().value() > 0


def test_unknown_page_says_so(page: HelpPage) -> None:
    page.show_topic("nothing")
    assert "no such page" in page.text.toPlainText()


def test_page_is_set_anew_in_another_theme(page: HelpPage, theme: Theme) -> None:
    light = page.text.document().toHtml()
    theme.choose(Scheme.DARK, reduce_motion=True)
    assert page.text.document().toHtml() != light


def test_banner_leads_to_the_words_about_its_error(shown: Shown) -> None:
    shown.tell(told.notice_of(Code.SETTINGS_BROKEN))
    shown.window.area.banner.action.click()
    assert shown.window.area.help.isVisible()
