from __future__ import annotations

from app.commands import StoreKey
from app.events import KeyPlace, KeyStatus
from app.secrets import Secret
from app.web.settings import BRAVE_HOST
from tests.ui.conftest import Shown
from ui.window.remedies import Destination, Page


def card(shown: Shown):
    shown.window.content.go(Destination(Page.SETTINGS, "web.search"))
    return shown.window.area.settings.search


def test_only_what_the_chosen_search_needs_is_shown(shown: Shown) -> None:
    shown.show()
    made = card(shown)
    address = made._address_row
    shown.settings(web__search="provider")
    assert (address.isHidden(), made.key_row.isHidden()) == (True, True)
    shown.settings(web__search="searxng")
    assert (address.isHidden(), made.key_row.isHidden()) == (False, True)
    shown.settings(web__search="brave")
    assert (address.isHidden(), made.key_row.isHidden()) == (True, False)


def test_the_key_goes_to_its_host_alone(shown: Shown) -> None:
    shown.show()
    made = card(shown)
    shown.settings(web__search="brave")
    made.key.field.setText("BSA-1")
    made.key.save.click()
    assert StoreKey(Secret("BSA-1"), BRAVE_HOST) in shown.sent
    assert made.key.field.text() == ""
    shown.tell(KeyStatus(BRAVE_HOST, KeyPlace.KEYRING))
    assert not made.key.forget.isHidden()
