"""Choosing who does what: one provider for all jobs, or one for each."""

from __future__ import annotations

import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from app import commands, events
from app.commands import ChangeSettings, ListModels, StoreKey
from app.errors import Action
from app.events import KeyPlace, KeyStatus
from app.secrets import Secret
from app.services import Service
from app.settings import OPENAI_BASE_URL, Settings, Source, changed
from tests.ui import told
from tests.ui.conftest import Shown
from ui.settings.offers import (
    BUILT_IN,
    OTHER,
    chosen_for,
    chosen_for_all,
    offers,
    who_does_what,
)
from ui.settings.page import SettingsPage
from ui.settings.service_section import ServiceSections
from ui.window.remedies import KEY_FIELD, Destination, Page

GROQ = "https://api.groq.com/openai/v1"
OLLAMA = events.FoundServer(
    "http://127.0.0.1:11434/v1",
    "Ollama",
    "ollama",
    (Service.CHAT,),
    (events.ListedModel("llama3.2"),),
)


@pytest.fixture
def page(shown: Shown) -> SettingsPage:
    shown.tell(told.DEVICES)
    shown.window.go(Destination(Page.SETTINGS))
    shown.sent.clear()
    return shown.window.area.settings


@pytest.fixture
def services(page: SettingsPage) -> ServiceSections:
    return page.services


def choose(rows: object, title: str) -> None:
    """As a person does: by the words of the list."""
    box = rows.editor.box  # type: ignore[attr-defined]
    at = [box.itemText(number) for number in range(box.count())].index(title)
    box.setCurrentIndex(at)
    box.activated.emit(at)


def settled(shown: Shown) -> Settings:
    """What was asked for becomes the settings."""
    settings = shown.window.view.settings
    assert settings is not None
    for command in shown.sent:
        if isinstance(command, ChangeSettings):
            settings = changed(settings, command.values)
    shown.sent.clear()
    shown.tell(events.SettingsChanged(settings))
    return settings


def test_what_is_built_in_shows_nothing_of_servers(services: ServiceSections) -> None:
    assert services.common.provider_row.isVisible()
    assert not services.common.address_row.isVisible()
    assert not services.common.key_row.isVisible()
    for section in services._sections.values():
        assert not section.provider.provider_row.isVisible()
        assert not section.model_row.isVisible()
        assert section.check.isVisible()


def test_one_choice_gives_all_jobs_to_openai(shown: Shown, services: ServiceSections) -> None:
    choose(services.common, "OpenAI")
    settings = settled(shown)
    assert {settings.source_of(service) for service in Service} == {Source.SERVER}
    assert {settings.address_of(service) for service in Service} == {OPENAI_BASE_URL}
    assert services.common.key_row.isVisible()
    assert not services.common.address_row.isVisible()
    assert services._sections[Service.CHAT].model_row.isVisible()


def test_a_found_server_does_what_it_can_with_one_click(
    shown: Shown, services: ServiceSections
) -> None:
    shown.tell(events.ServersFound((OLLAMA,)))
    choose(services.common, "Ollama, found here")
    settings = settled(shown)
    assert settings.server.base_url == OLLAMA.base_url
    assert settings.chat.model == "llama3.2"
    assert settings.transcription.source is Source.BUILT_IN
    assert services.common.editor.box.currentText() == "Ollama, found here"
    assert not services.common.key_row.isVisible()
    assert not services.apart.isChecked()


def test_a_found_server_that_wants_a_key_shows_where_it_goes(
    shown: Shown, services: ServiceSections
) -> None:
    every = tuple(Service)
    locked = events.FoundServer("http://127.0.0.1:4000/v1", "LiteLLM", "litellm", every, (), True)
    shown.tell(events.ServersFound((locked,)))
    choose(services.common, "LiteLLM, found here")
    settled(shown)
    assert services.common.key_row.isVisible()
    assert "asks for a key" in services.common.provider_row._help.text()


def test_another_server_is_set_once_its_address_is_there(
    shown: Shown, services: ServiceSections
) -> None:
    choose(services.common, OTHER.title)
    assert shown.sent == []
    assert services.common.address_row.isVisible()
    field = services.common.address._text
    assert field.hasFocus()
    field.setText("nonsense")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert shown.sent == []
    assert services.common.address_row._wrong.isVisible()
    field.setText("http://box.lan:8000/v1")
    QTest.keyClick(field, Qt.Key.Key_Return)
    settings = settled(shown)
    assert {settings.address_of(service) for service in Service} == {"http://box.lan:8000/v1"}
    assert services.common.editor.box.currentText() == OTHER.title
    assert services.common.address_row.isVisible()


