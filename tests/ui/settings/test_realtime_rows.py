"""The rows of speech to speech: only the first until it is chosen, then all that it needs."""

from __future__ import annotations

import pytest

from app import commands, events
from app.errors import Code
from app.net.address import host_of
from app.realtime_settings import Engine
from app.secrets import Secret
from app.settings import Settings, changed
from tests.ui import told
from tests.ui.conftest import Shown
from ui import words
from ui.settings.fields import Kind, sections
from ui.settings.realtime_rows import RealtimeCard
from ui.window.remedies import Destination, Page

ON = {"realtime__engine": "realtime"}
OWN = "http://localhost:8000/v1"
PATHS = [f"realtime.{name}" for name in Settings().realtime.model_dump()]


def card(shown: Shown) -> RealtimeCard:
    shown.window.go(Destination(Page.SETTINGS, "realtime.engine"))
    return shown.window.area.settings.realtime


def rows(shown: Shown) -> list[str]:
    page = shown.window.area.settings
    return [path for path in PATHS if page.editor(path).isVisible()]


def test_turn_by_turn_shows_how_to_choose_and_nothing_else(shown: Shown) -> None:
    assert not card(shown).check.isVisible()
    assert rows(shown) == ["realtime.engine"]
    shown.settings(**ON)
    assert rows(shown) == PATHS
    assert card(shown).check.isVisible()
    assert card(shown).key_row.isVisible()


def test_what_is_set_goes_where_it_belongs(shown: Shown) -> None:
    made = card(shown)
    shown.window.area.settings.editor("realtime.engine").committed.emit(Engine.REALTIME)
    assert shown.sent[-1] == commands.ChangeSettings({"realtime.engine": Engine.REALTIME})
    shown.settings(**ON)
    assert made._model._help.text().startswith("Leave empty for gpt-realtime")
    shown.settings(**ON, realtime__base_url=OWN)
    assert made._model._help.text() == "One of the server's models."
    made.key.field.setText("rt-key-1")
    made.key.save.click()
    assert commands.StoreKey(Secret("rt-key-1"), host_of(OWN)) in shown.sent


def test_a_test_is_begun_stopped_and_told(shown: Shown) -> None:
    shown.settings(**ON)
    check = card(shown).check
    check.button.click()
    shown.tell(events.RealtimeTestStarted())
    assert check.button.text() == "Stop"
    check.button.click()
    assert shown.sent[-2:] == [commands.TestRealtime(), commands.CancelTests()]
    shown.tell(events.RealtimeTested(True, "A sentence was spoken: m.", "1.0 s of sound.", 1.2))
    view = shown.window.content.view.services
    assert not view.voice_testing
    assert view.voice_tested is not None
    shown.settings(**ON, realtime__voice="cedar")
    assert shown.window.content.view.services.voice_tested is None
    shown.tell(events.RealtimeTestStarted())
    shown.sent.clear()
    shown.window.area.close_page()
    assert commands.CancelTests() in shown.sent


def test_the_banner_leads_to_the_limit(shown: Shown) -> None:
    shown.settings(**ON)
    shown.tell(told.notice_of(Code.REALTIME_LIMIT))
    shown.window.area.banner.action.click()
    focused = shown.window.focusWidget()
    assert focused is not None
    assert shown.window.area.settings.editor("realtime.daily_budget_usd").isAncestorOf(focused)


# The tree


def test_the_section_has_a_control_and_words_for_each_setting() -> None:
    section = next(each for each in sections() if each.name == "realtime")
    assert [field.path for field in section.fields] == PATHS
    assert all(field.help.endswith(".") for field in section.fields)
    kinds = {field.path.partition(".")[2]: field.kind for field in section.fields}
    assert kinds["base_url"] is Kind.ADDRESS
    assert kinds["daily_budget_usd"] is Kind.DECIMAL


def test_choices_read_as_what_they_mean_here() -> None:
    section = next(each for each in sections() if each.name == "realtime")
    said = {field.path: [words.choice(each) for each in field.choices] for field in section.fields}
    assert said["realtime.near"] == ["Close: a headset", "In the room", "Leave the sound as it is"]
    assert said["realtime.turn_ends"][0] == "This computer"
    assert said["realtime.engine"] == ["Turn by turn", "Realtime"]


@pytest.mark.parametrize(
    ("path", "wrong"),
    [("idle_minutes", 0), ("idle_minutes", 31), ("daily_budget_usd", -1), ("turn_ends", "x")],
)
def test_values_out_of_range_are_refused(path: str, wrong: object) -> None:
    with pytest.raises(ValueError, match=path):
        changed(Settings(), {f"realtime.{path}": wrong})


def test_turn_by_turn_is_what_one_gets() -> None:
    assert Settings().realtime.engine is Engine.TURNS
    assert Settings().realtime_address == Settings().server.base_url
    assert changed(Settings(), {"realtime.base_url": OWN}).realtime_address == OWN
