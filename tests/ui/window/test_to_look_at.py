"""Which pictures take the window to their preview."""

from __future__ import annotations

import pytest

from app.events import SettingsChanged
from app.settings import Settings, changed
from app.shots.events import ShotEvent
from app.shots.shot import Rect, SecretFound, SecretKind
from tests.ui.shots.pictures import shot, taken
from ui.view_state import ViewState, reduce
from ui.window.content import to_look_at

SECRET = SecretFound(SecretKind.KEY, Rect(0, 0, 9, 9))


@pytest.mark.parametrize(
    ("previews", "told", "looked_at"),
    [
        (True, (taken(),), ["s"]),
        (True, shot(secrets=(SECRET,)), ["s"]),
        (False, (taken(),), []),
        (False, shot(), []),
        (False, shot(secrets=(SECRET,)), ["s"]),
    ],
)
def test_only_what_a_person_has_to_decide(
    previews: bool, told: tuple[ShotEvent, ...], looked_at: list[str]
) -> None:
    view = reduce(ViewState(), SettingsChanged(changed(Settings(), {"screen.preview": previews})))
    for event in told:
        view = reduce(view, event)
    assert to_look_at(view) == looked_at