def test_an_address_with_a_gap_is_filled_in_first(shown: Shown, services: ServiceSections) -> None:
    choose(services.common, "Azure OpenAI")
    assert shown.sent == []
    field = services.common.address._text
    assert "{resource}" in field.text()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert shown.sent == []
    field.setText("https://mine.openai.azure.com/openai/v1")
    QTest.keyClick(field, Qt.Key.Key_Return)
    settings = settled(shown)
    assert settings.chat.source is Source.SERVER
    assert settings.transcription.source is Source.BUILT_IN
    assert services.common.editor.box.currentText() == "Azure OpenAI"


def test_each_job_can_have_its_own_provider(shown: Shown, services: ServiceSections) -> None:
    services.apart.click()
    assert shown.sent == []
    assert not services.common.provider_row.isVisible()
    choose(services._sections[Service.TRANSCRIPTION].provider, "Groq")
    settings = settled(shown)
    assert settings.address_of(Service.TRANSCRIPTION) == GROQ
    assert settings.chat.source is Source.BUILT_IN
    assert settings.server.base_url == OPENAI_BASE_URL
    transcription = services._sections[Service.TRANSCRIPTION]
    assert transcription.model.text.placeholderText() == "whisper-large-v3-turbo"
    assert transcription.provider.key_row.isVisible()
    assert not services._sections[Service.CHAT].provider.key_row.isVisible()


def test_a_key_goes_to_the_host_it_was_entered_for(shown: Shown, services: ServiceSections) -> None:
    shown.settings(transcription__source="server", transcription__base_url=GROQ)
    key = services._sections[Service.TRANSCRIPTION].provider.key
    QTest.keyClicks(key.field, "gsk-canary")
    key.save.click()
    assert shown.sent == [StoreKey(Secret("gsk-canary"), "api.groq.com")]


def test_a_half_typed_key_does_not_follow_to_another_host(
    shown: Shown, services: ServiceSections
) -> None:
    shown.settings(transcription__source="server", transcription__base_url=GROQ)
    key = services._sections[Service.TRANSCRIPTION].provider.key
    QTest.keyClicks(key.field, "gsk-canary")
    shown.settings(transcription__source="server", chat__source="server")
    assert key.field.text() == ""


def test_each_host_shows_its_own_key(shown: Shown, services: ServiceSections) -> None:
    shown.settings(
        chat__source="server", transcription__source="server", transcription__base_url=GROQ
    )
    shown.tell(
        KeyStatus("api.openai.com", KeyPlace.KEYRING), KeyStatus("api.groq.com", KeyPlace.NONE)
    )
    chat, heard = services._sections[Service.CHAT], services._sections[Service.TRANSCRIPTION]
    assert "keyring" in chat.provider.key_row._help.text()
    said = heard.provider.key_row._help.text()
    assert said.startswith("No key for api.groq.com yet. Get one at console.groq.com/keys.")


def test_one_provider_for_all_is_the_one_that_answers(
    shown: Shown, services: ServiceSections
) -> None:
    shown.settings(
        chat__source="server", transcription__source="server", transcription__base_url=GROQ
    )
    assert services.apart.isChecked()
    services.apart.click()
    settings = settled(shown)
    assert {settings.address_of(service) for service in Service} == {OPENAI_BASE_URL}
    assert {settings.source_of(service) for service in Service} == {Source.SERVER}
    assert not services.apart.isChecked()


def test_models_are_asked_for_and_offered_with_their_end(
    shown: Shown, services: ServiceSections
) -> None:
    shown.settings(**{f"{service}__source": "server" for service in Service})
    chat = services._sections[Service.CHAT]
    assert chat.model.text.placeholderText()
    chat.model.button.click()
    assert shown.sent == [ListModels(Service.CHAT)]
    models = (
        events.ListedModel("gpt-4o", retires=datetime.date(2027, 1, 14)),
        events.ListedModel("gpt-6-luna"),
    )
    shown.tell(events.ModelsListed(Service.CHAT, OPENAI_BASE_URL, models))
    texts = [action.text() for action in chat.model.menu.actions()]
    assert texts == ["gpt-4o · until 14 January 2027", "gpt-6-luna"]
    chat.model.menu.actions()[1].trigger()
    chat.model.menu.close()
    assert shown.sent[1:] == [ChangeSettings({"chat.model": "gpt-6-luna"})]


def test_a_list_that_cannot_be_had_says_why(shown: Shown, services: ServiceSections) -> None:
    shown.settings(**{f"{service}__source": "server" for service in Service})
    chat = services._sections[Service.CHAT]
    chat.model.button.click()
    shown.tell(events.ModelsListed(Service.CHAT, OPENAI_BASE_URL, (), "It cannot be reached."))
    assert chat.model_row._wrong.text() == "It cannot be reached."
    assert not chat.model.menu.isVisible()


