from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app import commands, events
from app.errors import Code
from app.secrets import Secret
from app.settings import OPENAI_BASE_URL, Source
from tests.ui import told
from tests.ui.conftest import Shown
from ui.onboarding.choice_cards import Place
from ui.onboarding.page import FirstRunPage


@pytest.fixture
def page(fresh: Shown) -> FirstRunPage:
    fresh.settings(general__first_run_done=False)
    fresh.tell(told.ready(), told.DEVICES)
    fresh.show()
    return fresh.window.first_run


def changes(source: Source, **more: object) -> commands.ChangeSettings:
    values: dict[str, object] = {
        "chat.source": source,
        "transcription.source": source,
        "speech.source": source,
        "general.first_run_done": True,
    }
    return commands.ChangeSettings({**values, **more})


def test_first_start_shows_one_page(fresh: Shown, page: FirstRunPage) -> None:
    assert page.isVisible()
    assert not fresh.window.area.isVisible()
    fresh.settings(general__first_run_done=True)
    assert fresh.window.area.isVisible()
    assert fresh.window.area.conversation.composer.input.hasFocus()


def test_built_in_works_at_once(fresh: Shown, page: FirstRunPage) -> None:
    page.talk.click()
    assert fresh.sent == [changes(Source.BUILT_IN), commands.SetHandsFree(True)]


def test_typing_leaves_the_microphone_off(fresh: Shown, page: FirstRunPage) -> None:
    page.type.click()
    assert fresh.sent == [changes(Source.BUILT_IN)]


def test_openai_needs_a_key(fresh: Shown, page: FirstRunPage) -> None:
    page.cards.choose(Place.OPENAI)
    assert not page.address.isVisible()
    page.talk.click()
    assert fresh.sent == []
    assert page._wrong.isVisible()
    assert page.key.hasFocus()
    QTest.keyClicks(page.key, "sk-1")
    page.talk.click()
    assert fresh.sent == [
        changes(Source.SERVER, **{"server.base_url": OPENAI_BASE_URL}),
        commands.StoreKey(Secret("sk-1")),
        commands.SetHandsFree(True),
    ]
    assert page.key.text() == ""


def test_key_of_the_environment_is_enough(fresh: Shown, page: FirstRunPage) -> None:
    fresh.tell(events.KeyStatus("api.openai.com", events.KeyPlace.ENVIRONMENT))
    page.cards.choose(Place.OPENAI)
    page.type.click()
    assert fresh.sent == [changes(Source.SERVER, **{"server.base_url": OPENAI_BASE_URL})]


def test_other_server_needs_an_address_but_no_key(fresh: Shown, page: FirstRunPage) -> None:
    page.cards.choose(Place.OTHER)
    page.type.click()
    assert fresh.sent == []
    assert page.address.hasFocus()
    page.address.setText("http://localhost:8000/v1")
    page.type.click()
    assert fresh.sent == [changes(Source.SERVER, **{"server.base_url": "http://localhost:8000/v1"})]


def test_what_is_sent_where_is_said(page: FirstRunPage) -> None:
    said = {}
    for place in Place:
        page.cards.choose(place)
        said[place] = page._privacy.text()
    assert len(set(said.values())) == len(Place)
    assert "stays here" in said[Place.BUILT_IN]


def test_cards_are_chosen_by_keys(page: FirstRunPage) -> None:
    page.cards.cards[Place.BUILT_IN].setFocus()
    QTest.keyClick(page.cards.cards[Place.BUILT_IN], Qt.Key.Key_Down)
    assert page.cards.place.title == "OpenAI"
    assert page.cards.cards[Place.OPENAI].isChecked()
    QTest.keyClick(page.cards.cards[Place.OPENAI], Qt.Key.Key_Up)
    QTest.keyClick(page.cards.cards[Place.BUILT_IN], Qt.Key.Key_Up)
    assert page.cards.place is Place.OTHER


def test_microphone_is_tried_and_chosen_here(fresh: Shown, page: FirstRunPage) -> None:
    page.check.button.click()
    fresh.tell(events.LevelChanged(0.7, 0))
    assert page.check.meter._level > 0
    page.device._box.setCurrentIndex(2)
    page.device._box.activated.emit(2)
    page.talk.click()
    assert fresh.sent[:3] == [
        commands.PressToTalk(),
        commands.ChangeSettings({"audio.input_device": "mic-b"}),
        commands.ReleaseToTalk(cancelled=True),
    ]


def test_trouble_is_said_on_this_page(fresh: Shown, page: FirstRunPage) -> None:
    fresh.tell(told.notice_of(Code.NO_MICROPHONE))
    assert page._trouble.isVisible()
    assert "microphone" in page._trouble.text()


def test_escape_and_shortcuts_do_not_leave_it(fresh: Shown, page: FirstRunPage) -> None:
    QTest.keyClick(fresh.window, Qt.Key.Key_Escape)
    QTest.keyClick(fresh.window, Qt.Key.Key_F1)
    assert page.isVisible()
