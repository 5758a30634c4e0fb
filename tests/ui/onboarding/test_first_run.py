from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app import commands, events
from app.errors import Code
from app.secrets import Secret
from app.services import Service
from app.settings import OPENAI_BASE_URL, Settings, Source, changed
from tests.ui import told
from tests.ui.conftest import Shown
from ui.onboarding.choice_cards import Place
from ui.onboarding.page import FirstRunPage


@pytest.fixture
def page(fresh: Shown) -> FirstRunPage:
    fresh.settings(general__first_run_done=False)
    fresh.tell(told.ready(), told.DEVICES)
    fresh.show()
    assert fresh.sent == [commands.FindServers()]
    fresh.sent.clear()
    return fresh.window.first_run


BUILT_IN: dict[str, object] = {f"{service}.source": Source.BUILT_IN for service in Service}
OLLAMA = events.FoundServer(
    "http://127.0.0.1:11434/v1", "Ollama", "ollama", (Service.CHAT,),
    (events.ListedModel("nomic-embed-text"), events.ListedModel("llama3.2")),
)  # fmt: skip
SPEACHES = events.FoundServer(
    "http://127.0.0.1:8000/v1", "Speaches", "speaches", (Service.TRANSCRIPTION, Service.SPEECH),
    (events.ListedModel("own-whisper", task="automatic-speech-recognition"),),
)  # fmt: skip


def changed_settings(sent: list[commands.Command]) -> Settings:
    """What the settings are after the one change that was sent."""
    (change,) = [command for command in sent if isinstance(command, commands.ChangeSettings)]
    return changed(Settings(), change.values)


def test_first_start_shows_one_page(fresh: Shown, page: FirstRunPage) -> None:
    assert page.isVisible()
    assert not fresh.window.area.isVisible()
    fresh.settings(general__first_run_done=True)
    assert fresh.window.area.isVisible()
    assert fresh.window.area.conversation.composer.input.hasFocus()


def test_built_in_works_at_once(fresh: Shown, page: FirstRunPage) -> None:
    page.talk.click()
    assert fresh.sent == [
        commands.ChangeSettings({**BUILT_IN, "general.first_run_done": True}),
        commands.SetHandsFree(True),
    ]


def test_typing_leaves_the_microphone_off(fresh: Shown, page: FirstRunPage) -> None:
    page.type.click()
    assert fresh.sent == [commands.ChangeSettings({**BUILT_IN, "general.first_run_done": True})]


def test_openai_needs_a_key(fresh: Shown, page: FirstRunPage) -> None:
    page.cards.choose(Place.OPENAI)
    assert not page.address.isVisible()
    page.talk.click()
    assert fresh.sent == []
    assert page._wrong.isVisible()
    assert page.key.hasFocus()
    QTest.keyClicks(page.key, "sk-1")
    page.talk.click()
    settings = changed_settings(fresh.sent)
    assert {settings.source_of(service) for service in Service} == {Source.SERVER}
    assert {settings.address_of(service) for service in Service} == {OPENAI_BASE_URL}
    assert fresh.sent[1:] == [
        commands.StoreKey(Secret("sk-1"), "api.openai.com"),
        commands.SetHandsFree(True),
    ]
    assert page.key.text() == ""


def test_key_of_the_environment_is_enough(fresh: Shown, page: FirstRunPage) -> None:
    fresh.tell(events.KeyStatus("api.openai.com", events.KeyPlace.ENVIRONMENT))
    page.cards.choose(Place.OPENAI)
    page.type.click()
    assert changed_settings(fresh.sent).address_of(Service.CHAT) == OPENAI_BASE_URL
    assert len(fresh.sent) == 1


def test_other_server_needs_an_address_but_no_key(fresh: Shown, page: FirstRunPage) -> None:
    page.cards.choose(Place.OTHER)
    page.type.click()
    assert fresh.sent == []
    assert page.address.hasFocus()
    page.address.setText("localhost:9999")
    page.type.click()
    assert fresh.sent == []
    assert "localhost:9999" in page._wrong.text()
    page.address.setText("http://localhost:9999/v1")
    page.type.click()
    settings = changed_settings(fresh.sent)
    assert {settings.source_of(service) for service in Service} == {Source.SERVER}
    assert settings.server.base_url == "http://localhost:9999/v1"
    assert len(fresh.sent) == 1


def test_a_known_server_gets_only_the_jobs_it_does(fresh: Shown, page: FirstRunPage) -> None:
    page.cards.choose(Place.OTHER)
    page.address.setText("http://localhost:11434/v1")
    page.type.click()
    settings = changed_settings(fresh.sent)
    assert settings.chat.source is Source.SERVER
    assert settings.transcription.source is Source.BUILT_IN
    assert settings.speech.source is Source.BUILT_IN


def test_servers_on_this_computer_are_offered_once_found(fresh: Shown, page: FirstRunPage) -> None:
    local = page.cards.cards[Place.LOCAL]
    assert not local.isVisible()
    fresh.tell(events.ServersFound((OLLAMA,)))
    assert local.isVisible()
    assert local.accessibleDescription() == "Ollama answers; the rest is built in."
    page.cards.choose(Place.LOCAL)
    assert not page.key.isVisible()
    page.talk.click()
    settings = changed_settings(fresh.sent)
    assert settings.address_of(Service.CHAT) == OLLAMA.base_url
    assert settings.chat.model == "llama3.2"
    assert settings.transcription.source is Source.BUILT_IN
    assert settings.general.first_run_done


def test_each_job_goes_to_a_server_here_that_does_it(fresh: Shown, page: FirstRunPage) -> None:
    fresh.tell(events.ServersFound((OLLAMA, SPEACHES)))
    page.cards.choose(Place.LOCAL)
    page.type.click()
    settings = changed_settings(fresh.sent)
    assert settings.address_of(Service.CHAT) == OLLAMA.base_url
    assert settings.address_of(Service.TRANSCRIPTION) == SPEACHES.base_url
    assert settings.address_of(Service.SPEECH) == SPEACHES.base_url
    assert settings.transcription.model == "own-whisper"
    assert {settings.source_of(service) for service in Service} == {Source.SERVER}


def test_a_server_that_wants_a_key_is_not_offered_as_one_click(
    fresh: Shown, page: FirstRunPage
) -> None:
    locked = dataclasses.replace(OLLAMA, needs_key=True)
    fresh.tell(events.ServersFound((locked,)))
    assert not page.cards.cards[Place.LOCAL].isVisible()
    fresh.tell(events.ServersFound((locked, SPEACHES)))
    assert page.cards.cards[Place.LOCAL].accessibleDescription() == (
        "Speaches recognises and speaks; the rest is built in."
    )


def test_a_server_that_is_gone_is_offered_no_more(fresh: Shown, page: FirstRunPage) -> None:
    fresh.tell(events.ServersFound((OLLAMA,)))
    page.cards.choose(Place.LOCAL)
    fresh.tell(events.ServersFound(()))
    assert page.cards.place is Place.BUILT_IN
    assert not page.cards.cards[Place.LOCAL].isVisible()


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