def test_a_test_is_started_stopped_and_told(shown: Shown, services: ServiceSections) -> None:
    check = services._sections[Service.SPEECH].check
    check.button.click()
    assert shown.sent == [commands.TestService(Service.SPEECH)]
    shown.tell(events.ServiceTestStarted(Service.SPEECH))
    assert check.button.text() == "Stop"
    assert check.button.accessibleName() == "Stop testing voice"
    check.button.click()
    assert shown.sent[1:] == [commands.CancelTests()]
    shown.tell(events.ServiceTested(Service.SPEECH, False, "", "", 0.2))
    assert check.button.text() == "Test"
    assert not check._wrong.isVisible()
    shown.tell(events.ServiceTested(Service.SPEECH, True, "A sentence was spoken.", "1 s.", 0.5))
    assert check._help.text() == "Works. A sentence was spoken. 1 s."
    failed = events.ServiceTested(
        Service.SPEECH, False, "No voice.", "Install one.", 0.1, Action.RETRY
    )
    shown.tell(failed)
    assert check._wrong.text() == "No voice. Install one."


def test_a_result_goes_with_what_it_was_about(shown: Shown, services: ServiceSections) -> None:
    shown.tell(events.ServiceTested(Service.CHAT, True, "It answers.", "", 0.5))
    shown.tell(events.ServiceTested(Service.SPEECH, True, "It speaks.", "", 0.5))
    shown.settings(speech__aloud=True, chat__source="server")
    assert "answers" not in services._sections[Service.CHAT].check._help.text()
    assert "speaks" in services._sections[Service.SPEECH].check._help.text()


def test_tests_end_with_the_page(shown: Shown, page: SettingsPage) -> None:
    shown.tell(events.ServiceTestStarted(Service.CHAT))
    shown.window.area.close_page()
    assert shown.sent[-1] == commands.CancelTests()


@pytest.mark.parametrize("target", [KEY_FIELD, "server.base_url", "chat.model", "chat.source"])
@pytest.mark.parametrize("apart", [False, True])
def test_every_remedy_leads_to_a_row_that_is_shown(
    shown: Shown, page: SettingsPage, target: str, apart: bool
) -> None:
    if apart:
        shown.settings(chat__source="server", chat__base_url="http://localhost:11434/v1",
                       transcription__source="server")  # fmt: skip
    shown.window.go(Destination(Page.SETTINGS, target))
    row = page.services.row_at(target)
    assert row is not None
    assert row.isVisible()


def test_offers_begin_with_what_needs_least() -> None:
    titles = [offer.title for offer in offers((OLLAMA,))]
    assert titles[:3] == ["Built in", "OpenAI", "Ollama, found here"]
    assert titles[-1] == OTHER.title
    assert "Ollama" not in titles
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("offer", [one for one in offers((OLLAMA,)) if one is not OTHER])
def test_what_was_chosen_is_recognised(offer) -> None:
    address = offer.base_url.replace("{resource}", "mine")
    among = offers((OLLAMA,))
    settings = changed(Settings(), offer.values(Service, common=True, base_url=address))
    assert chosen_for_all(settings, among) == offer
    for service in Service:
        expected = offer if service in offer.services else BUILT_IN
        assert chosen_for(settings, service, among) == expected


def test_what_found_servers_would_do_is_said() -> None:
    assert who_does_what((OLLAMA,)) == "Ollama answers; the rest is built in."


def test_a_key_is_nowhere_to_be_read_on_the_page(shown: Shown, services: ServiceSections) -> None:
    secret = "gsk-canary-0123456789"
    shown.settings(transcription__source="server", transcription__base_url=GROQ)
    key = services._sections[Service.TRANSCRIPTION].provider.key
    QTest.keyClicks(key.field, secret)
    assert secret not in readable(shown.window)
    key.field.selectAll()
    key.field.copy()
    assert secret not in QGuiApplication.clipboard().text()
    key.save.click()
    shown.tell(KeyStatus("api.groq.com", KeyPlace.KEYRING))
    assert secret not in readable(shown.window)
    assert "api.groq.com" in readable(shown.window)
    assert secret not in repr(shown.sent)


def readable(window: QWidget) -> str:
    """Everything that a screen or a screen reader shows of the window."""
    texts = []
    for widget in (window, *window.findChildren(QWidget)):
        texts += [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()]
        if isinstance(widget, QLabel):
            texts.append(widget.text())
        if isinstance(widget, QLineEdit):
            texts.append(widget.displayText())
        interface = QAccessible.queryAccessibleInterface(widget)
        if interface is not None:
            texts += [interface.text(kind) for kind in QAccessible.Text if kind.value < 0xFFFF]
    return "\n".join(texts)
